// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Special functions: the error function, what it leaves to 1, and its inverse.
#pragma once

#include <numbers>

#include <calx/ops/math.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
// Coefficients, lowest first, of numerators and denominators of algorithm AS241 (PPND16) of
// M. J. Wichura, Applied Statistics 37 (1988), relative accuracy about 1e-16.
inline constexpr double quantile_centre[2][8] = {
    {3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3}};
inline constexpr double quantile_middle[2][8] = {
    {1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
     3.64784832476320460504, 1.27045825245236838258, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9}};
inline constexpr double quantile_tail[2][8] = {
    {6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

template <class T>
CALX_HD constexpr T quotient(const double (&p)[2][8], T r) {
  T top = T(p[0][7]), bottom = T(p[1][7]);
  for (int i = 7; i-- > 0;) top = top * r + T(p[0][i]), bottom = bottom * r + T(p[1][i]);
  return top / bottom;
}
/// The quantile of the normal distribution at 1/2 + q for |q| < 0.425.
template <class T>
CALX_HD constexpr T central_quantile(T q) {
  return q * quotient(quantile_centre, T(0.180625) - q * q);
}
/// The quantile at 1 - p for small p.
template <class T>
CALX_HD constexpr T upper_quantile(T p) {
  using detail::scalar::log;
  using detail::scalar::sqrt;
  T r = sqrt(-log(p));
  if constexpr (std::is_floating_point_v<T>)
    return r <= T(5) ? quotient(quantile_middle, r - T(1.6)) : quotient(quantile_tail, r - T(5));
  else
    return select(r <= T(5), quotient(quantile_middle, r - T(1.6)),
                  quotient(quantile_tail, r - T(5)));
}

/// The type of an element of a register; T itself if it is a number.
template <class T>
struct lane_type { using type = typename T::value_type; };
template <class T>
  requires(std::is_floating_point_v<T>)
struct lane_type<T> { using type = T; };

/// c[First] + c[First + Step] x + c[First + 2 Step] x^2 + ...
template <int First, int Step, class T, std::size_t N>
CALX_HD CALX_INLINE constexpr T polynomial(const double (&c)[N], const T& x) {
  if constexpr (std::size_t{First + Step} >= N) return T(c[First]);
  else return T(c[First]) + x * polynomial<First + Step, Step>(c, x);
}

/// What the error functions are computed with. Coefficients are those of interpolation at
/// Chebyshev's points, to a relative error below 3e-17 and 6e-9, lowest first.
template <class T>
struct error_function;
template <>
struct error_function<double> {
  static constexpr double grid = 0x1.8p+31;  // x + grid - grid has 26 bits for x < 32
  static constexpr double end = 28;          // erfc is 0 from here on
  static constexpr double middle = 3.25;
  /// erf(x) / x - 1 in x^2, for |x| < 5/8.
  static constexpr double centre[] = {
      1.28379167095512572e-1, -3.76126389031836507e-1, 1.12837916709465177e-1,
      -2.68661706423061246e-2, 5.22397757831507306e-3, -8.54832250245352377e-4,
      1.2055068448640774e-4, -1.49160395026809334e-5, 1.62497522445980106e-6,
      -1.3726707254184182e-7};
  /// (1 + 2x) e^(x^2) erfc(x) in (x - middle) / (x + middle), for x from 5/8 to the end.
  static constexpr double tail[] = {
      1.24751511320116407, -1.3861133360837125e-1, -2.74567811908878055e-2,
      1.13507493636228215e-1, -1.18978890893894028e-1, 8.01489863263994244e-2,
      -3.69605832707294583e-2, 1.01486470053639445e-2, -1.87545528101015842e-4,
      -1.07512412083460722e-3, 3.05047833486209341e-4, 7.50403244724229291e-5,
      -5.41663384317495453e-5, -4.37901439753496734e-6, 8.60563442426164709e-6,
      3.0229799703256293e-7, -1.42246942068810748e-6, -6.2090016045219678e-8,
      2.35098357545093129e-7, 1.29011951085758811e-8, -2.86609857181950484e-8};
};
template <>
struct error_function<float> {
  static constexpr double grid = 0x1.8p+15;  // 12 bits for x < 16
  static constexpr double end = 11;
  static constexpr double middle = 2.5;
  static constexpr double centre[] = {
      1.283791669e-1, -3.761263556e-1, 1.128369156e-1, -2.685515543e-2, 5.168831678e-3,
      -7.255774717e-4};
  static constexpr double tail[] = {
      1.264838183, -1.223567569e-1, -9.902437201e-2, 1.576298493e-1, -1.029705925e-1,
      3.275923237e-2, 9.581099048e-4, -4.359762578e-3, 4.118132206e-4, 5.458669611e-4};
};

/// erf(x) for |x| < 5/8.
template <class T>
CALX_HD CALX_INLINE constexpr T erf_centre(const T& x) {
  using table = error_function<typename lane_type<T>::type>;
  return x + x * polynomial<0, 1>(table::centre, T(x * x));
}
/// erfc(x) for x >= 5/8. What rounding takes from x^2 would cost its exponential hundreds of units
/// in the last place. So x is a part with half of the bits, whose square is exact, and a small
/// rest: erfc(part + rest) is erfc(part) less e^(-part^2) 2/sqrt(pi) times the integral of
/// e^(-2 part s - s^2) over s from 0 to rest.
template <class T>
CALX_HD CALX_INLINE constexpr T erfc_tail(const T& size) {
  using detail::select;
  using detail::scalar::exp;
  using table = error_function<typename lane_type<T>::type>;
  const T x = select(size > T(table::end), T(table::end), size);
  const T part = (x + T(table::grid)) - T(table::grid), rest = x - part;
  const T z = T(2) * part * rest;
  const T mean = T(1) - z * (T(0.5) - z * (T(1.0 / 6) - z * T(1.0 / 24))) -
                 rest * rest * T(1.0 / 3);  // of the integrand
  const T area = T(2 * std::numbers::inv_sqrtpi) * rest * mean;
  const T t = (part - T(table::middle)) / (part + T(table::middle)), tt = t * t;
  const T slope = polynomial<1, 2>(table::tail, tt) + t * polynomial<2, 2>(table::tail, tt);
  const T below = T(1) + T(2) * part;
  return exp(-part * part) * (T(table::tail[0]) + (t * slope - area * below)) / below;
}
}  // namespace detail

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: an odd function
/// from -1 to 1, which it reaches at the infinities. Floats; integers become floats. Its
/// derivative 2 / sqrt(pi) e^(-x^2) is as accurate as x^2 is, within x^2 units in the last place.
struct erf_t : math_op<erf_t> {
  static constexpr std::string_view name = "erf";
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::select;
    T size = select(x < T(0), -x, x);
    if constexpr (std::is_floating_point_v<T>)
      if (size < T(0.625)) return detail::erf_centre(x);
    T above = T(1) - detail::erfc_tail(size), outside = select(x < T(0), -above, above);
    if constexpr (std::is_floating_point_v<T>) return outside;
    else return select(size < T(0.625), detail::erf_centre(x), outside);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) {
    return 2.0 * std::numbers::inv_sqrtpi * exp(-square(x));
  }
};
/// erf(x): the error function.
///
///     auto cdf = [](auto x) { return 0.5 + 0.5 * calx::erf(x / std::numbers::sqrt2); };
inline constexpr erf_t erf{};

/// 1 - erf(x) without cancellation: from 2 down to 0, with full relative accuracy until it falls
/// below the smallest normal number, at 26.5 for doubles and 9.1 for float32. Floats; integers
/// become floats. Its derivative is the negative of that of `erf`.
struct erfc_t : math_op<erfc_t> {
  static constexpr std::string_view name = "erfc";
  static constexpr int ulp = 4;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::select;
    T size = select(x < T(0), -x, x);
    if constexpr (std::is_floating_point_v<T>)
      if (size < T(0.625)) return T(1) - detail::erf_centre(x);
    T tail = detail::erfc_tail(size), outside = select(x < T(0), T(2) - tail, tail);
    if constexpr (std::is_floating_point_v<T>) return outside;
    else return select(size < T(0.625), T(1) - detail::erf_centre(x), outside);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) {
    return -2.0 * std::numbers::inv_sqrtpi * exp(-square(x));
  }
};
/// erfc(x): 1 - erf(x), accurate where that is small.
inline constexpr erfc_t erfc{};

/// The inverse of the error function on (-1, 1); infinite at the ends, NaN outside.
struct erf_inv_t : math_op<erf_inv_t> {
  static constexpr std::string_view name = "erf_inv";
  static constexpr double lo = -1, hi = 1;
  static constexpr bool pole = true;
  static constexpr int ulp = 8;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::select;
    T size = select(x < T(0), -x, x), q = T(0.5) * x;
    T inside = T(0);
    if constexpr (std::is_same_v<T, float>)
      return static_cast<float>(eval(static_cast<double>(x)));
    else if constexpr (std::is_floating_point_v<T>)
      inside = size <= T(0.85) ? detail::central_quantile(q) : tail(x, size);
    else inside = select(size <= T(0.85), detail::central_quantile(q), tail(x, size));
    T end = select(x < T(0), T(-inf), T(inf));
    T outside = select(size == T(1), end, T(std::numeric_limits<double>::quiet_NaN()));
    return select(size < T(1), inside * T(1 / std::numbers::sqrt2), outside);
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X y) {
    return 0.5 / std::numbers::inv_sqrtpi * exp(square(y));
  }

 private:
  template <class T>
  CALX_HD static constexpr T tail(T x, T size) {
    using detail::select;
    T z = detail::upper_quantile(T(0.5) - T(0.5) * size);
    return select(x < T(0), -z, z);
  }
};
/// erf_inv(x): the inverse of the error function.
inline constexpr erf_inv_t erf_inv{};

using special_ops = type_list<erf_t, erfc_t, erf_inv_t>;

namespace value {
template <class A>
constexpr op_result_t<erf_t, A> erf(const A& a) { return calx::erf(a); }
template <class A>
constexpr op_result_t<erfc_t, A> erfc(const A& a) { return calx::erfc(a); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
