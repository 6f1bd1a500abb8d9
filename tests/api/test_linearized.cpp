// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vjp and linearize: what pullbacks hold, that they go into memory, trees as arguments.
#include <calx/calx.hpp>
#include <string>
#include <vector>

#include "../catch.hpp"

using calx::array;
using calx::tensor;

namespace {
/// A tree with a member that no transform sees.
struct layer {
  array<double, 1> weights;
  double bias = 0;
  const char* name = "";
};
const double one = 1;
/// f, and f with a capture, which is traced at run time.
template <class F, class Check>
void two_ways(F f, Check check) {
  check(f);
  check([f, c = one](const auto&... x) { return c * f(x...); });
}
}  // namespace
CALX_PYTREE(layer, weights, bias)

TEST_CASE("a pullback holds of its arguments what the derivative reads") {
  two_ways([](auto x) { return 2.0 * calx::sum(x); }, [](auto f) {
    const array<double, 1> x{1, 2, 3};
    auto [y, pullback] = calx::vjp(f, x);
    CHECK(x.owner().unique());
    CHECK(calx::equal(std::get<0>(pullback(3.0)), array<double, 1>{6, 6, 6}));
    const array<double, 2> each = std::get<0>(calx::vmap(pullback)(x));
    CHECK(calx::equal(each, array<double, 2>{{2, 2, 2}, {4, 4, 4}, {6, 6, 6}}));
  });
}

TEST_CASE("pullbacks and pushforwards into memory") {
  two_ways([](auto x) { return x * x * x; }, [](auto f) {
    const array<double, 1> x{1, 2};
    std::vector<double> out(2);
    auto [y, pullback] = calx::vjp(f, x);
    pullback.into(out)(x);
    CHECK(out == std::vector<double>{3, 24});
    auto [z, pushforward] = calx::linearize(f, x);
    pushforward.into(out)(array<double, 1>{1, -1});
    CHECK(out == std::vector<double>{3, -12});
  });
}

TEST_CASE("pullbacks of trees give trees like the arguments") {
  two_ways([](auto m) { return calx::sum(m.weights * m.bias); }, [](auto f) {
    const layer m{{1, 2, 3}, 2.0, "first"};
    auto pullback = std::get<1>(calx::vjp(f, m));
    const layer d = std::get<0>(pullback(1.0));
    CHECK(calx::equal(d.weights, array<double, 1>{2, 2, 2}));
    CHECK(d.bias == 6);
    CHECK(std::string(d.name) == "first");
    layer into{{0, 0, 0}, 0, "second"};
    pullback.into(into)(0.5);
    CHECK(calx::equal(into.weights, array<double, 1>{1, 1, 1}));
    CHECK(into.bias == 3);
    CHECK(std::string(into.name) == "second");
  });
  const array<double, 1> x{1, 2};
  const std::vector<array<double, 1>> layers{x, x, x};
  auto product = [](const auto& l) { return calx::sum(l[0] * l[2]); };
  auto [y, pullback] = calx::vjp(product, layers);
  const std::vector<array<double, 1>> d = std::get<0>(pullback(2.0));
  CHECK(d.size() == 3);
  CHECK(calx::equal(d[0], array<double, 1>{2, 4}));
  CHECK(calx::equal(d[1], array<double, 1>{0, 0}));
  auto [z, pushforward] = calx::linearize(product, layers);
  CHECK(static_cast<double>(pushforward(layers)) == 10);
}

TEST_CASE("pullbacks in traces, as constants and as arguments") {
  two_ways([](auto x, auto s) { return calx::sum(x * x) * s; }, [](auto f) {
    const array<double, 1> x{1, 2};
    auto pullback = std::get<1>(calx::vjp(f, x, 3.0));
    auto twice = [p = pullback](auto c) { return std::get<0>(p(c)) + std::get<0>(p(2.0 * c)); };
    CHECK(calx::equal(array<double, 1>(calx::jit(twice)(1.0)), array<double, 1>{18, 36}));
    auto apply = [](const auto& p, auto c) { return std::get<1>(p(c)); };
    CHECK(static_cast<double>(calx::jit(apply)(pullback, 2.0)) == 10);
    auto through = [p = pullback](auto c) { return calx::sum(std::get<0>(p(c))); };
    CHECK(static_cast<double>(calx::grad(through)(1.0)) == 18);
  });
  static_assert([] {
    auto pullback = std::get<1>(calx::vjp([](auto x) { return x * x; }, tensor<double, 2>{1, 2}));
    return std::get<0>(pullback(tensor<double, 2>{1, 1}))(1);
  }() == 4);
}

TEST_CASE("arguments without derivatives are named") {
  auto f = [](auto x, auto n) { return x * n; };
  std::string what;
  try {
    calx::vjp([&](auto x, auto n) { return one * f(x, n); }, 1.0, 2);
  } catch (const calx::dtype_error& e) {
    what = e.what();
  }
  CHECK(what.starts_with("vjp: argument 1 has dtype int32"));
}
