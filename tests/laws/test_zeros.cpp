// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Zeros of structure stay zero through infinite and NaN factors, in both modes and to second
// order; zeros that were computed hide no pole.
#include <calx/calx.hpp>
#include <cmath>

#include "../catch.hpp"
#include "modes.hpp"

using namespace laws;

namespace {
using values = programs::array;
using value_function = tracer (*)(tracer);
using numbers = std::vector<double>;

values vector_of(const numbers& v) {
  return values(dtype::f64, {static_cast<dim>(v.size())},
               [&](dim i) { return v[static_cast<std::size_t>(i)]; });
}
values one() {
  return values(dtype::f64, {}, [](dim) { return 1.0; });
}
/// x -> the sum of f(x), of n elements.
callable sum_of(value_function f, std::size_t n) {
  return {{{dtype::f64, {static_cast<dim>(n)}}}, [=](graph& g, const node_list& x) {
            return node_list{calx::sum(f(tracer(&g, x[0]))).id};
          }};
}
/// With the clean-up passes and without.
numbers run_both(const callable& f, const std::vector<values>& x) {
  graph g = program_of(f), small = passes::compact(g);
  g.values_only = true;
  graph least = passes::compact(g);
  const values y = programs::run(g, x)[0];
  for (const graph& other : {small, least}) {
    REQUIRE(describe(other) == "");
    const values z = programs::run(other, x)[0];
    for (dim i = 0; i < y.size(); ++i) {
      const double a = y.at(i), b = z.at(i);
      CHECK((a == b || std::abs(a - b) <= 1e-14 * std::abs(a) || (std::isnan(a) && std::isnan(b))));
    }
  }
  numbers out;
  for (dim i = 0; i < y.size(); ++i) out.push_back(y.at(i));
  return out;
}
double total(const numbers& v) {
  double sum = 0;
  for (double x : v) sum += x;
  return sum;
}
bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }
bool near(const numbers& a, const numbers& b) {
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i) same = near(a[i], b[i]);
  return same;
}

struct zero_case {
  const char* name;
  value_function f;
  numbers x, first, second;  // the gradient of the sum, and its derivative along (1, 1, ...)
};
constexpr double infinite = std::numeric_limits<double>::infinity();
const double hole = std::nan(""), two = std::log(2.0);

const zero_case choices[] = {
    {"x log(x)", [](tracer x) { return where(x > 0.0, x * calx::log(x), 0.0); }, {0, -1, 2},
     {0, 0, two + 1}, {0, 0, 0.5}},
    {"square(log(x))", [](tracer x) { return where(x > 0.0, calx::square(calx::log(x)), x); },
     {0, -1, 2}, {1, 1, two}, {0, 0, (1 - two) / 2}},
    {"log(x) cubed", [](tracer x) { return where(x > 0.0, calx::pow(calx::log(x), 3), 3.0 * x); },
     {0, -1, 2}, {3, 3, 1.5 * two * two}, {0, 0, (6 * two - 3 * two * two) / 4}},
    {"x times infinity", [](tracer x) { return where(x > 1.0, x * x.like(infinite), x * x); },
     {0, 1}, {0, 2}, {2, 2}},
    {"x times NaN", [](tracer x) { return where(x > 1.0, x * x.like(hole), x * x); }, {0, 1},
     {0, 2}, {2, 2}},
    {"powers of infinity",
     [](tracer x) { return where(x > 1.0, calx::pow(1.0 / (x * 0.0), 4) * x, x); }, {0, 1},
     {1, 1}, {0, 0}},
    {"sin(x) / x", [](tracer x) { return where(equal_to(x, 0.0), 1.0, calx::sin(x) / x); }, {0},
     {0}, {0}},
    {"one in the other",
     [](tracer x) {
       return where(x > 0.0, calx::sqrt(x) * where(x > 1.0, calx::log(x - 1.0), 2.0), 0.0);
     },
     {0, 1, 2}, {0, 1, std::sqrt(2.0)}, {0, -0.5, 1 / std::sqrt(2.0) - std::sqrt(2.0)}},
    {"the pole behind a choice", [](tracer x) { return calx::sqrt(where(x > 1.0, x, 0.0)); },
     {0, 1, 4}, {0, 0, 0.25}, {0, 0, -1.0 / 32}},
    {"the larger", [](tracer x) { return maximum(calx::log(x), -5.0); }, {0, 2}, {0, 0.5},
     {0, -0.25}},
    {"the smaller", [](tracer x) { return minimum(calx::square(1.0 / x), 4.0); }, {0, 2},
     {0, -0.25}, {0, 6.0 / 16}},
    {"clipped", [](tracer x) { return calx::clip(x * calx::log(x), 0.5, 3.0); }, {0, 2, 9},
     {0, two + 1, 0}, {0, 0.5, 0}},
    {"the largest", [](tracer x) { return calx::max(calx::log(x)); }, {0, 1, 2}, {0, 0, 0.5},
     {0, 0, -0.25}},
    {"the smallest", [](tracer x) { return calx::min(1.0 / x); }, {0, 1, 2}, {0, 0, -0.25},
     {0, 0, 0.25}},
    {"a number's condition",
     [](tracer x) {
       return where(x(0) > 0.0, calx::sum(x * calx::log(x)) * calx::prod(calx::log(x)), x(1));
     },
     {0, 1, 2}, {0, 1, 0}, {0, 0, 0}},
    {"an inner product",
     [](tracer x) { return where(x(0) > 0.0, calx::dot(x, 1.0 / x), x(1)); }, {0, 1}, {0, 1},
     {0, 0}},
    {"an outer product",
     [](tracer x) {
       return where((x > 0.0)(calx::newaxis, calx::ellipsis), calx::outer(x, calx::log(x)),
                    x(calx::newaxis, calx::ellipsis));
     },
     {0, 1}, {2, 1}, {1, 2}}};

const zero_case places[] = {
    {"a slice", [](tracer x) { return calx::square(1.0 / x)(calx::slice(1, 3)); }, {0, 1, 2},
     {0, -2, -0.25}, {0, 6, 6.0 / 16}},
    {"two slices",
     [](tracer x) {
       tracer y = x * calx::log(x);
       return y(calx::slice(1, 3)) + 2.0 * y(calx::slice(2, 4));
     },
     {0, 1, 2, 2}, {0, 1, 3 * (two + 1), 2 * (two + 1)}, {0, 1, 1.5, 1}},
    {"a stride", [](tracer x) { return (x * calx::log(x))(calx::slice(1, none, 2)); }, {0, 1, 0, 2},
     {0, 1, 0, two + 1}, {0, 1, 0, 0.5}},
    {"an element", [](tracer x) { return (x * calx::log(x))(2); }, {0, 0, 2}, {0, 0, two + 1},
     {0, 0, 0.5}},
    {"overwritten", [](tracer x) { return calx::square(calx::log(x)).at(0).set(x(1)); }, {0, 1, 2},
     {0, 1, two}, {0, 2, (1 - two) / 2}},
    {"the pole behind an update", [](tracer x) { return calx::sqrt(x.at(0).set(0.0)); }, {0, 1, 4},
     {0, 0.5, 0.25}, {0, -0.25, -1.0 / 32}},
    {"the pole behind padding",
     [](tracer x) {
       const dims shape{static_cast<dim>(x.shape(0) + 2)};
       return calx::sqrt(tracer(x.program, pad_t::emit(*x.program, x.id, {1}, {1}, shape)));
     },
     {1, 4}, {0.5, 0.25}, {-0.25, -1.0 / 32}},
    {"the pole behind what was joined",
     [](tracer x) { return calx::sqrt(calx::concatenate(axis<0>, x, x.like(0.0))); }, {1, 4},
     {0.5, 0.25}, {-0.25, -1.0 / 32}},
    {"turned, reversed, repeated, reshaped",
     [](tracer x) {
       tracer y = calx::reshape(x * calx::log(x), 2, 2);
       tracer rows = calx::sum(calx::stack(axis<0>, y.T(), y.T()), axis<0>);
       return rows(calx::slice(none, none, -1))(0);
     },
     {0, 1, 0, 2}, {0, 2, 0, 2 * (two + 1)}, {0, 2, 0, 1}}};

void check_case(const zero_case& c) {
  INFO(c.name);
  const std::size_t n = c.x.size();
  const values x = vector_of(c.x), ones = vector_of(numbers(n, 1.0));
  callable f = sum_of(c.f, n), forward = jvp_of(f), backward = vjp_of(f);
  CHECK(near(run_both(backward, {x, one()}), c.first));
  CHECK(near(run_both(forward, {x, ones}), {total(c.first)}));
  CHECK(near(run_both(partial_vjp(forward, 1), {x, ones, one()}), c.second));
  CHECK(near(run_both(partial_jvp(forward, 1), {x, ones, ones}), {total(c.second)}));
  CHECK(near(run_both(partial_jvp(backward, 1), {x, one(), ones}), c.second));
  CHECK(near(run_both(partial_vjp(backward, 1), {x, one(), ones}), c.second));
}
}  // namespace

TEST_CASE("a branch not taken has no derivative, whatever its factors") {
  for (const zero_case& c : choices) check_case(c);
}

TEST_CASE("an element cut off or overwritten has no derivative, whatever its factors") {
  for (const zero_case& c : places) check_case(c);
}

TEST_CASE("a zero that was computed hides no pole: the right derivative, or NaN") {
  const zero_case computed[] = {
      {"a root squared", [](tracer x) { return calx::sqrt(x) * calx::sqrt(x); }, {0}, {1}, {0}},
      {"half the squared norm",
       [](tracer x) {
         tracer n = calx::sqrt(calx::sum(x * x));
         return 0.5 * n * n;
       },
       {0, 0}, {0, 0}, {1, 1}},
      {"the squared norm", [](tracer x) { return calx::square(calx::sqrt(calx::sum(x * x))); },
       {0, 0}, {0, 0}, {2, 2}},
      {"a bell",
       [](tracer x) { return calx::exp(-calx::square(calx::sqrt(calx::sum(x * x)))); }, {0, 0},
       {0, 0}, {-2, -2}},
      {"x log(x)", [](tracer x) { return x * calx::log(x); }, {0}, {-infinite}, {infinite}},
      {"x / x^2 times x", [](tracer x) { return x * (x / (x * x)); }, {0}, {0}, {0}}};
  for (const zero_case& c : computed) {
    INFO(c.name);
    const values x = vector_of(c.x), ones = vector_of(numbers(c.x.size(), 1.0));
    callable f = sum_of(c.f, c.x.size()), forward = jvp_of(f), backward = vjp_of(f);
    auto honest = [](const numbers& got, const numbers& want) {
      for (std::size_t i = 0; i < got.size(); ++i)
        CHECK((std::isnan(got[i]) || got[i] == want[i]));
    };
    honest(run_both(backward, {x, one()}), c.first);
    honest(run_both(forward, {x, ones}), {total(c.first)});
    honest(run_both(partial_vjp(forward, 1), {x, ones, one()}), c.second);
    honest(run_both(partial_jvp(forward, 1), {x, ones, ones}), {total(c.second)});
    honest(run_both(partial_jvp(backward, 1), {x, one(), ones}), c.second);
    honest(run_both(partial_vjp(backward, 1), {x, one(), ones}), c.second);
  }
}

namespace {
constexpr auto roots = [](auto x) { return calx::sqrt(x); };
constexpr auto entropy = [](auto x) {
  return calx::sum(calx::where(x > 0.0, x * calx::log(x), 0.0));
};
constexpr auto half_norm = [](auto x) {
  auto n = calx::sqrt(calx::sum(x * x));
  return 0.5 * n * n;
};
template <class A, class B>
bool same(const A& a, const B& b) {
  return calx::equal(a, b);
}
}  // namespace

TEST_CASE("zeros of given tangents stay zero at poles, and the derivative by them is the pole's") {
  const calx::array<double, 1> x{0, 1}, second{0, 1}, u{0, 2};
  const calx::array<double, 2> J{{infinite, 0}, {0, 0.5}};
  CHECK(same(calx::jacfwd(roots)(x), J));
  CHECK(same(calx::jacrev(roots)(x), J));
  CHECK(same(std::get<1>(calx::jvp(roots, std::tuple{x}, std::tuple{second})), u * 0.25));
  CHECK(same(std::get<0>(std::get<1>(calx::vjp(roots, x))(u)), second));
  CHECK(same(std::get<1>(calx::linearize(roots, x))(u), second));
  CHECK(same(calx::hessian([](auto v) { return calx::sum(calx::sqrt(v)); })(x),
             calx::array<double, 2>{{-infinite, 0}, {0, -0.25}}));
  // The derivative along t is linear in t, so that its derivative by t is that of f, at t = 0 too.
  auto along = [](auto v, auto t) {
    return calx::sum(std::get<1>(calx::jvp(roots, std::tuple{v}, std::tuple{t})));
  };
  const calx::array<double, 1> four{4, 4}, still{0, 0};
  CHECK(same(calx::grad<1>(along)(four, still), still + 0.25));
  CHECK(same(calx::grad<1>(along)(x, still), calx::array<double, 1>{infinite, 0.5}));
}

TEST_CASE("choices and poles in calls, traced by the compiler, captured and in batches") {
  const calx::array<double, 1> x{0, -1, 2}, want{0, 0, two + 1};
  const double k = 1;
  auto captured = [k](auto v) { return k * entropy(v); };
  CHECK(same(calx::grad(entropy)(x), want));
  CHECK(same(calx::grad(captured)(x), want));
  CHECK(same(calx::jacfwd(entropy)(x), want));
  CHECK(same(calx::vmap(calx::grad(entropy))(x), want));
  CHECK(same(calx::hessian(entropy)(x), calx::array<double, 2>{{0, 0, 0}, {0, 0, 0}, {0, 0, 0.5}}));
  const auto H = calx::hessian(half_norm)(calx::array<double, 1>{0, 0});
  for (int i = 0; i < 2; ++i) CHECK(H(i, i) != 0);
}

namespace {
constexpr auto product = [](auto x) { return calx::prod(x); };
constexpr auto product_of_rows = [](auto x) {
  return calx::sum(calx::prod(x, calx::axis<1>));
};
template <class T>
void check_products() {
  const T big = T(1e13);
  const calx::array<T, 2> x{{big, 0, 0}, {big, big, 0}, {big, big, big}};
  const calx::tensor<T, 3, 3> known{{big, 0, 0}, {big, big, 0}, {big, big, big}};
  CHECK(same(calx::grad(product)(x), x * T(0)));
  CHECK(same(calx::grad(product)(known), x * T(0)));
  const T two_big = big * big;
  const calx::array<T, 2> rows{{0, 0, 0}, {0, 0, two_big}, {two_big, two_big, two_big}};
  CHECK(same(calx::grad(product_of_rows)(x), rows));
  CHECK(same(calx::grad(product_of_rows)(known), rows));
}
}  // namespace

TEST_CASE("the gradient of a product is exact with zeros, and where parts of it overflow") {
  check_products<float>(), check_products<double>();
  const calx::array<double, 1> far{1e-200, 1e200, 1e-200, 1e200, 0}, last{0, 0, 0, 0, 1};
  const calx::tensor<double, 5> known{1e-200, 1e200, 1e-200, 1e200, 0};
  const auto g = calx::grad(product)(far);
  for (int i = 0; i < 5; ++i) CHECK(near(g(i), last(i)));
  for (int i = 0; i < 5; ++i) CHECK(near(calx::grad(product)(known)(i), last(i)));
  const calx::array<double, 1> zeros{2, 0, 3}, beyond{1e300, 1e300, 0};
  CHECK(same(calx::grad(product)(zeros), calx::array<double, 1>{0, 6, 0}));
  CHECK(same(calx::hessian(product)(zeros),
             calx::array<double, 2>{{0, 3, 0}, {3, 0, 2}, {0, 2, 0}}));
  CHECK(same(calx::grad(product)(beyond), calx::array<double, 1>{0, 0, infinite}));
  // Where a factor is infinite, zeros do not decide.
  const auto h = calx::grad(product)(calx::array<double, 1>{infinite, 0, 2});
  CHECK((h(0) == 0 && h(1) == infinite && std::isnan(h(2))));
}
