// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays: making, sharing, indexing, replacing parts, reading memory of others.
#include <cstdint>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <calx/run/all.hpp>
#include <calx/numpy/compare.hpp>
#include <calx/numpy/reductions.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::dims;
using calx::ellipsis;
using calx::newaxis;
using calx::none;
using calx::slice;
using calx::tensor;
using support::is;
using support::thrown;

namespace {
const array<double, 2> A{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}};
}  // namespace

TEST_CASE("array: from braces") {
  CHECK(is(array<double, 1>{1, 2, 3}, {3}, {1, 2, 3}));
  CHECK(is(array<double, 1>{5}, {1}, {5}));
  CHECK(is(array<float, 2>{{1, 2.5}, {3, 4}}, {2, 2}, {1, 2.5f, 3, 4}));
  CHECK(is(array<int, 3>{{{1}, {2}}, {{3}, {4}}}, {2, 2, 1}, {1, 2, 3, 4}));
  CHECK(is(array<bool, 1>{true, false}, {2}, {true, false}));
  CHECK(is(tensor<double, 2, 2>{{1, 2}, {3, 4}}, {2, 2}, {1, 2, 3, 4}));
  CHECK(is(array<double, 0>{2.5}, {}, {2.5}));
  static_assert(tensor<int, 2, 2>{{1, 2}, {3, 4}}(1, 0) == 3);
  static_assert(!std::is_constructible_v<calx::detail::list_element<int>, double>);
  static_assert(!std::is_constructible_v<calx::detail::list_element<bool>, int>);
}
TEST_CASE("array: braces that do not fit") {
  CHECK(thrown<calx::shape_error>([] { (void)array<double, 2>{{1, 2, 3}, {4, 5}}; }) ==
        "array: the braces are ragged: 2 entries along axis 1 of shape (2, 3)");
  CHECK(thrown<calx::shape_error>([] { (void)array<double, 2>{{}, {1}}; }) ==
        "array: the braces are ragged: 1 entries along axis 1 of shape (2, 0)");
  CHECK(thrown<calx::shape_error>([] { (void)array<double, 3>{{{1}, {2}}, {{3}}}; }) ==
        "array: the braces are ragged: 1 entries along axis 1 of shape (2, 2, 1)");
  CHECK(thrown<calx::shape_error>([] { (void)tensor<double, 3>{1, 2}; }) ==
        "tensor: shape (2,) is not the extents (3,)");
  using mixed = calx::basic_array<double, calx::extents<calx::dyn, 3>>;
  CHECK(is(mixed{{1, 2, 3}}, {1, 3}, {1, 2, 3}));
  CHECK(thrown<calx::shape_error>([] { (void)mixed{{1, 2}}; }) ==
        "array: shape (1, 2) does not fit the extents (-1, 3) of its type, where -1 is any");
}
TEST_CASE("array: without elements") {
  CHECK(is(array<double, 1>(), {0}, {}));
  CHECK(is(array<double, 2>(), {0, 0}, {}));
  CHECK(is(array<double, 2>{{}}, {1, 0}, {}));
  CHECK(is(tensor<double, 2, 0>(), {2, 0}, {}));
  array<double, 2> x = calx::zeros<double>(0, 3);
  CHECK(is(x.T(), {3, 0}, {}));
  CHECK(is(x.reshape(3, 0), {3, 0}, {}));
  CHECK(is(x(slice(none, none, -1)), {0, 3}, {}));
  CHECK(is(x(slice(), 1), {0}, {}));
  CHECK(is(x.at(slice(), 1).set(5), {0, 3}, {}));
  CHECK(is(x(array<int, 1>()), {0, 3}, {}));
  CHECK(is(A(array<int, 1>()), {0, 4}, {}));
  CHECK(is(tensor<double, 0, 2>().T(), {2, 0}, {}));
}
TEST_CASE("array: copies share, moves empty") {
  array<double, 1> x{1, 2, 3}, y = x;
  CHECK(y.data() == x.data());
  CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % 64 == 0);
  array<double, 1> z = std::move(x);
  CHECK(z.data() == y.data());
  CHECK(is(x, {0}, {}));  // NOLINT: the state is documented
  x = z;
  CHECK(x.data() == y.data());
  z = array<double, 1>{4};
  CHECK(is(y, {3}, {1, 2, 3}));
  auto& same = y;
  y = same;
  y = std::move(same);
  CHECK(y.size() == 3);
  tensor<double, 2> t{1, 2}, u = t;
  CHECK(u.data() != t.data());
  CHECK(is(u, {2}, {1, 2}));
}
TEST_CASE("array: other kinds of arrays") {
  array<double, 2> x = tensor<double, 1, 2>{{1, 2}};
  CHECK(is(x, {1, 2}, {1, 2}));
  tensor<double, 1, 2> t = x;
  CHECK(is(t, {1, 2}, {1, 2}));
  calx::basic_array<double, calx::extents<calx::dyn, 2>> mixed = x;
  CHECK(mixed.data() == x.data());
  CHECK(is(array<std::int64_t, 1>(array<double, 1>{1.5, -2.5}), {2}, {1, -2}));
  CHECK(thrown<calx::shape_error>([&] { (void)tensor<double, 2, 1>(x); }) ==
        "tensor: shape (1, 2) is not the extents (2, 1)");
}
TEST_CASE("array: questions") {
  CHECK(A.rank() == 2);
  CHECK(A.shape(0) == 3);
  CHECK(A.shape(-1) == 4);
  CHECK(A.size() == 12);
  CHECK(A.end() - A.begin() == 12);
  CHECK(thrown<calx::index_error>([] { (void)A.shape(-3); }) ==
        "shape: axis -3 is outside rank 2 of shape (3, 4)");
}
TEST_CASE("array: prints") {
  std::ostringstream out;
  out << A[0] << ' ' << tensor<int, 2, 1>{{1}, {-2}} << ' ' << array<float, 0>{0.1f};
  CHECK(out.str() == "[0. 1. 2. 3.] [[ 1]\n [-2]] 0.1");
  out.str("");
  out << A[0] + 0.5 << ' ' << array<double, 0>{1} * 2;
  CHECK(out.str() == "[0.5 1.5 2.5 3.5] 2.0");
}

TEST_CASE("index: one element") {
  CHECK(A(2, 3) == 11);
  CHECK(A(-1, -4) == 8);
  CHECK(A(std::size_t{1}, 2L) == 6);
  static_assert(std::is_same_v<decltype(A(0, 0)), double>);
  CHECK(array<double, 1>{7, 8}[-1] == 8);
  CHECK(thrown<calx::index_error>([] { (void)A(3, 0); }) ==
        "index 3 is outside axis 0 of extent 3 of shape (3, 4)");
  CHECK(thrown<calx::index_error>([] { (void)A(0, -5); }) ==
        "index -5 is outside axis 1 of extent 4 of shape (3, 4)");
  CHECK(thrown<calx::index_error>([] { (void)array<double, 1>()(0); }) ==
        "index 0 is outside axis 0 of extent 0 of shape (0,)");
}
TEST_CASE("index: parts as in Python") {
  CHECK(is(A[1], {4}, {4, 5, 6, 7}));
  CHECK(is(A(-1), {4}, {8, 9, 10, 11}));
  CHECK(is(A(slice(), 1), {3}, {1, 5, 9}));
  CHECK(is(A(slice(1, none), slice(none, -2)), {2, 2}, {4, 5, 8, 9}));
  CHECK(is(A(slice(none, none, -1), 0), {3}, {8, 4, 0}));
  CHECK(is(A(slice(none, none, 2), slice(none, none, -3)), {2, 2}, {3, 0, 11, 8}));
  CHECK(is(A(ellipsis, 2), {3}, {2, 6, 10}));
  CHECK(is(A(0, ellipsis), {4}, {0, 1, 2, 3}));
  CHECK(is(A(ellipsis), {3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  CHECK(is(A(newaxis, 0, newaxis, slice(2)), {1, 1, 2}, {0, 1}));
  CHECK(is(A(0, none), {1, 4}, {0, 1, 2, 3}));
  CHECK(is(A(0, 1, newaxis), {1}, {1}));
  CHECK(A(0, 1, ellipsis) == 1);
  static_assert(std::is_same_v<decltype(A(0, 1, ellipsis)), double>);
  CHECK(thrown<calx::index_error>([] { (void)A[3]; }) ==
        "index 3 is outside axis 0 of extent 3 of shape (3, 4)");
  CHECK(thrown<calx::index_error>([] { (void)A(slice(), -5); }) ==
        "index -5 is outside axis 1 of extent 4 of shape (3, 4)");
  CHECK(thrown<calx::index_error>([] { (void)A(slice(none, none, 0)); }) ==
        "slice: the step must not be 0");
  CHECK(thrown<calx::index_error>([] { (void)A(ellipsis, 0, ellipsis); }) ==
        "index: 2 times ellipsis for shape (3, 4); it may stand once");
}
TEST_CASE("index: every slice of short arrays selects what Python selects") {
  constexpr int open = 99;
  auto bound = [](int v) { return v == open ? slice::bound(none) : slice::bound(v); };
  auto clamped = [](int v, int n, int low, int high) {
    v = v < 0 ? v + n : v;
    return v < low ? low : v > high ? high : v;
  };
  for (int n = 0; n <= 4; ++n) {
    auto x = calx::arange(n);
    for (int start : {open, -6, -4, -3, -1, 0, 1, 3, 4, 6})
      for (int stop : {open, -6, -4, -3, -1, 0, 1, 3, 4, 6})
        for (int step : {open, 1, 2, 3, 7, -1, -2, -3, -7}) {
          int by = step == open ? 1 : step, low = by > 0 ? 0 : -1, high = by > 0 ? n : n - 1;
          int i = start == open ? (by > 0 ? low : high) : clamped(start, n, low, high);
          int last = stop == open ? (by > 0 ? high : low) : clamped(stop, n, low, high);
          std::vector<std::int64_t> want;
          for (; by > 0 ? i < last : i > last; i += by) want.push_back(i);
          CAPTURE(n, start, stop, step);
          slice s(bound(start), bound(stop), bound(step));
          CHECK(is(x(s), {static_cast<calx::dim>(want.size())}, want));
        }
  }
}
TEST_CASE("index: parts share memory where elements are in order, and outlive the array") {
  array<double, 2> x = A;
  CHECK(x[1].data() == x.data() + 4);
  CHECK(x(slice(1, none)).data() == x.data() + 4);
  CHECK(x(0, slice(1, 3)).data() == x.data() + 1);
  CHECK(x.reshape(2, -1).data() == x.data());
  CHECK(x(newaxis).data() == x.data());
  CHECK(x(slice(), slice(1)).owner().unique());
  array<double, 1> row = array<double, 2>{{1, 2}, {3, 4}}[1];
  CHECK(is(row, {2}, {3, 4}));
}
TEST_CASE("index: parts of tensors are tensors where the extents are known") {
  constexpr tensor<int, 2, 3> t{{1, 2, 3}, {4, 5, 6}};
  static_assert(std::is_same_v<decltype(t[0]), tensor<int, 3>>);
  static_assert(std::is_same_v<decltype(t(newaxis, 0)), tensor<int, 1, 3>>);
  static_assert(std::is_same_v<decltype(t.T()), tensor<int, 3, 2>>);
  static_assert(std::is_same_v<decltype(t(slice(), 0)), array<int, 1>>);
  static_assert(t[1](2) == 6 && t.T()(2, 0) == 3 && t(newaxis, -1)(0, 0) == 4);
  CHECK(is(t(slice(none, none, -1), 0), {2}, {4, 1}));
}
TEST_CASE("index: integers in an array choose rows") {
  array<int, 1> rows{2, -3};
  CHECK(is(A(rows), {2, 4}, {8, 9, 10, 11, 0, 1, 2, 3}));
  CHECK(is(array<double, 1>{5, 6, 7}(array<std::int64_t, 2>{{0, 1}, {2, 2}}), {2, 2},
           {5, 6, 7, 7}));
  CHECK(is(A[0](tensor<int, 2>{3, 0}), {2}, {3, 0}));
  CHECK(thrown<calx::index_error>([&] { (void)A(array<int, 1>{0, 3}); }) ==
        "index 3 is outside axis 0 of extent 3 of shape (3, 4)");
}
TEST_CASE("array: transpose and reshape") {
  CHECK(is(A.T(), {4, 3}, {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
  CHECK(is(array<int, 3>{{{1, 2}, {3, 4}}}.T(), {2, 2, 1}, {1, 3, 2, 4}));
  CHECK(is(array<int, 1>{1, 2}.T(), {2}, {1, 2}));
  CHECK(is(A.reshape(2, -1)(1), {6}, {6, 7, 8, 9, 10, 11}));
  CHECK(is(tensor<int, 4>{1, 2, 3, 4}.reshape(2, 2), {2, 2}, {1, 2, 3, 4}));
  CHECK(thrown<calx::shape_error>([] { (void)A.reshape(5, -1); }) ==
        "reshape: shape (3, 4) has not as many elements as (5, -1); one extent may be -1 to be "
        "filled in");
  CHECK(thrown<calx::shape_error>([] { (void)A.reshape(-2, -6); }) ==
        "reshape: shape (3, 4) to (-2, -6); one extent may be -1, the others are not negative");
  CHECK(thrown<calx::shape_error>([] { (void)A.reshape(1L << 40, 1L << 40); }) ==
        "reshape: shape (1099511627776, 1099511627776) is too large");
}

TEST_CASE("at: replaces in a copy") {
  array<double, 2> x = A;
  CHECK(is(x.at(1).set(0)[1], {4}, {0, 0, 0, 0}));
  CHECK(is(x.at(0, slice(1, 3)).set(array<double, 1>{-1, -2})[0], {4}, {0, -1, -2, 3}));
  CHECK(is(x.at(slice(), 0).add(100)(slice(), 0), {3}, {100, 104, 108}));
  CHECK(is(x.at(slice(none, none, -1), 0).set(array<double, 1>{1, 2, 3})(slice(), 0), {3},
           {3, 2, 1}));
  CHECK(is(x.at(slice(1), slice(2)).mul(array<double, 2>{{10}})[0], {4}, {0, 10, 2, 3}));
  CHECK(is(x.at(2).min(9)[2], {4}, {8, 9, 9, 9}));
  CHECK(is(x.at(2).max(array<double, 0>{10})[2], {4}, {10, 10, 10, 11}));
  CHECK(is(x.at(ellipsis, -1).get(), {3}, {3, 7, 11}));
  CHECK(x.at(1, 1).set(2.5)(1, 1) == 2.5);
  CHECK(is(x, {3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  CHECK(x.data() == A.data());
  CHECK(is(x.at(newaxis, 0).set(array<double, 2>{{9, 9, 9, 9}})[0], {4}, {9, 9, 9, 9}));
  CHECK(is(x.at(slice(5, none)).set(1), {3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}
TEST_CASE("at: converts to the elements' type, takes expressions and dynamic arrays") {
  array<int, 1> x{1, 2, 3};
  CHECK(is(x.at(0).set(7.9), {3}, {7, 2, 3}));
  CHECK(is(x.at(slice(1, none)).add(array<double, 1>{0.5, 1.5}), {3}, {1, 2, 4}));
  CHECK(is(x.at(slice()).set(x * 2), {3}, {2, 4, 6}));
  CHECK(is(x.at(slice()).add(x(slice(none, none, -1))), {3}, {4, 4, 4}));
  calx::dynamic_array d(calx::aval{calx::dtype::f64, {1}});
  static_cast<double*>(d.mutable_data())[0] = 8;
  CHECK(is(x.at(slice()).set(d), {3}, {8, 8, 8}));
  constexpr tensor<int, 3> t = tensor<int, 3>{1, 2, 3}.at(1).set(5);
  static_assert(t(0) == 1 && t(1) == 5 && t(2) == 3);
}
TEST_CASE("at: refuses what does not fit") {
  CHECK(thrown<calx::shape_error>([] { (void)A.at(0).set(array<double, 1>{1, 2}); }) ==
        "at(...).set: shape (2,) does not broadcast to (4,); axes must be equal, or 1 where the "
        "type says so");
  CHECK(thrown<calx::shape_error>([] { (void)A.at(0, 0).add(array<double, 1>{1}); }) ==
        "at(...).add: shape (1,) does not broadcast to (); axes must be equal, or 1 where the type "
        "says so");
  CHECK(thrown<calx::index_error>([] { (void)A.at(0, 4).set(1); }) ==
        "index 4 is outside axis 1 of extent 4 of shape (3, 4)");
}

TEST_CASE("make: zeros, ones, full") {
  CHECK(is(calx::zeros<double>(2, 1), {2, 1}, {0, 0}));
  CHECK(is(calx::zeros(2), {2}, {0, 0}));
  CHECK(is(calx::ones<int>(2), {2}, {1, 1}));
  CHECK(is(calx::full(2.5, 1, 2), {1, 2}, {2.5, 2.5}));
  static_assert(std::is_same_v<decltype(calx::full(3, 2)), array<std::int64_t, 1>>);
  static_assert(std::is_same_v<decltype(calx::full<float>(3, 2)), array<float, 1>>);
  static_assert(calx::ones<tensor<int, 2>>()(1) == 1 && calx::zeros<double>() == 0.0);
  CHECK(thrown<calx::shape_error>([] { (void)calx::zeros<double>(2, -1); }) ==
        "array: shape (2, -1) has a negative extent");
}
TEST_CASE("make: arange") {
  CHECK(is(calx::arange(4), {4}, {0, 1, 2, 3}));
  static_assert(std::is_same_v<decltype(calx::arange(4)), array<std::int64_t, 1>>);
  CHECK(is(calx::arange(2.5), {3}, {0, 1, 2}));
  CHECK(is(calx::arange(1, 8, 3), {3}, {1, 4, 7}));
  CHECK(is(calx::arange(1, 7, 3), {2}, {1, 4}));
  CHECK(is(calx::arange(5, 0, -2), {3}, {5, 3, 1}));
  CHECK(is(calx::arange(0, 5, -1), {0}, {}));
  CHECK(is(calx::arange(-3), {0}, {}));
  CHECK(is(calx::arange<float>(0, 1, 0.25), {4}, {0, 0.25f, 0.5f, 0.75f}));
  CHECK(is(calx::arange(0.0, 1.0, 0.5), {2}, {0, 0.5}));
  CHECK(thrown<calx::error>([] { (void)calx::arange(0, 1, 0); }) ==
        "arange: the step must not be 0");
  double inf = std::numeric_limits<double>::infinity();
  CHECK(thrown<calx::shape_error>([&] { (void)calx::arange(0.0, inf); }) ==
        "arange: the range has no end, or too many elements");
}
TEST_CASE("make: linspace and eye") {
  CHECK(is(calx::linspace(0, 1, 5), {5}, {0, 0.25, 0.5, 0.75, 1}));
  CHECK(is(calx::linspace(2.0, 5.0, 1), {1}, {2}));
  CHECK(is(calx::linspace(0, 1, 0), {0}, {}));
  CHECK(calx::linspace(0.0, 0.3, 4)(3) == 0.3);  // the end is exact
  CHECK(is(calx::eye(2), {2, 2}, {1, 0, 0, 1}));
  CHECK(is(calx::eye<int>(2, 3), {2, 3}, {1, 0, 0, 0, 1, 0}));
  CHECK(is(calx::eye(0), {0, 0}, {}));
  static_assert(calx::eye<tensor<double, 2, 2>>()(1, 1) == 1.0);
}

TEST_CASE("view and asarray read the memory of others") {
  std::vector<double> v{1, 2, 3, 4};
  array<double, 2> x = calx::view(v.data(), 2, 2);
  v[3] = 5;
  CHECK(x(1, 1) == 5);
  CHECK(!x.owner());
  CHECK(x[1].data() == v.data() + 2);
  CHECK(calx::asarray(v).data() == v.data());
  CHECK(calx::asarray(std::span<const double>(v)).data() == v.data());
  auto copied = calx::asarray(std::vector<double>(v));
  CHECK(copied.data() != v.data());
  CHECK(is(copied, {4}, {1, 2, 3, 5}));
  auto fixed = calx::asarray(std::span<double, 2>(v.data(), 2));
  static_assert(std::is_same_v<decltype(fixed), tensor<double, 2>>);
  CHECK(is(fixed, {2}, {1, 2}));
  CHECK(calx::asarray(A).data() == A.data());
  CHECK(is(calx::asarray(A[0] + 1.0), {4}, {1, 2, 3, 4}));
  CHECK(is(calx::asarray(std::vector<double>()), {0}, {}));
  std::vector<double> nothing;
  CHECK(is(calx::asarray(nothing), {0}, {}));
  CHECK(thrown<calx::shape_error>([&] { (void)calx::view(v.data(), -1); }) ==
        "array: shape (-1,) has a negative extent");
}
TEST_CASE("leaves: vectors and spans") {
  using vector_leaf = calx::leaf_traits<std::vector<float>>;
  static_assert(vector_leaf::type == calx::dtype::f32);
  static_assert(calx::leaf_traits<std::vector<bool>>::type == calx::dtype::b1);
  std::vector<float> v = vector_leaf::make({3});
  CHECK(vector_leaf::shape(v) == dims{3});
  CHECK(vector_leaf::data(std::as_const(v)) == v.data());
  using span_leaf = calx::leaf_traits<std::span<const int, 2>>;
  static_assert(span_leaf::extents == dims{2} && span_leaf::type == calx::dtype::i32);
  static_assert(std::is_same_v<span_leaf::result, std::vector<int>>);
  using array_leaf = calx::leaf_traits<array<double, 2>>;
  CHECK(array_leaf::extents == dims{calx::dynamic_extent, calx::dynamic_extent});
  CHECK(array_leaf::data(A) == A.data());
  CHECK(array_leaf::make({2, 3}).dimensions() == dims{2, 3});
}

TEST_CASE("dynamic extents that are 1 repeat in expressions") {
  const calx::array<double, 2> column{{1}, {2}, {3}}, row{{10, 20}};
  const calx::array<double, 1> one{5};
  CHECK(calx::equal(column + row, calx::array<double, 2>{{11, 21}, {12, 22}, {13, 23}}));
  CHECK(calx::equal(2.0 * column + row * one,
                    calx::array<double, 2>{{52, 102}, {54, 104}, {56, 106}}));
  CHECK(calx::sum(column + row) == 102);
  CHECK(calx::equal(calx::sum(column + row, calx::axis<0>), calx::array<double, 1>{36, 66}));
  const calx::array<double, 2> narrow(calx::dims{0, 1});
  CHECK(calx::array<double, 2>(narrow + row).shape(0) == 0);
  std::string said;
  try {
    calx::array<double, 2> r = column + calx::array<double, 2>{{1, 2}, {3, 4}};
  } catch (const calx::shape_error& e) {
    said = e.what();
  }
  CHECK(said.find("add: shapes (3, ") == 0);
}

TEST_CASE("expressions of integers have the dtype of their values") {
  const array<int, 1> i{1, 4, 9};
  const array<float, 1> root = calx::sqrt(i);
  CHECK((root(1) == 2.0f && root(2) == 3.0f));
  STATIC_REQUIRE(decltype(calx::sqrt(i))::dtype() == calx::dtype::f32);
  STATIC_REQUIRE(decltype(calx::sqrt(i) * 2.0)::dtype() == calx::dtype::f32);
  STATIC_REQUIRE(decltype(i / 2)::dtype() == calx::dtype::f32);
  STATIC_REQUIRE(decltype(i + 2)::dtype() == calx::dtype::i32);
  STATIC_REQUIRE(decltype(i < 2)::dtype() == calx::dtype::b1);
  STATIC_REQUIRE(!std::is_convertible_v<decltype(calx::sqrt(i)), array<int, 1>>);
}

TEST_CASE("integer powers of arrays and expressions") {
  const array<double, 1> x{2, -3, 0.5};
  CHECK(calx::equal(calx::pow(x, 3), array<double, 1>{8, -27, 0.125}));
  CHECK(calx::equal(calx::pow(x + 0.0, -1), array<double, 1>{0.5, -1 / 3.0, 2}));
  CHECK(calx::equal(calx::pow(tensor<float, 2>{2, 3}, 5), tensor<float, 2>{32, 243}));
  CHECK(calx::equal(calx::pow(array<int, 1>{2, -3}, 0), array<int, 1>{1, 1}));
  CHECK(thrown<calx::dtype_error>([] { calx::pow(array<int, 1>{2}, -1); }) ==
        "pow: an integer to the power -1 is no integer; convert it to a float, or use a float "
        "exponent");
}

TEST_CASE("buffers: more memory than there can be") {
  CHECK(thrown<calx::error>([] { calx::buffer b(~std::size_t{0} / 2); }) ==
        "buffer: 8589934591 GiB are more than memory can hold");
}

TEST_CASE("long chains of operators compile at linear cost") {
  // 32 of them, each in the left operand of the next; compilers once took twice as long for each.
  const array<double, 1> x{1, 2};
  const auto z = ((((((((x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x +
                   1.0) * x + 1.0) * x;
  const array<double, 1> y =
      ((((((((z + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x + 1.0) * x +
       1.0) * x;
  CHECK(calx::equal(y, array<double, 1>{17, 262142}));
}

TEST_CASE("reshape guesses no extent of an array without elements") {
  const array<double, 2> empty = calx::zeros<double>(0, 3);
  CHECK(thrown<calx::shape_error>([&] { (void)empty.reshape(0, -1, 1); }) ==
        "reshape: shape (0, 3) to (0, -1, 1): any extent fits in the place of -1, as another one "
        "is 0; name it");
  CHECK(thrown<calx::shape_error>([&] { (void)empty.reshape(0, -1); }) ==
        "reshape: shape (0, 3) to (0, -1): any extent fits in the place of -1, as another one is "
        "0; name it");
  CHECK(empty.reshape(-1, 3).shape(0) == 0);
  CHECK(empty.reshape(4, -1).shape(1) == 0);
}
