// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Eigen's matrices, vectors, maps and references as leaves and as arrays.
#include <Eigen/Core>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <calx/run/all.hpp>
#include <calx/array/eigen.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::dims;
using calx::dynamic_extent;
using calx::leaf_traits;
using calx::tensor;
using support::is;

namespace {
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

TEST_CASE("eigen: extents by type") {
  static_assert(leaf_traits<Eigen::MatrixXd>::extents == dims{dynamic_extent, dynamic_extent});
  static_assert(leaf_traits<Eigen::VectorXf>::extents == dims{dynamic_extent});
  static_assert(leaf_traits<Eigen::VectorXf>::type == calx::dtype::f32);
  static_assert(leaf_traits<Eigen::RowVector3d>::extents == dims{3});
  static_assert(leaf_traits<Eigen::Matrix<int, 2, Eigen::Dynamic>>::extents ==
                dims{2, dynamic_extent});
  static_assert(leaf_traits<Eigen::Array33d>::extents == dims{3, 3});
  static_assert(leaf_traits<Eigen::Matrix<bool, 2, 2>>::type == calx::dtype::b1);
}
TEST_CASE("eigen: row-major matrices and vectors are read in place") {
  row_major r(2, 3);
  r << 1, 2, 3, 4, 5, 6;
  CHECK(calx::asarray(r).data() == r.data());
  CHECK(is(calx::asarray(r), {2, 3}, {1, 2, 3, 4, 5, 6}));
  Eigen::VectorXd v(3);
  v << 1, 2, 3;
  CHECK(calx::asarray(v).data() == v.data());
  CHECK(is(calx::asarray(v), {3}, {1, 2, 3}));
  Eigen::RowVectorXd w = v.transpose();
  CHECK(calx::asarray(w).data() == w.data());
  Eigen::ArrayXd a = v.array() + 1;
  CHECK(is(calx::asarray(a), {3}, {2, 3, 4}));
}
TEST_CASE("eigen: column-major matrices are copied, in row-major order") {
  Eigen::MatrixXd m(2, 3);
  m << 1, 2, 3, 4, 5, 6;
  CHECK(leaf_traits<Eigen::MatrixXd>::data(std::as_const(m)) == nullptr);
  CHECK(is(calx::asarray(m), {2, 3}, {1, 2, 3, 4, 5, 6}));
  Eigen::Matrix<double, 2, 3> fixed = m;
  auto t = calx::asarray(fixed);
  static_assert(std::is_same_v<decltype(t), tensor<double, 2, 3>>);
  CHECK(is(t, {2, 3}, {1, 2, 3, 4, 5, 6}));
  Eigen::MatrixXd column = m.col(1);  // one column: both orders are the same
  CHECK(calx::asarray(column).data() == column.data());
  Eigen::MatrixXd row = m.row(1);
  CHECK(calx::asarray(row).data() == row.data());
}
TEST_CASE("eigen: integers by any name") {
  Eigen::Matrix<long long, 2, Eigen::Dynamic> m(2, 2);
  m << 1, 2, 3, 4;
  CHECK(is(calx::asarray(m), {2, 2}, {1, 2, 3, 4}));
  static_assert(std::is_same_v<decltype(calx::asarray(m)), array<std::int64_t, 2>>);
}
TEST_CASE("eigen: what is about to end is copied") {
  auto x = calx::asarray(row_major(row_major::Constant(2, 2, 3.0)));
  CHECK(x.owner().unique());
  CHECK(is(x, {2, 2}, {3, 3, 3, 3}));
}
TEST_CASE("eigen: maps and references are read in place where in order") {
  std::vector<double> v{1, 2, 3, 4, 5, 6};
  CHECK(calx::asarray(Eigen::Map<row_major>(v.data(), 2, 3)).data() == v.data());
  CHECK(calx::asarray(Eigen::Map<const Eigen::VectorXd>(v.data(), 6)).data() == v.data());
  CHECK(is(calx::asarray(Eigen::Map<Eigen::MatrixXd>(v.data(), 2, 3)), {2, 3},
           {1, 3, 5, 2, 4, 6}));
  using stepping = Eigen::Map<Eigen::VectorXd, 0, Eigen::InnerStride<2>>;
  CHECK(is(calx::asarray(stepping(v.data(), 3)), {3}, {1, 3, 5}));
  using rows_apart = Eigen::Map<row_major, 0, Eigen::OuterStride<>>;
  CHECK(is(calx::asarray(rows_apart(v.data(), 2, 2, Eigen::OuterStride<>(3))), {2, 2},
           {1, 2, 4, 5}));
  Eigen::VectorXd whole = Eigen::Map<Eigen::VectorXd>(v.data(), 6);
  Eigen::Ref<Eigen::VectorXd> part = whole.segment(2, 2);
  CHECK(calx::asarray(part).data() == whole.data() + 2);
  static_assert(std::is_same_v<leaf_traits<Eigen::Map<const Eigen::VectorXd>>::result,
                               Eigen::VectorXd>);
  static_assert(std::is_same_v<leaf_traits<Eigen::Ref<const Eigen::MatrixXd>>::result,
                               Eigen::MatrixXd>);
}
TEST_CASE("eigen: without elements") {
  Eigen::MatrixXd m(0, 3);
  CHECK(is(calx::asarray(m), {0, 3}, {}));
  Eigen::VectorXd v(0);
  CHECK(is(calx::asarray(v), {0}, {}));
}
TEST_CASE("eigen: results") {
  auto v = leaf_traits<Eigen::VectorXd>::make({3});
  CHECK(v.size() == 3);
  CHECK(leaf_traits<Eigen::VectorXd>::data(v) == v.data());
  auto r = leaf_traits<row_major>::make({2, 3});
  CHECK(r.rows() == 2);
  CHECK(leaf_traits<row_major>::data(r) == r.data());
  auto m = leaf_traits<Eigen::MatrixXd>::make({2, 3});
  CHECK(leaf_traits<Eigen::MatrixXd>::data(m) == nullptr);
  const double elements[] = {1, 2, 3, 4, 5, 6};
  leaf_traits<Eigen::MatrixXd>::assign(m, elements);
  CHECK(m(0, 2) == 3);
  CHECK(m(1, 0) == 4);
  auto fixed = leaf_traits<Eigen::Matrix2d>::make({2, 2});
  CHECK(fixed.size() == 4);
}
