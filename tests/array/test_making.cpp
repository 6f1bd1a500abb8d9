// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ways to make arrays: of extents, containers, ranges, functions of the index, for every kind of
// result; what is copied and what is read in place.
#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::dims;
using calx::dyn;
using calx::extents;
using calx::tensor;
using support::is;
using support::thrown;

namespace {
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using rows_of_3 = calx::basic_array<double, extents<dyn, 3>>;
}  // namespace

TEST_CASE("arrays of given extents are zeros") {
  CHECK(is(array<double, 1>(5), {5}, {0, 0, 0, 0, 0}));
  CHECK(is(array<int, 2>(2, 3), {2, 3}, {0, 0, 0, 0, 0, 0}));
  CHECK(is(array<double, 1>{5}, {1}, {5}));  // braces hold elements
  CHECK(is(array<bool, 1>(std::size_t{2}), {2}, {false, false}));
  CHECK(is(array<double, 2>(0, 3), {0, 3}, {}));
  CHECK(is(rows_of_3(2, 3), {2, 3}, {0, 0, 0, 0, 0, 0}));
  CHECK(thrown<calx::shape_error>([] { rows_of_3 x(2, 4); }) ==
        "array: shape (2, 4) does not fit the extents (-1, 3) of its type, where -1 is any");
  CHECK(thrown<calx::shape_error>([] { array<double, 1> x(-1); }) ==
        "array: shape (-1,) has a negative extent");
  static_assert(!std::is_convertible_v<int, array<double, 1>>);
}
TEST_CASE("arrays of containers copy their elements") {
  std::vector<double> v{1, 2, 3};
  array<double, 1> x = v;
  v[0] = 7;
  CHECK(is(x, {3}, {1, 2, 3}));
  x = v;
  CHECK(is(x, {3}, {7, 2, 3}));
  CHECK(is(array<double, 1>(std::array<double, 2>{4, 5}), {2}, {4, 5}));
  CHECK(is(tensor<double, 3>(v), {3}, {7, 2, 3}));
  CHECK(is(array<double, 1>(std::span<const double>(v)), {3}, {7, 2, 3}));
  CHECK(is(array<float, 1>(v), {3}, {7, 2, 3}));  // another dtype: explicit
  CHECK(is(array<std::int64_t, 1>(std::vector<long long>{8, 9}), {2}, {8, 9}));
  CHECK(is(array<bool, 1>(std::vector<bool>{true, false}), {2}, {true, false}));
  CHECK(is(array<double, 1>(std::vector<bool>{true, false}), {2}, {1, 0}));
  CHECK(is(array<double, 1>(std::vector<double>()), {0}, {}));
  static_assert(std::is_convertible_v<std::vector<double>, array<double, 1>>);
  static_assert(!std::is_convertible_v<std::vector<double>, array<float, 1>>);
  constexpr tensor<double, 2> t = std::array<double, 2>{1, 2};
  static_assert(t(1) == 2);
  CHECK(thrown<calx::shape_error>([&] { tensor<double, 2> bad(v); }) ==
        "tensor: shape (3,) is not the extents (2,)");
}
TEST_CASE("arrays of Eigen's matrices, in row-major order") {
  Eigen::MatrixXd m(2, 3);
  m << 1, 2, 3, 4, 5, 6;
  CHECK(is(array<double, 2>(m), {2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(is(array<double, 2>(m.transpose()), {3, 2}, {1, 4, 2, 5, 3, 6}));
  CHECK(is(array<float, 2>(m), {2, 3}, {1, 2, 3, 4, 5, 6}));
  array<double, 1> row = 2 * m.row(1);
  CHECK(is(row, {3}, {8, 10, 12}));
  CHECK(is(rows_of_3(m), {2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(is(array<double, 2>(m * m.transpose()), {2, 2}, {14, 32, 32, 77}));
}
TEST_CASE("arrays of ranges") {
  const std::list<int> l{1, 2, 3};
  CHECK(is(array<double, 1>(l.begin(), l.end()), {3}, {1, 2, 3}));
  const double p[] = {4, 5};
  CHECK(is(array<double, 1>(p, p + 2), {2}, {4, 5}));
  CHECK(is(tensor<float, 2>(p, p + 2), {2}, {4, 5}));
  CHECK(is(array<double, 1>(p, p), {0}, {}));
  const std::vector<bool> b{true, false};
  CHECK(is(array<bool, 1>(b.begin(), b.end()), {2}, {true, false}));
  CHECK(thrown<calx::shape_error>([&] { tensor<double, 3> bad(p, p + 2); }) ==
        "tensor: shape (2,) is not the extents (3,)");
  static_assert(!std::is_constructible_v<array<int, 1>, const double*, const double*>);
}
TEST_CASE("asarray of braces") {
  auto x = calx::asarray({1.0, 2.0});
  static_assert(std::is_same_v<decltype(x), array<double, 1>>);
  CHECK(is(x, {2}, {1, 2}));
  static_assert(std::is_same_v<decltype(calx::asarray({1, 2})), array<std::int64_t, 1>>);
  static_assert(std::is_same_v<decltype(calx::asarray({1.0f})), array<float, 1>>);
  CHECK(is(calx::asarray({{1, 2}, {3, 4}, {5, 6}}), {3, 2}, {1, 2, 3, 4, 5, 6}));
  CHECK(thrown<calx::shape_error>([] { (void)calx::asarray({{1, 2}, {3}}); }) ==
        "array: the braces are ragged: 1 entries along axis 1 of shape (2, 2)");
}
TEST_CASE("asarray: what lives is read in place, what ends is copied") {
  std::vector<double> v{1, 2, 3};
  CHECK(calx::asarray(v).data() == v.data());
  CHECK(calx::asarray(std::as_const(v)).data() == v.data());
  CHECK(calx::asarray(std::move(v)).owner().unique());
  const auto make = [] { return std::vector<double>{4, 5}; };
  CHECK(is(calx::asarray(make()), {2}, {4, 5}));
  CHECK(calx::asarray(make()).owner().unique());
  Eigen::VectorXd e = Eigen::Vector3d(1, 2, 3);
  CHECK(calx::asarray(e).data() == e.data());
  CHECK(calx::asarray(2 * e).owner().unique());
  CHECK(is(calx::asarray(2 * e), {3}, {2, 4, 6}));
  CHECK(calx::asarray(e.head(2)).owner().unique());  // a temporary
  auto head = e.head(2);
  CHECK(calx::asarray(head).data() == e.data());
  std::array<double, 2> a{1, 2};
  static_assert(std::is_same_v<decltype(calx::asarray(a)), tensor<double, 2>>);
  CHECK(is(calx::asarray(a), {2}, {1, 2}));
  CHECK(is(calx::asarray(std::vector<bool>{true}), {1}, {true}));
}
TEST_CASE("generate: elements by their index") {
  auto hilbert = calx::generate([](auto i, auto j) { return 1.0 / double(i + j + 1); }, 2, 3);
  static_assert(std::is_same_v<decltype(hilbert), array<double, 2>>);
  CHECK(is(hilbert, {2, 3}, {1.0, 1.0 / 2, 1.0 / 3, 1.0 / 2, 1.0 / 3, 1.0 / 4}));
  auto counted = calx::generate([](auto i) { return static_cast<int>(i); }, 3);
  static_assert(std::is_same_v<decltype(counted), array<std::int64_t, 1>>);
  CHECK(is(counted, {3}, {0, 1, 2}));
  CHECK(is(calx::generate<float>([](auto i) { return i * i; }, 3), {3}, {0, 1, 4}));
  CHECK(is(calx::generate([](auto, auto) { return 1.0; }, 0, 2), {0, 2}, {}));
  CHECK(calx::generate([] { return 2.5; }) == 2.5);
  constexpr auto t = calx::generate<tensor<int, 2, 2>>([](auto i, auto j) { return 10 * i + j; });
  static_assert(t(0, 1) == 1 && t(1, 0) == 10);
  const auto digits = [](auto i, auto j, auto k) { return 100 * i + 10 * j + k; };
  CHECK(calx::generate(digits, 2, 3, 4)(1, 2, 3) == 123);
  Eigen::MatrixXi m = calx::generate<Eigen::MatrixXi>([](auto i, auto j) { return 10 * i + j; },
                                                      2, 3);
  CHECK(m(1, 2) == 12);
  CHECK(m(0, 1) == 1);
}

namespace {
/// Elements of any result in row-major order.
template <class T>
std::vector<double> listed(const T& x) {
  if constexpr (calx::number<T>) return {static_cast<double>(x)};
  else {
    std::vector<double> all;
    if constexpr (requires { x.rows(); }) {
      for (Eigen::Index i = 0; i < x.rows(); ++i)
        for (Eigen::Index j = 0; j < x.cols(); ++j) all.push_back(static_cast<double>(x(i, j)));
    } else {
      for (auto e : x) all.push_back(static_cast<double>(e));
    }
    return all;
  }
}
/// Every maker for a type of matrices with 2 rows and 3 columns; n are the extents to give.
template <class T, class... N>
void makes_matrices(N... n) {
  const auto same = [](const auto& x, std::vector<double> want) {
    return std::is_same_v<std::remove_cvref_t<decltype(x)>, T> && listed(x) == want;
  };
  CHECK(same(calx::zeros<T>(n...), {0, 0, 0, 0, 0, 0}));
  CHECK(same(calx::ones<T>(n...), {1, 1, 1, 1, 1, 1}));
  CHECK(same(calx::full<T>(3, n...), {3, 3, 3, 3, 3, 3}));
  CHECK(same(calx::eye<T>(n...), {1, 0, 0, 0, 1, 0}));
  CHECK(same(calx::generate<T>([](auto i, auto j) { return 10 * i + j; }, n...),
             {0, 1, 2, 10, 11, 12}));
  using E = typename decltype(calx::asarray(calx::zeros<T>(n...)))::value_type;
  const auto key = calx::random::key(7);
  if constexpr (std::is_floating_point_v<E>) {
    CHECK(same(calx::random::uniform<T>(key, n...), listed(calx::random::uniform<E>(key, 2, 3))));
    CHECK(same(calx::random::normal<T>(key, n...), listed(calx::random::normal<E>(key, 2, 3))));
    CHECK(same(calx::random::gumbel<T>(key, n...), listed(calx::random::gumbel<E>(key, 2, 3))));
    CHECK(same(calx::random::laplace<T>(key, n...), listed(calx::random::laplace<E>(key, 2, 3))));
    CHECK(same(calx::random::logistic<T>(key, n...),
               listed(calx::random::logistic<E>(key, 2, 3))));
    CHECK(same(calx::random::exponential<T>(key, n...),
               listed(calx::random::exponential<E>(key, 2, 3))));
  } else {
    CHECK(same(calx::random::randint<T>(key, -5, 100, n...),
               listed(calx::random::randint<E>(key, -5, 100, 2, 3))));
  }
}
/// The same for a type with one axis of 4 elements.
template <class T, class... N>
void makes_vectors(N... n) {
  const auto same = [](const auto& x, std::vector<double> want) {
    return std::is_same_v<std::remove_cvref_t<decltype(x)>, T> && listed(x) == want;
  };
  CHECK(same(calx::zeros<T>(n...), {0, 0, 0, 0}));
  CHECK(same(calx::ones<T>(n...), {1, 1, 1, 1}));
  CHECK(same(calx::full<T>(2.0, n...), {2, 2, 2, 2}));
  CHECK(same(calx::generate<T>([](auto i) { return 3 * i; }, n...), {0, 3, 6, 9}));
  CHECK(same(calx::arange<T>(1, 5), {1, 2, 3, 4}));
  CHECK(same(calx::linspace<T>(1, 4, 4), {1, 2, 3, 4}));
  const auto key = calx::random::key(7);
  CHECK(same(calx::random::normal<T>(key, n...), listed(calx::random::normal<double>(key, 4))));
  CHECK(same(calx::random::uniform<T>(key, calx::random::range{-1, 1}, n...),
             listed(calx::random::uniform<double>(key, calx::random::range{-1, 1}, 4))));
}
}  // namespace

TEST_CASE("every maker makes every kind of matrix") {
  makes_matrices<array<double, 2>>(2, 3);
  makes_matrices<array<float, 2>>(2, 3);
  makes_matrices<array<std::int32_t, 2>>(2, 3);
  makes_matrices<rows_of_3>(2, 3);
  makes_matrices<tensor<double, 2, 3>>();
  makes_matrices<Eigen::MatrixXd>(2, 3);
  makes_matrices<Eigen::MatrixXi>(2, 3);
  makes_matrices<row_major>(2, 3);
  makes_matrices<Eigen::ArrayXXf>(2, 3);
  makes_matrices<Eigen::Matrix<double, 2, 3>>();
  makes_matrices<Eigen::Matrix<double, 2, 3, Eigen::RowMajor>>();
  makes_matrices<Eigen::Matrix<double, Eigen::Dynamic, 3>>(2, 3);
  makes_matrices<Eigen::Matrix<long long, 2, 3>>();
}
TEST_CASE("every maker makes every kind of vector") {
  makes_vectors<array<double, 1>>(4);
  makes_vectors<tensor<double, 4>>();
  makes_vectors<std::vector<double>>(4);
  makes_vectors<std::array<double, 4>>();
  makes_vectors<Eigen::VectorXd>(4);
  makes_vectors<Eigen::RowVectorXd>(4);
  makes_vectors<Eigen::Vector4d>();
  makes_vectors<Eigen::Array4d>();
  CHECK(calx::random::bits<std::vector<std::uint32_t>>(calx::random::key(1), 2)[1] ==
        calx::random::bits<std::uint32_t>(calx::random::key(1), 2)(1));
  CHECK(thrown<calx::shape_error>([] { (void)calx::zeros<Eigen::MatrixXd>(2, -1); }) ==
        "array: shape (2, -1) has a negative extent");
  CHECK(thrown<calx::shape_error>([] { (void)calx::linspace<Eigen::Vector3d>(0, 1, 4); }) ==
        "tensor: shape (4,) is not the extents (3,)");
}
TEST_CASE("2 by 2, column by column: normal numbers as an Eigen matrix") {
  const Eigen::Matrix2d m = calx::random::normal<Eigen::Matrix2d>(calx::random::key(0));
  const auto want = calx::random::normal<tensor<double, 2, 2>>(calx::random::key(0));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) CHECK(m(i, j) == want(i, j));
}
