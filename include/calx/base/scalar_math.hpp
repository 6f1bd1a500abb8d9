// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The functions of <cmath> on numbers, with every compiler also in constant evaluation.
#pragma once

#include <cmath>

#include <calx/base/constant_math.hpp>

/// The functions of <cmath> on floats and doubles, also in constant evaluation: what `eval` of ops
/// names in a using-declaration.
namespace calx::inline CALX_ABI::detail::scalar {

/// True if those of <cmath> can be evaluated as constants. (nvcc takes them for that.)
#if defined(__clang__) && !defined(__CUDACC__)
inline constexpr bool folds = false;
#else
inline constexpr bool folds = true;
#endif
template <std::floating_point T>
CALX_HD constexpr T exp(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::exp(x);
  return std::exp(x);
}
template <std::floating_point T>
CALX_HD constexpr T expm1(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::expm1(x);
  return std::expm1(x);
}
template <std::floating_point T>
CALX_HD constexpr T log(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::log(x);
  return std::log(x);
}
template <std::floating_point T>
CALX_HD constexpr T log1p(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::log1p(x);
  return std::log1p(x);
}
template <std::floating_point T>
CALX_HD constexpr T sqrt(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::sqrt(x);
  return std::sqrt(x);
}
template <std::floating_point T>
CALX_HD constexpr T sin(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::sin(x);
  return std::sin(x);
}
template <std::floating_point T>
CALX_HD constexpr T cos(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::cos(x);
  return std::cos(x);
}
template <std::floating_point T>
CALX_HD constexpr T tan(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::tan(x);
  return std::tan(x);
}
template <std::floating_point T>
CALX_HD constexpr T tanh(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::tanh(x);
  return std::tanh(x);
}
template <std::floating_point T>
CALX_HD constexpr T floor(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::floor(x);
  return std::floor(x);
}
template <std::floating_point T>
CALX_HD constexpr T ceil(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::ceil(x);
  return std::ceil(x);
}
template <std::floating_point T>
CALX_HD constexpr T trunc(T x) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::trunc(x);
  return std::trunc(x);
}
template <std::floating_point T>
CALX_HD constexpr T pow(T a, T b) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::pow(a, b);
  return std::pow(a, b);
}
template <std::floating_point T>
CALX_HD constexpr T fmod(T a, T b) {
  if constexpr (!folds)
    if (std::is_constant_evaluated()) return constant::fmod(a, b);
  return std::fmod(a, b);
}
}  // namespace calx::inline CALX_ABI::detail::scalar
