// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs like those that users of comparable libraries have reported as wrong: the right values.
#include <calx/calx.hpp>
#include <Eigen/Core>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array, calx::axis, calx::dims, calx::equal, calx::slice, calx::tensor;
using support::is;

namespace {
const double hole = std::nan(""), inf = std::numeric_limits<double>::infinity();
const double one = 1;  // what a lambda captures, so that it is traced at run time

template <class M, class B>
struct linear {
  M w;
  B b;
};
/// An array of the caller's that ends before the expression is evaluated.
auto twice_of_a_local() {
  array<double, 1> local{1, 2, 3};
  return local * 2.0 + local;
}
}  // namespace

TEST_CASE("reports: a branch that is not taken has no derivative, forwards") {  // R01
  constexpr auto entropy = [](auto x) { return calx::where(x > 0.0, x * log(x), 0.0); };
  CHECK(calx::jacfwd(entropy)(0.0) == 0);
  CHECK(calx::jacfwd(entropy)(-1.0) == 0);
  CHECK(std::abs(calx::grad(entropy)(0.5) - (1 + std::log(0.5))) < 4e-16);
  constexpr auto root = [](auto x) { return calx::where(x < 1.0, x, sqrt(x)); };
  CHECK(calx::grad(root)(-1.0) == 1);
  CHECK(calx::grad(calx::grad(root))(0.0) == 0);
}

TEST_CASE("reports: gradients of products with zeros, to the third order") {  // R02
  constexpr auto f = [](auto x) { return calx::prod(x); };
  CHECK(is(calx::grad(f)(array<double, 1>{2, 0, 3}), {3}, {0, 6, 0}));
  CHECK(is(calx::grad(f)(array<double, 1>{0, 0, 3}), {3}, {0, 0, 0}));
  CHECK(is(calx::hessian(f)(array<double, 1>{0, 0, 3}), {3, 3}, {0, 3, 0, 3, 0, 0, 0, 0, 0}));
  constexpr auto power = [](auto x) { return pow(x, 3); };
  CHECK(calx::grad(calx::grad(calx::grad(power)))(0.0) == 6);
  // The largest number is not reached on the way.
  CHECK(is(calx::grad(f)(array<float, 1>{1e13f, 1e13f, 0}), {3}, {0, 0, 1e13f * 1e13f}));
}

TEST_CASE("reports: results whose members differ in shape and dtype, as tuples") {  // R03, R05
  const array<double, 1> x{1, 7, 3};
  auto [total, same] = calx::jit([](auto v) { return std::tuple{calx::sum(v), v}; })(x);
  CHECK(total == 11);
  CHECK(is(same, {3}, {1, 7, 3}));
  auto [small, value] = calx::jit([](auto v) { return std::tuple{v < 2.0, v}; })(1.5);
  static_assert(std::is_same_v<decltype(small), bool>);
  CHECK((small && value == 1.5));
}

TEST_CASE("reports: structs of an array and a number") {  // R04
  constexpr auto loss = [](auto p) { return calx::sum(p.w * p.w) * p.b; };
  const linear<array<double, 1>, double> p{{1, 2}, 3};
  auto g = calx::grad(loss)(p);
  CHECK(is(g.w, {2}, {6, 12}));
  CHECK(g.b == 5);
  auto h = calx::hessian([](auto q) { return one * calx::sum(q.w * q.w) * q.b; })(p);
  CHECK(equal(h.w.w, array<double, 2>{{6, 0}, {0, 6}}));
  CHECK(equal(h.w.b, array<double, 1>{2, 4}));
  CHECK(equal(h.b.w, array<double, 1>{2, 4}));
  CHECK(equal(h.b.b, 0.0));
}

TEST_CASE("reports: constants among results, and results of as many as run time says") { // R06
  double k = 1;
  auto y = calx::jit([&](auto x) {
    using T = decltype(x * k);
    return std::array<T, 3>{T(0), x * k, x * x};
  })(2.5);
  CHECK((y[0] == 0.0 && y[1] == 2.5 && y[2] == 6.25));
  auto J = calx::jacfwd([&](auto x) {
    std::vector<decltype(x * k)> v;
    for (int i = 1; i < 4; ++i) v.push_back(x * (k * i));
    return v;
  })(2.0);
  REQUIRE(J.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(equal(J[i], 1.0 + static_cast<double>(i)));
}

TEST_CASE("reports: float32 sums of more ones than a float32 can count") {  // R07
  const auto x = calx::ones<float>(17000000);
  CHECK(calx::sum(x) == 17000000.0f);
  CHECK(calx::mean(x) == 1.0f);
  const auto rows = calx::reshape(x, 8500000, 2).eval();
  CHECK(is(calx::vmap(calx::sum, calx::in_axes<1>)(rows), {2}, {8500000.0f, 8500000.0f}));
}

TEST_CASE("reports: Eigen arguments and std::vector") {  // R09, R16
  const Eigen::VectorXd x = Eigen::Vector3d(1, 2, 3), w = Eigen::Vector3d(1, 0, 2);
  auto [y, pullback] = calx::vjp([](auto v, auto u) { return calx::sum(v * v * u); }, x, w);
  CHECK(equal(y, 19.0));
  auto [dx, dw] = pullback(1.0);
  CHECK(equal(dx, array<double, 1>{2, 0, 12}));
  CHECK(equal(dw, array<double, 1>{1, 4, 9}));
  auto g = calx::grad([](auto v) { return calx::sum(v * v * v); })(std::vector<double>{1, 2, 3});
  CHECK(equal(g, array<double, 1>{3, 12, 27}));
}

TEST_CASE("reports: strides of Eigen maps") {
  std::vector<double> memory{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  using stride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  Eigen::Map<Eigen::MatrixXd, 0, stride> m(memory.data(), 2, 3, stride(4, 2));
  CHECK(equal(calx::asarray(m), array<double, 2>{{0, 4, 8}, {2, 6, 10}}));
  auto g = calx::grad([](auto a) { return calx::sum(a * a); })(m);
  CHECK(equal(g, array<double, 2>{{0, 8, 16}, {4, 12, 20}}));
}

TEST_CASE("reports: the norm's second derivative away from zero") {  // R10
  constexpr auto f = [](auto x) {
    auto n = sqrt(calx::sum(x * x));
    return 0.5 * n * n;
  };
  CHECK(calx::allclose(calx::hessian(f)(array<double, 1>{3, 4}), calx::eye(2), 1e-15, 1e-15));
}

TEST_CASE("reports: long expressions, of locals that are gone, and into their operands") {  // R12
  const array<double, 1> x{1, 2};
  array<double, 1> y = (((x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0;
  CHECK(is(y, {2}, {5, 31}));
  CHECK(equal(twice_of_a_local(), array<double, 1>{3, 6, 9}));
  array<double, 2> m{{1, 2}, {3, 4}};
  m = calx::transpose(m) + m * 10.0;
  CHECK(is(m, {2, 2}, {11, 23, 32, 44}));
  array<double, 1> v{1, 2, 3};
  v = v(slice(calx::none, calx::none, -1)) - v;
  CHECK(is(v, {3}, {2, 0, -2}));
}

TEST_CASE("reports: axes of size 0, and axes from the end") {  // R15
  const array<double, 2> none(dims{0, 3});
  CHECK(is(calx::sum(none, axis<0>), {3}, {0, 0, 0}));
  CHECK(is(calx::sum(none, axis<-1>), {0}, {}));
  CHECK(calx::grad([](auto a) { return calx::sum(a * a); })(none).dimensions() == dims{0, 3});
  CHECK(calx::reshape(none, 3, 0).eval().dimensions() == dims{3, 0});
  CHECK(is(calx::matmul(array<double, 2>(dims{2, 0}), none), {2, 3}, {0, 0, 0, 0, 0, 0}));
}

TEST_CASE("reports: NaN in max and min, at every place") {
  for (int n : {1, 2, 7, 8, 9, 33})
    for (int k = 0; k < n; ++k) {
      auto x = array<double, 1>(calx::ones(n)).at(k).set(hole);
      const bool found = std::isnan(calx::max(x)) && std::isnan(calx::min(x)) &&
                         calx::argmax(x) == k && calx::argmin(x) == k;
      CHECK(found);
    }
}

TEST_CASE("reports: ties, zeros and powers") {
  constexpr auto larger = [](auto x) { return calx::maximum(x, 0.0); };
  CHECK(calx::grad(larger)(0.0) == 0.5);
  CHECK(is(calx::grad([](auto x) { return calx::max(x); })(array<double, 1>{2, 1, 2}), {3},
           {0.5, 0, 0.5}));
  CHECK(calx::grad([](auto x) { return calx::abs(x); })(0.0) == 1);
  CHECK(calx::grad([](auto x) { return pow(x, 2.0); })(0.0) == 0);
  CHECK(calx::grad([](auto x) { return pow(x, 0.0); })(0.0) == 0);
  CHECK(calx::grad([](auto x) { return pow(x, 1.0); })(0.0) == 1);
  CHECK(calx::grad([](auto x) { return pow(x, 3); })(-2.0) == 12);
  CHECK(calx::grad([](auto x) { return pow(2.0, x); })(0.0) == std::log(2.0));
  CHECK(calx::grad([](auto x) { return sqrt(x); })(0.0) == inf);
}

TEST_CASE("reports: perturbations of nested derivatives are not confused") {
  constexpr auto product = [](auto y, auto x) { return x * y; };
  constexpr auto outer = [=](auto x) { return x * calx::grad(product)(x, x); };
  CHECK(calx::grad(outer)(3.0) == 6);
  CHECK(calx::jacfwd(outer)(3.0) == 6);
  constexpr auto sum = [](auto y, auto x) { return x + y; };
  CHECK(calx::grad([=](auto x) { return x * calx::jacfwd(sum)(x * 0.0 + 1.0, x); })(1.0) == 1);
}

TEST_CASE("reports: loops of C++ in the function") {
  constexpr auto powers = [](auto x) {
    auto r = x;
    for (int i = 0; i < 4; ++i) r *= x;
    return r;
  };
  CHECK(calx::grad(powers)(2.0) == 80);
  constexpr auto nested = [](auto x) {
    decltype(x) r = 0;
    for (int i = 0; i < 3; ++i)
      for (int j = i; j < 3; ++j) {
        if (j == 1) continue;
        r += x * double(i + j);
      }
    int left = 3;
    while (left-- > 0) r = r + x;
    return r;
  };
  CHECK(calx::grad(nested)(5.0) == 12);
  auto counted = [n = 3](auto x) {
    auto r = x * 0.0 + 1.0;
    for (int i = 0; i < n; ++i) r = r * x;
    return r;
  };
  CHECK(calx::grad(counted)(2.0) == 12);
}
