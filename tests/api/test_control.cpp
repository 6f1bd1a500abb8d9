// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops and branches: what they compute and their derivatives are those of the same steps written
// out, in every mode, whoever traces.
#include <calx/calx.hpp>

#include <cmath>
#include <string>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array, calx::tensor;
using support::thrown;

namespace {
const double one = 1;
/// f as it is, and with a capture, which run time traces and the virtual machine runs.
template <class F, class Check>
void both_ways(F f, Check check) {
  check(f);
  check([f, k = one](const auto&... x) { return f((k * x)...); });
}
template <class A, class B>
bool close(const A& a, const B& b) {
  return calx::allclose(a, b, 1e-12, 1e-12);
}
/// Checks that a function of a vector and a number, and its derivatives, are those of another.
template <class F, class G>
void check_alike(F looped, G written_out) {
  const array<double, 1> x{0.3, -0.7, 1.1}, v{1, 0.5, -2};
  const array<double, 2> xs{{0.3, -0.7, 1.1}, {0.1, 0.2, -0.4}};
  const array<double, 1> cs{0.4, -0.9};
  auto g = [k = one, written_out](const auto&... a) { return k * written_out(a...); };
  both_ways(looped, [&](auto f) {
    CHECK(close(f(x, 0.4), calx::jit(g)(x, 0.4)));
    auto [dx, dc] = calx::grad<0, 1>(f)(x, 0.4);
    auto [ex, ec] = calx::grad<0, 1>(g)(x, 0.4);
    CHECK(close(dx, ex));
    CHECK(close(dc, ec));
    CHECK(close(calx::vmap(calx::grad(f))(xs, cs), calx::vmap(calx::grad(g))(xs, cs)));
  });
  auto f = [k = one, looped](const auto&... a) { return looped((k * a)...); };
  const auto t = std::tuple{v, 2.0}, p = std::tuple{x, 0.4};
  auto dy = std::get<1>(calx::jvp(g, p, t));
  CHECK(close(std::get<1>(calx::jvp(f, p, t)), dy));
  CHECK(close(calx::vmap(f)(xs, cs), calx::vmap(g)(xs, cs)));
  CHECK(close(calx::vmap(calx::grad<1>(f), calx::in_axes<0, calx::none>)(xs, 0.4),
              calx::vmap(calx::grad<1>(g), calx::in_axes<0, calx::none>)(xs, 0.4)));
  auto [y, pullback] = calx::vjp(f, x, 0.4);
  auto [dx, dc] = pullback(2.0);
  CHECK(close(dx, 2.0 * calx::grad(g)(x, 0.4)));
  CHECK(close(dc, 2.0 * calx::grad<1>(g)(x, 0.4)));
  auto [z, pushforward] = calx::linearize(f, x, 0.4);
  CHECK(close(pushforward(v, 2.0), dy));
  CHECK(close(calx::hessian(f)(x, 0.4), calx::hessian(g)(x, 0.4)));
  CHECK(close(calx::jacfwd<1>(calx::grad(f))(x, 0.4), calx::jacfwd<1>(calx::grad(g))(x, 0.4)));
}
/// A product and a shift, step by step, from 0 on.
constexpr auto products = [](auto ms, auto bs) {
  return std::get<0>(calx::scan([](auto v, auto e) {
    auto [w, shift] = e;
    return std::tuple{calx::dot(w, v) + shift, v};
  }, 0.0 * bs(0), std::tuple{ms, bs}));
};
}  // namespace

TEST_CASE("scan is its steps, one after the other") {
  check_alike(
      [](auto x, auto c) {
        auto [last, all] = calx::scan([c](auto s, auto e) {
          auto next = calx::sin(s) * e + c;
          return std::tuple{next, next * e};
        }, c, x);
        return last * last + calx::sum(all * x);
      },
      [](auto x, auto c) {
        auto s = c, total = 0.0 * c;
        for (int i = 0; i < 3; ++i) {
          s = calx::sin(s) * x(i) + c;
          total = total + s * x(i) * x(i);
        }
        return s * s + total;
      });
}

TEST_CASE("scan backward") {
  check_alike(
      [](auto x, auto c) {
        auto [last, all] = calx::scan([](auto s, auto e) {
          auto next = calx::exp(0.5 * s) * e;
          return std::tuple{next, s};
        }, c, x, calx::reverse);
        return last + calx::sum(all * x);
      },
      [](auto x, auto c) {
        auto s = c, total = 0.0 * c;
        for (int i = 2; i >= 0; --i) {
          total = total + s * x(i);
          s = calx::exp(0.5 * s) * x(i);
        }
        return s + total;
      });
}

TEST_CASE("fori_loop over a vector, with its counter") {
  check_alike(
      [](auto x, auto c) {
        return calx::sum(calx::fori_loop(1, 4, [c](auto i, auto s) {
          return s * c + calx::cos(1.0 * i * s);
        }, x));
      },
      [](auto x, auto c) {
        auto s = 1.0 * x;
        for (int i = 1; i < 4; ++i) s = s * c + calx::cos(1.0 * i * s);
        return calx::sum(s);
      });
}

TEST_CASE("loops in loops, and branches in loops") {
  check_alike(
      [](auto x, auto c) {
        return calx::fori_loop(0, 2, [x](auto, auto s) {
          auto inner = [s](auto a, auto e) {
            auto next = calx::cond(e > 0.0, [](auto u, auto w) { return calx::sin(u * w); },
                                   [](auto u, auto w) { return u + w * w; }, a, e * s);
            return std::tuple{next, next};
          };
          auto [last, all] = calx::scan(inner, s, x);
          return last + calx::sum(all * all);
        }, c);
      },
      [](auto x, auto c) {
        auto s = 1.0 * c;
        for (int k = 0; k < 2; ++k) {
          auto a = s, total = 0.0 * s;
          for (int i = 0; i < 3; ++i) {
            auto w = x(i) * s;
            a = calx::where(x(i) > 0.0, calx::sin(a * w), a + w * w);
            total = total + a * a;
          }
          s = a + total;
        }
        return s;
      });
}

TEST_CASE("switch_ is the function that was chosen") {
  check_alike(
      [](auto x, auto c) {
        auto f = [](auto u, auto w) { return calx::sum(u * u) * w; };
        auto g = [](auto u, auto w) { return calx::sum(calx::exp(u)) - w; };
        auto h = [c](auto u, auto) { return calx::sum(u) * c * c; };
        return calx::switch_(1, std::tuple{f, g, h}, x, c) +
               calx::switch_(7, std::tuple{f, g, h}, x, c) +
               calx::switch_(-3, std::tuple{f, g, h}, x, c);
      },
      [](auto x, auto c) {
        return calx::sum(calx::exp(x)) - c + calx::sum(x) * c * c + calx::sum(x * x) * c;
      });
}

TEST_CASE("while_loop: forward mode, batches, and where each example ends") {
  constexpr auto f = [](auto x) {
    return calx::while_loop([](auto c) { return c < 10.0; },
                            [x](auto c) { return 2.0 * c + x * x; }, 1.0 + x * x);
  };
  both_ways(f, [](auto g) {
    CHECK(g(0.5) == 11.75);
    auto [y, dy] = calx::jvp(g, std::tuple{0.5}, std::tuple{1.0});
    CHECK(y == 11.75);
    CHECK(dy == Approx(15));
    CHECK(calx::equal(calx::vmap(g)(array<double, 1>{0.5, 3, 1}), array<double, 1>{11.75, 10, 11}));
    CHECK(close(calx::vmap(calx::jacfwd(g))(array<double, 1>{0.5, 3}), array<double, 1>{15, 6}));
    CHECK(calx::jacfwd(calx::jacfwd(g))(0.5) == Approx(30));
  });
  // The condition is one for all, the carry is not.
  auto shared = calx::vmap([](auto x, auto n) {
    auto [s, i] = calx::while_loop([n](auto c) { return std::get<1>(c) < n; },
                                   [](auto c) {
                                     auto [a, k] = c;
                                     return std::tuple{a * 2.0, k + 1};
                                   },
                                   std::tuple{x, 0 * n});
    return s;
  }, calx::in_axes<0, calx::none>);
  CHECK(calx::equal(shared(array<double, 1>{1, 3}, 4), array<double, 1>{16, 48}));
  double k = 1;
  CHECK(thrown<calx::error>([&] {
          (void)calx::grad([k, f](auto x) { return f(k * x); })(0.5);
        }) == "while_loop: reverse mode must know the number of steps before the loop: use "
              "fori_loop or scan, or forward mode");
}

TEST_CASE("cond runs one side, and zeros of the other stay zero") {
  constexpr auto root = [](auto x) {
    return calx::cond(x > 0.0, [](auto t) { return calx::sqrt(t); },
                      [](auto t) { return 0.0 * t; }, x);
  };
  both_ways(root, [](auto f) {
    CHECK(calx::grad(f)(4.0) == 0.25);
    CHECK(calx::grad(f)(0.0) == 0.0);
    CHECK(calx::grad(f)(-1.0) == 0.0);
    auto each = calx::vmap(calx::grad(f))(array<double, 1>{4, -1, 0.25});
    CHECK(calx::equal(each, array<double, 1>{0.25, 0, 1}));
  });
}

TEST_CASE("loops that never run, and carries that are integers") {
  constexpr auto none_of = [](auto x) {
    return calx::fori_loop(3, 3, [](auto, auto s) { return s * s; }, x);
  };
  both_ways(none_of, [](auto f) {
    CHECK(f(3.0) == 3.0);
    CHECK(calx::grad(f)(3.0) == 1.0);
  });
  constexpr auto count = [](auto x) {
    auto [n, s] = std::get<0>(calx::scan([](auto c, auto e) {
      auto [i, t] = c;
      return std::tuple{std::tuple{i + 1, t + i * e}, std::tuple<>()};
    }, std::tuple{0, 0.0}, x));
    return std::tuple{n, s};
  };
  both_ways(count, [](auto f) {
    auto [n, s] = f(array<double, 1>{5, 6, 7});
    CHECK(n == 3);
    CHECK(s == 20.0);
    auto [m, t] = f(array<double, 1>(calx::zeros<double>(0)));
    CHECK(m == 0);
    CHECK(t == 0.0);
  });
  auto empty = calx::map([](auto r) { return calx::sum(r) * r; }, calx::zeros<double>(0, 3));
  CHECK(empty.shape(0) == 0);
  CHECK(empty.shape(1) == 3);
}

TEST_CASE("scan takes a length, trees, and arrays of several ranks") {
  auto [last, all] = calx::scan([](auto c, auto) { return std::tuple{c * 2.0, c}; }, 1.0,
                                calx::none, calx::length(10));
  CHECK(last == 1024.0);
  CHECK(all(9) == 512.0);
  const array<double, 3> m{{{1, 2}, {3, 4}}, {{0, 1}, {1, 0}}};
  const array<double, 2> b{{1, 1}, {2, 0}};
  CHECK(calx::equal(calx::jit(products)(m, b), array<double, 1>{3, 1}));
  auto [dm, db] = calx::grad<0, 1>([](auto ms, auto bs) { return calx::sum(products(ms, bs)); })(
      m, b);
  CHECK(calx::equal(db, array<double, 2>{{1, 1}, {1, 1}}));
  CHECK(calx::equal(dm, array<double, 3>{{{0, 0}, {0, 0}}, {{1, 1}, {1, 1}}}));
}

TEST_CASE("a long loop is one body, and its pullback keeps what it reads of each step") {
  constexpr auto end = [](auto r) {
    return calx::fori_loop(0, 10000, [r](auto, auto x) { return r * x * (1.0 - x); },
                           0.5 + 0.0 * r);
  };
  CHECK(calx::grad(end)(2.5) == Approx(1 / (2.5 * 2.5)).epsilon(1e-10));
  auto [y, pullback] = calx::vjp(end, 2.5);
  CHECK(std::get<0>(pullback(1.0)) == Approx(1 / (2.5 * 2.5)).epsilon(1e-10));
}

TEST_CASE("loops and branches refuse what does not fit") {
  double k = 1;
  const array<double, 1> x{1, 2};
  auto said = [&](auto f) { return thrown<calx::error>([&] { (void)calx::jit(f)(x); }); };
  CHECK(said([k](auto v) {
          return calx::fori_loop(0, 2, [k](auto, auto s) { return k * calx::sum(s); }, v);
        }) == "fori_loop: leaf 0 of the carry is float64(2,) before the body, and float64() after "
              "it; they must be equal");
  CHECK(said([k](auto v) {
          return calx::fori_loop(0, 2, [k](auto, auto s) { return k * s; }, calx::sum(v > 0.0));
        }) == "fori_loop: leaf 0 of the carry is int64() before the body, and float64() after it; "
              "they must be equal");
  CHECK(said([k](auto v) {
          return calx::while_loop([](auto c) { return c; }, [](auto c) { return c; },
                                  k * calx::sum(v));
        }) == "while_loop: the condition must be one bool, but it is float64()");
  CHECK(said([k](auto v) {
          return calx::fori_loop(0, 2, [k](auto, auto) { return std::tuple{k, k}; }, v);
        }) == "fori_loop: the carry has 1 leaves before the body, and 2 after it; return what "
              "comes in");
}

TEST_CASE("scan refuses arrays that do not fit") {
  double k = 1;
  const array<double, 1> x{1, 2};
  auto said = [&](auto f) { return thrown<calx::error>([&] { (void)calx::jit(f)(x); }); };
  CHECK(said([k](auto v) {
          return std::get<0>(calx::scan([](auto c, auto) { return std::tuple{c, c}; }, k,
                                        std::tuple{v, calx::sum(v)}));
        }) == "scan: leaf 1 of the arrays is a number; it needs an axis to step along");
  CHECK(said([k](auto v) {
          return std::get<0>(calx::scan([](auto c, auto) { return std::tuple{c, c}; }, k,
                                        std::tuple{v, v(calx::slice(1, 2))}));
        }) == "scan: leaf 1 of the arrays has 1 elements along its first axis, but there are 2 "
              "steps; they must be equal");
  CHECK(said([k](auto v) {
          auto none = [](auto c, auto) { return std::tuple{c, c}; };
          return std::get<0>(calx::scan(none, k * v, calx::none));
        }) == "scan: there is nothing to step through; give arrays, or length(n)");
}

TEST_CASE("branches refuse what does not fit, and transposes what is not linear") {
  double k = 1;
  const array<double, 1> x{1, 2};
  auto said = [&](auto f) { return thrown<calx::error>([&] { (void)calx::jit(f)(x); }); };
  CHECK(said([k](auto v) {
          return std::get<0>(calx::cond(
              calx::sum(v) > k, [](auto t) { return std::tuple{t, t}; },
              [](auto t) { return std::tuple{t}; }, v));
        }) == "cond: one body returns 1 leaves, another 2; all must return trees of the same "
              "types");
  auto affine = [k](auto v) {
    auto begin = calx::sum(v).like(k);
    return calx::fori_loop(0, 2, [v](auto, auto s) { return s + calx::sum(v); }, begin);
  };
  CHECK(thrown<calx::error>([&] { (void)calx::linear_transpose(affine, x)(1.0); }) ==
        "scan: a loop that is to be transposed must be linear in all that it carries");
  CHECK(said([k](auto v) {
          return calx::cond(calx::sum(v) > k, [](auto t) { return t; },
                            [](auto t) { return calx::sum(t); }, v);
        }) == "cond: leaf 0 of the result is float64() in one body, and float64(2,) in another; "
              "they must be equal");
  CHECK(said([k](auto v) {
          return calx::cond(k * v, [](auto t) { return t; }, [](auto t) { return t; }, v);
        }) == "cond: the condition must be one bool, but it is float64(2,)");
  CHECK(said([k](auto v) {
          return calx::switch_(k * calx::sum(v), std::tuple{[](auto t) { return t; }}, v);
        }) == "switch_: the index must be one integer, but it is float64()");
}
