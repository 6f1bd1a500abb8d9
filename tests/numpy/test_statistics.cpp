// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// var, std and logsumexp as they are called: kinds of arguments, ways of a call, edges, sentences.
#include <calx/calx.hpp>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "../catch.hpp"

namespace {
using calx::axis;
using calx::ddof;
using vector = calx::array<double, 1>;
using matrix = calx::array<double, 2>;
const double most = std::numeric_limits<double>::max();
const double no_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("var and std take axes, keepdims and ddof, of arrays of every kind") {
  const matrix x{{1, 2, 6}, {0, 5, 10}};
  CHECK(calx::equal(calx::var(x, axis<1>), vector{14.0 / 3, 50.0 / 3}));
  CHECK(calx::equal(calx::var(x, axis<1>, ddof<1>), vector{7, 25}));
  CHECK(calx::equal(calx::std(x, axis<1>, ddof<1>, calx::keepdims),
                    matrix{{std::sqrt(7.0)}, {5}}));
  CHECK(calx::var(std::vector<double>{1, 3}) == 1);
  CHECK(calx::var(calx::tensor<std::int32_t, 2>{1, 4}) == 2.25f);
  CHECK(calx::std(3.0) == 0);
  CHECK(std::isnan(calx::var(vector{2}, ddof<1>)));
  // The square of the mean would take all digits.
  CHECK(calx::var(vector{1e9, 1e9 + 1, 1e9 + 2}, ddof<1>) == 1);
}

TEST_CASE("derivatives of var and std are right on every way of a call") {
  const vector x{1, 3, 8};  // the mean is 4, the variance 26/3
  const vector slope{-2, -2.0 / 3, 8.0 / 3};
  auto var = [](auto v) { return calx::var(v); };
  const double one = x(0);
  auto captures = [one](auto v) { return one * calx::var(v); };
  CHECK(calx::allclose(calx::grad(var)(x), slope, 1e-15, 1e-15));
  CHECK(calx::allclose(calx::grad(captures)(x), slope, 1e-15, 1e-15));
  CHECK(calx::allclose(calx::jacfwd(var)(calx::tensor<double, 3>{1, 3, 8}), slope, 1e-15, 1e-15));
  CHECK(calx::allclose(calx::vmap(calx::grad(var))(matrix{{1, 3, 8}, {3, 8, 1}})(1),
                       vector{-2.0 / 3, 8.0 / 3, -2}, 1e-15, 1e-15));
  auto std = [](auto v) { return calx::std(v, ddof<1>); };
  CHECK(calx::testing::check_grads(std, std::tuple{x}, 2));
  CHECK(calx::allclose(calx::hessian(var)(vector{2, 2}), matrix{{0.5, -0.5}, {-0.5, 0.5}}, 1e-15,
                       1e-15));
}

TEST_CASE("logsumexp neither overflows nor loses what is small") {
  const double inf = calx::inf;
  CHECK(calx::logsumexp(vector{1000, 1000}) == 1000 + std::log(2.0));
  CHECK(calx::logsumexp(vector{-1000, -1000}) == -1000 + std::log(2.0));
  CHECK(calx::logsumexp(vector{-inf, 2}) == 2);
  CHECK(calx::logsumexp(vector{-inf, -inf}) == -inf);
  CHECK(calx::logsumexp(vector{inf, 2}) == inf);
  CHECK(calx::logsumexp(vector{-most, most}) == most);
  CHECK(std::isnan(calx::logsumexp(vector{no_number, 2})));
  CHECK(calx::logsumexp(calx::zeros<double>(0)) == -inf);
  CHECK(calx::logsumexp(2.5) == 2.5);
  CHECK(calx::equal(calx::logsumexp(matrix{{1, 1}, {2, 2}}, axis<1>, calx::keepdims),
                    matrix{{1 + std::log(2.0)}, {2 + std::log(2.0)}}));
  auto gradient = calx::vmap(calx::grad([](auto v) { return calx::logsumexp(v); }));
  CHECK(calx::allclose(gradient(matrix{{0, 0}, {-inf, 7}, {1000, 1000 + std::log(3.0)}}),
                       matrix{{0.5, 0.5}, {0, 1}, {0.25, 0.75}}, 1e-12, 1e-12));
}

TEST_CASE("reductions made of others name themselves in sentences") {
  calx::graph g;
  const calx::tracer x(&g, calx::input_t::emit(g, {calx::dtype::f64, {2}}));
  CHECK_THROWS_WITH(calx::var(x, axis<1>), "var: axis 1 is outside shape (2,), or named twice");
  CHECK_THROWS_WITH(calx::std(x, axis<1>), "std: axis 1 is outside shape (2,), or named twice");
  CHECK_THROWS_WITH(calx::logsumexp(x, axis<1>),
                    "logsumexp: axis 1 is outside shape (2,), or named twice");
}
