// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Trees: structs, tuples, containers; map, flatten, ravel; gradients in the user's own types.
#include <calx/calx.hpp>
#include <array>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "../catch.hpp"

using calx::array;
using calx::tensor;

namespace {
/// An aggregate of one type: a tree as it stands, with its member functions.
template <class T>
struct point {
  T x, y, z;
  constexpr T norm2() const { return x * x + y * y + z * z; }
  friend constexpr point operator+(const point& a, const point& b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
  }
};
template <class T, class U>
struct body {
  point<T> at;
  std::array<U, 2> momentum;
  T mass;
};
/// A struct without data.
struct nothing {};
}  // namespace

/// A struct of arrays, made a tree by the macro; two of its members are none of its children.
struct layer {
  array<double, 2> W;
  array<double, 1> b;
  int activations = 0;
  std::string name;
};
CALX_PYTREE(layer, W, b)
struct model {
  layer first, second;
  double scale = 1;
};
CALX_PYTREE(model, first, second, scale)
struct settings {
  double rate = 0.5;
  tensor<float, 2> weights{1, 2};
  int steps = 3;
};
CALX_PYTREE(settings, rate, weights)

namespace {
constexpr auto squared_length = [](auto p) { return p.norm2(); };
constexpr auto energy = [](auto b) {
  return (b.momentum[0] * b.momentum[0] + b.momentum[1] * b.momentum[1]) / (2.0 * b.mass) +
         b.at.norm2();
};
constexpr auto forward = [](auto m, auto x) {
  auto h = calx::tanh(calx::dot(x, m.first.W) + m.first.b);
  return m.scale * calx::sum(calx::dot(h, m.second.W) + m.second.b);
};
const model some_model{{{{0.1, 0.2}, {0.3, -0.1}, {0.0, 0.5}}, {0.1, -0.2}, 7, "first"},
                       {{{1.0}, {-2.0}}, {0.5}, 8, "second"},
                       2.0};
const array<double, 2> some_rows{{1, 2, 3}, {0.5, -1, 0}};
}  // namespace

TEST_CASE("gradients come back as the user's aggregate") {
  auto g = calx::grad(squared_length)(point<double>{1, 2, 3});
  static_assert(std::is_same_v<decltype(g), point<double>>);
  CHECK((g.x == 2 && g.y == 4 && g.z == 6));
  static_assert(calx::grad(squared_length)(point<double>{1, 2, 3}).z == 6);
  auto f = calx::grad(squared_length)(point<float>{1, 2, 3});
  static_assert(std::is_same_v<decltype(f), point<float>>);

  const body<double, float> b{{1, 2, 3}, {4, 5}, 2};
  auto gb = calx::grad(energy)(b);
  static_assert(std::is_same_v<decltype(gb), body<double, float>>);
  CHECK((gb.at.y == 4 && gb.momentum[1] == 2.5f && gb.mass == -41.0 / 8));
  // In a lambda that captures, by the run-time trace.
  const double k = 3;
  auto gc = calx::grad([&](auto t) { return k * energy(t); })(b);
  static_assert(std::is_same_v<decltype(gc), body<double, float>>);
  CHECK((gc.at.y == 12 && gc.momentum[1] == 7.5f && gc.mass == -123.0 / 8));
}

TEST_CASE("functions return trees, and Jacobians are trees of trees") {
  constexpr auto twice = [](auto p) { return p + p; };
  auto p = calx::jit(twice)(point<double>{1, 2, 3});
  static_assert(std::is_same_v<decltype(p), point<double>>);
  CHECK(p.z == 6);
  auto [q, dq] = calx::jvp(twice, std::tuple{p}, std::tuple{point<double>{1, 0, -1}});
  CHECK((q.x == 4 && dq.x == 2 && dq.y == 0 && dq.z == -2));
  auto [y, pullback] = calx::vjp(twice, p);
  auto [back] = pullback(point<double>{1, 2, 3});
  static_assert(std::is_same_v<decltype(back), point<double>>);
  CHECK((back.x == 2 && back.y == 4 && back.z == 6));
  auto J = calx::jacrev(twice)(p);
  CHECK((J.x.x == 2 && J.x.y == 0 && J.z.z == 2));
  auto H = calx::hessian(energy)(body<double, double>{{1, 2, 3}, {4, 5}, 2});
  CHECK((H.at.x.at.x == 2 && H.mass.momentum[0] == -1 && H.momentum[1].momentum[1] == 0.5));
  // Of arrays: blocks of shape out + in.
  const point<tensor<double, 2>> c{{1, 2}, {3, 4}, {5, 6}};
  auto B = calx::jacfwd([](auto t) { return t.norm2(); })(c);
  CHECK(calx::equal(B.y, tensor<double, 2, 2>{{6, 0}, {0, 8}}));
}

TEST_CASE("structs by macro keep names while traced, and members that are no children") {
  auto [loss, g] = calx::value_and_grad(forward)(some_model, some_rows);
  static_assert(std::is_same_v<decltype(g), model>);
  CHECK((g.first.activations == 7 && g.second.activations == 8));
  CHECK((g.first.name == "first" && g.second.name == "second"));
  CHECK(g.scale == Approx(loss / 2));
  CHECK(calx::equal(g.second.b, array<double, 1>{4}));
  CHECK((g.first.W.shape(0) == 3 && g.first.W.shape(1) == 2));
  const double step = 1e-6;
  model moved = some_model;
  moved.first.W = some_model.first.W.at(2, 1).add(step);
  CHECK(g.first.W(2, 1) == Approx((forward(moved, some_rows) - loss) / step).epsilon(1e-4));
  // The same by the run-time trace, which keeps them too.
  const double one = 1;
  auto h = calx::grad([&](auto m, auto x) { return one * forward(m, x); })(some_model, some_rows);
  static_assert(std::is_same_v<decltype(h), model>);
  CHECK(calx::allclose(h.first.W, g.first.W, 1e-13, 1e-13));
  CHECK(h.second.name == "second");
  // Members of other dtypes.
  auto s = calx::grad([](auto t) { return t.rate * calx::sum(t.weights * t.weights); })(settings());
  static_assert(std::is_same_v<decltype(s), settings>);
  CHECK((s.rate == 5 && s.weights(1) == 2.0f && s.steps == 3));
}

TEST_CASE("tuples, pairs, arrays and vectors") {
  constexpr auto f = [](auto t) {
    auto [a, b] = t;
    return a * b[0] + b[1] * b[1];
  };
  auto g = calx::grad(f)(std::tuple{2.0, std::array{3.0, 4.0}});
  static_assert(std::is_same_v<decltype(g), std::tuple<double, std::array<double, 2>>>);
  CHECK((std::get<0>(g) == 3 && std::get<1>(g)[0] == 2 && std::get<1>(g)[1] == 8));
  auto p = calx::grad(f)(std::pair{2.0f, std::array{3.0, 4.0}});
  static_assert(std::is_same_v<decltype(p), std::pair<float, std::array<double, 2>>>);
  CHECK((p.first == 3.0f && p.second[1] == 8));
  // A vector of numbers is a leaf.
  auto v = calx::grad([](auto x) { return calx::sum(x * x); })(std::vector<double>{1, 2, 3});
  CHECK(v == std::vector<double>{2, 4, 6});
  auto w = calx::grad([](auto x) { return calx::sum(x * x); })(std::vector<float>{});
  CHECK(w.empty());
  // A vector of trees has a structure that run time knows.
  constexpr auto total = [](auto points) {
    auto sum = points[0].norm2();
    for (std::size_t i = 1; i < points.size(); ++i) sum += points[i].norm2();
    return sum;
  };
  auto many = calx::grad(total)(std::vector<point<double>>{{1, 2, 3}, {4, 5, 6}});
  static_assert(std::is_same_v<decltype(many), std::vector<point<double>>>);
  CHECK((many.size() == 2 && many[0].z == 6 && many[1].x == 8));
}

TEST_CASE("optional trees, by the run-time trace") {
  constexpr auto f = [](auto x, auto extra) {
    auto y = x * x;
    if (extra) y = y * extra->norm2();
    return y;
  };
  std::optional<point<double>> none, some = point<double>{1, 1, 1};
  CHECK(calx::grad(f)(2.0, none) == 4);
  CHECK(calx::grad(f)(2.0, some) == 12);
  auto g = calx::grad<1>(f)(2.0, some);
  static_assert(std::is_same_v<decltype(g), std::optional<point<double>>>);
  CHECK((g.has_value() && g->y == 8));
  CHECK_FALSE(calx::grad<1>(f)(2.0, none).has_value());
}

TEST_CASE("vmap over trees, with an axis for each leaf") {
  const point<tensor<double, 2>> cloud{{1, 0}, {2, 3}, {3, 4}};
  auto n = calx::vmap(squared_length)(cloud);
  CHECK(calx::equal(n, tensor<double, 2>{14, 25}));
  auto g = calx::vmap(calx::grad(squared_length))(cloud);
  static_assert(std::is_same_v<decltype(g), point<tensor<double, 2>>>);
  CHECK(calx::equal(g.z, tensor<double, 2>{6, 8}));
  using calx::leaf_axes, calx::none;
  auto weighted = calx::vmap([](auto p, auto k) { return p.x * k + p.y * p.z; },
                             calx::in_axes<leaf_axes<0, none, 0>, none>);
  auto y = weighted(point<array<double, 1>>{{1, 2}, {10}, {3, 4}}, 5.0);
  CHECK(calx::equal(y, array<double, 2>{{35}, {50}}));
}

TEST_CASE("data without leaves, and data that is bound") {
  auto y = calx::grad([](auto x, auto) { return x * x; })(3.0, nothing());
  CHECK(y == 6);
  auto g = calx::grad(calx::partial(forward, some_rows))(some_model);
  static_assert(std::is_same_v<decltype(g), model>);
  CHECK(calx::equal(g.second.b, array<double, 1>{4}));
  auto inner = calx::vmap(calx::partial([](auto e, auto p) { return e * p.x; },
                                        point<double>{2, 0, 0}));
  CHECK(calx::equal(inner(tensor<double, 2>{1, 2}), tensor<double, 2>{2, 4}));
}

TEST_CASE("tree::map, flatten and unflatten") {
  auto next = calx::tree::map([](auto p, auto d) { return p - 0.1 * d; }, some_model, some_model);
  static_assert(std::is_same_v<decltype(next), model>);
  CHECK(calx::allclose(next.first.b, array<double, 1>{0.09, -0.18}, 1e-15, 0));
  CHECK((next.scale == Approx(1.8) && next.first.name == "first"));
  auto doubled = calx::tree::map([](auto p) { return 2 * p; }, settings());
  CHECK((doubled.rate == 1 && doubled.weights(1) == 4.0f && doubled.steps == 3));
  auto vectors = calx::tree::map([](auto p) { return p + 1.0; },
                                 std::tuple{std::vector<double>{1, 2}, 3.0f});
  static_assert(std::is_same_v<decltype(vectors), std::tuple<std::vector<double>, float>>);
  CHECK((std::get<0>(vectors) == std::vector<double>{2, 3} && std::get<1>(vectors) == 4.0f));

  point<double> p{1, 2, 3};
  auto leaves = calx::tree::flatten(p);
  static_assert(std::tuple_size_v<decltype(leaves)> == 3);
  std::get<1>(leaves) = 20;
  CHECK(p.y == 20);
  auto q = calx::tree::unflatten(p, std::tuple{7.0, 8.0, 9.0});
  CHECK((q.x == 7 && q.z == 9));
  auto m = calx::tree::unflatten(some_model, calx::tree::flatten(some_model));
  CHECK((calx::equal(m.first.W, some_model.first.W) && m.second.name == "second"));
  int count = 0;
  calx::tree::for_each(some_model, [&](const auto&) { ++count; });
  CHECK(count == 5);
}

TEST_CASE("tree::ravel and back") {
  auto [flat, unravel] = calx::tree::ravel(some_model);
  static_assert(std::is_same_v<decltype(flat), array<double, 1>>);
  CHECK(flat.size() == 12);
  CHECK((flat(0) == 0.1 && flat(6) == 0.1 && flat(11) == 2));
  auto same = unravel(flat);
  CHECK((calx::equal(same.second.W, some_model.second.W) && same.first.name == "first"));
  auto other = unravel((2 * flat).eval());
  CHECK((other.scale == 4 && other.first.b(1) == -0.4));
  // Leaves of several dtypes meet in one, and go back to their own.
  auto [mixed, again] = calx::tree::ravel(std::tuple{1.5f, std::int64_t{2}, true});
  static_assert(std::is_same_v<decltype(mixed), array<float, 1>>);
  auto back = again(mixed);
  static_assert(std::is_same_v<decltype(back), std::tuple<float, std::int64_t, bool>>);
  CHECK(back == std::tuple{1.5f, std::int64_t{2}, true});
  std::string said;
  try {
    unravel(array<double, 1>{1, 2});
  } catch (const calx::shape_error& e) {
    said = e.what();
  }
  CHECK(said == "unravel: the tree has 12 elements, but the vector has 2");
}
