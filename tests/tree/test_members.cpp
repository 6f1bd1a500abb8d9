// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structs by CALX_PYTREE: many members, members that are no floats.
#include <calx/calx.hpp>
#include <string>

#include "../catch.hpp"
#include "../support.hpp"

namespace {
#define EIGHT(p) p##0, p##1, p##2, p##3, p##4, p##5, p##6, p##7
struct many {
  double EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), EIGHT(h);
};
struct single {
  double a;
};
struct model {
  double a;
  int n;
  calx::array<double, 1> w;
  bool flag;
};
struct nested {
  model inner;
  double scale;
};
struct counts {
  int n, m;
};
enum class kind { sum, product };
struct series {
  int terms = 1;
  double a, b;
  kind how = kind::sum;
  const char* name = "series";
};
struct holder {
  series inner;
  double scale;
};
}  // namespace
CALX_PYTREE_FIXED(series, (a, b), (terms, how))
CALX_PYTREE(holder, inner, scale)
CALX_PYTREE(many, a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, c0, c1, c2, c3,
            c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7, e0, e1, e2, e3, e4, e5, e6, e7, f0, f1,
            f2, f3, f4, f5, f6, f7, g0, g1, g2, g3, g4, g5, g6, g7, h0, h1, h2, h3, h4, h5, h6, h7)
CALX_PYTREE(single, a)
CALX_PYTREE(model, a, n, w, flag)
CALX_PYTREE(nested, inner, scale)
CALX_PYTREE(counts, n, m)

namespace {
const model x{2, 3, {1, 2}, true};
constexpr auto f = [](auto p) {
  return p.a * p.a * p.n + calx::sum(p.w * p.w) * calx::where(p.flag, 2.0, 3.0);
};
const double one = x.w(0);
const auto captured = [k = one](auto p) { return k * f(p); };
// df/da = 2 a n = 12, df/dw = 2 w * 2 = {4, 8}.
void check_gradient(const model& g) {
  CHECK(g.a == 12);
  CHECK(g.n == 0);
  CHECK(calx::equal(g.w, calx::array<double, 1>{4, 8}));
  CHECK_FALSE(g.flag);
}
}  // namespace

TEST_CASE("members: a struct has up to 64 of them, or one") {
  many m{};
  m.a0 = 2, m.h7 = 3;
  const many g = calx::grad([](auto p) { return p.a0 * p.h7 * p.h7; })(m);
  CHECK(g.a0 == 9);
  CHECK(g.h7 == 12);
  CHECK(g.c3 == 0);
  CHECK(calx::grad([](auto p) { return p.a * p.a; })(single{3}).a == 6);
}

TEST_CASE("members: integers and flags have zeros as gradients, in every mode") {
  check_gradient(calx::require_static(calx::grad(f))(x));
  check_gradient(calx::grad(captured)(x));
  check_gradient(std::get<1>(calx::value_and_grad(captured)(x)));
  const auto [y, pullback] = calx::vjp(f, x);
  CHECK(y == 2 * 2 * 3 + 5 * 2);
  check_gradient(std::get<0>(pullback(1.0)));
  const auto [z, late] = calx::vjp(captured, x);
  check_gradient(std::get<0>(late(1.0)));
  const nested deep{x, 0.5};
  const auto g = calx::grad([](auto p) { return f(p.inner) * p.scale; })(deep);
  CHECK(g.scale == 22);
  CHECK(g.inner.a == 6);
  CHECK(g.inner.n == 0);
}

TEST_CASE("members: integers and flags do not move, whatever their tangents are") {
  const model v{1, 100, {1, 0}, true};
  CHECK(double(std::get<1>(calx::jvp(f, std::tuple{x}, std::tuple{v}))) == 12 + 4);
  CHECK(double(std::get<1>(calx::jvp(captured, std::tuple{x}, std::tuple{v}))) == 12 + 4);
  const auto [y, pushforward] = calx::linearize(f, x);
  CHECK(double(pushforward(v)) == 12 + 4);
  const model h = calx::hvp(f)(x, v);
  CHECK(h.a == 6);
  CHECK(h.n == 0);
  CHECK(calx::equal(h.w, calx::array<double, 1>{4, 0}));
  // Derivatives of derivatives, inside a trace.
  const auto slope = [](auto p) { return calx::grad(f)(p).a; };
  check_gradient(calx::grad([](auto p) { return f(p) + 0.0 * calx::grad(f)(p).a; })(x));
  CHECK(calx::grad(slope)(x).a == 6);
  CHECK(calx::grad(slope)(x).n == 0);
}

TEST_CASE("members: without a float there is no derivative") {
  const auto sum = [k = one](auto p) { return k * p.n * p.m; };
  CHECK(support::thrown<calx::dtype_error>([&] { calx::grad(sum)(counts{1, 2}); }) ==
        "grad: argument 0 has dtype int32, which has no derivative; pass a float or differentiate "
        "another argument");
  CHECK(support::thrown<calx::dtype_error>([&] { calx::jacfwd(captured)(x); }) ==
        "jacfwd: argument 0 has dtype bool, which has no derivative; pass a float or differentiate "
        "another argument");
}

namespace {
constexpr auto partial_series = [](auto p) {
  auto y = p.a;
  for (int i = 1; i < p.terms; ++i) y = p.how == kind::sum ? y + p.b : y * p.b;
  return y;
};
const series powers{3, 2, 5, kind::product, "mine"}, sums{4, 2, 5, kind::sum, "other"};
}  // namespace

TEST_CASE("members: fixed ones stay C++ values in a trace, and as they are in gradients") {
  const series g = calx::grad(partial_series)(powers), h = calx::grad(partial_series)(sums);
  CHECK(g.a == 25);
  CHECK(g.b == 2 * 2 * 5);
  CHECK(g.terms == 3);
  CHECK(g.how == kind::product);
  CHECK(std::string(g.name) == "mine");
  CHECK(h.a == 1);
  CHECK(h.b == 3);
  // Programs are not kept for them, as the values decide about the program.
  const auto kept = calx::jit([k = one](auto p) { return k * partial_series(p); });
  CHECK(double(kept(powers)) == 50);
  CHECK(double(kept(sums)) == 17);
  const series doubled = calx::tree::map([](auto e) { return e * 2.0; }, powers);
  CHECK(doubled.b == 10);
  CHECK(doubled.terms == 3);
}

TEST_CASE("members: fixed ones in other structs, inside a trace, in other modes, in results") {
  const auto outer = [](auto p) { return p.scale * calx::grad(partial_series)(p.inner).b; };
  CHECK(double(calx::jit(outer)(holder{powers, 0.5})) == 10);
  const holder d = calx::grad(outer)(holder{powers, 0.5});
  CHECK(d.inner.a == 5);
  CHECK(d.inner.b == 2);
  CHECK(d.inner.terms == 3);
  const auto twice = calx::jit([](auto p) {
    auto q = p;
    q.a = q.a * 2.0;
    return q;
  })(powers);
  CHECK(double(twice.a) == 4);
  CHECK(double(twice.b) == 5);
  CHECK(twice.terms == 3);
  CHECK(twice.how == kind::product);
  const auto [y, pullback] = calx::vjp(partial_series, powers);
  CHECK(double(y) == 50);
  const series c = std::get<0>(pullback(1.0));
  CHECK(c.b == 20);
  CHECK(c.terms == 3);
  const series v{7, 0, 1, kind::sum, ""};
  CHECK(double(std::get<1>(calx::jvp(partial_series, std::tuple{powers}, std::tuple{v}))) == 20);
  CHECK(calx::hvp(partial_series)(powers, v).a == 10);
}
