// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions of one register: xsimd's kernels, repaired where they leave their promised accuracy.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

#if __has_include(<xsimd/xsimd.hpp>)
// g++ 12 takes the undefined registers of its own AVX-512 header for mistakes.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <xsimd/xsimd.hpp>
#pragma GCC diagnostic pop
#else
#include <xsimd/xsimd.hpp>
#endif
#if !defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)
#define CALX_HAS_XSIMD 1
#endif
#endif

#include <calx/codegen/cpu/simd_functions.hpp>
#include <calx/codegen/cpu/simd_map.hpp>
#include <calx/codegen/cpu/simd_trig.hpp>

namespace calx::inline CALX_ABI::simd::kernels {

#if defined(CALX_HAS_XSIMD)

template <class T>
constexpr bool has_batch() {
  if constexpr (std::is_floating_point_v<T>)
    return xsimd::types::has_simd_register<T, xsimd::default_arch>::value;
  else return false;
}
template <class T>
using batch = xsimd::batch<T, xsimd::default_arch>;

/// y, but scalar(x) in the lanes that are wrong. Rare, so it stays out of line.
template <class T, class F>
[[gnu::noinline, gnu::cold]] batch<T> one_by_one(batch<T> x, batch<T> y,
                                                 typename batch<T>::batch_bool_type wrong, F f) {
  constexpr std::size_t n = batch<T>::size;
  T in[n], out[n], replaced[n];
  x.store_unaligned(in);
  y.store_unaligned(out);
  xsimd::select(wrong, batch<T>(1), batch<T>(0)).store_unaligned(replaced);
  for (std::size_t i = 0; i < n; ++i)
    if (replaced[i] != 0) out[i] = f(in[i]);
  return batch<T>::load_unaligned(out);
}
/// y, but f(x) in the lanes that are wrong.
template <class T, class F>
CALX_INLINE batch<T> repaired(const batch<T>& x, const batch<T>& y,
                              const typename batch<T>::batch_bool_type& wrong, F f) {
  if (xsimd::any(wrong)) [[unlikely]] return one_by_one(x, y, wrong, f);
  return y;
}

/// Where an exponential nears the ends of T: between `safe` and these its result is a subnormal
/// number or almost too large, which xsimd's kernels take for zero and infinity.
template <class T>
struct exponential_range {
  T safe, least, most;
};
template <class T>
inline constexpr exponential_range<T> natural =
    sizeof(T) == 8 ? exponential_range<T>{T(708), T(-746), T(709.79)}
                   : exponential_range<T>{T(87), T(-104), T(88.73)};
template <class T>
inline constexpr exponential_range<T> binary =
    sizeof(T) == 8 ? exponential_range<T>{T(1021), T(-1075), T(1024)}
                   : exponential_range<T>{T(125), T(-150), T(128)};

template <class T, class F>
CALX_INLINE batch<T> near_the_ends(const batch<T>& x, const batch<T>& y,
                                   const exponential_range<T>& r, F f) {
  const auto large = xsimd::abs(x) > batch<T>(r.safe);
  if (xsimd::any(large)) [[unlikely]]
    return repaired(x, y, large & (x > batch<T>(r.least)) & (x < batch<T>(r.most)), f);
  return y;
}
/// xsimd's logarithms of subnormal doubles are off by a multiple.
template <class T, class F>
CALX_INLINE batch<T> below_normal(const batch<T>& x, const batch<T>& y, F f) {
  const auto tiny = x < batch<T>(std::numeric_limits<T>::min());
  if (xsimd::any(tiny)) [[unlikely]] return repaired(x, y, tiny & (x > batch<T>(0)), f);
  return y;
}

// many(f, x) is f in every lane, to the accuracy that ops/ declares. The cheap ones are inlined: a
// call moves its operand through memory and ends what the processor overlaps.
template <class T>
CALX_INLINE batch<T> many(exp_f f, const batch<T>& x) {
  return near_the_ends(x, xsimd::exp(x), natural<T>, f);
}
template <class T>
CALX_INLINE batch<T> many(exp2_f f, const batch<T>& x) {
  return near_the_ends(x, xsimd::exp2(x), binary<T>, f);
}
template <class T>
CALX_INLINE batch<T> many(expm1_f f, const batch<T>& x) {
  // The kernel's -1 comes too early, by two units in the last place, and its -0 is 0.
  constexpr T unit = std::numeric_limits<T>::epsilon() / 2;
  const auto early = x > batch<T>(sizeof(T) == 8 ? T(-37.4) : T(-17.3));
  batch<T> y = xsimd::expm1(x);
  y = xsimd::select((y == batch<T>(-1)) & early, batch<T>(unit - 1), y);
  y = xsimd::select(x == batch<T>(0), x, y);
  return near_the_ends(x, y, natural<T>, f);
}

template <class T>
CALX_INLINE batch<T> many(log_f f, const batch<T>& x) {
  return below_normal(x, xsimd::log(x), f);
}
template <class T>
CALX_INLINE batch<T> many(log2_f f, const batch<T>& x) {
  return below_normal(x, xsimd::log2(x), f);
}
template <class T>
CALX_INLINE batch<T> many(log10_f f, const batch<T>& x) {
  return below_normal(x, xsimd::log10(x), f);
}
template <class T>
CALX_INLINE batch<T> many(log1p_f, const batch<T>& x) {
  return xsimd::select(x == batch<T>(0), x, xsimd::log1p(x));
}

/// y, but f(x) where the sine or cosine y of a float is so tiny away from 0 that the reduction by
/// multiples of pi/2 has cancelled more digits than xsimd's constants hold.
template <class T, class F>
CALX_INLINE batch<T> near_zeros(const batch<T>& x, const batch<T>& y, F f) {
  const auto tiny = xsimd::abs(y) < batch<T>(T(0x1p-14));
  return repaired(x, y, tiny & (xsimd::abs(x) > batch<T>(T(0.5))), f);
}
template <class T>
using angle_of =
    angle<batch<T>, xsimd::batch<std::int64_t, typename batch<T>::arch_type>>;
template <class T>
CALX_INLINE batch<T> nearby(sin_f f, const batch<T>& x) {
  if constexpr (sizeof(T) == 8)
    return angle_of<T>(xsimd::abs(x)).sine_after(0) ^ xsimd::bitofsign(x);
  else return near_zeros(x, xsimd::sin(x), f);
}
template <class T>
CALX_INLINE batch<T> nearby(cos_f f, const batch<T>& x) {
  if constexpr (sizeof(T) == 8) return angle_of<T>(xsimd::abs(x)).sine_after(1);
  else return near_zeros(x, xsimd::cos(x), f);
}
template <class T>
CALX_INLINE batch<T> nearby(tan_f, const batch<T>& x) {
  return xsimd::tan(x);
}

// From ten turns on xsimd's reduction loses up to a unit in the last place, until it changes to
// one that takes all angles, one by one. Between the two, D = batch<double> is reduced here.
template <class F, class T>
inline constexpr T far_away = T(62);
template <class T>
inline constexpr T far_away<tan_f, T> = T(1.5);  // near a pole, half a unit is too much
inline constexpr double very_far = 823550;  // beyond 2^19 quarter turns

/// a - b as a sum of two doubles: the result, and what rounding took from it.
template <class D>
CALX_INLINE D difference(const D& a, const D& b, D& rest) {
  const D d = a - b, used = d - a;
  rest = (a - (d - used)) - (b + used);
  return d;
}
/// x - n pi/2 to the last place, for whole |n| <= 2^19 that leave at most pi/2. Of pi/2's four
/// parts three have 33 bits, so that their products with n are exact.
template <class D>
CALX_INLINE D without_quarter_turns(const D& x, const D& n) {
  D lost, lost_too;
  D r = difference(x - n * D(0x1.921fb544p+0), n * D(0x1.0b4611a6p-34), lost);
  r = difference(r, n * D(0x1.3198a2ep-69), lost_too);
  return r + ((lost + lost_too) - n * D(0x1.b839a252049c1p-104));
}
template <class D>
CALX_INLINE auto is_odd(const D& n) {
  const D half = n * D(0.5);
  return half != xsimd::floor(half);
}
template <class D>
CALX_INLINE D negated_if(const typename D::batch_bool_type& c, const D& x) {
  return x ^ xsimd::select(c, D(-0.0), D(0.0));
}
template <class D>
CALX_INLINE D by_turns(sin_f, const D& x) {
  const D m = xsimd::nearbyint(x * D(std::numbers::inv_pi));
  return negated_if(is_odd(m), xsimd::sin(without_quarter_turns(x, m + m)));
}
template <class D>
CALX_INLINE D by_turns(cos_f, const D& x) {
  const D m = xsimd::floor(x * D(std::numbers::inv_pi)) + D(1);
  return negated_if(is_odd(m), xsimd::sin(without_quarter_turns(x, m + m - D(1))));
}
template <class D>
CALX_INLINE D by_turns(tan_f, const D& x) {
  const D n = xsimd::nearbyint(x * D(2 * std::numbers::inv_pi));
  const D y = xsimd::tan(without_quarter_turns(x, n));
  return xsimd::select(is_odd(n), D(-1) / y, y);
}

/// xsimd's function for arguments so large that it takes them one by one.
template <class D>
D very_far_out(sin_f, const D& x) { return xsimd::sin(x); }
template <class D>
D very_far_out(cos_f, const D& x) { return xsimd::cos(x); }
template <class D>
D very_far_out(tan_f, const D& x) { return xsimd::tan(x); }

template <class T, class F>
[[gnu::noinline]] batch<T> far_out(F f, batch<T> x) {
  if constexpr (sizeof(T) == 8) {
    const auto beyond = !(xsimd::abs(x) < batch<T>(very_far));
    batch<T> y = by_turns(f, x);
    if (xsimd::any(beyond)) y = xsimd::select(beyond, very_far_out(f, x), y);
    return y;
  } else if constexpr (has_batch<double>()) {
    constexpr std::size_t n = batch<T>::size, step = batch<double>::size;
    T values[n];
    double wide[n];
    x.store_unaligned(values);
    for (std::size_t i = 0; i < n; ++i) wide[i] = values[i];
    for (std::size_t i = 0; i < n; i += step)
      far_out<double>(f, batch<double>::load_unaligned(wide + i)).store_unaligned(wide + i);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>(wide[i]);
    return batch<T>::load_unaligned(values);
  } else {
    return one_by_one(x, x, x == x, f);
  }
}
template <class T, class F>
CALX_INLINE batch<T> trigonometric(F f, const batch<T>& x) {
  const auto distant = xsimd::abs(x) > batch<T>(far_away<F, T>);
  if (!xsimd::any(distant)) [[likely]] return nearby(f, x);
  const batch<T> y = far_out<T>(f, x);
  if (xsimd::all(distant)) return y;
  return xsimd::select(distant, y, nearby(f, xsimd::select(distant, batch<T>(0), x)));
}
template <class T>
CALX_INLINE batch<T> many(sin_f f, const batch<T>& x) {
  return trigonometric(f, x);
}
template <class T>
CALX_INLINE batch<T> many(cos_f f, const batch<T>& x) {
  return trigonometric(f, x);
}
template <class T>
CALX_INLINE batch<T> many(tan_f f, const batch<T>& x) {
  return trigonometric(f, x);
}
template <class T>
batch<T> many(asin_f, const batch<T>& x) {
  return xsimd::asin(x);
}
template <class T>
batch<T> many(acos_f, const batch<T>& x) {
  return xsimd::acos(x);
}
template <class T>
batch<T> many(atan_f, const batch<T>& x) {
  return xsimd::atan(x);
}

template <class T>
batch<T> many(sinh_f, const batch<T>& x) {
  return xsimd::sinh(x);
}
template <class T>
batch<T> many(cosh_f, const batch<T>& x) {
  return xsimd::cosh(x);
}
template <class T>
CALX_INLINE batch<T> many(tanh_f, const batch<T>& x) {
  return xsimd::tanh(x);
}
template <class T>
batch<T> many(asinh_f, const batch<T>& x) {
  if constexpr (sizeof(T) == 8) return xsimd::asinh(x);
  else {
    // The kernel for floats is off by more than three units. log1p(x + (sqrt(1 + x^2) - 1)) is
    // better; it overflows for large x, where log(2x) is as good.
    const batch<T> one(1), size = xsimd::abs(x), square = size * size;
    const batch<T> below = xsimd::log1p(size + square / (one + xsimd::sqrt(one + square)));
    const batch<T> above = xsimd::log(size) + batch<T>(std::numbers::ln2_v<T>);
    const auto large = size > batch<T>(4096);
    return xsimd::select(large, above, below) ^ xsimd::bitofsign(x);
  }
}
template <class T>
batch<T> many(acosh_f, const batch<T>& x) {
  const batch<T> nan(std::numeric_limits<T>::quiet_NaN());
  return xsimd::select(x < batch<T>(1), nan, xsimd::acosh(x));
}
template <class T>
batch<T> many(atanh_f, const batch<T>& x) {
  return xsimd::atanh(x);
}

template <class T>
CALX_INLINE batch<T> many(sqrt_f, const batch<T>& x) {
  return xsimd::sqrt(x);
}
// Roundings keep the sign, of zero too, which the kernels without an instruction lose.
template <class T>
CALX_INLINE batch<T> many(floor_f, const batch<T>& x) {
  return xsimd::floor(x) | xsimd::bitofsign(x);
}
template <class T>
CALX_INLINE batch<T> many(ceil_f, const batch<T>& x) {
  return xsimd::ceil(x) | xsimd::bitofsign(x);
}
template <class T>
CALX_INLINE batch<T> many(trunc_f, const batch<T>& x) {
  return xsimd::trunc(x) | xsimd::bitofsign(x);
}

/// True if f has a kernel for T on this machine.
template <class F, class T>
constexpr bool has_kernel() {
  if constexpr (!has_batch<T>()) return false;
  else return requires(F f, batch<T> x) { many(f, x); };
}
#else
template <class F, class T>
constexpr bool has_kernel() { return false; }
#endif

}  // namespace calx::inline CALX_ABI::simd::kernels
