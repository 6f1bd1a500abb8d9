// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Derivatives that the user states, and what else is said of functions: custom_jvp, custom_vjp,
// checkpoint, linear_transpose, eval_shape.
#include <calx/calx.hpp>

#include <cmath>
#include <sstream>
#include <string>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array, calx::tensor;
using support::thrown;

namespace {
constexpr auto log1pexp = calx::custom_jvp(
    [](auto x) { return calx::log(1.0 + calx::exp(x)); },
    [](auto primals, auto tangents) {
      auto [x] = primals;
      auto [t] = tangents;
      return std::tuple{calx::log(1.0 + calx::exp(x)), (1.0 - 1.0 / (1.0 + calx::exp(x))) * t};
    });
constexpr auto clipped = calx::custom_vjp(
    [](auto x) { return x; }, [](auto x) { return std::tuple{x, std::tuple{}}; },
    [](auto, auto ct) { return std::tuple{calx::clip(ct, -0.5, 0.5)}; });
// x * y with another factor in each derivative, so that one sees whose rule was used.
constexpr auto marked = calx::custom_vjp(
    [](auto x, auto y) { return x * y; },
    [](auto x, auto y) { return std::tuple{x * y, std::tuple{x, y}}; },
    [](auto r, auto ct) {
      auto [x, y] = r;
      return std::tuple{10.0 * y * ct, 100.0 * x * ct};
    });
// Two results of different shapes and dtypes; their cotangents reach `backward` together.
constexpr auto both = calx::custom_vjp(
    [](auto x, auto y) { return std::tuple{calx::sum(x), y}; },
    [](auto x, auto y) { return std::tuple{std::tuple{calx::sum(x), y}, x}; },
    [](auto x, auto ct) {
      auto [s, each] = ct;
      return std::tuple{x * s + calx::sum(each), each * 3};
    });
constexpr auto scaled = calx::custom_jvp(
    [](auto p, auto n) { return p.w * p.b * n; },
    [](auto primals, auto tangents) {
      auto [p, n] = primals;
      auto [t, zero] = tangents;
      auto k = n + zero;  // the tangent of an integer is an integer zero
      return std::tuple{p.w * p.b * k, 3.0 * t.w * p.b * k + 5.0 * p.w * t.b * k};
    });
template <class W, class B>
struct params {
  W w;
  B b;
};
constexpr auto step = [](auto x) { return calx::sin(calx::sin(x) * x); };
}  // namespace

TEST_CASE("custom_jvp: the rule is the derivative in every mode and to every order") {
  CHECK(log1pexp(0.0) == Approx(std::log(2.0)));
  CHECK(calx::require_static(calx::grad(log1pexp))(100.0) == 1.0);  // without the rule: inf / inf
  CHECK(calx::grad(calx::grad(log1pexp))(0.0) == Approx(0.25));
  CHECK(calx::grad(calx::grad(calx::grad(log1pexp)))(1.0) == Approx(-0.0908577476729484));
  CHECK(std::get<1>(calx::jvp(log1pexp, std::tuple{0.0}, std::tuple{2.0})) == Approx(1.0));
  CHECK(calx::jacfwd(calx::jacrev(log1pexp))(0.0) == Approx(0.25));
  auto [y, pullback] = calx::vjp(log1pexp, 200.0);
  CHECK(std::get<0>(pullback(2.0)) == 2.0);
  auto [z, pushforward] = calx::linearize(log1pexp, 200.0);
  CHECK(pushforward(3.0) == 3.0);
}

TEST_CASE("custom_jvp under vmap, vmapped before and after") {
  const array<double, 1> x{0, 100, -3};
  const double last = 1 - 1 / (1 + std::exp(-3.0));
  auto each = calx::vmap(calx::grad(log1pexp))(x);
  CHECK(each(0) == Approx(0.5));
  CHECK(each(1) == 1.0);
  CHECK(each(2) == Approx(last));
  auto total = calx::grad([](auto v) { return calx::sum(calx::vmap(log1pexp)(v)); })(x);
  CHECK(calx::equal(total, each));
  CHECK(calx::equal(calx::grad([](auto v) { return calx::sum(log1pexp(v)); })(x), each));
  // One argument is shared between the examples.
  constexpr auto f = calx::custom_jvp(
      [](auto a, auto b) { return a * b; }, [](auto p, auto t) {
        auto [a, b] = p;
        auto [da, db] = t;
        return std::tuple{a * b, 10.0 * da * b + 100.0 * a * db};
      });
  auto [da, db] = calx::grad<0, 1>([f](auto a, auto b) {
    return calx::sum(calx::vmap(f, calx::in_axes<0, calx::none>)(a, b));
  })(x, 2.0);
  CHECK(calx::equal(da, array<double, 1>{20, 20, 20}));
  CHECK(db == Approx(9700));
}

TEST_CASE("custom_jvp takes trees, integers and captures") {
  const params<tensor<double, 2>, double> p{{1, 2}, 3};
  auto g = calx::grad([](auto q) { return calx::sum(scaled(q, 2)); })(p);
  CHECK(calx::equal(g.w, tensor<double, 2>{18, 18}));
  CHECK(g.b == Approx(30));
  double k = 2;
  auto f = calx::custom_jvp([k](auto x) { return k * x; }, [k](auto x, auto t) {
    return std::tuple{k * std::get<0>(x), 7.0 * std::get<0>(t)};
  });
  CHECK(calx::grad(f)(1.0) == 7.0);
  CHECK(f(1.5) == 3.0);
  // Traced values of the function around it may be captured, if they are not differentiated.
  auto outer = [](auto x, auto c) {
    auto h = calx::custom_jvp([c](auto y) { return c * y; }, [c](auto y, auto t) {
      return std::tuple{c * std::get<0>(y), 3.0 * c * std::get<0>(t)};
    });
    return h(x);
  };
  CHECK(calx::grad(outer)(2.0, 5.0) == 15.0);
  auto batched = calx::vmap(calx::grad(outer), calx::in_axes<calx::none, 0>);
  CHECK(calx::equal(batched(2.0, array<double, 1>{1, 2}), array<double, 1>{3, 6}));
  auto captured = calx::grad<1>([k, outer](auto x, auto c) { return k * outer(x, c); });
  CHECK(thrown<calx::error>([&] { (void)captured(2.0, 5.0); }) ==
        "custom_jvp: the function captures a traced value that is differentiated; pass it as an "
        "argument");
}

TEST_CASE("custom_jvp refuses tangents that do not fit") {
  double k = 1;
  auto said = [k](auto rule) {
    return thrown<calx::shape_error>([&] {
      (void)calx::grad([k, rule](auto v) {
        return calx::sum(calx::custom_jvp([k](auto u) { return k * u; }, rule)(v));
      })(array<double, 1>{1, 2, 3});
    });
  };
  CHECK(said([](auto p, auto) { return std::tuple{std::get<0>(p), 1.0}; }) ==
        "custom_jvp: tangent 0 has shape (), but its result has shape (3,); they must be equal");
  CHECK(said([](auto, auto t) { return std::tuple{calx::sum(std::get<0>(t)), std::get<0>(t)}; }) ==
        "custom_jvp: value 0 has shape (), but its result has shape (3,); they must be equal");
}

TEST_CASE("custom_vjp: the rule is the derivative of reverse mode") {
  auto f = [](auto x) { return calx::sum(clipped(x) * tensor<double, 3>{0.25, 3, -3}); };
  const array<double, 1> want{0.25, 0.5, -0.5};
  CHECK(calx::equal(calx::grad(f)(array<double, 1>{1, 2, 3}), want));
  auto [dx, dy] = calx::require_static(calx::grad<0, 1>(marked))(2.0, 3.0);
  CHECK(dx == 30.0);
  CHECK(dy == 200.0);
  // d/dx of 10 y ct, and of 100 x ct: what `backward` says is differentiated as it stands.
  CHECK(calx::jacfwd<0>(calx::grad<1>(marked))(2.0, 3.0) == 100.0);
  CHECK(calx::grad<1>(calx::grad<0>(marked))(2.0, 3.0) == 10.0);
  CHECK(calx::grad([](auto x) { return marked(x, x); })(2.0) == 220.0);
}

TEST_CASE("custom_vjp under vmap") {
  const array<double, 1> a{1, 2, 3}, b{4, 5, 6};
  constexpr auto loss = [](auto x, auto y) { return calx::sum(calx::vmap(marked)(x, y)); };
  auto [da, db] = calx::grad<0, 1>(loss)(a, b);
  CHECK(calx::equal(da, array<double, 1>{40, 50, 60}));
  CHECK(calx::equal(db, array<double, 1>{100, 200, 300}));
  // Cotangents of what the examples share add up, one example after the other.
  constexpr auto shared = [](auto x, auto y) {
    return calx::sum(calx::vmap(marked, calx::in_axes<0, calx::none>)(x, y));
  };
  auto [dc, dd] = calx::grad<0, 1>(shared)(a, 2.0);
  CHECK(calx::equal(dc, array<double, 1>{20, 20, 20}));
  CHECK(dd == 600.0);
  auto each = calx::vmap(calx::grad(marked), calx::in_axes<calx::none, 0>)(2.0, b);
  CHECK(calx::equal(each, array<double, 1>{40, 50, 60}));
  auto jacobian = calx::jacrev([](auto x) { return calx::vmap(marked)(x, x); })(a);
  CHECK(calx::equal(jacobian, array<double, 2>{{110, 0, 0}, {0, 220, 0}, {0, 0, 330}}));
}

TEST_CASE("custom_vjp: cotangents of several results arrive together") {
  constexpr auto f = [](auto x, auto y) {
    auto [s, each] = both(x, y);
    return 2.0 * s + calx::sum(each * tensor<float, 2>{0.5f, 7});
  };
  const array<double, 1> x{1, 10}, dx{9.5, 27.5};
  const array<float, 1> y{0, 0}, dy{1.5f, 21};
  auto [a, b] = calx::grad<0, 1>(f)(x, y);
  CHECK(calx::equal(a, dx));
  CHECK(calx::equal(b, dy));
  auto [c, d] = calx::grad<0, 1>(f)(tensor<double, 2>{1, 10}, tensor<float, 2>{0, 0});
  CHECK(calx::equal(c, dx));
  CHECK(calx::equal(d, dy));
  double k = 2;
  auto g = calx::grad([k](auto u, auto v) { return k * std::get<0>(both(u, v)); });
  CHECK(calx::equal(g(x, y), array<double, 1>{2, 20}));
  auto [value, pullback] = calx::vjp(both, x, y);
  auto [e, h] = pullback(std::tuple{1.0, array<float, 1>{0, -5}});
  CHECK(calx::equal(e, array<double, 1>{-4, 5}));
  CHECK(calx::equal(h, array<float, 1>{0, -15}));
}

TEST_CASE("custom_vjp: integers and none have no cotangent") {
  constexpr auto f = calx::custom_vjp(
      [](auto x, auto n, auto y) { return x * n + y; },
      [](auto x, auto n, auto y) { return std::tuple{x * n + y, n}; },
      [](auto n, auto ct) { return std::tuple{2.0 * n * ct, n, calx::none}; });
  auto [dx, dy] = calx::grad<0, 2>(f)(1.0, 3, 5.0);
  CHECK(dx == 6.0);
  CHECK(dy == 0.0);
}

TEST_CASE("custom_vjp has no forward mode") {
  double k = 1;
  auto f = [k](auto x) { return k * marked(x, x); };
  const std::string no_forward =
      "custom_vjp: the rule is for reverse mode, and this is forward mode: use custom_jvp, or "
      "grad, vjp and jacrev";
  CHECK(thrown<calx::error>([&] { (void)calx::jvp(f, std::tuple{1.0}, std::tuple{1.0}); }) ==
        no_forward);
  CHECK(thrown<calx::error>([&] { (void)calx::jacfwd(f)(1.0); }) == no_forward);
  auto along = [f](auto t) { return calx::jvp(f, std::tuple{2.0 + 0.0 * t}, std::tuple{t}); };
  CHECK(thrown<calx::error>([&] { (void)calx::vmap(along)(array<double, 1>{1, 2}); }) ==
        no_forward);
}

TEST_CASE("custom_vjp refuses captures that are differentiated, and cotangents that do not fit") {
  double k = 1;
  auto times = [k](auto x, auto c) {
    return calx::custom_vjp([=](auto y) { return k * y * c; },
                            [=](auto y) { return std::tuple{k * y * c, c}; },
                            [](auto r, auto ct) { return std::tuple{r * ct}; })(x);
  };
  CHECK(calx::grad(times)(1.0, 2.0) == 2.0);
  CHECK(thrown<calx::error>([&] { (void)calx::grad<1>(times)(1.0, 2.0); }) ==
        "custom_vjp: the function captures a traced value that is differentiated; pass it as an "
        "argument");
  auto summed = calx::custom_vjp([k](auto x) { return k * x; },
                                 [k](auto x) { return std::tuple{k * x, std::tuple{}}; },
                                 [](auto, auto ct) { return std::tuple{calx::sum(ct)}; });
  CHECK(thrown<calx::shape_error>([&] {
          (void)calx::grad([summed](auto x) { return calx::sum(summed(x)); })(
              array<double, 1>{1, 2});
        }) == "custom_vjp: cotangent 0 has shape (), but its argument has shape (2,); they must be "
              "equal");
}

TEST_CASE("checkpoint changes no derivative") {
  constexpr auto twice = [](auto x) {
    return calx::sum(calx::checkpoint(step)(calx::checkpoint(step)(x)));
  };
  constexpr auto plain = [](auto x) { return calx::sum(step(step(x))); };
  const array<double, 1> x{0.3, -1.2, 2.0};
  CHECK(twice(x) == plain(x));
  CHECK(calx::allclose(calx::grad(twice)(x), calx::grad(plain)(x), 1e-14, 1e-14));
  CHECK(calx::allclose(calx::hessian(twice)(x), calx::hessian(plain)(x), 1e-13, 1e-13));
  auto batch = calx::array<double, 2>{{0.3, -1.2, 2.0}, {1, 2, 3}};
  CHECK(calx::allclose(calx::vmap(calx::grad(twice))(batch), calx::vmap(calx::grad(plain))(batch),
                       1e-14, 1e-14));
  auto [y, dy] = calx::jvp(twice, std::tuple{x}, std::tuple{x});
  auto [z, dz] = calx::jvp(plain, std::tuple{x}, std::tuple{x});
  CHECK(dy == Approx(dz).epsilon(1e-14));
  auto [v, pullback] = calx::vjp(twice, x);
  CHECK(calx::allclose(std::get<0>(pullback(1.0)), calx::grad(plain)(x), 1e-14, 1e-14));
  // What is captured is differentiated as well.
  auto outer = [](auto c, auto u) {
    return calx::sum(calx::checkpoint([c](auto w) { return calx::sin(c * w) * w; })(u));
  };
  auto open = [](auto c, auto u) { return calx::sum(calx::sin(c * u) * u); };
  auto [dc, du] = calx::grad<0, 1>(outer)(0.7, x);
  auto [ec, eu] = calx::grad<0, 1>(open)(0.7, x);
  CHECK(dc == Approx(ec).epsilon(1e-14));
  CHECK(calx::allclose(du, eu, 1e-14, 1e-14));
}

TEST_CASE("a pullback of what is checkpointed keeps its argument") {
  constexpr auto deep = [](auto x) { return step(step(step(x))); };
  auto kept = [](auto f) {
    using X = tensor<double, 64>;
    using source = calx::detail::linearized_source<calx::detail::reverse_mode, decltype(f), X>;
    return source::early::build().outputs.size() - 1;
  };
  CHECK(kept(deep) > 3);
  CHECK(kept(calx::checkpoint(deep)) == 1);
  double k = 1;
  auto [y, pullback] = calx::vjp([k](auto x) { return k * calx::checkpoint(step)(x); }, 0.3);
  CHECK(std::get<0>(pullback(1.0)) == Approx(calx::grad(step)(0.3)).epsilon(1e-14));
}

TEST_CASE("linear_transpose") {
  constexpr auto f = [](auto x) { return 3.0 * x(calx::slice(1, 3)); };
  auto [dx] = calx::linear_transpose(f, tensor<double, 4>())(tensor<double, 2>{5, 7});
  CHECK(calx::equal(dx, tensor<double, 4>{0, 15, 21, 0}));
  const array<double, 2> a{{1, 2, 3}, {4, 5, 6}};
  double k = 2;
  auto t = calx::linear_transpose([a, k](auto x) { return k * calx::dot(a, x); },
                                  array<double, 1>{0, 0, 0});
  auto [ct] = t(array<double, 1>{1, 1});
  CHECK(calx::equal(ct, array<double, 1>{10, 14, 18}));
  auto [u, v] = calx::linear_transpose([](auto x, auto y) { return x - 2.0 * y; }, 1.0, 1.0)(3.0);
  CHECK(u == 3.0);
  CHECK(v == -6.0);
  auto each = calx::vmap(calx::linear_transpose([](auto x) { return 2.0 * x; }, 1.0));
  CHECK(calx::equal(std::get<0>(each(array<double, 1>{1, 2})), array<double, 1>{2, 4}));
  auto wrong = calx::linear_transpose([k](auto x) { return k * calx::sin(x); }, 1.0);
  CHECK(thrown<calx::error>([&] { (void)wrong(1.0); }) ==
        "sin: is not linear; functions of linear_transpose, and derivative rules in their "
        "tangents, must be written with linear ops");
}

TEST_CASE("eval_shape") {
  const auto x = calx::ones<float>(3, 4);
  auto t = calx::eval_shape([](auto v) { return std::tuple{calx::dot(v, v.T()), v > 0.0f}; }, x);
  CHECK(std::get<0>(t) == calx::aval{calx::dtype::f32, {3, 3}});
  CHECK(std::get<1>(t) == calx::aval{calx::dtype::b1, {3, 4}});
  std::ostringstream text;
  text << std::get<0>(t);
  CHECK(text.str() == "f32[3,3]");
  CHECK_THROWS_AS(calx::eval_shape([](auto v) { return calx::dot(v, v); }, x), calx::shape_error);
}
