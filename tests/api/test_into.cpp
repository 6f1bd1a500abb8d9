// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results written into the caller's memory, what is checked before, and how often memory is taken.
#include <calx/calx.hpp>
#include <Eigen/Core>
#include <cstdlib>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::tensor;
using support::thrown;

namespace {
std::size_t allocations = 0;
void* taken(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  if (void* p = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) return p;
  throw std::bad_alloc();
}
}  // namespace
// Not inlined, so that g++ sees new and delete as the pair that they are.
[[gnu::noinline]] void* operator new(std::size_t n) { return taken(n, alignof(std::max_align_t)); }
[[gnu::noinline]] void* operator new(std::size_t n, std::align_val_t a) {
  return taken(n, static_cast<std::size_t>(a));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}

namespace {
/// How often f takes memory.
template <class F>
std::size_t count(const F& f) {
  const std::size_t before = allocations;
  f();
  return allocations - before;
}
constexpr auto total = [](auto x) { return calx::sum(calx::sin(x) * x); };
constexpr auto cubes = [](auto x) { return x * x * x; };
constexpr auto quadratic = [](auto x, auto A) { return calx::vdot(x, calx::dot(A, x)); };
}  // namespace

TEST_CASE("into: numbers, tensors, arrays, vectors, Eigen and tuples") {
  double d = 0;
  calx::grad(cubes).into(d)(2.0);
  CHECK(d == 12);
  tensor<double, 2> t{0, 0};
  calx::grad([](auto x) { return calx::sum(cubes(x)); }).into(t)(tensor<double, 2>{1, 2});
  CHECK(calx::equal(t, tensor<double, 2>{3, 12}));

  const array<double, 1> x{1, 2, -1};
  std::vector<double> v(3);
  auto f = calx::vmap(calx::grad(cubes));
  f.into(v)(x);
  CHECK(v == std::vector<double>{3, 12, 3});
  Eigen::VectorXd e(3);
  f.into(e)(x);
  CHECK((e(0) == 3 && e(1) == 12 && e(2) == 3));
  Eigen::MatrixXd J(3, 3);  // column-major
  calx::jacfwd([](auto a) { return a * a(0); }).into(J)(x);
  CHECK((J(0, 0) == 2 && J(1, 0) == 2 && J(1, 1) == 1 && J(0, 1) == 0 && J(2, 0) == -1));
  Eigen::Matrix<double, 3, 3, Eigen::RowMajor> R;
  calx::jacrev([](auto a) { return a * a(0); }).into(R)(x);
  CHECK(R == J);

  std::tuple<double, tensor<double, 2>> both{};
  auto squares = [](auto a) { return calx::sum(a * a); };
  calx::value_and_grad(squares).into(both)(tensor<double, 2>{1, 3});
  CHECK(std::get<0>(both) == 10);
  CHECK(calx::equal(std::get<1>(both), tensor<double, 2>{2, 6}));
  array<double, 1> y(calx::dims{3});
  calx::hvp([](auto a) { return calx::sum(cubes(a)); }).into(y)(x, x);
  CHECK(calx::equal(y, array<double, 1>{6, 24, 6}));
  std::vector<float> w(2);
  calx::jit([](auto a) { return 2 * a; }).into(w)(tensor<float, 2>{1, 2});
  CHECK(w == std::vector<float>{2, 4});
}

TEST_CASE("into: by the run-time trace") {
  const array<double, 1> x{1, 2, -1};
  const double k = 2;
  auto f = [&](auto a) { return k * calx::sum(cubes(a)); };
  std::vector<double> v(3);
  calx::grad(f).into(v)(x);
  CHECK(v == std::vector<double>{6, 24, 6});
  Eigen::Matrix<double, 3, 3> H;
  calx::hessian(f).into(H)(x);
  CHECK((H(0, 0) == 12 && H(1, 1) == 24 && H(2, 2) == -12 && H(0, 1) == 0));
  double d = 0;
  calx::jit(f).into(d)(x);
  CHECK(d == 16);
}

TEST_CASE("into: arrays that share their elements get elements of their own") {
  const array<double, 1> x{1, 2, 3};
  const auto twice = calx::jit([](auto a) { return a * 2.0; });
  array<double, 1> out{0, 0, 0}, whole{1, 2, 3, 4};
  const array<double, 1> other = out;
  auto part = whole(calx::slice(0, 3));
  twice.into(out)(x);
  twice.into(part)(x);
  CHECK((out(2) == 6 && other(2) == 0 && part(2) == 6 && whole(2) == 3));
  const double* before = out.data();
  twice.into(out)(x);
  CHECK(out.data() == before);
  const double k = 2;
  calx::dynamic_array d(array<double, 1>{0, 0, 0});
  const calx::dynamic_array kept = d;
  calx::jit([&](auto a) { return a * k; }).into(d)(x);
  CHECK((d(2) == 6 && kept(2) == 0));
  double memory[3] = {};
  std::span<double> span(memory);
  twice.into(span)(x);
  CHECK(memory[2] == 6);
  auto view = calx::view(memory, 3);
  CHECK(thrown<calx::error>([&] { twice.into(view)(array<double, 1>{0, 0, 0}); }) ==
        "into: the destination is a view, which only reads its memory; give a std::span or a "
        "std::vector of it");
  CHECK(memory[2] == 6);
  // The array before the view keeps what it shares, too.
  auto first = std::make_tuple(out, view);
  const array<double, 1> shared = out;
  auto both = calx::jit([](auto a) { return std::make_tuple(a * 3.0, a); });
  CHECK(thrown<calx::error>([&] { both.into(first)(x); }).starts_with("into: the destination is"));
  CHECK(std::get<0>(first).data() == shared.data());
}

TEST_CASE("into: errors are thrown before anything is written") {
  const array<double, 1> x{1, 2, 3};
  const double one = 1;
  auto captured = [&](auto a) { return one * total(a); };
  auto check = [&](const auto& f) {
    std::vector<double> v{7, 7};
    CHECK(thrown<calx::shape_error>([&] { f.into(v)(x); }) ==
          "into: the result has shape (3,), but the destination has shape (2,); they must be "
          "equal");
    CHECK(v == std::vector<double>{7, 7});
  };
  check(calx::grad(total));
  check(calx::grad(captured));
  // Which the compiler says itself, where it can.
  std::vector<float> w{7, 7, 7};
  CHECK(thrown<calx::dtype_error>([&] { calx::grad(captured).into(w)(x); }) ==
        "into: the result has dtype float64, but the destination has float32; they must be equal");
  CHECK(w == std::vector<float>{7, 7, 7});
  std::vector<double> one_leaf{7, 7, 7};
  CHECK(thrown<calx::shape_error>([&] { calx::value_and_grad(captured).into(one_leaf)(x); }) ==
        "into: the result has 2 leaves, but the destination has 1; give one for each");
  // The second leaf does not fit: the first one is not written either.
  std::tuple<double, std::vector<double>> both{7, {7, 7}};
  CHECK(thrown<calx::shape_error>([&] { calx::value_and_grad(total).into(both)(x); }) ==
        "into: the result has shape (3,), but the destination has shape (2,); they must be equal");
  CHECK((std::get<0>(both) == 7 && std::get<1>(both)[0] == 7));
  CHECK(thrown<calx::shape_error>([&] { calx::value_and_grad(captured).into(both)(x); }) ==
        "into: the result has shape (3,), but the destination has shape (2,); they must be equal");
  CHECK((std::get<0>(both) == 7 && std::get<1>(both)[0] == 7));
  // As are errors of the call itself.
  auto product = calx::jit([](auto a, auto b) { return a * b; });
  std::vector<double> v{7, 7, 7};
  CHECK(thrown<calx::shape_error>([&] { product.into(v)(x, array<double, 1>{1, 2}); }) ==
        "mul: shapes (3,) and (2,) do not broadcast; axes must be equal, or 1 where the type says "
        "so");
  CHECK(v == std::vector<double>{7, 7, 7});
}

TEST_CASE("programs with known extents take no memory") {
  const tensor<double, 3> x{1, 2, 3}, v{1, 0, 1};
  const tensor<double, 3, 3> A{{2, 1, 0}, {1, 3, 0}, {0, 0, 1}};
  const tensor<double, 200> large{};
  double sum = 0;
  CHECK(count([&] { sum += calx::grad(total)(x)(0); }) == 0);
  CHECK(count([&] { sum += calx::grad(total)(large)(0); }) == 0);
  CHECK(count([&] { sum += calx::hessian(total)(x)(0, 0); }) == 0);
  CHECK(count([&] { sum += std::get<1>(calx::jvp(total, std::tuple{x}, std::tuple{v})); }) == 0);
  CHECK(count([&] {
          auto [y, pullback] = calx::vjp(total, x);
          sum += y + std::get<0>(pullback(1.0))(0) + std::get<0>(pullback(2.0))(1);
        }) == 0);
  CHECK(count([&] {
          auto [y, pushforward] = calx::linearize(total, x);
          sum += y + pushforward(v);
        }) == 0);
  auto rows = calx::vmap(calx::grad(quadratic), calx::in_axes<0, calx::none>);
  CHECK(count([&] { sum += rows(A, A)(0, 0); }) == 0);
  CHECK(count([&] { sum += calx::grad(calx::partial(quadratic, A))(x)(0); }) == 0);
  CHECK(count([&] { sum += (2.0 * x + v).eval()(0); }) == 0);
  CHECK(std::isfinite(sum));
}

TEST_CASE("programs with extents known at run time take memory for results and one block") {
  const array<double, 1> x(calx::linspace(-1.0, 1.0, 100)), v = x;
  const array<double, 2> A = calx::eye<double>(100);
  double sum = 0;
  // A result, whose elements take one block; temporaries take one more.
  CHECK(count([&] { sum += total(x); }) == 0);
  CHECK(count([&] { sum += calx::grad(total)(x)(0); }) == 1);
  CHECK(count([&] { sum += calx::grad(quadratic)(x, A)(0); }) <= 2);
  CHECK(count([&] { sum += calx::hvp(total)(x, v)(0); }) <= 2);
  CHECK(count([&] { sum += calx::vmap(calx::grad(cubes))(x)(0); }) == 1);
  CHECK(count([&] { sum += std::get<1>(calx::jvp(total, std::tuple{x}, std::tuple{v})); }) == 0);
  std::vector<double> out(100);
  CHECK(count([&] { calx::grad(total).into(out)(x); }) == 0);
  CHECK(count([&] { calx::grad(quadratic).into(out)(x, A); }) <= 1);
  CHECK(std::isfinite(sum));
}
