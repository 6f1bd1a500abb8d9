// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Keys, the state of the generator as a value: made from seeds, split, and folded with numbers.
#pragma once

#include <utility>

#include <calx/run/all.hpp>
#include <calx/random/counter.hpp>
#include <calx/random/threefry.hpp>
#include <calx/trace/leaf.hpp>

namespace calx::inline CALX_ABI::random {

/// A key: two uint32 words, and a tree of two leaves. W is `std::uint32_t` for one key, an array
/// for a batch of keys, a tracer inside transformed functions. The same key always gives the same
/// numbers: use each once, and `split` it for more.
template <class W>
struct basic_key {
  W k0, k1;

  /// A key of a batch by its index; indices are checked as those of arrays.
  template <std::integral... I>
    requires(sizeof...(I) > 0)
  constexpr auto operator()(I... i) const {
    return basic_key<std::remove_cvref_t<decltype(k0(i...))>>{k0(i...), k1(i...)};
  }
};
/// One key that holds its words.
using key_type = basic_key<std::uint32_t>;

/// The key of a seed: the upper and lower 32 bits of the seed as 64-bit integer (negative seeds in
/// two's complement). No errors. Source: JAX's threefry_seed.
template <std::integral S>
constexpr key_type key(S seed) {
  auto at = detail::position(static_cast<std::uint64_t>(seed));
  return {at.hi, at.lo};
}

/// The words of a key, most significant first; arrays of words for a batch. No errors.
template <class W>
constexpr std::array<W, 2> key_data(const basic_key<W>& key) {
  return {key.k0, key.k1};
}

namespace detail {
/// The program of a key that must be one key; null for a key of numbers.
constexpr graph* program_of(std::string_view, const key_type&) { return nullptr; }
template <class = void>
constexpr graph* program_of(std::string_view op, const basic_key<tracer>& key) {
  graph* g = calx::detail::program_of(key.k0, key.k1);
  if (!g)
    raise(error_kind::generic, text() << op << ": the key's words are numbers without a program; "
                                      << "make the key with random::key(seed)");
  if (key.k0.rank() != 0 || key.k1.rank() != 0)
    g->fail(error_kind::shape, text() << op << ": takes one key, but got a batch of shape "
                                      << key.k0.dimensions() << "; vmap over it, or pick a key");
  return g;
}
template <class W>
constexpr graph* program_of(std::string_view, const basic_key<W>&) {
  static_assert(calx::detail::never<W>, "calx: a draw takes one key; vmap over a batch of keys, "
                                        "or pick one with keys(i)");
  return nullptr;
}

/// The cipher under a key at a counter.
template <class W>
constexpr std::array<W, 2> block(const basic_key<W>& key, const counter<W>& at) {
  graph* g = nullptr;
  if constexpr (std::is_same_v<W, tracer>) g = calx::detail::program_of(key.k0, key.k1);
  return threefry2x32<W>(word(g, key.k0), word(g, key.k1), at.hi, at.lo);
}
/// Element i of a traced vector.
template <class = void>
constexpr tracer element_at(const tracer& x, dim i) {
  graph& g = *x.program;
  return {&g, reshape_t::emit(g, slice_t::emit(g, x.id, {i}, {1}, {1}), {})};
}
}  // namespace detail

/// A batch of n... keys that are independent of each other and of `key`: key i is the cipher at
/// counter i (row-major). Result: a key whose words have shape (n...); `keys(i)` is one of them.
/// Errors: shape_error for a negative extent or, in a trace, for a batch given as the key.
/// Source: JAX's threefry_split in its partitionable layout.
template <class W, calx::detail::extent_like... N>
  requires(sizeof...(N) > 0)
constexpr auto split(const basic_key<W>& key, N... n) {
  graph* g = detail::program_of("split", key);
  dims shape = detail::shape_of(g, "split", n...);
  if constexpr (std::is_same_v<W, tracer>) {
    auto [k0, k1] = detail::block(key, detail::positions(*g, shape));
    return basic_key<tracer>{k0, k1};
  } else {
    using words = array<std::uint32_t, sizeof...(N)>;
    basic_key<words> keys{leaf_traits<words>::make(shape), leaf_traits<words>::make(shape)};
    auto* k0 = static_cast<std::uint32_t*>(leaf_traits<words>::data(keys.k0));
    auto* k1 = static_cast<std::uint32_t*>(leaf_traits<words>::data(keys.k1));
    for (dim i = 0; i < shape.size(); ++i) {
      auto words_of_i = detail::block(key, detail::position(static_cast<std::uint64_t>(i)));
      k0[i] = words_of_i[0], k1[i] = words_of_i[1];
    }
    return keys;
  }
}

/// N keys (two without N) for structured bindings: `auto [a, b] = split(key)`. They are those of
/// `split(key, N)`. Errors: in a trace, shape_error for a batch given as the key. Source: as there.
template <int N = 2, class W>
constexpr auto split(const basic_key<W>& key) {
  static_assert(N > 0, "calx: split needs a positive number of keys");
  graph* g = detail::program_of("split", key);
  std::array<basic_key<W>, static_cast<std::size_t>(N > 0 ? N : 1)> keys{};
  if constexpr (std::is_same_v<W, tracer>) {
    auto [k0, k1] = detail::block(key, detail::positions(*g, {N}));
    for (std::size_t i = 0; i < keys.size(); ++i)
      keys[i] = {detail::element_at(k0, static_cast<dim>(i)),
                 detail::element_at(k1, static_cast<dim>(i))};
  } else {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto words = detail::block(key, detail::position(i));
      keys[i] = {words[0], words[1]};
    }
  }
  return keys;
}

/// A key made of a key and a number, such as the index of a step: the cipher at counter
/// (0, data). `data` is a number of 32 bits, or a traced integer of any shape, taken modulo 2^32.
/// Errors: calx::error for a number outside [0, 2^32). Source: JAX's threefry_fold_in.
template <class W, class D>
  requires(std::integral<D> || std::same_as<D, tracer>)
constexpr auto fold_in(const basic_key<W>& key, const D& data) {
  if constexpr (std::is_same_v<W, tracer> || std::is_same_v<D, tracer>) {
    graph* g = calx::detail::program_of(key.k0, key.k1, data);
    if (!g) raise(error_kind::generic, "fold_in: neither the key nor the data belongs to a trace");
    tracer zero(g, constant_t::emit(*g, {}, dtype::u32, std::uint32_t{0}));
    auto [k0, k1] = threefry2x32<tracer>(detail::word(g, tracer(key.k0)),
                                         detail::word(g, tracer(key.k1)), zero,
                                         detail::word(g, tracer(data)));
    return basic_key<tracer>{k0, k1};
  } else {
    if (!std::in_range<std::uint32_t>(data))
      raise(error_kind::generic, text() << "fold_in: data must be in [0, 2^32), but got "
                                        << static_cast<std::int64_t>(data));
    auto words = detail::block(key, {std::uint32_t{0}, static_cast<std::uint32_t>(data)});
    return key_type{words[0], words[1]};
  }
}

}  // namespace calx::inline CALX_ABI::random
