// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mathematical functions for constant evaluation, where only g++ evaluates those of <cmath>.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <calx/base/config.hpp>

/// Computed with twice the digits of a double and rounded once, so that results are those of g++,
/// which rounds correctly, but for some arguments in 2^40 or so. Templates, as few programs need
/// them. T is float or double.
namespace calx::inline CALX_ABI::detail::constant {

template <class T>
inline constexpr T infinite = std::numeric_limits<T>::infinity();
template <class T>
inline constexpr T no_number = std::numeric_limits<T>::quiet_NaN();

/// The sum of two doubles, of which the second is below the last digit of the first.
template <class = void>
struct basic_wide {
  double hi = 0, lo = 0;
  constexpr basic_wide() = default;
  constexpr basic_wide(double h, double l = 0) : hi(h), lo(l) {}

  /// a + b, exactly; `ordered` if |a| >= |b|.
  static constexpr basic_wide sum(double a, double b) {
    const double s = a + b, t = s - a;
    return {s, (a - (s - t)) + (b - t)};
  }
  static constexpr basic_wide ordered(double a, double b) {
    const double s = a + b;
    return {s, b - (s - a)};
  }
  /// a * b, exactly, by halves of 26 digits; |a| and |b| are below 2^990.
  static constexpr basic_wide product(double a, double b) {
    const double c = 134217729 * a, d = 134217729 * b, p = a * b;
    const double a1 = c - (c - a), a2 = a - a1, b1 = d - (d - b), b2 = b - b1;
    return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
  }
  friend constexpr basic_wide operator+(basic_wide a, basic_wide b) {
    basic_wide s = sum(a.hi, b.hi);
    const basic_wide t = sum(a.lo, b.lo);
    s = ordered(s.hi, s.lo + t.hi);
    return ordered(s.hi, s.lo + t.lo);
  }
  friend constexpr basic_wide operator-(basic_wide a) { return {-a.hi, -a.lo}; }
  friend constexpr basic_wide operator-(basic_wide a, basic_wide b) { return a + (-b); }
  friend constexpr basic_wide operator*(basic_wide a, basic_wide b) {
    const basic_wide p = product(a.hi, b.hi);
    return ordered(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
  }
  friend constexpr basic_wide operator/(basic_wide a, basic_wide b) {
    const double q = a.hi / b.hi;
    basic_wide rest = a - b * basic_wide(q);
    const double r = rest.hi / b.hi;
    rest = rest - b * basic_wide(r);
    return ordered(q, r) + basic_wide(rest.hi / b.hi);
  }
  /// Times a power of two that neither overflows nor loses digits.
  constexpr basic_wide times(double power) const { return {hi * power, lo * power}; }
};
using wide = basic_wide<>;

template <class = void>
constexpr double power_of_two(int e) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
}
/// x in the precision of T.
template <class T>
constexpr T rounded(wide x) {
  if constexpr (std::is_same_v<T, double>) return x.hi;
  else {
    // The digits beyond are cut off and the last one made odd: that does not round twice.
    auto bits = std::bit_cast<std::uint64_t>(x.hi);
    if (x.lo != 0) bits = (bits - ((x.lo < 0) == (x.hi < 0) ? 0 : 1)) | 1;
    const auto y = std::bit_cast<double>(bits);
    if (y >= 0x1.ffffffp127 || y <= -0x1.ffffffp127) return y < 0 ? -infinite<T> : infinite<T>;
    return static_cast<T>(y);
  }
}
/// x times 2^e, rounded once; x is between 1/2 and 2.
template <class T>
constexpr T scaled(wide x, int e) {
  if (e > 1024 || (e == 1024 && x.hi >= 1)) return infinite<T>;
  if (e > 1022) return rounded<T>(x.times(e == 1024 ? 2 : 1).times(0x1p1023));
  if (e > -1022 || (e == -1022 && x.hi >= 1)) return rounded<T>(x.times(power_of_two(e)));
  if (std::is_same_v<T, float>) return T(0);
  // Added to a number whose last digit is worth the smallest there is, x is rounded to that.
  const double unit = power_of_two(-1074 - e), large = 0x1p52 * unit;
  const wide s = wide::sum(large, x.hi);
  const double y = (s.hi + (s.lo + x.lo)) - large;
  return static_cast<T>(y * power_of_two(e + 600) * 0x1p-600);
}

// ln 2, of which the first part has 40 digits, and pi / 2.
inline constexpr double ln2[3] = {0x1.62e42fefa4p-1, -0x1.8432a1b0e2634p-43,
                                  0x1.f97b57a079a19p-103};
inline constexpr double half_pi[2] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/// e^x is 2^k (1 + rest).
struct exponential {
  wide rest;
  int k = 0;
};
template <class = void>
constexpr exponential exponential_of(wide x) {
  const double turns = x.hi / ln2[0];
  const int k = static_cast<int>(turns < 0 ? turns - 0.5 : turns + 0.5);
  const wide r = ((x - wide(k * ln2[0])) - wide::product(k, ln2[1])) - wide(k * ln2[2]);
  const wide t = r.times(0x1p-8);
  wide s = 1;
  for (int n = 12; n > 1; --n) s = wide(1) + t * s / wide(n);
  s = t * s;
  for (int n = 0; n < 8; ++n) s = s.times(2) + s * s;  // e^2t - 1 from e^t - 1
  return {s, k};
}
template <class = void>
constexpr wide expm1_of(wide x) {
  const exponential e = exponential_of(x);
  const double power = power_of_two(e.k);
  return e.k == 0 ? e.rest : e.rest.times(power) + (wide(power) - wide(1));
}

/// The logarithm of a positive, finite x.
template <class = void>
constexpr wide log_of(wide x) {
  int e = 0;
  if (x.hi < 0x1p-900) x = x.times(0x1p200), e = -200;
  const int own = static_cast<int>(std::bit_cast<std::uint64_t>(x.hi) >> 52) - 1023;
  x = own > 1000 ? x.times(0x1p-1000).times(power_of_two(1000 - own))
                 : x.times(power_of_two(-own));
  e += own;
  if (x.hi > 1.4142135) x = x.times(0.5), ++e;
  const wide t = (x - wide(1)) / (x + wide(1)), square = t * t;
  wide s = wide(1) / wide(47);
  for (int n = 45; n > 0; n -= 2) s = wide(1) / wide(n) + square * s;
  const wide log_x = t.times(2) * s;
  if (e == 0) return log_x;
  return wide(e * ln2[0]) + (wide::product(e, ln2[1]) + wide(e * ln2[2])) + log_x;
}

/// x is r + quadrant pi / 2, with |r| at most pi / 4.
struct angle {
  wide r;
  int quadrant = 0;
};
/// 2 / pi behind the point.
inline constexpr std::uint32_t two_over_pi[38] = {
    0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu,
    0xdebbc561u, 0xb7246e3au, 0x424dd2e0u, 0x06492eeau, 0x09d1921cu, 0xfe1deb1cu, 0xb129a73eu,
    0xe88235f5u, 0x2ebb4484u, 0xe99c7026u, 0xb45f7e41u, 0x3991d639u, 0x835339f4u, 0x9c845f8bu,
    0xbdf9283bu, 0x1ff897ffu, 0xde05980fu, 0xef2f118bu, 0x5a0a6d1fu, 0x6d367ecfu, 0x27cb09b7u,
    0x4f463f66u, 0x9e5fea2du, 0x7527bac7u, 0xebe5f17bu, 0x3d0739f7u, 0x8a5292eau, 0x6bfb5fb1u,
    0x1f8d5d08u, 0x56033046u, 0xfc7b6babu};
/// The product of x / (pi / 2) by long multiplication, without the digits that are multiples of 4:
/// of those it keeps 170 behind the point. x is positive and finite.
template <class = void>
constexpr angle reduced(double x) {
  if (x <= 0.785398) return {x, 0};
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const int e = static_cast<int>(bits >> 52) - 1023 - 52, first = e < 34 ? 0 : (e - 2) / 32;
  const std::uint64_t m = (bits & 0xfffffffffffffu) | 0x10000000000000u;
  std::uint64_t limb[12] = {};  // of 32 bits, the lowest first
  for (int part = 0; part < 2; ++part)
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t y = (m >> (32 * part) & 0xffffffffu) * two_over_pi[first + 7 - i];
      limb[i + part] += y & 0xffffffffu, limb[i + part + 1] += y >> 32;
    }
  for (int i = 0; i + 1 < 12; ++i) limb[i + 1] += limb[i] >> 32, limb[i] &= 0xffffffffu;
  const int point = 32 * (first + 8) - e;  // digits behind the point
  auto from = [&](int at) {  // 32 bits, of which the lowest is number `at`
    const int i = at / 32, shift = at % 32;
    return ((i + 1 < 12 ? limb[i + 1] : 0) << (32 - shift) | limb[i] >> shift) & 0xffffffffu;
  };
  int quadrant = static_cast<int>(from(point) & 3);
  std::uint64_t digits[6] = {};
  for (int i = 0; i < 6; ++i) digits[i] = from(point - 32 * (i + 1));
  const bool above = digits[0] >> 31 != 0;  // half a quadrant
  wide r;
  for (int i = 6; i-- > 0;)
    r = (r + wide(static_cast<double>(above ? 0xffffffffu - digits[i] : digits[i]))).times(0x1p-32);
  r = r * wide(half_pi[0], half_pi[1]);
  return above ? angle{-r, quadrant + 1} : angle{r, quadrant};
}
template <class = void>
constexpr wide sin_of(wide r) {
  const wide square = r * r;
  wide s = 1;
  for (int k = 14; k > 0; --k) s = wide(1) - square * s / wide(2 * k * (2 * k + 1));
  return r * s;
}
template <class = void>
constexpr wide cos_of(wide r) {
  const wide square = r * r;
  wide s = 1;
  for (int k = 15; k > 0; --k) s = wide(1) - square * s / wide(2 * k * (2 * k - 1));
  return s;
}

template <std::floating_point T>
constexpr bool is_finite(T x) { return x - x == T(0); }

template <std::floating_point T>
constexpr T exp(T x) {
  if (x != x) return x;
  if (x > T(710)) return infinite<T>;
  if (x < T(-746)) return T(0);
  const exponential e = exponential_of(wide(static_cast<double>(x)));
  return scaled<T>(wide(1) + e.rest, e.k);
}
template <std::floating_point T>
constexpr T expm1(T x) {
  if (x != x || (x > T(-1e-18) && x < T(1e-18))) return x;
  if (x > T(60)) return constant::exp(x);
  return x < T(-60) ? T(-1) : rounded<T>(expm1_of(wide(static_cast<double>(x))));
}
template <std::floating_point T>
constexpr T log(T x) {
  if (x != x || x == infinite<T>) return x;
  if (x <= T(0)) return x < T(0) ? no_number<T> : -infinite<T>;
  return rounded<T>(log_of(wide(static_cast<double>(x))));
}
template <std::floating_point T>
constexpr T log1p(T x) {
  if (x != x || x == infinite<T> || (x > T(-1e-18) && x < T(1e-18))) return x;
  if (x <= T(-1)) return x < T(-1) ? no_number<T> : -infinite<T>;
  return rounded<T>(log_of(wide::sum(1, static_cast<double>(x))));
}
template <std::floating_point T>
constexpr T sin(T x) {
  if (x == T(0)) return x;
  if (!is_finite(x)) return no_number<T>;
  const angle a = reduced(static_cast<double>(x < T(0) ? -x : x));
  const T y = rounded<T>(a.quadrant % 2 != 0 ? cos_of(a.r) : sin_of(a.r));
  return (a.quadrant / 2 % 2 != 0) != (x < T(0)) ? -y : y;
}
template <std::floating_point T>
constexpr T cos(T x) {
  if (!is_finite(x)) return no_number<T>;
  const angle a = reduced(static_cast<double>(x < T(0) ? -x : x));
  const T y = rounded<T>(a.quadrant % 2 != 0 ? sin_of(a.r) : cos_of(a.r));
  return (a.quadrant + 1) / 2 % 2 != 0 ? -y : y;
}
template <std::floating_point T>
constexpr T tan(T x) {
  if (x == T(0)) return x;
  if (!is_finite(x)) return no_number<T>;
  const angle a = reduced(static_cast<double>(x < T(0) ? -x : x));
  const wide s = sin_of(a.r), c = cos_of(a.r);
  const T y = rounded<T>(a.quadrant % 2 != 0 ? -(c / s) : s / c);
  return x < T(0) ? -y : y;
}
template <std::floating_point T>
constexpr T tanh(T x) {
  if (x != x || (x > T(-1e-18) && x < T(1e-18))) return x;
  const T size = x < T(0) ? -x : x;
  T y = 1;
  if (size < T(40)) {
    const wide s = expm1_of(wide(2 * static_cast<double>(size)));
    y = rounded<T>(s / (s + wide(2)));
  }
  return x < T(0) ? -y : y;
}
/// The root digit by digit.
template <std::floating_point T>
constexpr T sqrt(T x) {
  if (x != x || x == infinite<T> || x == T(0)) return x;
  if (x < T(0)) return no_number<T>;
  double scale = 1, y = static_cast<double>(x);
  if (y < 0x1p-900) y *= 0x1p200, scale = 0x1p-100;
  const auto bits = std::bit_cast<std::uint64_t>(y);
  const int e = static_cast<int>(bits >> 52) - 1023, odd = e & 1;
  const std::uint64_t m = ((bits & 0xfffffffffffffu) | 0x10000000000000u) << odd;
  std::uint64_t root = 0, rest = 0;
  for (int k = 53; k >= 0; --k) {  // m 2^54 has 108 digits: two of them for each of the root's
    const int at = 2 * k - 54;
    rest = rest << 2 | (at >= 0 ? m >> at & 3 : 0);
    const std::uint64_t next = root << 2 | 1;
    root <<= 1;
    if (rest >= next) rest -= next, root |= 1;
  }
  // 54 digits, and whether there are more: half of the last one is never all of the rest.
  const auto top = static_cast<double>(root >> 1);
  const double last = (root & 1) != 0 ? (rest != 0 ? 0.75 : 0.5) : rest != 0 ? 0.25 : 0;
  return rounded<T>(wide::ordered(top, last).times(power_of_two((e - odd) / 2 - 52) * scale));
}

template <std::floating_point T>
constexpr T trunc(T x) {
  if (!(x > T(-0x1p62) && x < T(0x1p62)) || x == T(0)) return x;
  const T y = static_cast<T>(static_cast<std::int64_t>(x));
  return y == T(0) && x < T(0) ? -T(0) : y;
}
template <std::floating_point T>
constexpr T floor(T x) {
  const T y = constant::trunc(x);
  return y > x ? y - T(1) : y;
}
template <std::floating_point T>
constexpr T ceil(T x) {
  const T y = constant::trunc(x);
  return y < x ? y + T(1) : y;
}
template <std::floating_point T>
constexpr T fmod(T x, T y) {
  T a = x < T(0) ? -x : x, b = y < T(0) ? -y : y, t = b;
  if (!is_finite(x) || y != y || y == T(0)) return no_number<T>;
  if (a < b) return x;
  while (t <= a / 2) t *= 2;
  for (;; t /= 2) {  // without rounding
    if (a >= t) a -= t;
    if (t == b) break;
  }
  return x < T(0) ? -a : a;
}

/// a^b for a > 0, both finite.
template <std::floating_point T>
constexpr T power(T a, T b) {
  if (a == T(1)) return a;
  if (b > T(1e25) || b < T(-1e25)) return (a > T(1)) == (b > T(0)) ? infinite<T> : T(0);
  const wide y = log_of(wide(static_cast<double>(a))) * wide(static_cast<double>(b));
  if (!(y.hi < 710)) return infinite<T>;
  if (y.hi < -746) return T(0);
  const exponential e = exponential_of(y);
  return scaled<T>(wide(1) + e.rest, e.k);
}
template <std::floating_point T>
constexpr T pow(T a, T b) {
  if (b == T(0) || a == T(1)) return T(1);
  if (a != a || b != b) return no_number<T>;
  const T size = a < T(0) ? -a : a;
  const bool whole = constant::trunc(b) == b;
  const bool odd = whole && constant::fmod(b < T(0) ? -b : b, T(2)) == T(1);
  if (!is_finite(b)) return size == T(1) ? T(1) : (size > T(1)) == (b > T(0)) ? infinite<T> : T(0);
  if (a < T(0) && !whole && is_finite(a)) return no_number<T>;
  T y = 0;
  if (size == T(0) || !is_finite(a)) y = (size == T(0)) == (b < T(0)) ? infinite<T> : T(0);
  else y = power(size, b);
  const bool negative = a < T(0) || (a == T(0) && std::bit_cast<std::uint64_t>(double{a}) != 0);
  return odd && negative ? -y : y;
}

}  // namespace calx::inline CALX_ABI::detail::constant
