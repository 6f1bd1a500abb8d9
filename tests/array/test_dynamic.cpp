// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays whose dtype and rank only run time knows.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <calx/run/all.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::aval;
using calx::dims;
using calx::dtype;
using calx::dynamic_array;
using calx::ellipsis;
using calx::newaxis;
using calx::none;
using calx::slice;
using support::thrown;

namespace {
template <class T = double>
dynamic_array counted(const dims& shape) {
  dynamic_array x(aval{calx::dtype_of<T>(), shape});
  for (std::size_t i = 0; i < x.size(); ++i)
    static_cast<T*>(x.mutable_data())[i] = static_cast<T>(i);
  return x;
}
std::string shown(const dynamic_array& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}
const calx::array<double, 1> array_of_three{10, 20, 30};
}  // namespace

TEST_CASE("dynamic_array: type, shape, elements") {
  dynamic_array x = counted<std::int32_t>({2, 3});
  CHECK(x.dtype() == dtype::i32);
  CHECK(x.rank() == 2);
  CHECK(x.shape(0) == 2);
  CHECK(x.shape(-1) == 3);
  CHECK(x.size() == 6);
  CHECK(x.dimensions() == dims{2, 3});
  CHECK(x.elements<std::int32_t>()[5] == 5);
  CHECK(x.data() == x.elements<std::int32_t>());
  CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % 64 == 0);
  CHECK(thrown<calx::dtype_error>([&] { (void)x.elements<float>(); }) ==
        "dynamic_array: int32 of shape (2, 3) has no elements of float32; use astype to convert "
        "them");
  CHECK(thrown<calx::index_error>([&] { (void)x.shape(2); }) ==
        "shape: axis 2 is outside rank 2 of shape (2, 3)");
}
TEST_CASE("dynamic_array: without elements") {
  dynamic_array x;
  CHECK(x.dimensions() == dims{0});
  CHECK(x.dtype() == dtype::f64);
  CHECK(x.size() == 0);
  CHECK(shown(x) == "[]");
  dynamic_array y = counted({2, 0, 3});
  CHECK(y.T().dimensions() == dims{3, 0, 2});
  CHECK(y.reshape(0, 5).dimensions() == dims{0, 5});
  CHECK(y[1].dimensions() == dims{0, 3});
  CHECK(y(slice(none, none, -1), ellipsis).dimensions() == dims{2, 0, 3});
  CHECK(y.astype(dtype::i32).dtype() == dtype::i32);
  calx::array<double, 3> a = y;
  CHECK(a.dimensions() == dims{2, 0, 3});
  CHECK(thrown<calx::shape_error>([] { dynamic_array bad(aval{dtype::f64, {2, -1}}); }) ==
        "dynamic_array: shape (2, -1) has a negative extent");
  CHECK(thrown<calx::shape_error>([] {
          dynamic_array bad(aval{dtype::f64, {dims{1}[0] << 40, dims{1}[0] << 40}});
        }) == "dynamic_array: shape (1099511627776, 1099511627776) is too large");
}
TEST_CASE("dynamic_array: copies share, and what is moved from is empty") {
  dynamic_array x = counted({3}), y = x;
  CHECK(y.data() == x.data());
  CHECK(x.owner().use_count() == 2);
  dynamic_array z = std::move(x);
  CHECK(z.data() == y.data());
  CHECK(x.data() == nullptr);  // NOLINT: the state is documented
  CHECK(x.size() == 0);
  y = std::move(z);
  CHECK(y.owner().unique());
  auto& same = y;
  y = same;
  CHECK(y(2) == 2.0);
}
TEST_CASE("dynamic_array: one element") {
  dynamic_array x = counted<std::int64_t>({2, 3});
  CHECK(x(1, 2) == 5.0);
  CHECK(x(-1, -3) == 3.0);
  static_assert(std::is_same_v<decltype(x(1, 2)), double>);
  std::int64_t big = (std::int64_t{1} << 60) + 1;
  dynamic_array exact(big);
  CHECK(exact.item<std::int64_t>() == big);
  CHECK(exact() == 1152921504606846976.0);
  CHECK(dynamic_array(true)() == 1.0);
  CHECK(x.item<std::int64_t>(0, -1) == 2);
  CHECK(thrown<calx::dtype_error>([&] { (void)x.item<double>(0, 0); }) ==
        "dynamic_array: int64 of shape (2, 3) has no elements of float64; use astype to convert "
        "them");
  CHECK(thrown<calx::index_error>([&] { (void)x(1, 3); }) ==
        "index 3 is outside axis 1 of extent 3 of shape (2, 3)");
  CHECK(thrown<calx::index_error>([&] { (void)x(-3, 0); }) ==
        "index -3 is outside axis 0 of extent 2 of shape (2, 3)");
  CHECK(thrown<calx::index_error>([&] { (void)x(1); }) ==
        "index: 1 integers for shape (2, 3); a number takes one per axis, a part ellipsis behind "
        "them");
  CHECK(thrown<calx::index_error>([&] { (void)x(1, 1, 1); }) ==
        "index: 3 integers for shape (2, 3); a number takes one per axis, a part ellipsis behind "
        "them");
}
TEST_CASE("dynamic_array: parts") {
  dynamic_array x = counted({3, 4});
  CHECK(shown(x[1]) == "[4. 5. 6. 7.]");
  CHECK(shown(x[-1]) == "[ 8.  9. 10. 11.]");
  CHECK(static_cast<double>(x[1][2]) == 6.0);
  CHECK(shown(x(slice(), 1)) == "[1. 5. 9.]");
  CHECK(shown(x(slice(none, none, -2), slice(1, 3))) == "[[ 9. 10.]\n [ 1.  2.]]");
  CHECK(shown(x(ellipsis, -1)) == "[ 3.  7. 11.]");
  CHECK(x(newaxis, 0, ellipsis, none).dimensions() == dims{1, 4, 1});
  CHECK(x(slice(5, none)).dimensions() == dims{0, 4});
  CHECK(x(1, 2, ellipsis).rank() == 0);
  CHECK(x(1, 2, newaxis)(0) == 6.0);
  CHECK(thrown<calx::index_error>([&] { (void)x[3]; }) ==
        "index 3 is outside axis 0 of extent 3 of shape (3, 4)");
  CHECK(thrown<calx::index_error>([&] { (void)x(0, 0, slice()); }) ==
        "index: 3 indices for shape (3, 4); give at most one per axis");
  CHECK(thrown<calx::index_error>([&] { (void)x(slice(none, none, 0)); }) ==
        "slice: the step must not be 0");
  CHECK(thrown<calx::index_error>([&] { (void)x[0][0][0]; }) ==
        "index: 1 indices for shape (); give at most one per axis");
  CHECK(thrown<calx::index_error>([&] { (void)x(ellipsis, ellipsis); }) ==
        "index: 2 times ellipsis for shape (3, 4); it may stand once");
  auto n = newaxis;
  CHECK(thrown<calx::index_error>([&] { (void)x(n, n, n, n, n, n, n); }) ==
        "index: it selects 9 axes of shape (3, 4), but arrays have at most 8");
}
TEST_CASE("dynamic_array: parts share memory where the elements are in order") {
  dynamic_array x = counted<float>({3, 4});
  const float* first = x.elements<float>();
  CHECK(x[1].elements<float>() == first + 4);
  CHECK(x(slice(1, none)).elements<float>() == first + 4);
  CHECK(x(1, slice(2, none)).elements<float>() == first + 6);
  CHECK(x.reshape(2, -1).elements<float>() == first);
  CHECK(x.astype(dtype::f32).elements<float>() == first);
  CHECK(x(slice(), 1).owner().unique());
  dynamic_array row = x[2];
  x = dynamic_array();
  CHECK(row(3) == 11.0);  // outlives what it is a part of
}
TEST_CASE("dynamic_array: parts of every element size") {
  for (dtype d : {dtype::b1, dtype::i32, dtype::i64, dtype::u32, dtype::u64, dtype::f32,
                  dtype::f64}) {
    dynamic_array x = counted({2, 3}).astype(d);
    CHECK(x.dtype() == d);
    CHECK(shown(x.T().astype(dtype::i32)) ==
          (d == dtype::b1 ? "[[0 1]\n [1 1]\n [1 1]]" : "[[0 3]\n [1 4]\n [2 5]]"));
  }
}
TEST_CASE("dynamic_array: transpose and reshape") {
  dynamic_array x = counted({2, 3});
  CHECK(shown(x.T()) == "[[0. 3.]\n [1. 4.]\n [2. 5.]]");
  CHECK(x[0].T().data() == x.data());
  CHECK(shown(x.reshape(3, -1)) == "[[0. 1.]\n [2. 3.]\n [4. 5.]]");
  CHECK(x(slice(0, 1), slice(0, 1)).reshape().rank() == 0);
  CHECK(thrown<calx::shape_error>([&] { (void)x.reshape(4); }) ==
        "reshape: shape (2, 3) has not as many elements as (4,); one extent may be -1 to be "
        "filled in");
  CHECK(thrown<calx::shape_error>([&] { (void)x.reshape(-1, -1); }) ==
        "reshape: shape (2, 3) to (-1, -1); one extent may be -1, the others are not negative");
}
TEST_CASE("dynamic_array: astype") {
  dynamic_array x(2.75);
  CHECK(x.astype(dtype::i64).item<std::int64_t>() == 2);
  CHECK(x.astype(dtype::b1).item<bool>());
  CHECK(x.astype(dtype::f32).item<float>() == 2.75f);
  CHECK(dynamic_array(-1).astype(dtype::u64).item<std::uint64_t>() == UINT64_MAX);
}
TEST_CASE("dynamic_array: from and to arrays") {
  calx::array<double, 2> a{{1, 2}, {3, 4}};
  dynamic_array x = a;
  CHECK(x.data() == a.data());
  calx::array<double, 2> b = x;
  CHECK(b.data() == a.data());
  a = calx::array<double, 2>();
  x = dynamic_array();
  CHECK(b(1, 1) == 4);  // the last owner
  dynamic_array y = b;
  calx::array<double, 1> direct(y[0]), braces{y[1]};
  CHECK(direct(1) == 2);
  CHECK(braces(1) == 4);
  calx::array<double, 0> scalar = y[1][0];
  CHECK(scalar() == 3);
  calx::basic_array<double, calx::extents<calx::dyn, 2>> mixed = y;
  CHECK(mixed.data() == b.data());
}
TEST_CASE("dynamic_array: tensors and views are copied") {
  calx::tensor<float, 2, 2> t{{1, 2}, {3, 4}};
  dynamic_array x = t;
  CHECK(x.dtype() == dtype::f32);
  calx::tensor<float, 2, 2> back = x;
  CHECK(back(1, 0) == 3);
  std::vector<double> v{1, 2, 3};
  dynamic_array y = calx::array<double, 1>(calx::buffer(), v.data(), {3});
  v.assign(3, 0.0);
  CHECK(y(2) == 3);
}
TEST_CASE("dynamic_array: refuses arrays of another type") {
  dynamic_array x = counted({2, 3});
  CHECK(thrown<calx::dtype_error>([&] { (void)calx::array<float, 2>(x); }) ==
        "dynamic_array: float64 of shape (2, 3) does not become an array of float32; use astype "
        "to convert the elements");
  CHECK(thrown<calx::shape_error>([&] { (void)calx::array<double, 1>(x); }) ==
        "dynamic_array: float64 of shape (2, 3) does not become an array with extents (-1,), "
        "where -1 is any; use reshape");
  CHECK(thrown<calx::shape_error>([&] { (void)calx::tensor<double, 3, 2>(x); }) ==
        "dynamic_array: float64 of shape (2, 3) does not become an array with extents (3, 2), "
        "where -1 is any; use reshape");
}
TEST_CASE("dynamic_array: from and to numbers") {
  dynamic_array x(2.5);
  double d = x;
  float f = x;
  CHECK(d == 2.5);
  CHECK(f == 2.5f);
  CHECK(dynamic_array(3).dtype() == dtype::i64);
  CHECK(dynamic_array(3u).dtype() == dtype::u32);
  CHECK(dynamic_array(3.0f).dtype() == dtype::f32);
  CHECK(dynamic_array(false).dtype() == dtype::b1);
  int i = dynamic_array(-7);
  bool b = dynamic_array(true);
  int one = dynamic_array(true);
  double from_int = dynamic_array(-7);
  CHECK(i == -7);
  CHECK(b);
  CHECK(one == 1);
  CHECK(from_int == -7.0);
}
TEST_CASE("dynamic_array: refuses numbers that do not hold it") {
  const char* rest = " of shape () does not fit the integer or bool asked for; take a double or "
                     "use astype";
  CHECK(thrown<calx::dtype_error>([] { int bad = dynamic_array(2.0); (void)bad; }) ==
        std::string("dynamic_array: float64") + rest);
  CHECK(thrown<calx::dtype_error>([] { bool bad = dynamic_array(1); (void)bad; }) ==
        std::string("dynamic_array: int64") + rest);
  CHECK(thrown<calx::dtype_error>([] { int bad = dynamic_array(INT64_MAX); (void)bad; }) ==
        std::string("dynamic_array: int64") + rest);
  CHECK(thrown<calx::dtype_error>([] { unsigned bad = dynamic_array(-1); (void)bad; }) ==
        std::string("dynamic_array: int64") + rest);
  CHECK(thrown<calx::shape_error>([] { double bad = counted({3}); (void)bad; }) ==
        "dynamic_array: float64 of shape (3,) is not a number; index or reduce it, or keep it as "
        "an array");
}
TEST_CASE("dynamic_array: a leaf of trees") {
  using traits = calx::leaf_traits<dynamic_array>;
  static_assert(traits::dynamic && calx::concrete_leaf<dynamic_array>);
  dynamic_array x = counted<float>({2, 3});
  CHECK(traits::type_of(x) == dtype::f32);
  CHECK(traits::shape(x) == dims{2, 3});
  CHECK(traits::data(std::as_const(x)) == x.data());
  CHECK(traits::data(x) == x.mutable_data());
  CHECK(calx::aval_of(x) == aval{dtype::f32, {2, 3}});
}
TEST_CASE("dynamic_array: a constant of a traced program") {
  calx::graph g;
  calx::tracer t;
  {
    dynamic_array x = counted({2, 3});
    t = lift(g, x);
  }
  CHECK(t.dtype() == dtype::f64);
  CHECK(t.dimensions() == dims{2, 3});
  CHECK(static_cast<const double*>(g.literals[0].data())[5] == 5.0);  // the program keeps it
  calx::tracer sum = t + counted({3});
  CHECK(sum.dimensions() == dims{2, 3});
}
TEST_CASE("dynamic_array: operators and functions") {
  dynamic_array x = counted<float>({2, 3});
  CHECK(shown(2.0 * x + 1) == "[[ 1.  3.  5.]\n [ 7.  9. 11.]]");
  CHECK((2.0 * x).dtype() == dtype::f32);
  CHECK((x * counted({3})).dtype() == dtype::f64);
  CHECK(shown(-x[1]) == "[-3. -4. -5.]");
  CHECK(shown(x[1] < 4) == "[ True False False]");
  CHECK(shown(x + array_of_three) == "[[10. 21. 32.]\n [13. 24. 35.]]");
  CHECK(shown(x[0] * (array_of_three + 1.0)) == "[ 0. 21. 62.]");
  CHECK(shown(counted<std::int32_t>({3}) / 2) == "[0.  0.5 1. ]");
  CHECK(shown(calx::sqrt(counted({3}) + 1.0)) == "[1.         1.41421356 1.73205081]");
  CHECK(static_cast<bool>(x[1][2] == 5));
  using std::max, std::min;
  CHECK(shown(max(x[0], x[1] - 2.5)) == "[0.5 1.5 2.5]");
  CHECK(shown(min(x[0], 1)) == "[0. 1. 1.]");
  dynamic_array y = x;
  y += 1;
  CHECK(y(0, 0) == 1.0);
  CHECK(x(0, 0) == 0.0);
  CHECK(shown(dynamic_array() + 1.0) == "[]");
  CHECK(thrown<calx::shape_error>([&] { (void)(x + counted({2})); }).find("add: ") == 0);
}

TEST_CASE("dynamic arrays: loops over elements, comparison and arithmetic with numbers") {
  const dynamic_array x = calx::array<float, 2>{{1, 2.5}, {3, 4}};
  double sum = 0;
  for (double y : x) sum += y;
  CHECK(sum == 10.5);
  CHECK(std::vector<double>(x.begin(), x.end()) == std::vector<double>{1, 2.5, 3, 4});
  for (double y : dynamic_array(calx::array<double, 1>(calx::dims{0}))) sum += y;
  CHECK(sum == 10.5);
  const dynamic_array number(2.25);
  double best = 3;
  if (number < best) best = number;
  CHECK((best == 2.25 && number == 2.25 && 1.0 < number));
  best = number + 1;
  best += number;
  CHECK(best == 5.5);
  CHECK(static_cast<double>(sqrt(number)) == 1.5);
  CHECK(static_cast<double>(max(number, 3.0)) == 3);
  CHECK(std::sqrt(static_cast<double>(number)) == 1.5);
}
