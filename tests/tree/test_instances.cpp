// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Class templates with numbers among their arguments are trees: arguments, results, captured data.
#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using support::is;

namespace {
template <class T, int N>
struct vec {
  std::array<T, N> v;
  constexpr T operator[](std::size_t i) const { return v[i]; }
};
template <class T, std::size_t N, std::size_t M>
struct mat {
  std::array<std::array<T, M>, N> rows;
};
template <class P, class Q, bool Flag>
struct both {
  P first;
  Q second;
};
template <int N, class T>
struct power {
  T base;
};
constexpr auto product = [](auto p) { return p[0] * p[1] * p[2]; };
}  // namespace

TEST_CASE("templates with a number as argument are trees") {
  constexpr vec<double, 3> p{{2, 3, 5}};
  constexpr auto g = calx::require_static(calx::grad(product))(p);
  static_assert(std::is_same_v<decltype(g), const vec<double, 3>>);
  static_assert(g[0] == 15 && g[1] == 10 && g[2] == 6);
  constexpr auto h = calx::hessian(product)(p);
  static_assert(h[0][1] == 5 && h[1][2] == 2 && h[2][2] == 0);
  const double k = 2;  // traced at run time
  const auto captured = calx::grad([k](auto q) { return k * product(q); })(p);
  static_assert(std::is_same_v<decltype(captured), const vec<double, 3>>);
  CHECK((captured[0] == 30 && captured[1] == 20 && captured[2] == 12));
}
TEST_CASE("templates with numbers as arguments are results and batches") {
  constexpr auto turned = calx::jit([](auto m) {
    using T = std::remove_cvref_t<decltype(m.rows[0][0])>;
    return vec<T, 2>{{m.rows[0][0] * m.rows[0][1], m.rows[1][2]}};
  })(mat<double, 2, 3>{{{{2, 3, 0}, {0, 0, 7}}}});
  static_assert(std::is_same_v<decltype(turned), const vec<double, 2>>);
  static_assert(turned[0] == 6 && turned[1] == 7);
  const vec<array<double, 1>, 3> batch{{{{1, 2}, {3, 4}, {5, 6}}}};
  const auto each = calx::vmap(calx::grad(product))(batch);
  CHECK(is(array<double, 1>(each[0]), {2}, {15, 24}));
  CHECK(is(array<double, 1>(each[2]), {2}, {3, 8}));
  const both<array<double, 1>, double, true> two{{1, 2}, 3};
  const auto sums = calx::jit([](auto b) { return b; })(two);
  CHECK(sums.second == 3);
  CHECK(is(array<double, 1>(sums.first), {2}, {1, 2}));
}
TEST_CASE("templates with numbers as arguments, nested and in vectors") {
  const std::tuple<vec<double, 3>, power<2, double>> t{{{1, 2, 3}}, {4}};
  const auto g = calx::grad([](auto x) {
    const auto& [p, q] = x;
    return product(p) * q.base * q.base;
  })(t);
  CHECK(std::get<0>(g)[0] == 6 * 16);
  CHECK(std::get<1>(g).base == 6 * 8);
  const std::vector<vec<double, 3>> list{{{1, 2, 3}}, {{4, 5, 6}}};
  const auto each = calx::grad([](auto l) { return product(l[0]) + product(l[1]); })(list);
  CHECK(each[1][0] == 30);
}
