// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a formula for one element to a number, an array, or a traced value; and the random bits.
#pragma once

#include <calx/random/key.hpp>

namespace calx::inline CALX_ABI::random {

namespace detail {
template <class R>
struct element_type {
  using type = element_t<calx::detail::made_traits<R>::type>;
};
template <number R>
struct element_type<R> {
  using type = R;
};
/// The element type of what a user asks for: `double` for double and for `tensor<double, 3>`.
template <class R>
using element_of = typename element_type<R>::type;

/// What a user asked for with R and extents, each element being f of its position. R is an element
/// type, which the extents make an array, or a whole type, as `zeros` takes it; in a trace, its
/// shape.
template <class R, class W, class F, calx::detail::extent_like... N>
constexpr auto draw(std::string_view op, const basic_key<W>& key, const F& f, N... n) {
  using how = calx::detail::made<R, static_cast<int>(sizeof...(N))>;
  constexpr bool twice = !number<R> && sizeof...(N) > 0 && calx::detail::all_known(how::known);
  static_assert(!twice,
                "calx: the type of the result already has extents; drop those of the call");
  graph* g = program_of(op, key);
  const dims shape = sizeof...(N) == 0 ? how::known : shape_of(g, op, n...);
  if constexpr (std::is_same_v<W, tracer>) {
    return f(positions(*g, shape));
  } else {
    return calx::detail::made_by<R>(
        [&](dim i) { return f(position(static_cast<std::uint64_t>(i))); }, n...);
  }
}

/// The bits of one element, as an unsigned B or its traced form.
template <class B, class W>
constexpr auto bits_at(const basic_key<W>& key, const counter<W>& at) {
  auto [a, b] = block(key, at);
  if constexpr (sizeof(B) == 8) return (cast<B>(a) << 32) | cast<B>(b);
  else return a ^ b;
}
/// The unsigned integer as wide as T.
template <class T>
using bits_for = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
}  // namespace detail

/// Uniform random bits. R is `std::uint32_t`, `std::uint64_t` or a type of arrays of those; the
/// result has the shape (n...), a scalar without n. Of the two words that the cipher gives at an
/// element's position, 32 bits are their exclusive or, 64 bits the first above the second.
/// Errors: shape_error for a negative extent. Source: JAX's threefry_random_bits, partitionable.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto bits(const basic_key<W>& key, N... n) {
  using T = detail::element_of<R>;
  static_assert(std::unsigned_integral<T> && sizeof(T) >= 4,
                "calx: bits draws uint32 or uint64; for other integers use randint");
  const auto f = [&](const auto& at) { return detail::bits_at<T>(key, at); };
  return detail::draw<R>("bits", key, f, n...);
}

}  // namespace calx::inline CALX_ABI::random
