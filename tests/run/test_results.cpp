// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types of results: leaf by leaf, of constants, of functions that capture.
#include <calx/calx.hpp>
#include <array>
#include <string>
#include <type_traits>
#include <vector>

#include "../catch.hpp"

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

TEST_CASE("elements of an array that differ in known extents have extents of run time") {
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
