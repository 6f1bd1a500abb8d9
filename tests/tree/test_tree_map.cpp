// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// tree::map: the types of leaves, structures that run time knows; sorted maps and vectors of trees.
#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::tensor;
using calx::tree::map;
using support::is;
using support::thrown;

namespace {
template <class W, class B>
struct layer {
  W w;
  B b;
};
using dense = layer<array<double, 2>, array<double, 1>>;
struct counted {
  double rate;
  array<double, 1> x;
  int steps;
};
template <class T>
struct model {
  T scale;
  std::vector<std::pair<T, T>> pairs;
};
constexpr auto doubled = [](auto x) { return x * 2; };
constexpr auto scaled = [](auto x) { return x * 2.5; };
constexpr auto step = [](auto p, auto g) { return p - 0.5 * g; };
}  // namespace
CALX_PYTREE(counted, rate, x)

TEST_CASE("map: a leaf keeps its type where that holds the value") {
  static_assert(std::is_same_v<decltype(map(scaled, 2.0f)), float>);
  static_assert(map(doubled, 3) == 6);
  CHECK(is(map(scaled, array<float, 1>{1, 2}), {2}, {2.5f, 5}));
  CHECK(is(map([](auto x) { return x > 1.5; }, array<double, 1>{1, 2}), {2}, {0, 1}));
  static_assert(std::is_same_v<decltype(map([](auto) { return 4; }, 1.0)), double>);
  static_assert(std::is_same_v<decltype(map(doubled, std::int64_t{1})), std::int64_t>);
  CHECK(map(doubled, std::vector<double>{1, 2}) == std::vector<double>{2, 4});
  CHECK(map(scaled, std::vector<float>{1, 2}) == std::vector<float>{2.5f, 5});
  const Eigen::MatrixXd m = (Eigen::MatrixXd(2, 2) << 1, 2, 3, 4).finished();
  const Eigen::MatrixXd twice = map(doubled, m);
  CHECK(twice == 2 * m);
  static_assert(std::is_same_v<decltype(map(doubled, m)), Eigen::MatrixXd>);
}
TEST_CASE("map: a leaf that does not hold the value gets its type") {
  auto fractions = map(scaled, array<int, 1>{1, 2, 3});
  static_assert(std::is_same_v<decltype(fractions), array<double, 1>>);
  CHECK(is(fractions, {3}, {2.5, 5, 7.5}));
  static_assert(map(scaled, 3) == 7.5);
  static_assert(map([](auto x) { return x * std::int64_t{1} << 40; }, std::int32_t{1}) ==
                std::int64_t{1} << 40);
  static_assert(std::is_same_v<decltype(map([](auto x) { return -std::int32_t(x); },
                                            std::uint32_t{1})), std::int32_t>);
  static_assert(std::is_same_v<decltype(map(doubled, true)), int>);
  CHECK(is(map(scaled, std::vector<int>{1, 2}), {2}, {2.5, 5}));
  constexpr auto t = map(scaled, std::tuple{3, 2.0f, tensor<int, 2>{1, 2}});
  static_assert(
      std::is_same_v<decltype(t), const std::tuple<double, float, tensor<double, 2>>>);
  static_assert(std::get<0>(t) == 7.5 && std::get<2>(t)(1) == 5);
  static_assert(std::is_same_v<decltype(map(scaled, std::array{1, 2})), std::array<double, 2>>);
  static_assert(
      std::is_same_v<decltype(map(scaled, layer<int, float>{1, 2})), layer<double, float>>);
}
TEST_CASE("map: a function may give another shape") {
  const dense d{{{1, 2}, {3, 4}}, {5, 6}};
  const auto sums = map([](auto x) { return calx::sum(x); }, d);
  static_assert(std::is_same_v<decltype(sums), const layer<double, double>>);
  CHECK(sums.w == 10);
  CHECK(sums.b == 11);
  const auto rows = map([](auto x) { return calx::sum(x, calx::axis<0>, calx::keepdims); }, d);
  static_assert(std::is_same_v<decltype(rows), const dense>);
  CHECK(is(rows.w, {1, 2}, {4, 6}));
  CHECK(map([](auto x) { return calx::sum(x); }, std::vector<double>{1, 2}) == 3);
  CHECK(is(map([](auto x) { return calx::outer(x, x); }, std::vector<double>{1, 2}), {2, 2},
           {1, 2, 2, 4}));
  std::vector<double> v{1, 2};
  CHECK(map(doubled, std::span<double>(v)) == std::vector<double>{2, 4});  // a span owns nothing
}
TEST_CASE("map: members that are no leaves are kept") {
  const counted p{0.5, {1, 2}, 7};
  const counted q = map(doubled, p);
  CHECK(q.rate == 1);
  CHECK(is(q.x, {2}, {2, 4}));
  CHECK(q.steps == 7);
  std::vector<counted> list{p, q};
  list = map(step, list, list);
  CHECK(list[1].rate == 0.5);
  CHECK(list[1].steps == 7);
}

TEST_CASE("map: vectors of trees, the parameters of an optimiser") {
  const auto loss = [](const auto& net, auto x) {
    for (const auto& l : net) x = calx::tanh(calx::dot(l.w, x) + l.b);
    return calx::sum(x * x);
  };
  std::vector<dense> net{{{{0.5, 0.1}, {0.2, 0.3}}, {0.1, 0.2}}, {{{0.4, 0.3}}, {0.1}}};
  const array<double, 1> x{1, 2};
  const auto gradient = calx::grad(loss)(net, x);
  static_assert(std::is_same_v<decltype(gradient), const std::vector<dense>>);
  const double before = loss(net, x);
  const auto moved = map(step, net, gradient);
  static_assert(std::is_same_v<decltype(moved), const std::vector<dense>>);
  CHECK(moved[0].w(1, 0) == net[0].w(1, 0) - 0.5 * gradient[0].w(1, 0));
  CHECK(moved[1].b(0) == net[1].b(0) - 0.5 * gradient[1].b(0));
  const double after = loss(moved, x);
  CHECK(after < before);
  const auto three = map([](auto a, auto b, auto c) { return a + b * c; }, net, net, gradient);
  CHECK(three[1].b(0) == net[1].b(0) + net[1].b(0) * gradient[1].b(0));
  CHECK(thrown<calx::error>([&] { (void)map(step, net, std::vector<dense>(1)); }) ==
        "tree::map: 2 entries meet 1; the trees must have one structure");
}
TEST_CASE("map: nested structures of run time") {
  const std::vector<std::vector<array<int, 1>>> nested{{{1, 2}, {3}}, {}};
  const auto halves = map(scaled, nested);
  static_assert(
      std::is_same_v<decltype(halves), const std::vector<std::vector<array<double, 1>>>>);
  CHECK(is(halves[0][1], {1}, {7.5}));
  CHECK(halves[1].empty());
  const auto mixed = map(doubled, std::tuple{std::vector{std::pair{1.0, 2.0}}, 3.0});
  CHECK(std::get<0>(mixed)[0].second == 4);
  CHECK(std::get<1>(mixed) == 6);
  const auto array_of = map(doubled, std::array{std::optional<double>(2), std::optional<double>()});
  CHECK(*array_of[0] == 4);
  CHECK(!array_of[1]);
  const auto kept = map(doubled, model<double>{1, {{2, 3}}});
  static_assert(std::is_same_v<decltype(kept), const model<double>>);
  CHECK(kept.scale == 2);
  CHECK(kept.pairs[0].second == 6);
  CHECK(thrown<calx::error>([&] {
          (void)map(step, std::optional<double>(1), std::optional<double>());
        }) == "tree::map: 1 entries meet 0; the trees must have one structure");
}
TEST_CASE("sorted maps are trees in the order of their keys") {
  using params = std::map<std::string, array<double, 1>>;
  params p{{"w", {1, 2}}, {"b", {3, 4}}};
  const auto loss = [](const auto& q) { return calx::sum(q.at("w") * q.at("w") * q.at("b")); };
  const auto gradient = calx::grad(loss)(p);
  static_assert(std::is_same_v<decltype(gradient), const params>);
  CHECK(is(gradient.at("w"), {2}, {6, 16}));
  CHECK(is(gradient.at("b"), {2}, {1, 4}));
  p = map(step, p, gradient);
  CHECK(is(p.at("b"), {2}, {2.5, 2}));
  const auto [flat, unravel] = calx::tree::ravel(p);
  CHECK(is(flat, {4}, {2.5, 2, -2, -6}));  // b, then w
  CHECK(is(unravel(flat * 2.0).at("w"), {2}, {-4, -12}));
  const auto doubled_values = calx::jit([](const auto& q) {
    auto out = q;
    for (auto& [key, value] : out) value = value * 2;
    return out;
  })(p);
  const array<double, 1> w = doubled_values.at("w");
  CHECK(is(w, {2}, {-4, -12}));
  const std::map<int, std::vector<layer<double, double>>> nested{{3, {{1, 2}}}, {1, {}}};
  const auto slopes = calx::grad([](const auto& q) { return q.at(3)[0].w * q.at(3)[0].b; })(nested);
  CHECK(slopes.at(3)[0].w == 2);
  CHECK(slopes.at(1).empty());
  const auto halves = map(scaled, std::map<int, int>{{1, 2}, {0, 1}});
  static_assert(std::is_same_v<decltype(halves), const std::map<int, double>>);
  CHECK(halves.at(1) == 5);
  CHECK(thrown<calx::error>([&] {
          (void)map(step, std::map<int, double>{{1, 2}}, std::map<int, double>{{2, 2}});
        }) == "tree::map: maps with different keys meet; the trees must have one structure");
}
TEST_CASE("vmap maps each leaf of a vector of trees") {
  const std::vector<array<double, 2>> batch{{{1, 2}, {3, 4}}, {{1, 1}, {2, 2}}};
  const array<double, 1> sums =
      calx::vmap([](const auto& l) { return calx::sum(l[0] * l[1]); })(batch);
  CHECK(is(sums, {2}, {3, 14}));
  const auto gradients = calx::vmap(calx::grad([](const auto& l) {
    return calx::sum(l[0] * l[1]);
  }))(batch);
  const array<double, 2> second = gradients[1];
  CHECK(is(second, {2, 2}, {1, 2, 3, 4}));
  const std::map<std::string, array<double, 1>> named{{"x", {1, 2}}, {"y", {3, 4}}};
  const array<double, 1> products =
      calx::vmap([](const auto& q) { return q.at("x") * q.at("y"); })(named);
  CHECK(is(products, {2}, {3, 8}));
}
TEST_CASE("map inside a trace works on traced leaves") {
  const auto f = [](auto p) {
    const auto q = calx::tree::map([](auto x) { return x * x; }, p);
    return calx::sum(q.w) + calx::sum(q.b);
  };
  const auto g = calx::grad(f)(dense{{{1, 2}, {3, 4}}, {5, 6}});
  CHECK(is(g.w, {2, 2}, {2, 4, 6, 8}));
  const std::vector<dense> list{{{{1, 2}, {3, 4}}, {5, 6}}};
  const auto h = calx::grad([&](const auto& l) {
    return f(calx::tree::map([](auto x) { return x * 2.0; }, l)[0]);
  })(list);
  CHECK(is(h[0].b, {2}, {40, 48}));
}
