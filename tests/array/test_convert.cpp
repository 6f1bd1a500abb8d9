// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Containers of others beside arrays: results become std::vector and Eigen's matrices, which
// operators and functions take, in traces and out of them.
#include <Eigen/Dense>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::dynamic_array;
using calx::tensor;
using support::is;
using support::thrown;

namespace {
constexpr auto cubes = [](auto x) { return calx::sum(x * x * x); };
constexpr auto squares = [](auto x) { return x * x; };
const Eigen::VectorXd x5 = (Eigen::VectorXd(5) << 1, 2, 3, 4, 5).finished();
const Eigen::MatrixXd m23 = (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished();
template <class M>
void made(const dynamic_array& d) {
  const M m = d;
  static_cast<void>(m);
}
/// True if matrix m has these elements in row-major order.
template <class M>
bool holds(const M& m, Eigen::Index rows, Eigen::Index cols, std::vector<double> want) {
  if (m.rows() != rows || m.cols() != cols) return false;
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < cols; ++j)
      if (static_cast<double>(m(i, j)) != want[static_cast<std::size_t>(i * cols + j)])
        return false;
  return true;
}
}  // namespace

TEST_CASE("arrays become Eigen's matrices") {
  const array<double, 2> a{{1, 2, 3}, {4, 5, 6}};
  Eigen::MatrixXd m = a;
  CHECK(holds(m, 2, 3, {1, 2, 3, 4, 5, 6}));
  m = a(calx::slice(), calx::slice(0, 2));
  CHECK(holds(m, 2, 2, {1, 2, 4, 5}));
  CHECK(holds(Eigen::MatrixXd(a), 2, 3, {1, 2, 3, 4, 5, 6}));
  CHECK(holds(Eigen::ArrayXXd(a + 1.0), 2, 3, {2, 3, 4, 5, 6, 7}));
  const Eigen::Matrix<double, 2, 3> fixed = a;
  CHECK(holds(fixed, 2, 3, {1, 2, 3, 4, 5, 6}));
  const Eigen::Matrix<double, 2, 3, Eigen::RowMajor> rows = a;
  CHECK(holds(rows, 2, 3, {1, 2, 3, 4, 5, 6}));
  const Eigen::Matrix<double, Eigen::Dynamic, 3> mixed = a * 2.0;
  CHECK(holds(mixed, 2, 3, {2, 4, 6, 8, 10, 12}));
  const Eigen::Matrix2d from_tensor = tensor<double, 2, 2>{{1, 2}, {3, 4}};
  CHECK(holds(from_tensor, 2, 2, {1, 2, 3, 4}));
  const Eigen::VectorXd v = a[1];
  CHECK(holds(v, 3, 1, {4, 5, 6}));
  const Eigen::RowVectorXd r = a[1] * 2.0;
  CHECK(holds(r, 1, 3, {8, 10, 12}));
  const Eigen::ArrayXi integers = array<int, 1>{1, 2};
  CHECK(holds(integers, 2, 1, {1, 2}));
  const Eigen::Matrix<long long, 2, 2> renamed = array<std::int64_t, 2>{{1, 2}, {3, 4}};
  CHECK(holds(renamed, 2, 2, {1, 2, 3, 4}));
  const Eigen::Matrix<bool, 2, 1> flags = a[0](calx::slice(0, 2)) > 1.0;
  CHECK((!flags(0) && flags(1)));
  const Eigen::MatrixXd empty = array<double, 2>(0, 3);
  CHECK(holds(empty, 0, 3, {}));
  CHECK(thrown<calx::shape_error>([&] { static_cast<void>(Eigen::Matrix2d(a)); }) ==
        "conversion: float64 of shape (2, 3) does not become float64 of shape (2, 2), where -1 is "
        "any: convert the elements with calx::array<T, N>(x), the shape with reshape");
}
TEST_CASE("arrays become vectors and std::array") {
  const array<double, 1> a{1, 2, 3};
  std::vector<double> v = a;
  CHECK(v == std::vector<double>{1, 2, 3});
  v = a + a;
  CHECK(v == std::vector<double>{2, 4, 6});
  CHECK(std::vector<double>(a) == std::vector<double>{1, 2, 3});
  const std::vector<bool> flags = a > 1.5;
  CHECK(flags == std::vector<bool>{false, true, true});
  const std::array<double, 3> fixed = a;
  CHECK(fixed[2] == 3);
  constexpr std::array<double, 2> known = tensor<double, 2>{4, 5};
  static_assert(known[1] == 5);
  CHECK(thrown<calx::shape_error>([&] { static_cast<void>(std::array<double, 2>(a)); }) ==
        "conversion: float64 of shape (3,) does not become float64 of shape (2,), where -1 is any: "
        "convert the elements with calx::array<T, N>(x), the shape with reshape");
}
TEST_CASE("dynamic arrays become containers") {
  const dynamic_array d = array<double, 2>{{1, 2, 3}, {4, 5, 6}};
  const Eigen::MatrixXd m = d;
  CHECK(holds(m, 2, 3, {1, 2, 3, 4, 5, 6}));
  const Eigen::Matrix<double, 2, 3> fixed = d;
  CHECK(holds(fixed, 2, 3, {1, 2, 3, 4, 5, 6}));
  const std::vector<double> v = d[1];
  CHECK(v == std::vector<double>{4, 5, 6});
  CHECK(thrown<calx::shape_error>([&] { made<Eigen::VectorXd>(d); }) ==
        "dynamic_array: float64 of shape (2, 3) does not become an array with extents (-1,), where "
        "-1 is any; use reshape");
  CHECK(thrown<calx::dtype_error>([&] { made<Eigen::MatrixXf>(d); }) ==
        "dynamic_array: float64 of shape (2, 3) does not become an array of float32; use astype "
        "to convert the elements");
  CHECK(thrown<calx::shape_error>([&] { made<Eigen::Matrix2d>(d); }) ==
        "conversion: float64 of shape (2, 3) does not become float64 of shape (2, 2), where -1 is "
        "any: convert the elements with calx::array<T, N>(x), the shape with reshape");
}
TEST_CASE("results of transforms become Eigen's matrices") {
  const Eigen::MatrixXd jacobian = calx::jacfwd(squares)(x5);
  CHECK(holds(jacobian, 5, 5, {2, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0,
                               0, 10}));
  const Eigen::VectorXd value = calx::jit(squares)(x5);
  CHECK(holds(value, 5, 1, {1, 4, 9, 16, 25}));
  const Eigen::Matrix2d hessian = calx::hessian(cubes)(tensor<double, 2>{1, 2});
  CHECK(holds(hessian, 2, 2, {6, 0, 0, 12}));
  const Eigen::MatrixXd batch = calx::vmap(squares)(m23);
  CHECK(holds(batch, 2, 3, {1, 4, 9, 16, 25, 36}));
  const double k = 2;  // traced at run time
  const auto captures = [&](auto x) { return k * x * x; };
  const Eigen::MatrixXd captured = calx::jacrev(captures)(x5.head(2));
  CHECK(holds(captured, 2, 2, {4, 0, 0, 8}));
  const auto as_eigen = calx::to_eigen(calx::jacfwd(squares)(x5));
  static_assert(std::is_same_v<decltype(as_eigen), const Eigen::MatrixXd>);
  CHECK(as_eigen == jacobian);
  static_assert(std::is_same_v<decltype(calx::to_eigen(tensor<float, 3>())), Eigen::Vector3f>);
  static_assert(
      std::is_same_v<decltype(calx::to_eigen(tensor<double, 2, 2>() + 1.0)), Eigen::Matrix2d>);
  CHECK(holds(calx::to_eigen(tensor<double, 1, 2>{{1, 2}}), 1, 2, {1, 2}));
}

TEST_CASE("parts and expressions of Eigen are arguments; gradients are plain") {
  auto head = calx::grad(cubes)(x5.head(3));
  static_assert(std::is_same_v<decltype(head), Eigen::VectorXd>);
  CHECK(holds(head, 3, 1, {3, 12, 27}));
  auto scaled = calx::grad(cubes)(2 * x5);
  static_assert(std::is_same_v<decltype(scaled), Eigen::VectorXd>);
  CHECK(holds(scaled, 5, 1, {12, 48, 108, 192, 300}));
  auto fixed = calx::grad(cubes)(x5.segment<2>(1));
  static_assert(std::is_same_v<decltype(fixed), Eigen::Vector2d>);
  CHECK(holds(fixed, 2, 1, {12, 27}));
  CHECK(holds(calx::grad(cubes)(m23.transpose()), 3, 2, {3, 48, 12, 75, 27, 108}));
  CHECK(holds(calx::grad(cubes)(m23.row(1)), 1, 3, {48, 75, 108}));
  CHECK(holds(calx::grad(cubes)(m23.col(1)), 2, 1, {12, 75}));
  CHECK(holds(calx::grad(cubes)(m23.block(0, 1, 2, 2)), 2, 2, {12, 27, 75, 108}));
  auto elementwise = calx::grad(cubes)(m23.array() + 1);
  static_assert(std::is_same_v<decltype(elementwise), Eigen::ArrayXXd>);
  CHECK(holds(elementwise, 2, 3, {12, 27, 48, 75, 108, 147}));
  CHECK(holds(calx::grad(cubes)(m23 * m23.transpose()), 2, 2,
              {3.0 * 14 * 14, 3.0 * 32 * 32, 3.0 * 32 * 32, 3.0 * 77 * 77}));
  CHECK(holds(calx::grad(cubes)(m23.diagonal()), 2, 1, {3, 75}));
  CHECK(holds(calx::grad(cubes)(x5.reverse()), 5, 1, {75, 48, 27, 12, 3}));
  CHECK(holds(calx::grad(cubes)(m23.colwise().sum()), 1, 3, {75, 147, 243}));
  CHECK(holds(calx::grad(cubes)(Eigen::VectorXd::Constant(2, 2.0)), 2, 1, {12, 12}));
}
TEST_CASE("maps and references of Eigen are arguments") {
  const Eigen::Ref<const Eigen::MatrixXd> reference = m23;
  CHECK(holds(calx::grad(cubes)(reference), 2, 3, {3, 12, 27, 48, 75, 108}));
  const Eigen::Ref<const Eigen::MatrixXd> block = m23.rightCols(2);
  CHECK(holds(calx::grad(cubes)(block), 2, 2, {12, 27, 75, 108}));
  const Eigen::Map<const Eigen::VectorXd> map(x5.data(), 3);
  CHECK(holds(calx::grad(cubes)(map), 3, 1, {3, 12, 27}));
  using every_second = Eigen::Map<const Eigen::VectorXd, 0, Eigen::InnerStride<2>>;
  auto strided = calx::grad(cubes)(every_second(x5.data(), 3));
  static_assert(std::is_same_v<decltype(strided), Eigen::VectorXd>);
  CHECK(holds(strided, 3, 1, {3, 27, 75}));
}
TEST_CASE("expressions of Eigen in every transform") {
  CHECK(holds(Eigen::MatrixXd(calx::jacfwd(squares)(x5.head(2))), 2, 2, {2, 0, 0, 4}));
  const auto [y, pullback] = calx::vjp(squares, x5.head(2));
  CHECK(is(y, {2}, {1, 4}));
  const auto [ct] = pullback(x5.tail(2));
  CHECK(holds(ct, 2, 1, {8, 20}));
  const auto [value, tangent] =
      calx::jvp(squares, std::tuple{x5.head(2)}, std::tuple{2 * x5.head(2)});
  CHECK(is(value, {2}, {1, 4}));
  CHECK(is(tangent, {2}, {4, 16}));
  const double k = 2;  // traced at run time
  const auto captures = [&](auto x) { return k * calx::sum(x * x); };
  CHECK(holds(calx::grad(captures)(m23.row(0)), 1, 3, {4, 8, 12}));
  CHECK(holds(std::get<1>(calx::value_and_grad(captures)(2 * x5)), 5, 1, {8, 16, 24, 32, 40}));
  CHECK(holds(Eigen::MatrixXd(calx::vmap(calx::grad(cubes))(m23.transpose())), 3, 2,
              {3, 48, 12, 75, 27, 108}));
  const auto rows = [](auto A, auto x) { return calx::dot(A, x); };
  const Eigen::VectorXd product = calx::jit(rows)(m23.leftCols(2), x5.head(2));
  CHECK(holds(product, 2, 1, {5, 14}));
}
TEST_CASE("parts of Eigen's matrices are destinations of into") {
  Eigen::VectorXd v = x5;
  auto head = v.head(2);
  calx::grad(cubes).into(head)(x5.tail(2));
  CHECK(holds(v, 5, 1, {48, 75, 3, 4, 5}));
  Eigen::MatrixXd m = m23;
  auto row = m.row(0);
  calx::grad(cubes).into(row)(m23.row(1));
  CHECK(holds(m, 2, 3, {48, 75, 108, 4, 5, 6}));
  auto transposed = m.transpose();
  calx::jit(squares).into(transposed)(array<double, 2>{{1, 2}, {3, 4}, {5, 6}});
  CHECK(holds(m, 2, 3, {1, 9, 25, 4, 16, 36}));
  Eigen::Map<Eigen::VectorXd> map(v.data(), 3);
  const double k = 3;  // traced at run time
  calx::jit([&](auto x) { return k * x; }).into(map)(x5.head(3));
  CHECK(holds(v, 5, 1, {3, 6, 9, 4, 5}));
}
TEST_CASE("partial binds maps and values of expressions") {
  const auto weighted = [](auto x, auto w) { return calx::sum(x * w); };
  const Eigen::Map<const Eigen::VectorXd> map(x5.data(), 5);
  CHECK(holds(calx::grad(calx::partial(weighted, map))(x5), 5, 1, {1, 2, 3, 4, 5}));
  const auto bound = [&] {
    const Eigen::VectorXd local = x5;
    return calx::partial(weighted, 2 * local);  // evaluated, as local ends here
  }();
  CHECK(holds(calx::grad(bound)(x5), 5, 1, {2, 4, 6, 8, 10}));
  const auto both = calx::partial(
      [](auto x, auto a, auto b) { return calx::sum(x * a) + calx::sum(x * b); }, map, x5.eval());
  CHECK(holds(calx::grad(both)(x5), 5, 1, {2, 4, 6, 8, 10}));
}

TEST_CASE("containers beside arrays") {
  const array<double, 1> x{1, 2, 3};
  const std::vector<double> v{10, 20, 30};
  CHECK(is(array<double, 1>(x * v), {3}, {10, 40, 90}));
  CHECK(is(array<double, 1>(v - x), {3}, {9, 18, 27}));
  CHECK(is(array<double, 1>(x + std::array<double, 3>{1, 1, 1}), {3}, {2, 3, 4}));
  CHECK(is(array<double, 1>(std::span<const double>(v) / x), {3}, {10, 10, 10}));
  CHECK(is(array<double, 1>(x5.head(3) * x), {3}, {1, 4, 9}));
  CHECK(is(array<double, 2>(m23.array() * x), {2, 3}, {1, 4, 9, 4, 10, 18}));
  CHECK(is(array<double, 2>(m23 + x), {2, 3}, {2, 4, 6, 5, 7, 9}));
  CHECK(is(array<bool, 1>(v > 10.0 * x), {3}, {false, false, false}));
  CHECK(is(array<bool, 1>(std::vector<bool>{true, false, true} == (x > 1.5)), {3},
           {false, false, true}));
  CHECK(is(array<double, 1>(calx::where(std::vector<bool>{true, false, true}, x, v)), {3},
           {1, 20, 3}));
  CHECK(is(array<double, 1>(calx::maximum(v, 25.0)), {3}, {25, 25, 30}));
  CHECK(is(array<double, 1>(calx::square(v)), {3}, {100, 400, 900}));
  CHECK(is(x.at(calx::slice(0, 2)).set(std::vector<double>{8, 9}), {3}, {8, 9, 3}));
  const dynamic_array d = x;
  const array<double, 1> product = d * v;
  CHECK(is(product, {3}, {10, 40, 90}));
  const array<float, 1> single{1, 2, 3};
  static_assert(decltype(single * v)::dtype() == calx::dtype::f64);
  static_assert(decltype(single * std::vector<float>())::dtype() == calx::dtype::f32);
  CHECK(thrown<calx::shape_error>([&] {
          (void)array<double, 1>(x * std::vector<double>{1, 2});
        }) == "mul: shapes (3,) and (2,) do not broadcast; axes must be equal, or 1 where the "
              "type says so");
}
TEST_CASE("containers that a function captures are constants of its program") {
  const array<double, 1> x{1, 2, 3};
  const std::vector<double> v{10, 20, 30};
  const std::array<double, 3> a{1, 2, 3};
  const Eigen::VectorXd e = x5.head(3);
  const Eigen::MatrixXd A = m23;
  const auto by_vector = [&](auto u) { return calx::sum(v * u + u * a - e / u); };
  CHECK(is(calx::grad(by_vector)(x), {3}, {12, 22 + 2.0 / 4, 33 + 3.0 / 9}));
  const auto products = [&](auto u) {
    return calx::sum(calx::dot(A, u)) + calx::dot(v, u) + calx::vdot(u, e.head(3));
  };
  CHECK(is(calx::grad(products)(x), {3}, {5 + 10 + 1, 7 + 20 + 2, 9 + 30 + 3}));
  const auto chosen = [&](auto u) {
    return calx::sum(calx::where(std::vector<bool>{true, false, true}, u * u, u));
  };
  CHECK(is(calx::grad(chosen)(x), {3}, {2, 1, 6}));
  const auto parts = [&](auto u) {
    return calx::sum(A.array() * u) + calx::sum(A.col(0) * 2.0 * calx::sum(u));
  };
  CHECK(is(calx::grad(parts)(x), {3}, {5 + 10, 7 + 10, 9 + 10}));
  const auto batch = calx::vmap([&](auto u) { return calx::sum(u * v); });
  CHECK(is(array<double, 1>(batch(array<double, 2>{{1, 2, 3}, {0, 0, 1}})), {2}, {140, 30}));
  const auto forward = [&](auto u) { return v * u; };
  const Eigen::MatrixXd J = calx::jacfwd(forward)(x);
  CHECK(holds(J, 3, 3, {10, 0, 0, 0, 20, 0, 0, 0, 30}));
}
TEST_CASE("a kept program owns the containers that it met") {
  auto kept = [] {
    std::vector<double> local{1, 2, 3};
    auto g = calx::jit([&](auto u) { return local * u; });
    (void)g(array<double, 1>{1, 1, 1});
    return g;
  }();
  CHECK(is(array<double, 1>(kept(array<double, 1>{2, 2, 2})), {3}, {2, 4, 6}));
}
TEST_CASE("what is kept copies the views that it met") {
  const array<double, 1> ones{1, 1, 1};
  auto kept = [&] {
    std::vector<double> local{1, 2, 3};
    auto g = calx::jit([&](auto u) { return calx::asarray(local) * u; });
    (void)g(ones);
    local[0] = 100;
    return g;
  }();
  CHECK(is(array<double, 1>(kept(ones)), {3}, {1, 2, 3}));
  const auto pullback = [&] {
    std::vector<double> local{1, 2, 3};
    const auto split = calx::vjp([&](auto u) { return calx::asarray(local) * u; }, ones);
    local[0] = 100;
    return std::get<1>(split);
  }();
  CHECK(is(std::get<0>(pullback(ones)), {3}, {1, 2, 3}));
}
TEST_CASE("a dynamic array where a number is wanted") {
  const dynamic_array x(2.25);
  const double number = x;
  CHECK(number == 2.25);
  CHECK(std::min<double>(3.0, x) == 2.25);
  CHECK(std::sqrt(static_cast<double>(x)) == 1.5);
  using std::abs, std::min, std::sqrt;
  CHECK(static_cast<double>(sqrt(x)) == 1.5);
  CHECK(static_cast<double>(abs(-x)) == 2.25);
  CHECK(static_cast<double>(min(3.0, x)) == 2.25);
  double sum = 0;
  for (const double e : dynamic_array(array<double, 1>{1, 2, 3})) sum += e;
  sum += x;
  CHECK(sum == 8.25);
  if (x < 3.0) sum = 0;
  CHECK(sum == 0);
}
TEST_CASE("vectors of bool are arguments and results") {
  const auto choose = [](auto m, auto x) { return calx::where(m, x, 0.0); };
  const std::vector<bool> mask{true, false, true};
  CHECK(is(calx::jit(choose)(mask, array<double, 1>{1, 2, 3}), {3}, {1, 0, 3}));
  CHECK(is(array<double, 2>(calx::jacfwd<1>(choose)(mask, array<double, 1>{1, 2, 3})), {3, 3},
           {1, 0, 0, 0, 0, 0, 0, 0, 1}));
  std::vector<bool> out(3);
  calx::jit([](auto x) { return x > 1.5; }).into(out)(array<double, 1>{1, 2, 3});
  CHECK(out == std::vector<bool>{false, true, true});
  const double k = 2;  // traced at run time
  CHECK(is(array<double, 1>(calx::jit([&](auto m, auto x) {
             return calx::where(m, k * x, x);
           })(mask, array<double, 1>{1, 2, 3})),
           {3}, {2, 2, 6}));
}
TEST_CASE("a std::array that the compiler knows is part of the program that it traces") {
  const auto f = calx::require_static(calx::grad([](auto x) {
    constexpr std::array<double, 2> c{2, 3};
    return calx::sum(c * x * x) + calx::dot(x, std::array<double, 2>{1, 1});
  }));
  constexpr auto g = f(tensor<double, 2>{1, 2});
  static_assert(g(0) == 5 && g(1) == 13);
  CHECK(is(f(array<double, 1>{1, 2}), {2}, {5, 13}));
}
