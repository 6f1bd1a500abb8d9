// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What elementwise ops on floats compute, in extended precision and by other formulas.
#pragma once

#include <cmath>
#include <map>
#include <numbers>
#include <string_view>

namespace wide {
using real = long double;
using formula = real (*)(real, real, real);

/// The inverse error function by Newton's method, from erfc where erf has lost the digits.
inline real inverse_erf(real y, real, real) {
  if (y < 0) return -inverse_erf(-y, 0, 0);
  real x = y < 0.9L ? y : std::sqrt(-std::log((1 - y) * std::sqrt(std::numbers::pi_v<real>)));
  for (int i = 0; i < 60; ++i) {
    real miss = y < 0.5L ? std::erf(x) - y : (1 - y) - std::erfc(x);
    x -= miss * std::sqrt(std::numbers::pi_v<real>) / 2 * std::exp(x * x);
  }
  return x;
}

inline const std::map<std::string_view, formula> formulas = {
    {"neg", [](real a, real, real) { return -a; }},
    {"add", [](real a, real b, real) { return a + b; }},
    {"sub", [](real a, real b, real) { return a - b; }},
    {"mul", [](real a, real b, real) { return a * b; }},
    {"masked_mul", [](real c, real a, real b) { return c != 0 ? a * b : 0; }},
    {"div", [](real a, real b, real) { return a / b; }},
    {"rem", [](real a, real b, real) { return std::remainder(a, b) +
                                              (std::remainder(a, b) * a < 0
                                                   ? std::copysign(b, a) : 0); }},
    {"square", [](real a, real, real) { return a * a; }},
    {"exp", [](real a, real, real) { return std::exp(a); }},
    {"expm1", [](real a, real, real) { return std::expm1(a); }},
    {"log", [](real a, real, real) { return std::log(a); }},
    {"log1p", [](real a, real, real) { return std::log1p(a); }},
    {"sqrt", [](real a, real, real) { return std::sqrt(a); }},
    {"rsqrt", [](real a, real, real) { return 1 / std::sqrt(a); }},
    {"sin", [](real a, real, real) { return std::sin(a); }},
    {"cos", [](real a, real, real) { return std::cos(a); }},
    {"tan", [](real a, real, real) { return std::sin(a) / std::cos(a); }},
    {"tanh", [](real a, real, real) { return std::tanh(a); }},
    {"logistic", [](real a, real, real) { return 1 / (1 + std::exp(-a)); }},
    {"floor", [](real a, real, real) { return std::floor(a); }},
    {"ceil", [](real a, real, real) { return -std::floor(-a); }},
    {"trunc", [](real a, real, real) { return a < 0 ? -std::floor(-a) : std::floor(a); }},
    {"select", [](real c, real a, real b) { return c != 0 ? a : b; }},
    {"max", [](real a, real b, real) { return std::fmax(a, b); }},
    {"min", [](real a, real b, real) { return std::fmin(a, b); }},
    {"sign", [](real a, real, real) { return a > 0 ? 1 : a < 0 ? -1 : a; }},
    {"abs", [](real a, real, real) { return std::fabs(a); }},
    {"pow", [](real a, real b, real) { return std::exp2(b * std::log2(a)); }},
    {"less", [](real a, real b, real) { return real(a < b); }},
    {"less_equal", [](real a, real b, real) { return real(a <= b); }},
    {"greater", [](real a, real b, real) { return real(a > b); }},
    {"greater_equal", [](real a, real b, real) { return real(a >= b); }},
    {"equal_to", [](real a, real b, real) { return real(a == b); }},
    {"not_equal", [](real a, real b, real) { return real(a != b); }},
    {"erf", [](real a, real, real) { return std::erf(a); }},
    {"erfc", [](real a, real, real) { return std::erfc(a); }},
    {"erf_inv", inverse_erf}};
}  // namespace wide
