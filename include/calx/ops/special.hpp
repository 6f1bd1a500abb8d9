// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Special functions: the inverse error function, for normal random numbers.
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
  using std::log;
  using std::sqrt;
  T r = sqrt(-log(p));
  if constexpr (std::is_floating_point_v<T>)
    return r <= T(5) ? quotient(quantile_middle, r - T(1.6)) : quotient(quantile_tail, r - T(5));
  else
    return select(r <= T(5), quotient(quantile_middle, r - T(1.6)),
                  quotient(quantile_tail, r - T(5)));
}
}  // namespace detail

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
    return 0.5 / std::numbers::inv_sqrtpi * exp(guarded_mul(y, y));
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

using special_ops = type_list<erf_inv_t>;

}  // namespace calx::inline CALX_ABI
