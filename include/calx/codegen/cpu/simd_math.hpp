// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mathematical functions of packs, found by argument-dependent lookup: `using std::exp; exp(x)`.
#pragma once

#include <calx/codegen/cpu/simd_kernels.hpp>

namespace calx::inline CALX_ABI::simd {

namespace detail {
/// f in every lane: by its kernel, on as many registers as it takes, or lane by lane.
template <class F, class T, int W>
CALX_INLINE pack<T, W> apply(F f, const pack<T, W>& x) {
  static_assert(std::is_floating_point_v<T>, "functions of real numbers take floats");
  if constexpr (!kernels::has_kernel<F, T>()) return map_lanes(f, x);
#if defined(CALX_HAS_XSIMD)
  else {
    using batch = kernels::batch<T>;
    constexpr int n = int{batch::size};
    pack<T, W> r;
    if constexpr (W < n) {
      pack<T, 2 * W> twice;
      twice.data = join(x.data, x.data);
      r.data = half<0>(apply(f, twice).data);
    } else if constexpr (W > n) {
      pack<T, W / 2> low, high;
      low.data = half<0>(x.data);
      high.data = half<1>(x.data);
      r.data = join(apply(f, low).data, apply(f, high).data);
    } else {
      using register_type = typename batch::register_type;
      if constexpr (parts<T, W>::count == 1) {
        const batch y = many(f, batch(__builtin_bit_cast(register_type, x.data.v[0])));
        r.data.v[0] = bits_as<typename parts<T, W>::vector>(y.data);
      } else {
        const batch y = many(f, batch(__builtin_bit_cast(register_type, x.data)));
        r.data = bits_as<parts<T, W>>(y.data);
      }
    }
    return r;
  }
#endif
}
}  // namespace detail

/// |x|; the least integer stays itself.
template <class T, int W>
CALX_INLINE pack<T, W> abs(const pack<T, W>& x) {
  if constexpr (std::is_integral_v<T>) return select(x < pack<T, W>(T(0)), -x, x);
  else {
    using integer = detail::integer_of_size<sizeof(T)>;
    pack<T, W> r;
    r.data.each([&](auto i, auto& to) {
      using V = typename parts<T, W>::vector;
      using I = typename parts<integer, W>::vector;
      to = detail::bits_as<V>(detail::bits_as<I>(x.data.v[i]) &
                              std::numeric_limits<integer>::max());
    });
    return r;
  }
}
template <class T, int W>
CALX_INLINE pack<T, W> exp(const pack<T, W>& x) {
  return detail::apply(kernels::exp_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> expm1(const pack<T, W>& x) {
  return detail::apply(kernels::expm1_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> exp2(const pack<T, W>& x) {
  return detail::apply(kernels::exp2_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> log(const pack<T, W>& x) {
  return detail::apply(kernels::log_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> log1p(const pack<T, W>& x) {
  return detail::apply(kernels::log1p_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> log2(const pack<T, W>& x) {
  return detail::apply(kernels::log2_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> log10(const pack<T, W>& x) {
  return detail::apply(kernels::log10_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> sqrt(const pack<T, W>& x) {
  return detail::apply(kernels::sqrt_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> cbrt(const pack<T, W>& x) {
  return detail::apply(kernels::cbrt_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> sin(const pack<T, W>& x) {
  return detail::apply(kernels::sin_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> cos(const pack<T, W>& x) {
  return detail::apply(kernels::cos_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> tan(const pack<T, W>& x) {
  return detail::apply(kernels::tan_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> asin(const pack<T, W>& x) {
  return detail::apply(kernels::asin_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> acos(const pack<T, W>& x) {
  return detail::apply(kernels::acos_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> atan(const pack<T, W>& x) {
  return detail::apply(kernels::atan_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> sinh(const pack<T, W>& x) {
  return detail::apply(kernels::sinh_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> cosh(const pack<T, W>& x) {
  return detail::apply(kernels::cosh_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> tanh(const pack<T, W>& x) {
  return detail::apply(kernels::tanh_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> asinh(const pack<T, W>& x) {
  return detail::apply(kernels::asinh_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> acosh(const pack<T, W>& x) {
  return detail::apply(kernels::acosh_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> atanh(const pack<T, W>& x) {
  return detail::apply(kernels::atanh_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> erf(const pack<T, W>& x) {
  return detail::apply(kernels::erf_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> erfc(const pack<T, W>& x) {
  return detail::apply(kernels::erfc_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> lgamma(const pack<T, W>& x) {
  return detail::apply(kernels::lgamma_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> floor(const pack<T, W>& x) {
  return detail::apply(kernels::floor_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> ceil(const pack<T, W>& x) {
  return detail::apply(kernels::ceil_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> trunc(const pack<T, W>& x) {
  return detail::apply(kernels::trunc_f(), x);
}
template <class T, int W>
CALX_INLINE pack<T, W> pow(const pack<T, W>& a, const pack<T, W>& b) {
  return map_lanes([](T x, T y) { return std::pow(x, y); }, a, b);
}
template <class T, int W>
CALX_INLINE pack<T, W> fmod(const pack<T, W>& a, const pack<T, W>& b) {
  return map_lanes([](T x, T y) { return std::fmod(x, y); }, a, b);
}

}  // namespace calx::inline CALX_ABI::simd
