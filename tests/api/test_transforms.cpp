// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nested transforms on numbers, tensors, arrays, and in lambdas that capture: the same results.
#include <calx/calx.hpp>
#include <cmath>
#include <type_traits>

#include "../catch.hpp"

using calx::array;
using calx::tensor;

namespace {
constexpr auto wave = [](auto x) { return calx::sin(x) * calx::exp(-x * x); };
double wave1(double x) { return std::exp(-x * x) * (std::cos(x) - 2 * x * std::sin(x)); }
double wave2(double x) {
  return std::exp(-x * x) * ((4 * x * x - 3) * std::sin(x) - 4 * x * std::cos(x));
}
constexpr auto cubes = [](auto x) { return x * x * x; };
constexpr auto total = [](auto x) { return calx::sum(x * x * x); };
constexpr auto quadratic = [](auto x, auto A) { return calx::vdot(x, calx::dot(A, x)); };

/// CHECKs that a has these elements, in row-major order.
template <class A>
void is(const A& a, const std::vector<double>& want) {
  const calx::detail::element_list have(a);
  REQUIRE(have.values.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i)
    CHECK(static_cast<double>(have.values[i]) == Approx(want[i]).margin(1e-14));
}
/// G on extents known to the compiler, known at run time, and in a lambda that captures.
template <class G, class Check>
void three_ways(const G& g, const Check& check) {
  const tensor<double, 3> fixed{1, 2, -0.5};
  const array<double, 1> x{1, 2, -0.5};
  static_assert(calx::static_traceable<G, tensor<double, 3>>);
  static_assert(calx::static_traceable<G, array<double, 1>>);
  check(g(fixed));
  check(g(x));
  const double one = 1;
  auto captured = [&](auto t) { return g(t * one); };
  static_assert(!calx::static_traceable<decltype(calx::jit(captured)), array<double, 1>>);
  check(calx::jit(captured)(x));
}
template <class G>
void three_ways(const G& g, const std::vector<double>& want) {
  three_ways(g, [&](const auto& y) { is(y, want); });
}
}  // namespace

TEST_CASE("derivatives of functions of a number") {
  for (double x : {-1.5, 0.0, 0.4}) {
    CHECK(calx::grad(wave)(x) == Approx(wave1(x)));
    CHECK(calx::grad(calx::grad(wave))(x) == Approx(wave2(x)));
    CHECK(calx::hessian(wave)(x) == Approx(wave2(x)));
    CHECK(calx::hvp(wave)(x, 2.0) == Approx(2 * wave2(x)));
    CHECK(calx::jacfwd(calx::jacrev(wave))(x) == Approx(wave2(x)));
    CHECK(calx::jacrev(calx::jacfwd(wave))(x) == Approx(wave2(x)));
    const double c = 3;
    auto captured = [&](auto t) { return c * wave(t); };
    CHECK(calx::grad(calx::grad(captured))(x) == Approx(3 * wave2(x)));
    CHECK(calx::hvp(captured)(x, 2.0) == Approx(6 * wave2(x)));
    auto [y, dy] = calx::jvp(calx::grad(wave), std::tuple{x}, std::tuple{1.0});
    CHECK(y == Approx(wave1(x)));
    CHECK(dy == Approx(wave2(x)));
    auto [v, pullback] = calx::vjp(calx::grad(captured), x);
    CHECK(v == Approx(3 * wave1(x)));
    CHECK(std::get<0>(pullback(2.0)) == Approx(6 * wave2(x)));
    auto [w, pushforward] = calx::linearize(calx::jit(wave), x);
    CHECK(w == Approx(wave(x)));
    CHECK(pushforward(-1.0) == Approx(-wave1(x)));
  }
  CHECK(calx::grad(calx::grad(calx::grad(cubes)))(5.0) == 6);
  static_assert(calx::grad(calx::grad(calx::grad(cubes)))(5.0) == 6);
  static_assert(calx::grad(calx::grad(calx::grad(calx::grad(cubes))))(5.0) == 0);
  static_assert(std::is_same_v<decltype(calx::grad(calx::grad(cubes))(1.0f)), float>);
}

TEST_CASE("derivatives of functions of arrays") {
  three_ways(calx::grad(total), {3, 12, 0.75});
  three_ways(calx::grad([](auto x) { return calx::sum(calx::vmap(wave)(x)); }),
             {wave1(1), wave1(2), wave1(-0.5)});
  three_ways(calx::vmap(calx::grad(calx::grad(wave))), {wave2(1), wave2(2), wave2(-0.5)});
  three_ways(calx::jacfwd(calx::jacrev(total)), {6, 0, 0, 0, 12, 0, 0, 0, -3});
  three_ways(calx::jacrev(calx::grad(total)), {6, 0, 0, 0, 12, 0, 0, 0, -3});
  three_ways(calx::grad(calx::jit(total)), {3, 12, 0.75});
}

TEST_CASE("transforms inside the function that is transformed") {
  three_ways(calx::grad([](auto x) {
               // The first component of a jvp inside.
               return calx::sum(std::get<1>(calx::jvp(cubes, std::tuple{x}, std::tuple{x})));
             }),
             {9, 36, 2.25});
  three_ways(calx::jit([](auto x) {
               auto [y, pullback] = calx::vjp(cubes, x);
               return std::get<0>(pullback(y));
             }),
             {3, 96, -0.09375});
  three_ways(calx::vmap([](auto e) {
               auto [y, pushforward] = calx::linearize(wave, e);
               return pushforward(1.0) + 0.0 * y;
             }),
             {wave1(1), wave1(2), wave1(-0.5)});
  three_ways(calx::vmap(calx::partial([](auto e, auto c) { return e * c; }, 2.0)), {2, 4, -1});
  // x_i * d/dy sum(y x) = x_i * x_i: the inner derivative does not see the outer variable.
  three_ways(calx::jit([](auto x) {
               return x * calx::grad([](auto y, auto z) { return calx::vdot(y, z); })(x, x);
             }),
             {1, 4, 0.25});
}

TEST_CASE("pullbacks and pushforwards outside of traces, also batched") {
  const tensor<double, 2> t{1, 2};
  const tensor<double, 2, 2> eye{{1, 0}, {0, 1}};
  const double one = 1;
  auto check = [&](auto f, auto x, auto I) {
    auto [y, pullback] = calx::vjp(f, x);
    is(y, {1, 8});
    is(std::get<0>(pullback(x)), {3, 24});
    is(std::get<0>(pullback(x)), {3, 24});
    is(std::get<0>(calx::vmap(pullback)(I)), {3, 0, 0, 12});
    auto [z, pushforward] = calx::linearize(f, x);
    is(z, {1, 8});
    is(pushforward(x), {3, 24});
    is(calx::vmap(pushforward)(I), {3, 0, 0, 12});
  };
  check(cubes, t, eye);
  check(cubes, array<double, 1>(t), array<double, 2>(eye));
  check([&](auto x) { return one * x * x * x; }, t, eye);
  check([&](auto x) { return one * x * x * x; }, array<double, 1>(t), array<double, 2>(eye));
}

TEST_CASE("gradients by several arguments and of several results") {
  const tensor<double, 2> x{1, 2};
  const tensor<double, 2, 2> A{{2, 1}, {0, 3}};
  auto [dx, dA] = calx::grad<0, 1>(quadratic)(x, A);
  is(dx, {6, 13});
  is(dA, {1, 2, 2, 4});
  static_assert(std::is_same_v<decltype(dA), tensor<double, 2, 2>>);
  is(calx::grad<-1>(quadratic)(x, A), {1, 2, 2, 4});
  auto J = calx::jacfwd<1, 0>(quadratic)(array<double, 1>(x), array<double, 2>(A));
  is(std::get<0>(J), {1, 2, 2, 4});
  is(std::get<1>(J), {6, 13});
  auto both = [](auto a) { return std::tuple{calx::sum(a), a * a}; };
  auto blocks = calx::jacrev(both)(x);
  is(std::get<0>(blocks), {1, 1});
  is(std::get<1>(blocks), {2, 0, 0, 4});
  auto H = calx::hessian<0>(quadratic)(x, A);
  is(H, {4, 1, 1, 6});
  auto [value, g] = calx::value_and_grad(
      [](auto a) { return std::tuple{calx::sum(a * a), std::tuple{a, 1.5}}; }, calx::has_aux)(x);
  is(g, {2, 4});
  CHECK(std::get<0>(value) == 5);
  is(std::get<0>(std::get<1>(value)), {1, 2});
  CHECK(std::get<1>(std::get<1>(value)) == 1.5);
}

TEST_CASE("a pole behind a where, to second order") {
  // sqrt(1 - x) where that exists, x^2 elsewhere; at 1 and beyond only x^2 counts.
  static constexpr auto f = [](auto x) { return calx::where(x < 1.0, calx::sqrt(1.0 - x), x * x); };
  for (double x : {1.0, 4.0}) {
    CHECK(f(x) == x * x);
    CHECK(calx::grad(f)(x) == 2 * x);
    CHECK(calx::grad(calx::grad(f))(x) == 2);
    auto [y, dy] = calx::jvp(f, std::tuple{x}, std::tuple{1.0});
    CHECK(y == x * x);
    CHECK(dy == 2 * x);
    CHECK(std::get<0>(std::get<1>(calx::vjp(f, x))(1.0)) == 2 * x);
  }
  const array<double, 1> both{0.75, 1.0, 4.0};
  is(calx::vmap(calx::grad(f))(both), {-1, 2, 8});
  is(calx::vmap(calx::grad(calx::grad(f)))(both), {-2, 2, 2});
  is(calx::grad([](auto x) { return calx::sum(f(x)); })(both), {-1, 2, 8});
}

TEST_CASE("ties share the gradient") {
  CHECK(calx::grad([](auto x) { return calx::maximum(x, 2.0); })(2.0) == 0.5);
  CHECK(calx::grad<0>([](auto x, auto y) { return calx::minimum(x, y); })(2.0, 2.0) == 0.5);
  is(calx::grad([](auto x) { return calx::max(x); })(array<double, 1>{3, 1, 3}), {0.5, 0, 0.5});
  is(calx::grad([](auto x) { return calx::sum(calx::min(x, calx::axis<1>)); })(
         tensor<double, 2, 2>{{1, 1}, {0, 2}}),
     {0.5, 0.5, 1, 0});
  CHECK(calx::grad([](auto x) { return calx::clip(x, 0.0, 1.0); })(1.0) == 0.5);
  CHECK(calx::grad([](auto x) { return calx::abs(x); })(0.0) == 1);
}

TEST_CASE("arrays without elements, axes of 1, arrays without axes") {
  const array<double, 1> none(calx::dims{0});
  CHECK(total(none) == 0);
  CHECK(calx::grad(total)(none).size() == 0);
  CHECK(std::isnan(calx::mean(none)));
  CHECK(calx::vmap(wave)(none).size() == 0);
  CHECK(calx::vmap(calx::grad(wave))(none).size() == 0);
  CHECK(calx::jacfwd(cubes)(none).size() == 0);
  CHECK(calx::concatenate(calx::axis<0>, none, none).eval().size() == 0);
  is(calx::concatenate(calx::axis<0>, none, array<double, 1>{1, 2}), {1, 2});
  is(calx::grad([](auto x, auto y) {
       return calx::sum(cubes(calx::concatenate(calx::axis<0>, x, y)));
     })(array<double, 1>{1, 2}, none),
     {3, 12});
  auto rows = calx::sum(array<double, 2>(calx::dims{3, 0}), calx::axis<1>);
  is(rows, {0, 0, 0});

  const tensor<double, 1, 1> one{{3}};
  is(calx::grad([](auto x) { return calx::sum(x * x); })(one), {6});
  is(calx::vmap(calx::grad(calx::partial(
         [](auto x, auto A) { return calx::sum(A * x); }, one)))(tensor<double, 1>{2}),
     {3});
  const tensor<double> scalar{2};
  static_assert(std::is_same_v<decltype(calx::grad(cubes)(scalar)), tensor<double>>);
  CHECK(calx::grad(cubes)(scalar).data()[0] == 12);
  const array<double, 0> zero_axes{2.0};
  CHECK(calx::grad(cubes)(zero_axes).data()[0] == 12);
}

TEST_CASE("extents of which some are known") {
  using rows_of_3 = calx::basic_array<double, calx::extents<calx::dyn, 3>>;
  const rows_of_3 X(array<double, 2>{{1, 2, 3}, {4, 5, 6}});
  auto g = calx::grad([](auto x) { return calx::sum(x * x); })(X);
  static_assert(std::is_same_v<decltype(g), rows_of_3>);
  is(g, {2, 4, 6, 8, 10, 12});
  is(calx::vmap(calx::grad(quadratic), calx::in_axes<0, calx::none>)(
         X, tensor<double, 3, 3>{{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}),
     {2, 8, 18, 8, 20, 36});
}

TEST_CASE("dtypes stay what they are") {
  const tensor<float, 2> x{1, 2};
  auto g = calx::grad(total)(x);
  static_assert(std::is_same_v<decltype(g), tensor<float, 2>>);
  is(g, {3, 12});
  static_assert(std::is_same_v<decltype(calx::jit([](auto a) { return 2.0 * a + 1; })(x)),
                               tensor<float, 2>>);
  static_assert(std::is_same_v<decltype(calx::vmap(calx::grad(wave))(x)), tensor<float, 2>>);
  // Integers and conditions beside floats.
  auto weighted = [](auto a, auto n, auto on) { return calx::sum(calx::where(on, a * n, 0.0)); };
  is(calx::grad(weighted)(x, tensor<std::int64_t, 2>{3, 4}, tensor<bool, 2>{true, false}), {3, 0});
  auto J = calx::jacrev(calx::partial([](auto a, auto n) { return a * n; }, 3))(x);
  static_assert(std::is_same_v<decltype(J), tensor<float, 2, 2>>);
  is(J, {3, 0, 0, 3});
  const array<float, 1> y{1, 2};
  const float two = 2;
  auto captured = calx::grad([&](auto a) { return calx::sum(two * a); })(y);
  static_assert(std::is_same_v<decltype(captured), array<float, 1>>);
  auto [v, d] = calx::jvp(total, std::tuple{y}, std::tuple{y});
  static_assert(std::is_same_v<decltype(d), float>);
  CHECK(d == 27);
}
