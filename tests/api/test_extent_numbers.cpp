// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// x.size() and x.shape(i) of traced values: numbers where the compiler knows them, nodes where only
// run time does, and the same values and dtypes either way.
#include <array>
#include <calx/calx.hpp>
#include <cmath>
#include <vector>

#include "../catch.hpp"

using namespace calx;

namespace {
using vector = calx::array<double, 1>;
using three = calx::tensor<double, 3>;
using integers = calx::array<std::int32_t, 1>;
using floats = calx::array<float, 1>;

/// f and its gradient at {5, 7, 9}: with extents of the type, with extents of run time, and traced
/// at run time. The compiler traces the first, and the second unless `loops`.
template <bool loops = false, class F>
void check(const F& f, double value, std::array<double, 3> slope) {
  static_assert(static_traceable<F, three> && static_traceable<decltype(calx::grad(f)), three>);
  static_assert(static_traceable<decltype(calx::grad(f)), vector> != loops);
  const vector x{5, 7, 9};
  const three y{5, 7, 9};
  const double one = x(0) / 5;
  auto captures = [f, one](auto v) { return f(v) * one; };
  const auto want = calx::tensor<double, 3>{slope[0], slope[1], slope[2]};
  CHECK(static_cast<double>(calx::jit(f)(x)) == Approx(value).epsilon(1e-15));
  CHECK(static_cast<double>(calx::jit(captures)(x)) == Approx(value).epsilon(1e-15));
  CHECK(calx::allclose(calx::grad(f)(y), want, 1e-15, 0));
  CHECK(calx::allclose(calx::grad(f)(x), want, 1e-15, 0));
  CHECK(calx::allclose(calx::grad(captures)(x), want, 1e-15, 0));
}
}  // namespace

TEST_CASE("traced values are divided by their size") {
  const double third = 1.0 / 3;
  check([](auto x) { return calx::sum(x * x) / x.size(); }, 155 * third,
        {10 * third, 14 * third, 6});
  check([](auto x) { return calx::sum(x) * (1.0 / x.size()) + x(0) * (x.shape(0) - 1); },
        7 + 10, {2 + third, third, third});
  check([](auto x) { return calx::sum(x) * (x.shape(-1) / 2) * (x.size() % 2); }, 21, {1, 1, 1});
  check([](auto x) {
    using T = decltype(x);
    return calx::sum(x) / calx::sqrt(x.size() + 1) / calx::sqrt(T(x.size() * 3));
  }, 3.5, {1.0 / 6, 1.0 / 6, 1.0 / 6});
}

TEST_CASE("extents may be bounds and extents of what is computed") {
  check([](auto x) {
    const auto n = x.shape(0);
    return calx::sum(x(slice(0, n - 1)) * x(slice(1, n))) + x(x.size() - 1);
  }, 35 + 63 + 9, {7, 14, 8});
  check([](auto x) {
    return calx::sum(x.reshape(x.size(), 1) * calx::reshape(x, 1, x.shape(0)));
  }, 441, {42, 42, 42});
  check([](auto x) { return calx::sum(calx::broadcast_to(x, x.size(), x.size())); }, 63, {3, 3, 3});
  // The axes of two values are the same where they are written alike.
  check([](auto x) { return x.size() == (x * x).shape(0) ? calx::sum(x) : x(0); }, 21, {1, 1, 1});
}

TEST_CASE("arrays of the size of a traced value are traced") {
  check([](auto x) { return calx::sum(x * calx::arange(x.size())); }, 25, {0, 1, 2});
  check([](auto x) {
    auto state = calx::zeros(x.size());
    for (int i = 0; i < 2; ++i) state = state + x;
    return calx::sum(state * calx::ones<float>(x.shape(0)) + calx::full(2, x.size()));
  }, 48, {2, 2, 2});
  check([](auto x) {
    return calx::sum(calx::dot(calx::eye(x.size()), x)) +
           calx::dot(calx::eye<double>(2, x.size()), x)[x.size() - 2];
  }, 28, {1, 2, 1});
  check([](auto x) {
    return calx::sum(x(slice(1, none)) * calx::arange<double>(1, x.size())) +
           calx::sum(calx::arange(x.size() - 1));
  }, 26, {0, 1, 2});
  CHECK_THROWS_WITH(calx::jit([](auto x) { return calx::zeros(x.size() - 3); })(vector{1}),
                    Catch::Equals("array: shape (-2,) has a negative extent"));
}

TEST_CASE("where a number is asked for, known extents are numbers") {
  check<true>([](auto x) {
    auto total = 0.0 * x(0);
    for (int i = 0; i < x.size(); ++i) total += x(i) * double(x.size());
    return total / calx::sqrt(double(x.size()));
  }, 63 / std::sqrt(3.0), {std::sqrt(3.0), std::sqrt(3.0), std::sqrt(3.0)});
  check<true>([](auto x) {
    auto total = x(0);
    for (auto i = x.size() - 1; i > 0; --i) total += x(i);
    double h = 1.0 / x.size(), twice = 2;
    twice += x.shape(0);
    return total * h * twice;
  }, 35, {5.0 / 3, 5.0 / 3, 5.0 / 3});
  check<true>([](auto x) { return calx::sum(calx::linspace(0, 1, x.size()) * x); }, 12.5,
              {0, 0.5, 1});
  check<true>([](auto x) {
    return calx::sum(x) * std::vector<double>(x.size(), 2.0)[x.size() - 1] * (7 % x.size());
  }, 42, {2, 2, 2});
}

TEST_CASE("functions of std take extents as numbers") {
  const double one = 1;
  auto f = [one](auto x) {
    const int n = static_cast<int>(x.size());
    return calx::sum(x) * one / std::sqrt(x.size()) * std::pow(2.0, x.size()) * (n >> 1) *
           (x.size() & 1) * static_cast<float>(x.shape(0));
  };
  const double value = calx::jit(f)(vector{5, 7, 9});
  CHECK(value == Approx(21 / std::sqrt(3.0) * 24).epsilon(1e-15));
}

TEST_CASE("an array beside an extent is a node") {
  check([](auto x) {
    const calx::tensor<double, 3> c{1, 2, 3};
    return calx::sum(c / x.size() * x) + calx::sum(c * x.shape(0));
  }, 46.0 / 3 + 18, {1.0 / 3, 2.0 / 3, 1});
}

TEST_CASE("extents take the dtype of what they meet, as numbers do") {
  constexpr auto scaled = [](auto x) { return x * x.size() + x.shape(0); };
  constexpr auto half = [](auto x) { return x * (0.5 * x.size()); };
  const double one = 1;
  auto captured = [](auto f, double) { return [f, k = 1.0](auto x) { return k > 0 ? f(x) : x; }; };
  static_assert(static_traceable<decltype(scaled), integers>);
  static_assert(std::is_same_v<decltype(calx::jit(scaled)(integers{1, 2})), integers>);
  static_assert(std::is_same_v<decltype(calx::jit(half)(floats{1, 2})), floats>);
  static_assert(std::is_same_v<decltype(calx::jit(half)(integers{1, 2})), vector>);
  CHECK(calx::equal(calx::jit(scaled)(integers{1, 2}), integers{4, 6}));
  CHECK(calx::jit(captured(scaled, one))(integers{1, 2}).dtype() == dtype::i32);
  CHECK(calx::jit(captured(half, one))(integers{1, 2}).dtype() == dtype::f64);
  CHECK(calx::equal(calx::jit(half)(floats{1, 2}), floats{1, 2}));
  constexpr auto pair = [](auto x) { return std::array{x(0), decltype(x)(x.size())}; };
  static_assert(static_traceable<decltype(pair), floats>);
  CHECK(calx::jit(pair)(floats{5, 6})[1] == 2.0f);
}

TEST_CASE("extents alone may be returned, and vmap sees those of one element") {
  constexpr auto sizes = [](auto x) { return std::tuple{x.size(), 0.5 * x.shape(0), x.rank()}; };
  static_assert(static_traceable<decltype(sizes), vector>);
  const auto [n, half, rank] = calx::jit(sizes)(vector{1, 2, 3});
  CHECK((n == 3 && half == 1.5 && rank == 1));
  constexpr auto average = [](auto x) { return calx::sum(x) / x.size(); };
  const calx::array<double, 2> rows{{1, 2, 3}, {4, 5, 6}};
  static_assert(static_traceable<decltype(calx::vmap(average)), calx::array<double, 2>>);
  CHECK(calx::equal(calx::vmap(average)(rows), vector{2, 5}));
  auto [y, pullback] = calx::vjp(average, vector{1, 2, 6});
  CHECK(y == 3);
  CHECK(calx::allclose(std::get<0>(pullback(3.0)), vector{1, 1, 1}, 1e-15, 0));
}

TEST_CASE("bounds that follow from extents are checked") {
  constexpr auto shifted = [](auto x, auto y) { return x(slice(0, y.size())); };
  static_assert(static_traceable<decltype(shifted), vector, vector>);
  CHECK(calx::equal(calx::jit(shifted)(vector{1, 2, 3}, vector{1, 2}), vector{1, 2}));
  CHECK_THROWS_WITH(calx::jit(shifted)(vector{1, 2}, vector{1, 2, 3}),
                    Catch::Contains("slice: bound 3 is outside an axis of extent 2"));
  constexpr auto one = [](auto x, auto y) { return x(y.size()); };
  CHECK(calx::jit(one)(vector{1, 2, 3}, vector{1, 2}) == 3);
  CHECK_THROWS_WITH(calx::jit(one)(vector{1, 2}, vector{1, 2}),
                    Catch::Contains("index 2 is outside axis 0 of extent 2"));
}
