// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Continuous distributions: each maps uniform floats through the inverse of its distribution.
#pragma once

#include <numbers>

#include <calx/random/uniform.hpp>

namespace calx::inline CALX_ABI::random {

namespace detail {
/// The float after -1, so that uniform numbers from here to 1 are in (-1, 1).
template <class T>
inline constexpr T after_minus_one = std::numeric_limits<T>::epsilon() / 2 - T(1);
}  // namespace detail

// In all of these R is `float`, `double` or an array type of those; the shape is (n...), a scalar
// without n; numbers and traced values go through the same formula.

/// The normal distribution of mean 0 and variance 1: sqrt(2) * erf_inv(u), u uniform on (-1, 1).
/// Errors: shape_error for a negative extent. Source: JAX's random.normal.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto normal(const basic_key<W>& key, N... n) {
  using T = decltype(detail::float_of<R>());
  const auto f = [&](const auto& at) {
    auto u = detail::uniform_at(key, at, detail::after_minus_one<T>, T(1));
    return std::numbers::sqrt2_v<T> * erf_inv(u);
  };
  return detail::draw<R>("normal", key, f, n...);
}

/// The exponential distribution of rate 1: -log(1 - u), u uniform on [0, 1).
/// Errors: shape_error for a negative extent. Source: JAX's random.exponential.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto exponential(const basic_key<W>& key, N... n) {
  using T = decltype(detail::float_of<R>());
  const auto f = [&](const auto& at) { return -log1p(-detail::uniform_at<T>(key, at)); };
  return detail::draw<R>("exponential", key, f, n...);
}

/// The standard Gumbel distribution: -log(-log(u)), u uniform on [tiny, 1), tiny the least normal
/// float. Errors: shape_error for a negative extent. Source: JAX's random.gumbel, mode "low".
template <class R, class W, calx::detail::extent_like... N>
constexpr auto gumbel(const basic_key<W>& key, N... n) {
  using T = decltype(detail::float_of<R>());
  const T tiny = std::numeric_limits<T>::min();
  const auto f = [&](const auto& at) {
    return -log(-log(detail::uniform_at(key, at, tiny, T(1))));
  };
  return detail::draw<R>("gumbel", key, f, n...);
}

/// The standard logistic distribution: log(u) - log(1 - u), u uniform on [tiny, 1), tiny the least
/// normal float. Errors: shape_error for a negative extent. Source: JAX's random.logistic.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto logistic(const basic_key<W>& key, N... n) {
  using T = decltype(detail::float_of<R>());
  const T tiny = std::numeric_limits<T>::min();
  const auto f = [&](const auto& at) {
    auto u = detail::uniform_at(key, at, tiny, T(1));
    return log(u) - log1p(-u);
  };
  return detail::draw<R>("logistic", key, f, n...);
}

/// The standard Laplace distribution: sign(u) * log(1 - |u|), u uniform on (-1, 1).
/// Errors: shape_error for a negative extent. Source: JAX's random.laplace.
template <class R, class W, calx::detail::extent_like... N>
constexpr auto laplace(const basic_key<W>& key, N... n) {
  using T = decltype(detail::float_of<R>());
  const auto f = [&](const auto& at) {
    auto u = detail::uniform_at(key, at, detail::after_minus_one<T>, T(1));
    return sign(u) * log1p(-abs(u));
  };
  return detail::draw<R>("laplace", key, f, n...);
}

}  // namespace calx::inline CALX_ABI::random
