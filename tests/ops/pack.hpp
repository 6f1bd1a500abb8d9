// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The least that a pack of floats offers to `eval`: operators, select, and functions found by ADL.
#pragma once

#include <cmath>
#include <type_traits>

namespace packs {
constexpr int width = 4;

/// Lanes of truth values.
struct mask {
  bool v[width] = {};
};
template <class F>
mask each(F f, const mask& a, const mask& b) {
  mask r;
  for (int i = 0; i < width; ++i) r.v[i] = f(a.v[i], b.v[i]);
  return r;
}
inline mask operator&(const mask& a, const mask& b) {
  return each([](bool x, bool y) { return x && y; }, a, b);
}
inline mask operator|(const mask& a, const mask& b) {
  return each([](bool x, bool y) { return x || y; }, a, b);
}
inline mask operator^(const mask& a, const mask& b) {
  return each([](bool x, bool y) { return x != y; }, a, b);
}
inline mask operator!(const mask& a) { return each([](bool x, bool) { return !x; }, a, a); }

/// Lanes of T, made of one T implicitly and of other numbers explicitly.
template <class T>
struct pack {
  using value_type = T;
  T v[width] = {};
  pack() = default;
  pack(T x) {
    for (T& e : v) e = x;
  }
  template <class U>
    requires(std::is_arithmetic_v<U> && !std::is_same_v<U, T>)
  explicit pack(U x) : pack(static_cast<T>(x)) {}

  template <class F>
  friend pack map(F f, const pack& a, const pack& b) {
    pack r;
    for (int i = 0; i < width; ++i) r.v[i] = f(a.v[i], b.v[i]);
    return r;
  }
  template <class F>
  friend mask compare(F f, const pack& a, const pack& b) {
    mask r;
    for (int i = 0; i < width; ++i) r.v[i] = f(a.v[i], b.v[i]);
    return r;
  }
  friend pack operator+(const pack& a, const pack& b) {
    return map([](T x, T y) { return x + y; }, a, b);
  }
  friend pack operator-(const pack& a, const pack& b) {
    return map([](T x, T y) { return x - y; }, a, b);
  }
  friend pack operator*(const pack& a, const pack& b) {
    return map([](T x, T y) { return x * y; }, a, b);
  }
  friend pack operator/(const pack& a, const pack& b) {
    return map([](T x, T y) { return x / y; }, a, b);
  }
  friend pack operator-(const pack& a) { return map([](T x, T) { return -x; }, a, a); }
  friend mask operator<(const pack& a, const pack& b) {
    return compare([](T x, T y) { return x < y; }, a, b);
  }
  friend mask operator<=(const pack& a, const pack& b) {
    return compare([](T x, T y) { return x <= y; }, a, b);
  }
  friend mask operator>(const pack& a, const pack& b) {
    return compare([](T x, T y) { return x > y; }, a, b);
  }
  friend mask operator>=(const pack& a, const pack& b) {
    return compare([](T x, T y) { return x >= y; }, a, b);
  }
  friend mask operator==(const pack& a, const pack& b) {
    return compare([](T x, T y) { return x == y; }, a, b);
  }
  friend mask operator!=(const pack& a, const pack& b) {
    return compare([](T x, T y) { return x != y; }, a, b);
  }
  friend pack select(const mask& c, const pack& a, const pack& b) {
    pack r;
    for (int i = 0; i < width; ++i) r.v[i] = c.v[i] ? a.v[i] : b.v[i];
    return r;
  }
  friend pack exp(const pack& a) { return map([](T x, T) { return std::exp(x); }, a, a); }
  friend pack expm1(const pack& a) { return map([](T x, T) { return std::expm1(x); }, a, a); }
  friend pack log(const pack& a) { return map([](T x, T) { return std::log(x); }, a, a); }
  friend pack log1p(const pack& a) { return map([](T x, T) { return std::log1p(x); }, a, a); }
  friend pack sqrt(const pack& a) { return map([](T x, T) { return std::sqrt(x); }, a, a); }
  friend pack sin(const pack& a) { return map([](T x, T) { return std::sin(x); }, a, a); }
  friend pack cos(const pack& a) { return map([](T x, T) { return std::cos(x); }, a, a); }
  friend pack tan(const pack& a) { return map([](T x, T) { return std::tan(x); }, a, a); }
  friend pack tanh(const pack& a) { return map([](T x, T) { return std::tanh(x); }, a, a); }
  friend pack floor(const pack& a) { return map([](T x, T) { return std::floor(x); }, a, a); }
  friend pack ceil(const pack& a) { return map([](T x, T) { return std::ceil(x); }, a, a); }
  friend pack trunc(const pack& a) { return map([](T x, T) { return std::trunc(x); }, a, a); }
  friend pack fmod(const pack& a, const pack& b) {
    return map([](T x, T y) { return std::fmod(x, y); }, a, b);
  }
  friend pack pow(const pack& a, const pack& b) {
    return map([](T x, T y) { return std::pow(x, y); }, a, b);
  }
};
}  // namespace packs
