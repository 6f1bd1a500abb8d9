// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types of results: leaf by leaf, of constants, of functions that capture.
#include <calx/calx.hpp>
#include <Eigen/Core>
#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::tensor;

namespace {
template <class P, class Q>
struct two {
  P u;
  Q v;
};
template <class T>
struct point {
  T x, y;
};
template <class T>
struct mixed {
  T a;
  std::array<T, 2> b;
  std::pair<T, point<T>> c;
};
template <class P, class Q, class R>
struct swapped {
  R r;
  std::tuple<Q, P> qp;
};
template <class Want, class T>
constexpr bool is(const T&) {
  return std::is_same_v<Want, T>;
}
constexpr auto loss = [](auto p) { return calx::sum(p.u * p.u) * p.v; };
constexpr auto powers = [](auto x) {
  using T = decltype(x);
  return std::array<T, 3>{T(0), x, x * x};
};
constexpr auto multiples = [](auto x) {
  std::vector<decltype(x)> v;
  for (int i = 1; i < 4; ++i) v.push_back(x * static_cast<double>(i));
  v.push_back(0);
  return v;
};
}  // namespace

TEST_CASE("members of a class template have types of their own in results") {
  const array<double, 1> x{1, 7, 3};
  auto r = calx::jit([](auto a) {
    using T = decltype(a);
    return two<T, T>{calx::sum(a), a};
  })(x);
  STATIC_REQUIRE(is<two<double, array<double, 1>>>(decltype(r)()));
  CHECK((r.u == 11 && calx::equal(r.v, x)));
  auto s = calx::jit([](auto a) {
    using T = decltype(a);
    return two<T, T>{a < 2.0, a};
  })(1.5);
  STATIC_REQUIRE(is<two<bool, double>>(decltype(s)()));
  CHECK((s.u && s.v == 1.5));
  auto same = calx::jit([](auto a) { return a; })(two<int, double>{3, 4.5});
  STATIC_REQUIRE(is<two<int, double>>(decltype(same)()));
  CHECK((same.u == 3 && same.v == 4.5));
  auto t = calx::jit([](auto a) {
    using T = decltype(a);
    return swapped<T, two<T, T>, std::array<T, 2>>{{a(0), a(1)}, {{a > 2.0, calx::sum(a)}, a}};
  })(tensor<float, 2>{2, 3});
  STATIC_REQUIRE(is<swapped<tensor<float, 2>, two<tensor<bool, 2>, float>, std::array<float, 2>>>(
      decltype(t)()));
  CHECK((t.r[1] == 3 && std::get<0>(t.qp).v == 5 && std::get<0>(t.qp).u(1)));
}

TEST_CASE("derivatives by a struct of an array and a number") {
  const two<array<double, 1>, double> p{{1, 2}, 3};
  auto check = [&](const auto& h) {
    CHECK(calx::equal(array<double, 2>(h.u.u), array<double, 2>{{6, 0}, {0, 6}}));
    CHECK(calx::equal(array<double, 1>(h.u.v), array<double, 1>{2, 4}));
    CHECK(calx::equal(array<double, 1>(h.v.u), array<double, 1>{2, 4}));
    CHECK(static_cast<double>(h.v.v) == 0);
  };
  auto h = calx::hessian(loss)(p);
  STATIC_REQUIRE(is<two<two<array<double, 2>, array<double, 1>>, two<array<double, 1>, double>>>(
      decltype(h)()));
  check(h);
  const double one = 1;
  check(calx::hessian([one](auto a) { return one * loss(a); })(p));
  auto J = calx::jacfwd(loss)(p);
  CHECK((calx::equal(J.u, array<double, 1>{6, 12}) && J.v == 5));
  auto G = calx::vmap(calx::grad(loss))(two<array<double, 2>, array<double, 1>>{{{1, 2}}, {3}});
  CHECK((calx::equal(G.u, array<double, 2>{{6, 12}}) && calx::equal(G.v, array<double, 1>{5})));
}

TEST_CASE("numbers among results have the type of what is beside them") {
  auto y = calx::jit(powers)(2.5);
  STATIC_REQUIRE(is<std::array<double, 3>>(decltype(y)()));
  CHECK(y == std::array<double, 3>{0, 2.5, 6.25});
  CHECK(calx::jacfwd(powers)(2.5) == std::array<double, 3>{0, 1, 5});
  CHECK(calx::jacrev(powers)(2.5) == std::array<double, 3>{0, 1, 5});
  CHECK(calx::jit(powers)(2.5f) == std::array<float, 3>{0, 2.5f, 6.25f});
  auto m = calx::jit([](auto x) {
    using T = decltype(x);
    return mixed<T>{x, {T(true), T(3)}, {x, {T(4.5), x}}};
  })(2.5f);
  STATIC_REQUIRE(is<mixed<float>>(decltype(m)()));
  CHECK((m.a == 2.5f && m.b[0] == 1 && m.b[1] == 3 && m.c.second.x == 4.5f));
  auto numbers = calx::jit([](auto x) {
    using T = decltype(x);
    return std::tuple{std::array<T, 2>{T(1), T(2.5)}, T(1), x};
  })(2.5f);
  STATIC_REQUIRE(
      is<std::tuple<std::array<double, 2>, std::int64_t, float>>(decltype(numbers)()));
  const double two_ = 2;
  auto captured = calx::jit([two_](auto x) { return powers(two_ * x); })(1.25f);
  CHECK((captured[0].dtype() == calx::dtype::f32 && static_cast<float>(captured[2]) == 6.25f));
  auto d = calx::jacfwd([two_](auto x) { return powers(two_ * x); })(1.25);
  CHECK((static_cast<double>(d[0]) == 0 && static_cast<double>(d[2]) == 10));
}

TEST_CASE("elements of an array that differ in known extents have dynamic extents") {
  auto parts = calx::jit([](auto x) {
    return std::array{x(calx::slice(0, 2)), x(calx::slice(0, 3))};
  })(tensor<double, 3>{1, 2, 3});
  STATIC_REQUIRE(is<std::array<array<double, 1>, 2>>(decltype(parts)()));
  CHECK((parts[0].size() == 2 && parts[1](2) == 3));
}

TEST_CASE("functions without captures that return std::vector") {
  auto J = calx::jacfwd(multiples)(2.0);
  REQUIRE(J.size() == 4);
  CHECK((static_cast<double>(J[2]) == 3 && static_cast<double>(J[3]) == 0));
  CHECK(static_cast<double>(calx::jit(multiples)(2.0)[1]) == 4);
  const array<double, 1> rows = calx::vmap(multiples)(array<double, 1>{1, 2})[2];
  CHECK(calx::equal(rows, array<double, 1>{3, 6}));
  auto [y, pullback] = calx::vjp(multiples, 2.0);
  CHECK((y.size() == 4 && static_cast<double>(y[1]) == 4));
}

namespace {
template <class T>
void check_integers() {
  const tensor<T, 4> x{1, 2, 1, 2};
  auto squares = [](auto v) { return calx::sum(v * v); };
  CHECK(calx::jit(squares)(x) == 10);
  const array<T, 1> y{1, 2, 3};
  CHECK(calx::jit(squares)(y) == 14);
  CHECK(calx::jit(squares)(std::vector<T>{2, 3}) == 13);
  T memory[] = {4, 5};
  CHECK(calx::jit(squares)(std::span<T>(memory)) == 41);
  CHECK(calx::jit([](auto a) { return a + 1; })(T(4)) == 5);
  const T k = 3;
  CHECK(static_cast<T>(calx::jit([k](auto v) { return calx::sum(v) * k; })(y)) == 18);
  CHECK(static_cast<T>(calx::jit([&](auto v) { return calx::sum(v * y); })(y)) == 14);
  CHECK(static_cast<T>(calx::jit([&](auto v) { return calx::sum(v * x); })(x)) == 10);
}
template <class T>
void check_destinations() {
  const T k = 3;
  const tensor<T, 4> x{1, 2, 1, 2};
  const array<T, 1> y{1, 2, 3};
  auto twice = [](auto v) { return v + v; };
  T memory[] = {4, 5};
  tensor<T, 4> t{};
  calx::jit(twice).into(t)(x);
  CHECK((t(0) == 2 && t(3) == 4));
  std::vector<T> v(3);
  calx::jit(twice).into(v)(y);
  CHECK(v == std::vector<T>{2, 4, 6});
  calx::jit([k](auto a) { return a * k; }).into(v)(y);
  CHECK(v == std::vector<T>{3, 6, 9});
  std::span<T> s(memory);
  calx::jit(twice).into(s)(std::vector<T>{7, 8});
  CHECK((memory[0] == 14 && memory[1] == 16));
  T number = 0;
  calx::jit([](auto a) { return calx::max(a); }).into(number)(y);
  CHECK(number == 3);
  const auto a = calx::asarray(v);
  CHECK((calx::sum(a) == 18 && a(2) == 9));
  const calx::dynamic_array d = y;
  const array<T, 1> back = d + d;
  CHECK((back(2) == 6 && d.item<T>(1) == 2));
  Eigen::Matrix<T, 2, 2> m;
  m << T(1), T(2), T(3), T(4);
  Eigen::Matrix<T, 2, 2> n;
  calx::jit([](auto b) { return b.T(); }).into(n)(m);
  CHECK((n(0, 1) == 3 && n(1, 0) == 2));
  CHECK(static_cast<T>(calx::jit([k](auto b) { return k * b(0, 1); })(m)) == 6);
}
}  // namespace

TEST_CASE("integers of one width by any name") {
  check_integers<long>();
  check_integers<long long>();
  check_integers<unsigned long>();
  check_integers<unsigned long long>();
  check_destinations<long long>();
  check_destinations<unsigned long long>();
  check_destinations<std::int64_t>();
  constexpr long long in_constants =
      calx::jit([](auto v) { return calx::sum(v * v); })(tensor<long long, 2>{1, 2});
  STATIC_REQUIRE(in_constants == 5);
}

namespace {
constexpr auto transposed = [](auto a) { return a.T() * 2.0; };
constexpr auto reversed = [](auto a) { return a(calx::slice(calx::none, calx::none, -1)); };
}  // namespace

TEST_CASE("into: a destination that is an argument, or a part of one") {
  const double two_ = 2;
  auto captured = [two_](auto a) { return a.T() * two_; };
  auto check = [](const auto& f) {
    tensor<double, 2, 2> t{{1, 2}, {3, 4}};
    f.into(t)(t);
    CHECK(calx::equal(t, tensor<double, 2, 2>{{2, 6}, {4, 8}}));
    array<double, 2> a{{1, 2}, {3, 4}};
    f.into(a)(a);
    CHECK(calx::equal(a, array<double, 2>{{2, 6}, {4, 8}}));
    const array<double, 2> shared = a;
    f.into(a)(a);
    CHECK(calx::equal(a, array<double, 2>{{4, 8}, {12, 16}}));
    CHECK(calx::equal(shared, array<double, 2>{{2, 6}, {4, 8}}));
    Eigen::Matrix<double, 2, 2, Eigen::RowMajor> r;
    r << 1, 2, 3, 4;
    f.into(r)(r);
    CHECK((r(0, 1) == 6 && r(1, 0) == 4));
    f.into(r)(Eigen::Map<const Eigen::Matrix<double, 2, 2, Eigen::RowMajor>>(r.data()));
    CHECK((r(0, 1) == 8 && r(1, 0) == 12));
    Eigen::MatrixXd c(2, 2);
    c << 1, 2, 3, 4;
    f.into(c)(c);
    CHECK((c(0, 1) == 6 && c(1, 0) == 4));
  };
  check(calx::jit(transposed));
  check(calx::jit(captured));
}

TEST_CASE("into: a destination that overlaps an argument or captured data") {
  const double two_ = 2;
  std::vector<double> memory{1, 2, 3, 4, 5};
  const std::span<const double> first(memory.data(), 4);
  std::span<double> last(memory.data() + 1, 4);
  calx::jit(reversed).into(last)(first);
  CHECK(memory == std::vector<double>{1, 4, 3, 2, 1});
  memory = {1, 2, 3, 4, 5};
  calx::jit([&](auto a) { return reversed(a) * two_; }).into(last)(first);
  CHECK(memory == std::vector<double>{1, 8, 6, 4, 2});
  // Data that is bound, and a view that is captured.
  memory = {1, 2, 3, 4, 5};
  const auto weighted = [](auto x, auto w) { return reversed(w) * x; };
  calx::jit(calx::partial(weighted, first)).into(last)(3.0);
  CHECK(memory == std::vector<double>{1, 12, 9, 6, 3});
  memory = {1, 2, 3, 4, 5};
  const auto view = calx::asarray(first);
  calx::jit([&](auto x) { return reversed(x * view); }).into(last)(3.0);
  CHECK(memory == std::vector<double>{1, 12, 9, 6, 3});
  // Two results that read one argument, one of which it is.
  std::tuple<array<double, 1>, double> both{{1, 2, 3}, 0};
  calx::jit([](auto a) {
    return std::tuple{reversed(a), calx::sum(a * a)};
  }).into(both)(std::get<0>(both));
  CHECK((std::get<0>(both)(0) == 3 && std::get<1>(both) == 14));
}

TEST_CASE("vjp and linearize of one Eigen argument") {
  const Eigen::VectorXd x = Eigen::Vector3d(1, 2, 3);
  auto square = [](auto v) { return v * v; };
  auto [y, pullback] = calx::vjp(square, x);
  auto [d] = pullback(x);
  CHECK(d == Eigen::VectorXd(Eigen::Vector3d(2, 8, 18)));
  auto [z, pushforward] = calx::linearize(square, x);
  CHECK(calx::equal(pushforward(x), array<double, 1>{2, 8, 18}));
  auto f = [](auto p) { return calx::sum(std::get<0>(p.u) * p.v); };
  auto g = calx::grad(f)(two<std::tuple<Eigen::VectorXd>, double>{{x}, 2});
  CHECK((std::get<0>(g.u) == Eigen::VectorXd(Eigen::Vector3d(2, 2, 2)) && g.v == 6));
}

namespace {
template <class A, class B>
constexpr bool alike = std::is_same_v<A, B>;
/// Whether transforms of f have results of the same types where it captures.
template <class F, class... X>
void check_captures(const F& f, const X&... x) {
  const double one = 1;
  auto g = [one, f](auto... a) { return one * f(a...); };
  using G = decltype(g);
  STATIC_REQUIRE(alike<decltype(calx::grad(f)(x...)), decltype(calx::grad(G(g))(x...))>);
  auto [value, gradient] = calx::value_and_grad(g)(x...);
  STATIC_REQUIRE(alike<decltype(calx::value_and_grad(f)(x...)), std::tuple<decltype(value),
                                                                           decltype(gradient)>>);
  STATIC_REQUIRE(is<double>(decltype(value)()));
  CHECK(value == f(x...));
  STATIC_REQUIRE(alike<decltype(calx::hessian(f)(x...)), decltype(calx::hessian(g)(x...))>);
}
template <class F, class X>
void check_batches(const F& f, const X& x) {
  const double one = 1;
  auto g = [one, f](auto a) { return one * f(a); };
  auto check = [&](const auto& transform) {
    const auto plain = transform(f)(x);
    const auto captured = transform(g)(x);
    STATIC_REQUIRE(alike<decltype(plain), decltype(captured)>);
    CHECK(calx::equal(plain, captured));
  };
  check([](auto h) { return calx::vmap(calx::grad(h)); });
  check([](auto h) { return calx::jit(calx::vmap(calx::hessian(h))); });
  check([](auto h) { return calx::vmap(calx::grad(h), calx::in_axes<-1>, calx::out_axes<1>); });
  check([](auto h) { return calx::jacfwd(calx::vmap(calx::grad(h))); });
}
constexpr auto cubes = [](auto x) { return calx::sum(x * x * x); };
}  // namespace

TEST_CASE("results of functions that capture have the types that they have without") {
  check_captures(cubes, array<double, 1>{1, 2});
  check_captures(cubes, tensor<double, 2>{1, 2});
  check_captures([](auto x) { return x * x; }, 2.0);
  check_batches(cubes, array<double, 2>{{1, 2}, {3, 4}});
  check_batches(cubes, tensor<double, 2, 2>{{1, 2}, {3, 4}});
  check_batches(cubes, calx::basic_array<double, calx::extents<calx::dyn, 2>>{{1, 2}, {3, 4}});
  const double one = 1;
  auto narrow = [one](auto x) { return calx::sum(x) * one; };
  auto value = std::get<0>(calx::value_and_grad(narrow)(array<float, 1>{1, 2}));
  STATIC_REQUIRE(is<float>(decltype(value)()));
  CHECK(value == 3);
}

namespace {
/// A callable that says another type of its result than it returns.
struct mistaken {
  double one = 1;
  auto operator()(auto x) const { return std::tuple{x, one * x}; }
  static auto result_spec(const auto&) { return calx::of_type<array<double, 1>>(); }
};
}  // namespace

TEST_CASE("a result has as many leaves as its callable says") {
  CHECK(support::thrown<calx::shape_error>([] {
          calx::execute(mistaken(), array<double, 1>{1, 2});
        }) == "call: the function returned 2 leaves, which is not what its result is said to have");
}
