// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arguments that stay C++ values in a traced function: fixed<N> and option(n).
#include <calx/calx.hpp>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array, calx::tensor, calx::fixed, calx::option;

namespace {
constexpr auto power = [](auto x, int n) {
  auto y = x;
  for (int i = 1; i < n; ++i) y = y * x;
  return y;
};
enum class way { sine, square };
const auto either = [](auto x, way w) { return w == way::sine ? calx::sin(x) : x * x; };
// n is a constant of C++ in the body.
constexpr auto entry = [](auto x, auto n) {
  if constexpr (n > 0) return std::get<n>(std::tuple{x, x * x, x * x * x});
  else return x;
};
const int three = static_cast<int>(std::string("abc").size());
}  // namespace

TEST_CASE("options: a fixed argument is a constant, and the compiler traces") {
  CHECK(calx::require_static(calx::grad(power))(2.0, fixed<3>) == 12);
  CHECK(calx::require_static(calx::hessian(power))(2.0, fixed<4>) == 48);
  CHECK(calx::require_static(calx::jacfwd(entry))(2.0, fixed<2>) == 12);
  CHECK(calx::require_static(calx::jit(entry))(2.0, fixed<0>) == 2);
  CHECK(calx::equal(calx::require_static(calx::vmap(calx::grad(power)))(tensor<double, 2>{1, 2},
                                                                        fixed<3>),
                    tensor<double, 2>{3, 12}));
  static_assert(fixed<3> + 1 == 4 && fixed<3>.value == 3);
  auto [y, pullback] = calx::vjp(power, 2.0, fixed<3>);
  CHECK(y == 8);
  CHECK(std::get<0>(pullback(1.0)) == 12);
  CHECK(std::get<1>(calx::jvp(power, std::tuple{2.0, fixed<3>}, std::tuple{1.0})) == 12);
}

TEST_CASE("options: an option is what it holds, and run time traces") {
  for (int n : {1, 2, 3, 4}) {
    CAPTURE(n);
    CHECK(calx::grad(power)(2.0, option(n)) == n * std::pow(2.0, n - 1));
    CHECK(calx::hessian(power)(2.0, option(n)) == n * (n - 1) * std::pow(2.0, n - 2));
  }
  CHECK(calx::grad(either)(0.5, option(way::square)) == 1);
  CHECK(calx::grad(either)(0.0, option(way::sine)) == 1);
  CHECK(calx::grad<0>([](auto x, const std::string& s) { return s == "twice" ? 2.0 * x : x; })(
            1.0, option(std::string("twice"))) == 2);
  CHECK(calx::equal(array<double, 1>(calx::vmap(calx::grad(power))(array<double, 1>{1, 2},
                                                                   option(three))),
                    array<double, 1>{3, 12}));
  CHECK(double(std::get<1>(calx::jvp(power, std::tuple{2.0, option(three)}, std::tuple{1.0}))) ==
        12);
  auto [y, pullback] = calx::vjp(calx::partial(power, option(three)), 2.0);
  CHECK(double(y) == 8);
  CHECK(double(std::get<0>(pullback(1.0))) == 12);
  // Inside a trace, too, and between other arguments.
  const auto outer = [](auto x, int n) {
    return calx::grad<1>([](int m, auto a, auto b) { return power(a, m) * b; })(option(n), x, x);
  };
  CHECK(double(calx::jit(outer)(2.0, option(3))) == 3 * 4 * 2.0);
  CHECK(double(calx::jit(outer)(2.0, fixed<2>)) == 2 * 2 * 2.0);
}

TEST_CASE("options: jit keeps a program for each value, and for each length of sequences") {
  int traces = 0;
  const auto f = [&traces](auto x, int n) {
    ++traces;
    return power(x, n);
  };
  const auto g = calx::jit(calx::grad(f));
  CHECK(g(2.0, option(3)) == 12);
  CHECK(g(2.0, option(2)) == 4);
  const int before = traces;
  CHECK(g(3.0, option(3)) == 27);
  CHECK(g(3.0, option(2)) == 6);
  CHECK(traces == before);
  // What 64 bits do not tell is traced anew.
  const auto h = calx::jit([&traces](auto x, const std::string& s) {
    return ++traces, x * static_cast<double>(s.size());
  });
  CHECK(double(h(2.0, option(std::string("a")))) == 2);
  CHECK(double(h(2.0, option(std::string("ab")))) == 4);
  using rows = std::vector<array<double, 1>>;
  const array<double, 1> one{1};
  const auto counts = calx::jit([&traces](auto a, auto b) {
    return ++traces, static_cast<double>(a.size()) * a[0](0) + 10.0 * b[0](0) *
                                                                   static_cast<double>(b.size());
  });
  CHECK(double(counts(rows{one, one}, rows{one})) == 12);
  CHECK(double(counts(rows{one}, rows{one, one})) == 21);
}
