// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constants that the compiler knows are literals of the program: however they are spelled, the
// compiler traces the call.
#include <array>
#include <calx/calx.hpp>
#include <tuple>

#include "../catch.hpp"

using namespace calx;

namespace {
using pair = calx::tensor<double, 2>;
using vector = calx::array<double, 1>;

/// f at x, its gradient there, and its batch: all traced by the compiler.
template <class F, class X>
void check(const F& f, const X& x, double value, const X& slope) {
  static_assert(static_traceable<F, X>);
  static_assert(static_traceable<decltype(calx::grad(f)), X>);
  CHECK(static_cast<double>(calx::jit(f)(x)) == value);
  CHECK(calx::equal(calx::grad(f)(x), slope));
}
/// The derivative of F at v along v.
template <class F>
struct forward {
  constexpr auto operator()(auto v) const {
    return std::get<1>(calx::jvp(F(), std::tuple{v}, std::tuple{v}));
  }
};
/// The same in the other modes.
template <class F>
void check_modes(const F& f, const pair& x, double value, const pair& slope) {
  check(f, x, value, slope);
  static_assert(static_traceable<forward<F>, pair>);
  CHECK(calx::jit(forward<F>())(x) == x(0) * slope(0) + x(1) * slope(1));
  calx::tensor<double, 2, 2> rows{{x(0), x(1)}, {0, 0}};
  static_assert(static_traceable<decltype(calx::vmap(calx::grad(f))), decltype(rows)>);
  CHECK(calx::equal(calx::vmap(calx::grad(f))(rows)(0), slope));
  auto [y, pullback] = calx::vjp(f, x);
  static_assert(detail::linearizable<detail::reverse_mode, F, pair>);
  CHECK(y == value);
  CHECK(calx::equal(std::get<0>(pullback(1.0)), slope));
}

constexpr calx::tensor<double, 2, 2> global{{1, 2}, {3, 4}};
struct holder {
  static constexpr calx::tensor<double, 2> weights{3, 5};
  static constexpr double factor = 2;
};
}  // namespace

TEST_CASE("tensors in braces are literals") {
  const pair x{5, 7};
  check_modes([](auto v) {
    calx::tensor<double, 2> c{1, 2};
    return calx::sum(c * v);
  }, x, 19, {1, 2});
  check([](auto v) { return calx::sum(v * calx::tensor<float, 2>{1, 2}); }, x, 19, {1, 2});
  check([](auto v) { return calx::sum(v * calx::tensor<int, 2>{1, 2}); }, x, 19, {1, 2});
  check([](auto v) {
    return calx::sum(where(calx::tensor<bool, 2>{true, false}, v, -v));
  }, x, -2, {1, -1});
  check([](auto v) { return calx::sum(calx::dot(calx::tensor<double, 2, 2>{{1, 2}, {3, 4}}, v)); },
        x, 62, {4, 6});
  check([](auto v) {
    calx::tensor<double, 2> c{1, 2};
    return calx::sum((2.0 * c + 1.0) * v) + c(1) * v(0) + calx::sum(c(slice(1, none)) * v(1)) +
           calx::sum(c) * v(0);
  }, x, 50 + 10 + 14 + 15, {8, 7});
  check([](auto v) {  // numbers of its own
    calx::array<double, 1> c{1, 2};
    auto same = c;
    return calx::sum(same * v) + c(0) * v(0) + calx::sum(c.reshape(2, 1) * v(1));
  }, x, 19 + 5 + 21, {2, 5});
}

TEST_CASE("arrays that functions make of numbers are literals") {
  const pair x{5, 7};
  check_modes([](auto v) { return calx::dot(calx::ones<pair>(), v); }, x, 12, {1, 1});
  check([](auto v) { return calx::dot(calx::full<pair>(3), v - calx::zeros(2)); }, x, 36, {3, 3});
  check([](auto v) { return calx::sum(calx::dot(calx::eye<calx::tensor<double, 2, 2>>(), v)); }, x,
        12, {1, 1});
  check([](auto v) { return calx::sum(calx::dot(calx::eye(2), v) * calx::ones(2)); }, x, 12,
        {1, 1});
  check([](auto v) { return calx::sum(calx::arange(1, 3) * v); }, x, 19, {1, 2});
  check([](auto v) { return calx::sum(calx::arange(1.0, 2.0, 0.5) * v); }, x, 15.5, {1, 1.5});
  check([](auto v) { return calx::sum(calx::linspace(1, 3, 2) * v); }, x, 26, {1, 3});
}

TEST_CASE("constexpr tensors are literals wherever they are defined") {
  const pair x{5, 7};
  check_modes([](auto v) { return calx::sum(calx::dot(global, v)); }, x, 62, {4, 6});
  check([](auto v) { return calx::sum(holder::weights * v) * holder::factor; }, x, 100, {6, 10});
  static constexpr calx::tensor<double, 2> local{1, -1};
  check([](auto v) { return calx::sum(local * v * v); }, x, 25 - 49, {10, -14});
}

TEST_CASE("large literals lie in constant memory, and results may be literals") {
  const auto x = calx::ones<double>(1000);
  constexpr auto weighted = [](auto v) { return calx::sum(calx::arange(1000) * v); };
  check(weighted, x, 499500, vector(calx::arange<double>(1000)));
  constexpr auto product = [](auto v) {
    return calx::sum(calx::dot(calx::arange(3000).reshape(3, 1000), v));
  };
  static_assert(static_traceable<decltype(product), vector>);
  CHECK(calx::jit(product)(x) == 2999.0 * 1500);
  constexpr auto with_constants = [](auto v) {
    return std::tuple{v * 2.0, calx::tensor<double, 3>{1, 2, 3}, calx::arange(70)};
  };
  static_assert(static_traceable<decltype(with_constants), pair>);
  auto [twice, three, many] = calx::jit(with_constants)(pair{1, 2});
  CHECK(calx::equal(twice, pair{2, 4}));
  CHECK(calx::equal(three, calx::tensor<double, 3>{1, 2, 3}));
  CHECK(calx::equal(many, calx::arange(70)));
}

TEST_CASE("a pullback with literals works in a program that run time traces") {
  const double k = 3;
  auto [y, pullback] = calx::vjp([](auto v) {
    return calx::sum(calx::tensor<double, 2>{1, 2} * v * v);
  }, pair{5, 7});
  CHECK(y == 25 + 98);
  auto scaled = [=](auto t) { return std::get<0>(pullback(t * k)); };
  const pair got = calx::jit(scaled)(1.0);
  CHECK(calx::equal(got, pair{30, 84}));
}

namespace {
/// A turn by an angle, in a plane, as a generic program writes it.
template <class T>
constexpr std::array<std::array<T, 2>, 2> turn(T angle) {
  using std::cos;
  using std::sin;
  return {{{cos(angle), -sin(angle)}, {sin(angle), cos(angle)}}};
}
/// The distance of the hand of an arm of two parts, the second of which is bent by a constant.
constexpr auto reach = [](auto v) {
  using T = std::remove_cvref_t<decltype(v(0))>;
  const auto bend = turn(T(0.5)), first = turn(v(0));
  constexpr double length[2] = {2, 1};
  const T x = length[0] + bend[0][0] * length[1], y = bend[1][0] * length[1];
  return first[0][0] * x + first[0][1] * y + 0.0 * v(1);
};
}  // namespace

TEST_CASE("mathematics of numbers is constant with every compiler") {
  const pair x{0.0, 1.0};
  check([](auto v) { return calx::sum(v) * calx::floor(calx::exp(1.0)); }, x, 2, {2, 2});
  check([](auto v) { return calx::pow(4.0, 0.5) * calx::sum(v) + calx::sqrt(9.0) - v(1); }, x, 4,
        {2, 1});
  constexpr auto many = [](auto v) {
    return calx::sum(v) * (calx::sin(0.3) + calx::cos(0.3) + calx::tan(0.3) + calx::tanh(0.3) +
                           calx::log(0.3) + calx::log1p(0.3) + calx::expm1(0.3) +
                           calx::logistic(0.3) + calx::rsqrt(0.3) + calx::erf(0.3) +
                           calx::erf_inv(0.3) + calx::ceil(0.3) + calx::trunc(0.3) +
                           calx::rem(0.3, 0.2) + calx::abs(-0.3));
  };
  static_assert(static_traceable<decltype(many), pair>);
  CHECK(std::abs(calx::jit(many)(x) - many(x)) < 1e-14);
  static_assert(static_traceable<decltype(reach), pair>);
  static_assert(static_traceable<decltype(calx::jacfwd(reach)), pair>);
  CHECK(std::abs(calx::jit(reach)(x) - (2 + std::cos(0.5))) < 1e-15);
  CHECK(std::abs(calx::grad(reach)(x)(0) + std::sin(0.5)) < 1e-15);
}

namespace {
constexpr std::array<double, 2> weights{1, 2};
constexpr double factors[2] = {2, 3};
constexpr int steps = 3;
enum class unit { one, two };
/// A callable whose constants belong to its type, and one whose constants are data.
struct doubles {
  static constexpr double k = 2;
  template <class T>
  constexpr T operator()(T x) const { return k * x; }
};
struct scales {
  double k;
  template <class T>
  constexpr T operator()(T x) const { return k * x; }
};
constexpr scales by_three{3};
}  // namespace

TEST_CASE("C++ constants of any kind are literals") {
  const pair x{5, 7};
  check([](auto v) { return calx::sum(weights * v) + factors[1] * v(0); }, x, 34, {4, 2});
  check([](auto v) {
    auto s = v(0);
    for (int i = 0; i < steps; ++i) s = s * (i == 1 ? 2 : 1);
    return s * (unit::two != unit::one ? 1.0 : 0.5) + v(1) * static_cast<double>(true);
  }, x, 17, {2, 1});
  check([](auto v) {
    const std::array<double, 2> c{1, 2};
    double total = 0;
    for (double k : calx::linspace(0, 1, 3)) total += k;
    return calx::dot(c, v) * total;
  }, x, 28.5, {1.5, 3});
  check([](auto v) {
    auto c = calx::ones<pair>();
    c = 2.0 * c;
    return calx::sum(c / calx::sum(c) * v) +
           calx::sum(calx::dot(global.T(), calx::dot(global, v)) * c.at(0).set(0.0));
  }, x, 6 + 2 * (2 * 19 + 4 * 43), {0.5 + 28, 0.5 + 40});
}

TEST_CASE("a callable is a constant if its data are of its type") {
  static_assert(static_traceable<doubles, double>);
  CHECK(calx::grad(doubles())(1.0) == 2);
  // What an object holds is not part of its type, which is all that the compiler sees of an
  // argument; a function that names the object is a constant.
  static_assert(!static_traceable<scales, double>);
  CHECK(static_cast<double>(calx::grad(by_three)(1.0)) == 3);
  constexpr auto named = [](auto v) { return by_three(v); };
  static_assert(static_traceable<decltype(named), double>);
  CHECK(calx::grad(named)(1.0) == 3);
}

TEST_CASE("an array that meets a number of no program is refused") {
  constexpr auto f = [](auto v) {
    decltype(v) total = 0.0;
    total = total + calx::tensor<double, 2>{1, 2};
    return calx::sum(total * v);
  };
  CHECK_THROWS_WITH(calx::jit(f)(pair{5, 7}),
                    Catch::Contains("an array met a traced number that belongs to no program"));
}
