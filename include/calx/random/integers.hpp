// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random integers from a range, and random permutations.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <calx/random/draw.hpp>

namespace calx::inline CALX_ABI::random {

namespace detail {
/// x modulo span; a span of 0 stands for 2^width.
template <class X, class U>
constexpr X modulo(const X& x, U span) {
  if (span == 0) return x;
  return x % span;
}
/// The offsets [0, span) from twice their width in random bits: (high * 2^width + low) mod span,
/// which makes the bias of the remainder negligible. All modulo 2^width, as JAX has it.
template <class U, class X>
constexpr X offset_from_bits(const X& high, const X& low, U span) {
  U half = modulo(static_cast<U>(U{1} << (sizeof(U) * 4)), span);
  U multiplier = modulo(static_cast<U>(half * half), span);
  return modulo(X(modulo(high, span) * multiplier + modulo(low, span)), span);
}
/// How many integers of type T are in [lo, hi), as an unsigned of its width; 1 if there are none.
template <class T, class U, class A, class B>
constexpr U span_of(A lo, B hi) {
  using limits = std::numeric_limits<T>;
  if (std::cmp_less_equal(hi, lo)) return 1;
  if (std::cmp_less_equal(hi, limits::min())) return 1;
  T from = std::cmp_less(lo, limits::min()) ? limits::min() : static_cast<T>(lo);
  if (!std::cmp_greater(hi, limits::max()))
    return static_cast<U>(static_cast<U>(hi) - static_cast<U>(from));
  return static_cast<U>(static_cast<U>(limits::max()) - static_cast<U>(from) + U{1});
}
}  // namespace detail

/// Uniform integers in [lo, hi), lo if that is empty: lo + (a * 2^w + b) mod (hi - lo), a and b
/// random bits of the width w of R's elements, drawn with the two keys of split(key). R is an
/// integer type of 32 or 64 bits, or an array type of those; bounds beyond it are cut to it; shape
/// (n...), a scalar without n. Errors: shape_error for a negative extent. Source: JAX's randint.
template <class R, class W, std::integral A, std::integral B, calx::detail::extent_like... N>
constexpr auto randint(const basic_key<W>& key, A lo, B hi, N... n) {
  using T = detail::element_of<R>;
  static_assert(std::integral<T> && sizeof(T) >= 4,
                "calx: randint draws integers of 32 or 64 bits; for bool use bernoulli");
  using U = detail::bits_for<T>;
  using limits = std::numeric_limits<T>;
  const U span = detail::span_of<T, U>(lo, hi);
  const U from = static_cast<U>(std::cmp_less(lo, limits::min())      ? limits::min()
                                : std::cmp_greater(lo, limits::max()) ? limits::max()
                                                                      : static_cast<T>(lo));
  const auto [a, b] = split(key);
  const auto f = [&, &high = a, &low = b](const auto& at) {
    auto offset = detail::offset_from_bits(detail::bits_at<U>(high, at),
                                           detail::bits_at<U>(low, at), span);
    return detail::cast<T>(offset + from);
  };
  return detail::draw<R>("randint", key, f, n...);
}

/// The numbers 0 ... n-1 in random order: they are sorted by random 32-bit keys (equal keys keep
/// their order), ceil(3 log(n) / log(2^32 - 1)) times. int64 of shape (n,). Takes a key of numbers,
/// not a traced one. Errors: shape_error if n is negative. Source: JAX's random.permutation.
template <class W>
auto permutation(const basic_key<W>& key, dim n) {
  static_assert(!std::is_same_v<W, tracer>, "calx: permutation has no traced form, as there is no "
                                            "sort; draw it outside and pass it as an argument");
  dims shape = detail::shape_of(detail::program_of("permutation", key), "permutation", n);
  struct card {
    std::uint32_t rank;
    std::int64_t value;
  };
  vec<card> cards(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; auto& c : cards) c = {0, i++};
  const double rounds = std::ceil(3 * std::log(std::max<dim>(n, 1)) / std::log(4294967295.0));
  auto state = key;
  for (int r = 0; r < rounds; ++r) {
    const auto [next, now] = split(state);
    for (std::uint64_t i = 0; auto& c : cards)
      c.rank = detail::bits_at<std::uint32_t>(now, detail::position(i++));
    std::ranges::stable_sort(cards, {}, &card::rank);
    state = next;
  }
  using result = array<std::int64_t, 1>;
  result order = leaf_traits<result>::make(shape);
  std::ranges::transform(cards, static_cast<std::int64_t*>(leaf_traits<result>::data(order)),
                         &card::value);
  return order;
}

}  // namespace calx::inline CALX_ABI::random
