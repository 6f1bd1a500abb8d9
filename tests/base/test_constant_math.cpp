// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mathematics in constant evaluation: correctly rounded, as that of g++ is.
#include <calx/base/scalar_math.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "../catch.hpp"

namespace own = calx::detail::constant;
namespace scalar = calx::detail::scalar;

namespace {
/// x is what rounds `exact`, which has 11 digits more, to a T; beside ties either neighbour may be.
template <class T>
bool rounds(T x, long double exact) {
  const T want = static_cast<T>(exact);
  if (x == want) return true;
  if (x != x || want != want) return x != x && want != want;
  // Off by half a unit and what the reference may be off by: 2^-10 of a double's last digit.
  const long double unit = std::abs(static_cast<long double>(std::nextafter(want, x)) - want);
  return std::abs(static_cast<long double>(x) - exact) <= unit * (0.5L + 0x1p-9L);
}
template <class T, class F, class G>
void check(const char* name, F f, G exact, T lo, T hi) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<T> any(lo, hi);
  for (int i = 0; i < 20000; ++i) {
    const T x = any(random);
    if (rounds(f(x), exact(static_cast<long double>(x)))) continue;
    INFO(name << " of " << x << " is " << f(x));
    CHECK(false);
    return;
  }
  CHECK(true);
}
/// The same for both types, on small numbers and on all up to `hi`.
template <class F, class G>
void check_all(const char* name, F f, G exact, double lo, double hi) {
  check<double>(name, f, exact, lo, hi);
  check<double>(name, f, exact, lo < 0 ? -1.0 : 0.0, 1);
  check<double>(name, f, exact, lo < 0 ? -1e-9 : 0.0, 1e-9);
  const float from = static_cast<float>(lo), to = static_cast<float>(std::min(hi, 80.0));
  check<float>(name, f, exact, from, to);
}
#define BOTH(name) \
  [](auto x) { return own::name(x); }, [](long double x) { return std::name(x); }
}  // namespace

TEST_CASE("functions of constants are correctly rounded") {
  check_all("exp", BOTH(exp), -745, 710);
  check_all("expm1", BOTH(expm1), -40, 710);
  check_all("log", BOTH(log), 0, 1e300);
  check_all("log1p", BOTH(log1p), 0, 1e300);
  check_all("log1p", BOTH(log1p), -0.999, 1);
  check_all("sqrt", BOTH(sqrt), 0, 1e300);
  check_all("sin", BOTH(sin), -100, 100);
  check_all("cos", BOTH(cos), -100, 100);
  check_all("tan", BOTH(tan), -100, 100);
  check_all("sin", BOTH(sin), -1e15, 1e15);
  check_all("tanh", BOTH(tanh), -20, 20);
  check_all("floor", BOTH(floor), -1e10, 1e10);
  check_all("ceil", BOTH(ceil), -1e10, 1e10);
  check_all("trunc", BOTH(trunc), -1e10, 1e10);
  for (double b : {0.5, -2.0, 3.0, 17.25, -0.3125})
    check_all("pow", [=](auto x) { return own::pow(x, static_cast<decltype(x)>(b)); },
              [=](long double x) { return std::pow(x, static_cast<long double>(b)); }, 0, 1e10);
  for (double b : {0.1, 3.0, 1e-5, 12345.678})
    for (double a : {0.0, 1.0, 5.5, 1e10, 1e-7, -17.3, 1e300})
      CHECK(own::fmod(a, b) == std::fmod(a, b));
}

TEST_CASE("arguments as large as can be are reduced exactly") {
  // Of 2^1023 and the double nearest to a multiple of pi/2, by more digits than long double has.
  CHECK(own::sin(0x1p1023) == 0.5631277798508840);
  CHECK(own::cos(0x1p1023) == -0.826369834614148);
  CHECK(own::cos(6381956970095103.0 * 0x1p797) == -4.687165924254628e-19);
  CHECK(own::sin(1e22) == -0.8522008497671888);
  CHECK(own::cos(3.0f) == -0.9899925f);
}

TEST_CASE("edges of functions of constants are those of C") {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  const double all[] = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e300, -1e300, inf,
                        -inf, nan, 5e-324, -5e-324, 709.782712893384, 709.8, -745.13, -745.2};
  auto same = [](double a, double b) {  // what libraries compute may be off by one
    return (a != a && b != b) || ((a == b || std::nextafter(a, b) == b) &&
                                  std::signbit(a) == std::signbit(b));
  };
  for (double x : all) {
    INFO(x);
    CHECK(same(own::exp(x), std::exp(x)));
    CHECK(same(own::expm1(x), std::expm1(x)));
    CHECK(same(own::log(x), std::log(x)));
    CHECK(same(own::log1p(x), std::log1p(x)));
    CHECK(same(own::sqrt(x), std::sqrt(x)));
    CHECK(same(own::sin(x), std::sin(x)));
    CHECK(same(own::cos(x), std::cos(x)));
    CHECK(same(own::tan(x), std::tan(x)));
    CHECK(same(own::tanh(x), std::tanh(x)));
    CHECK(same(own::floor(x), std::floor(x)));
    CHECK(same(own::ceil(x), std::ceil(x)));
    CHECK(same(own::trunc(x), std::trunc(x)));
    for (double y : all) {
      INFO(y);
      CHECK(same(own::pow(x, y), std::pow(x, y)));
      CHECK(same(own::fmod(x, y), std::fmod(x, y)));
    }
  }
}

TEST_CASE("the compiler evaluates functions of numbers") {
  static_assert(scalar::cos(0.3) == 0.955336489125606);
  static_assert(scalar::sin(0.3f) == 0.29552022f);
  static_assert(scalar::exp(1.0) == 2.718281828459045 && scalar::expm1(1e-20) == 1e-20);
  static_assert(scalar::log(10.0) == 2.302585092994046 && scalar::log1p(1e-20) == 1e-20);
  static_assert(scalar::sqrt(2.0) == 1.4142135623730951 && scalar::sqrt(9.0f) == 3.0f);
  static_assert(scalar::tan(1.0) == 1.5574077246549023 && scalar::tanh(0.5) == 0.46211715726000973);
  static_assert(scalar::pow(2.0, 0.5) == 1.4142135623730951 && scalar::pow(3.0, 4.0) == 81);
  static_assert(scalar::fmod(7.5, 2.0) == 1.5 && scalar::floor(-0.5) == -1);
  static_assert(scalar::ceil(0.5) == 1 && scalar::trunc(-1.5) == -1);
  CHECK(scalar::cos(0.3) == std::cos(0.3));
}
