// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NumPy's functions outside of traces: shapes, dtypes, axes, corner cases; and in captured lambdas.
#include <calx/calx.hpp>
#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::axes;
using calx::axis;
using calx::equal;
using calx::keepdims;
using calx::none;
using calx::slice;
using calx::tensor;
using support::thrown;

namespace {
const array<double, 2> A{{1, 5, 3}, {4, 2, 6}};
constexpr tensor<double, 2, 3> T{{1, 5, 3}, {4, 2, 6}};
const double hole = std::nan(""), inf = std::numeric_limits<double>::infinity();
/// f on an array, on a tensor, and in a lambda that captures.
template <class F, class Check>
void three_ways(const F& f, const Check& check) {
  const double one = 1;
  check(f(A));
  check(f(T));
  check(calx::jit([&](auto x) { return f(x * one); })(A));
}
template <class F, class W>
void gives(const F& f, const W& want) {
  three_ways(f, [&](const auto& y) { CHECK(equal(y, want)); });
}
}  // namespace

TEST_CASE("reductions over all axes, some, and with extents kept") {
  gives([](auto x) { return calx::sum(x); }, 21.0);
  gives([](auto x) { return calx::sum(x, axis<0>); }, array<double, 1>{5, 7, 9});
  gives([](auto x) { return calx::sum(x, axis<-1>); }, array<double, 1>{9, 12});
  gives([](auto x) { return calx::sum(x, axes<0, -1>, keepdims); }, array<double, 2>{{21}});
  gives([](auto x) { return calx::mean(x, axis<1>, keepdims); }, array<double, 2>{{3}, {4}});
  gives([](auto x) { return calx::max(x, axis<0>); }, array<double, 1>{4, 5, 6});
  gives([](auto x) { return calx::argmax(x, axis<1>); }, array<std::int64_t, 1>{1, 2});
  gives([](auto x) { return calx::argmin(x, axis<0>, keepdims); },
        array<std::int64_t, 2>{{0, 1, 0}});
  gives([](auto x) { return calx::argmax(x); }, std::int64_t{5});
  gives([](auto x) { return calx::any(x > 5.0, axis<1>); }, array<bool, 1>{false, true});
  gives([](auto x) { return calx::all(x > 0.0); }, true);
  CHECK(calx::min(A) == 1);
  CHECK(calx::prod(A) == 720);
  CHECK(A.sum(axis<0>)(1) == 7);
  CHECK(T.mean() == 3.5);
}

TEST_CASE("reductions of other dtypes, of numbers, of nothing, of NaN") {
  const array<std::int32_t, 1> n{1, 2, 3};
  static_assert(std::is_same_v<decltype(calx::sum(n)), std::int64_t>);
  static_assert(std::is_same_v<decltype(calx::max(n)), std::int32_t>);
  static_assert(std::is_same_v<decltype(calx::sum(tensor<float, 2>{1, 2})), float>);
  static_assert(std::is_same_v<decltype(calx::any(n)), bool>);
  CHECK(calx::sum(n) == 6);
  CHECK(calx::mean(n) == 2.0);
  CHECK(calx::sum(array<bool, 1>{true, true, false}) == 2);
  CHECK(calx::sum(2.5) == 2.5);
  CHECK(calx::sum(std::vector<double>{1, 2}) == 3);
  Eigen::MatrixXd M(2, 2);
  M << 1, 2, 3, 4;
  CHECK(equal(calx::sum(M, axis<0>), array<double, 1>{4, 6}));
  const array<double, 1> empty(calx::dims{0});
  CHECK(calx::sum(empty) == 0);
  CHECK(calx::prod(empty) == 1);
  CHECK(std::isnan(calx::mean(empty)));
  CHECK(calx::any(empty) == false);
  CHECK(calx::all(empty) == true);
  CHECK(thrown<calx::shape_error>([&] { calx::max(empty); }) ==
        "max: shape (0,) is empty along axis 0; there is no element to choose");
  CHECK(thrown<calx::shape_error>([&] { calx::argmin(empty); }) ==
        "argmin: shape (0,) is empty along axis 0; there is no element to choose");
  const array<double, 1> holes{1, hole, 3};
  CHECK(std::isnan(calx::max(holes)));
  CHECK(std::isnan(calx::min(holes)));
  CHECK(calx::argmax(holes) == 1);
  CHECK(calx::any(array<double, 1>{0, hole}) == true);
  CHECK(calx::argmax(array<double, 1>{2, 7, 7}) == 1);
  CHECK(calx::max(array<double, 1>{-inf, -inf}) == -inf);
}

TEST_CASE("other shapes") {
  gives([](auto x) { return calx::reshape(x, 3, -1); }, array<double, 2>{{1, 5}, {3, 4}, {2, 6}});
  gives([](auto x) { return calx::transpose(x); }, array<double, 2>{{1, 4}, {5, 2}, {3, 6}});
  gives([](auto x) { return calx::transpose(x, axes<1, 0>) * 2; },
        array<double, 2>{{2, 8}, {10, 4}, {6, 12}});
  gives([](auto x) { return calx::concatenate(axis<0>, x, x + 10)(slice(1, 3)); },
        array<double, 2>{{4, 2, 6}, {11, 15, 13}});
  gives([](auto x) { return calx::stack(axis<-1>, x(0), x(1)); },
        array<double, 2>{{1, 4}, {5, 2}, {3, 6}});
  gives([](auto x) { return calx::concatenate(axis<1>, x(slice(), slice(0, 1)), x); },
        array<double, 2>{{1, 1, 5, 3}, {4, 4, 2, 6}});
  CHECK(equal(calx::stack(axis<0>, 1.0, 2.0), array<double, 1>{1, 2}));
  CHECK(equal(calx::broadcast_to(array<double, 1>{1, 2}, 2, 2), array<double, 2>{{1, 2}, {1, 2}}));
  CHECK(equal(calx::broadcast_to(3.0, 2), array<double, 1>{3, 3}));
  gives([](auto x) { return x(1, slice(none, none, -1)); }, array<double, 1>{6, 2, 4});
  gives([](auto x) { return x(calx::ellipsis, calx::newaxis, 0); }, array<double, 2>{{1}, {4}});
  gives([](auto x) { return x.at(0, slice(1, none)).set(9.0); },
        array<double, 2>{{1, 9, 9}, {4, 2, 6}});
  gives([](auto x) { return x.at(slice(), 1).add(x(slice(), 0)); },
        array<double, 2>{{1, 6, 3}, {4, 6, 6}});
  gives([](auto x) { return x.at(1).mul(2.0).at(1).max(9.0).at(1).min(10.0); },
        array<double, 2>{{1, 5, 3}, {9, 9, 10}});
  CHECK(thrown<calx::shape_error>([] { calx::reshape(A, 4, -1).eval(); }) ==
        thrown<calx::shape_error>([] { (void)A.reshape(4, -1).eval(); }));
  const array<double, 2> other{{1, 2}};
  CHECK(thrown<calx::shape_error>([&] { calx::concatenate(axis<0>, A, other); }) ==
        "concatenate: shapes (2, 3) and (1, 2) must agree but along axis 0");
  CHECK(thrown<calx::shape_error>([&] { calx::broadcast_to(A, 4, 2); }) ==
        "broadcast_to: shape (2, 3) does not broadcast to (4, 2); axes must be equal, or 1 where "
        "the type says so");
  const double one = 1;
  auto row = calx::jit([&](auto x) { return one * x; })(array<double, 1>{1, 2});
  CHECK(equal(calx::broadcast_to(row, 2, 2), array<double, 2>{{1, 2}, {1, 2}}));
  CHECK(equal(calx::broadcast_to(A(0) + 1, 1, 3), array<double, 2>{{2, 6, 4}}));
}

TEST_CASE("products") {
  const tensor<double, 3> x{1, 2, 3};
  gives([&](auto a) { return calx::dot(a, x); }, array<double, 1>{20, 26});
  gives([](auto a) { return calx::matmul(a, calx::transpose(a)); },
        array<double, 2>{{35, 32}, {32, 56}});
  gives([](auto a) { return calx::inner(a, a(0)); }, array<double, 1>{35, 32});
  gives([](auto a) { return calx::vdot(a, a); }, 91.0);
  gives([](auto a) { return calx::outer(a(0, slice(0, 2)), a(1, slice(0, 2))); },
        array<double, 2>{{4, 2}, {20, 10}});
  CHECK(calx::dot(2.0, 3.0) == 6);
  CHECK(equal(calx::dot(2.0, x), array<double, 1>{2, 4, 6}));
  const array<double, 3> stacks{{{1, 2}, {3, 4}}, {{0, 1}, {1, 0}}};
  CHECK(equal(calx::matmul(stacks, stacks),
              array<double, 3>{{{7, 10}, {15, 22}}, {{1, 0}, {0, 1}}}));
  // dot of more axes: the last of the left against the second-to-last of the right.
  auto d = calx::dot(stacks, stacks);
  CHECK((d.rank() == 4 && d(0, 1, 1, 0) == 4 && d(1, 0, 0, 1) == 4));
  CHECK(equal(calx::dot(tensor<std::int64_t, 2>{2, 3}, tensor<std::int64_t, 2>{4, 5}),
              std::int64_t{23}));
  using floats = tensor<float, 2>;
  static_assert(std::is_same_v<decltype(calx::dot(floats{}, tensor<double, 2>{})), double>);
  const array<double, 2> none_deep(calx::dims{2, 0});
  CHECK(equal(calx::dot(none_deep, calx::transpose(none_deep)), array<double, 2>{{0, 0}, {0, 0}}));
  CHECK(thrown<calx::shape_error>([&] { calx::dot(A, A); }) ==
        "dot: shapes (2, 3) and (2, 3) do not align: axis 1 of the first must match axis 0 of the "
        "second");
  CHECK(thrown<calx::shape_error>([&] {
          calx::jit([k = 1.0](auto a) { return calx::matmul(a, k * 2); })(A);
        }) == "matmul: takes arrays, but got shapes (2, 3) and (); use * for numbers");
  const array<double, 3> one_stack{{{1, 2}, {3, 4}}};
  CHECK(thrown<calx::shape_error>([&] { calx::matmul(stacks, one_stack); }) ==
        "matmul: shapes (2, 2, 2) and (1, 2, 2) do not fit: axes before the last two must agree, "
        "and columns must match rows");
}

TEST_CASE("axes that do not fit, and numbers that belong to no program") {
  const double one = 1;
  CHECK(thrown<calx::index_error>([&] {
          calx::jit([&](auto x) { return calx::argmax(x * one, axes<0, 1>); })(A);
        }) == "argmax: takes one axis or none, but got 2");
  CHECK(thrown<calx::index_error>([&] {
          calx::jit([&](auto x) { return calx::stack(axis<3>, x * one, x); })(A);
        }) == "stack: axis 3 is outside rank 3 of the result");
  CHECK(thrown<calx::shape_error>([&] {
          calx::jit([&](auto x) { return calx::transpose(x * one, axes<0, 0>); })(A);
        }) == "transpose: the axes must name each axis of shape (2, 3) once");
  CHECK(thrown<calx::error>([&] { calx::vdot(A, calx::tracer(2.0)); }) ==
        "an array met a traced number that belongs to no program yet; give the function a traced "
        "argument");
}

TEST_CASE("choosing, comparing whole arrays") {
  gives([](auto x) { return calx::where(x > 3.0, x, 0.0); },
        array<double, 2>{{0, 5, 0}, {4, 0, 6}});
  gives([](auto x) { return calx::clip(x, 2.0, 5.0); }, array<double, 2>{{2, 5, 3}, {4, 2, 5}});
  gives([](auto x) { return calx::maximum(x, calx::minimum(4.0, 7 - x)); },
        array<double, 2>{{4, 5, 4}, {4, 4, 6}});
  CHECK(equal(A, T));
  CHECK_FALSE(equal(A, calx::transpose(A)));
  CHECK_FALSE(equal(array<double, 1>{hole}, array<double, 1>{hole}));
  CHECK(equal(array<float, 1>{1, 2}, std::vector<double>{1, 2}));
  CHECK(equal(2.0, 2));
  CHECK_FALSE(equal(array<double, 1>{2}, 2.0));
  CHECK(calx::allclose(A, A + 1e-9));
  CHECK_FALSE(calx::allclose(A, A + 1e-3));
  CHECK(calx::allclose(array<double, 1>{inf}, array<double, 1>{inf}));
  CHECK_FALSE(calx::allclose(array<double, 1>{inf}, array<double, 1>{1}));
  CHECK_FALSE(calx::allclose(array<double, 1>{hole}, array<double, 1>{hole}));
  CHECK(calx::allclose(1.0, 1.05, 0.1, 0.0));
  CHECK_FALSE(calx::allclose(array<double, 1>{1}, array<double, 2>{{1}}));
}

TEST_CASE("at: computes where both dtypes meet, traced or not") {
  const array<int, 1> x{1, 2, -3};
  auto scaled = [](auto a) { return a.at(2).mul(2.5).at(0).add(2.5).at(1).min(1.5); };
  CHECK(equal(scaled(x), array<int, 1>{3, 1, -7}));
  CHECK(equal(calx::jit(scaled)(x), array<int, 1>{3, 1, -7}));
}

TEST_CASE("index: traced slices of dynamic extents stay inside") {
  const array<double, 1> x{1, 2, 3, 4, 5};
  auto inside = calx::jit([](auto a) { return a(slice(4, none, -1)); });
  auto outside = calx::jit([](auto a) { return a(slice(5, none, -1)); });
  CHECK(equal(inside(x), array<double, 1>{5, 4, 3, 2, 1}));
  CHECK(thrown<calx::index_error>([&] { outside(x); }) ==
        "slice: bound 5 is outside an axis of extent 5; bounds of a dynamic extent must be "
        "inside");
}
