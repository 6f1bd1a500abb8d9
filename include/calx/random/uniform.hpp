// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Uniform floats on an interval, and the coin tosses made of them.
#pragma once

#include <bit>
#include <limits>

#include <calx/random/draw.hpp>

namespace calx::inline CALX_ABI::random {

/// The interval [lo, hi) of `uniform`.
struct range {
  double lo = 0, hi = 1;
};

namespace detail {
/// A multiple of 2^-23 or 2^-52 in [0, 1): the upper bits become the mantissa of a T in [1, 2).
template <class T, class X>
constexpr auto unit_from_bits(const X& bits) {
  constexpr auto one = std::bit_cast<bits_for<T>>(T(1));
  constexpr int dropped = sizeof(T) * 8 - (std::numeric_limits<T>::digits - 1);
  const X mantissa = (bits >> dropped) | one;
  if constexpr (std::is_same_v<X, tracer>) return bits_to_float(mantissa) - T(1);
  else return std::bit_cast<T>(mantissa) - T(1);
}
/// u of [0, 1) moved to [lo, hi); the maximum is for rounding below lo.
template <class T, class X>
constexpr X scaled(const X& u, T lo, T hi) {
  if (lo == T(0) && hi == T(1)) return u;
  return maximum(lo, u * (hi - lo) + lo);
}
/// One element of `uniform`, computed in T.
template <class T, class W>
constexpr auto uniform_at(const basic_key<W>& key, const counter<W>& at, T lo = 0, T hi = 1) {
  return scaled(unit_from_bits<T>(bits_at<bits_for<T>>(key, at)), lo, hi);
}
/// The element type of R, which must be a float.
template <class R>
constexpr auto float_of() {
  using T = element_of<R>;
  static_assert(std::floating_point<T>,
                "calx: this distribution is of float or double; integers come from randint");
  return T();
}
}  // namespace detail

/// Uniform on [lo, hi): max(lo, u * (hi - lo) + lo), u a random multiple of 2^-52 in [0, 1) (2^-23
/// for float). R is `float`, `double` or an array type of those; shape (n...), a scalar without n.
/// Errors: shape_error for a negative extent. Source: JAX's random.uniform.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto uniform(const basic_key<W>& key, range bounds, N... n) {
  using T = decltype(detail::float_of<R>());
  const auto f = [&](const auto& at) {
    return detail::uniform_at(key, at, static_cast<T>(bounds.lo), static_cast<T>(bounds.hi));
  };
  return detail::draw<R>("uniform", key, f, n...);
}
/// Uniform on [0, 1): the above with the range {0, 1}.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto uniform(const basic_key<W>& key, N... n) {
  return uniform<R>(key, range(), n...);
}

/// True with probability p: uniform<P>(key, n...) < p, so that a float p and a double p draw
/// different bits. bool of shape (n...), a scalar without n. For a p for each element, or a traced
/// one, write the comparison. Errors: shape_error for a negative extent. Source: JAX's bernoulli.
template <class W, std::floating_point P, calx::detail::extent_like... N>
constexpr auto bernoulli(const basic_key<W>& key, P p, N... n) {
  const auto f = [&](const auto& at) { return detail::uniform_at<P>(key, at) < p; };
  return detail::draw<bool>("bernoulli", key, f, n...);
}

}  // namespace calx::inline CALX_ABI::random
