// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The standard library's functions of one number as objects, lane by lane.
#pragma once

#include <cmath>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI::simd::kernels {

// The standard library's functions as objects: what a kernel must agree with, and what computes
// the lanes of functions without a kernel.
struct exp_f {
  template <class T>
  T operator()(T x) const { return std::exp(x); }
};
struct expm1_f {
  template <class T>
  T operator()(T x) const { return std::expm1(x); }
};
struct exp2_f {
  template <class T>
  T operator()(T x) const { return std::exp2(x); }
};
struct log_f {
  template <class T>
  T operator()(T x) const { return std::log(x); }
};
struct log1p_f {
  template <class T>
  T operator()(T x) const { return std::log1p(x); }
};
struct log2_f {
  template <class T>
  T operator()(T x) const { return std::log2(x); }
};
struct log10_f {
  template <class T>
  T operator()(T x) const { return std::log10(x); }
};
struct sqrt_f {
  template <class T>
  T operator()(T x) const { return std::sqrt(x); }
};
struct cbrt_f {
  template <class T>
  T operator()(T x) const { return std::cbrt(x); }
};
struct sin_f {
  template <class T>
  T operator()(T x) const { return std::sin(x); }
};
struct cos_f {
  template <class T>
  T operator()(T x) const { return std::cos(x); }
};
struct tan_f {
  template <class T>
  T operator()(T x) const { return std::tan(x); }
};
struct asin_f {
  template <class T>
  T operator()(T x) const { return std::asin(x); }
};
struct acos_f {
  template <class T>
  T operator()(T x) const { return std::acos(x); }
};
struct atan_f {
  template <class T>
  T operator()(T x) const { return std::atan(x); }
};
struct sinh_f {
  template <class T>
  T operator()(T x) const { return std::sinh(x); }
};
struct cosh_f {
  template <class T>
  T operator()(T x) const { return std::cosh(x); }
};
struct tanh_f {
  template <class T>
  T operator()(T x) const { return std::tanh(x); }
};
struct asinh_f {
  template <class T>
  T operator()(T x) const { return std::asinh(x); }
};
struct acosh_f {
  template <class T>
  T operator()(T x) const { return std::acosh(x); }
};
struct atanh_f {
  template <class T>
  T operator()(T x) const { return std::atanh(x); }
};
struct erf_f {
  template <class T>
  T operator()(T x) const { return std::erf(x); }
};
struct erfc_f {
  template <class T>
  T operator()(T x) const { return std::erfc(x); }
};
struct lgamma_f {
  template <class T>
  T operator()(T x) const { return std::lgamma(x); }
};
struct floor_f {
  template <class T>
  T operator()(T x) const { return std::floor(x); }
};
struct ceil_f {
  template <class T>
  T operator()(T x) const { return std::ceil(x); }
};
struct trunc_f {
  template <class T>
  T operator()(T x) const { return std::trunc(x); }
};

}  // namespace calx::inline CALX_ABI::simd::kernels
