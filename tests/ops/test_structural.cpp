// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops of a user that move elements: told once, by an index map, they work wherever programs run.
#include <calx/calx.hpp>
#include <cmath>
#include <string>
#include <tuple>

#include "../catch.hpp"

namespace {
using calx::dim;
using calx::dims;
using calx::graph_for;
using calx::tracer;

/// The last axis backwards.
struct flip_t : calx::structural<flip_t> {
  static constexpr std::string_view name = "flip";
  static constexpr calx::index_map map(const auto& g, calx::symbol_table& t, int n, int) {
    calx::index_map m;
    const int last = g.shape(n).rank - 1;
    for (int i = 0; i < last; ++i) m.add(i, i);
    m.offset[last] = t.add(g.shape(n)[last], -1);
    m.add(last, last, -1);
    return m;
  }
  static constexpr int emit(auto& g, int x) { return g.template add<flip_t>(g.type(x), {x}); }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int, int ct, const bool*, int* out) {
    out[0] = emit(g, ct);
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int, const int* args, const bool*, dim) {
    return emit(g, args[0]);
  }
};
constexpr tracer flip(const tracer& x) { return {x.program, flip_t::emit(*x.program, x.id)}; }

/// All windows of a width along the last axis: element (..., i, j) is x(..., i + j).
struct windows_t : calx::structural<windows_t> {
  static constexpr std::string_view name = "windows";
  static constexpr calx::index_map map(const auto& g, calx::symbol_table&, int n, int) {
    calx::index_map m;
    const int last = g.shape(n).rank - 1;
    for (int r = 0; r <= last; ++r) m.add(r < last ? r : last - 1, r);
    return m;
  }
  static constexpr int emit(auto& g, int x, dim width) {
    dims shape = g.shape(x);
    const int last = shape.rank - 1;
    shape[last] = g.symbols.add(shape[last], 1 - width);
    shape.push(width);
    return g.template add<windows_t>(calx::aval{g.element(x), shape}, {x}, {width});
  }
  /// Each element of a window is one of x: the sum of the columns, each put where it came from.
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    const dims whole = g.shape(g.arg(n, 0));
    const int last = whole.rank - 1;
    for (dim j = 0; j < g.param(n, 0); ++j) {
      dims start, stride, column = g.shape(ct), low, spacing;
      for (int i = 0; i < column.rank; ++i) start.push(0), stride.push(1);
      for (int i = 0; i < whole.rank; ++i) low.push(0), spacing.push(1);
      start[last + 1] = j, column[last + 1] = 1, low[last] = j;
      int x = calx::slice_t::emit(g, ct, start, stride, column);
      column.erase(last + 1);
      x = calx::pad_t::emit(g, calx::reshape_t::emit(g, x, column), low, spacing, whole);
      out[0] = j == 0 ? x : calx::detail::emit<calx::add_t>(g, out[0], x);
    }
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim) {
    return emit(g, args[0], g.param(n, 0));
  }
};
constexpr tracer windows(const tracer& x, dim width) {
  return {x.program, windows_t::emit(*x.program, x.id, width)};
}

/// Two arrays of one length, element by element in turn; the second one backwards.
struct zip_t : calx::structural<zip_t> {
  static constexpr std::string_view name = "zip";
  static constexpr int operand_count = 2;
  static constexpr calx::index_map map(const auto& g, calx::symbol_table& t, int n, int i) {
    const dims& shape = g.shape(g.arg(n, i));
    const int last = shape.rank - 1;
    dims low, spacing;
    for (int r = 0; r < shape.rank; ++r) low.push(0), spacing.push(1);
    low[last] = i, spacing[last] = 2;
    auto m = calx::index_map::part(low, spacing, shape);
    if (i == 1) m.offset[last] = t.add(shape[last], -1), m.terms.back().stride = -1;
    return m;
  }
  static constexpr int emit(auto& g, int a, int b) {
    dims shape = g.shape(a);
    shape[shape.rank - 1] = g.symbols.mul(shape[shape.rank - 1], 2);
    return g.template add<zip_t>(calx::aval{g.element(a), shape}, {a, b});
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int, const int* args, const bool* batched,
                             dim size) {
    int x[2];
    for (int i = 0; i < 2; ++i)
      x[i] = batched[i] ? args[i] : calx::detail::repeat(g, args[i], size);
    return emit(g, x[0], x[1]);
  }
};
constexpr tracer zip(const tracer& a, const tracer& b) {
  return {a.program, zip_t::emit(*a.program, a.id, b.id)};
}

/// An op that does not say where elements go.
struct lost_t : calx::structural<lost_t> {
  static constexpr std::string_view name = "lost";
  static constexpr int emit(auto& g, int x) { return g.template add<lost_t>(g.type(x), {x}); }
};
constexpr tracer lost(const tracer& x) { return {x.program, lost_t::emit(*x.program, x.id)}; }

constexpr auto flipped = [](auto x, auto w) { return calx::sum(flip(x * x) * w); };
constexpr auto moving = [](auto x) {
  auto all = windows(x * x, 3);
  return calx::sum(all * all, calx::axis<-1>);
};

constexpr auto zipped = [](auto x) { return zip(x, x * 10.0); };

/// Fills x with numbers of both signs, none of them alike.
template <class A>
A filled(A x) {
  for (int i = 0; i < static_cast<int>(x.size()); ++i) x.mutable_data()[i] = 0.25 * i - 1.5;
  return x;
}
double power(double x, int n) { return n == 0 ? 1 : x * power(x, n - 1); }
/// In how many windows of 3 of n elements element k is.
int windows_with(int n, int k) {
  int count = 0;
  for (int i = 0; i + 3 <= n; ++i) count += k >= i && k < i + 3 ? 1 : 0;
  return count;
}
/// Sums of some dozen products of numbers of a few digits.
bool near(double got, double want) { return std::abs(got - want) <= 1e-12 * (1 + std::abs(want)); }

/// `rows` are several x, one a row.
template <class F, class X, class Rows>
void check_flip(const F& f, const X& x, const Rows& rows) {
  const int n = static_cast<int>(x.size());
  auto value = [&](auto at) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += power(at(n - 1 - i), 2) * x(i);
    return sum;
  };
  CHECK(near(calx::jit(f)(x, x), value(x)));
  auto gradient = calx::grad(f)(x, x);
  for (int k = 0; k < n; ++k) CHECK(near(gradient(k), 2 * x(k) * x(n - 1 - k)));
  auto [y, tangent] = calx::jvp(f, std::tuple{x, x}, std::tuple{x, x});
  CHECK(near(y, value(x)));
  CHECK(near(tangent, 3 * value(x)));  // homogeneous of degree 3
  auto each = calx::vmap(f, calx::in_axes<0, calx::none>)(rows, x);
  auto slopes = calx::vmap(calx::grad(f), calx::in_axes<0, calx::none>)(rows, x);
  for (int r = 0; r < static_cast<int>(rows.size() / x.size()); ++r) {
    CHECK(near(each(r), value([&](int i) { return rows(r, i); })));
    for (int k = 0; k < n; ++k) CHECK(near(slopes(r, k), 2 * rows(r, k) * x(n - 1 - k)));
  }
}
template <class F, class X, class Rows>
void check_windows(const F& f, const X& x, const Rows& rows) {
  const int n = static_cast<int>(x.size());
  auto sums = calx::jit(f)(x);
  REQUIRE(static_cast<int>(sums.size()) == n - 2);
  double all = 0;
  for (int i = 0; i < n - 2; ++i) {
    double want = power(x(i), 4) + power(x(i + 1), 4) + power(x(i + 2), 4);
    CHECK(near(sums(i), want));
    all += want;
  }
  auto total = [f](auto v) { return calx::sum(f(v)); };
  auto gradient = calx::grad(total)(x);
  for (int k = 0; k < n; ++k)
    CHECK(near(gradient(k), 4 * power(x(k), 3) * windows_with(n, k)));
  auto [y, tangent] = calx::jvp(total, std::tuple{x}, std::tuple{x});
  CHECK(near(y, all));
  CHECK(near(tangent, 4 * all));
  auto slopes = calx::vmap(calx::grad(total))(rows);
  for (int r = 0; r < static_cast<int>(rows.size() / x.size()); ++r)
    for (int k = 0; k < n; ++k)
      CHECK(near(slopes(r, k), 4 * power(rows(r, k), 3) * windows_with(n, k)));
}
template <class F, class X, class Rows>
void check_zip(const F& f, const X& x, const Rows& rows) {
  const int n = static_cast<int>(x.size());
  auto y = calx::jit(f)(x);
  auto each = calx::vmap(f)(rows);
  REQUIRE(static_cast<int>(y.size()) == 2 * n);
  for (int i = 0; i < n; ++i) {
    CHECK(y(2 * i) == x(i));
    CHECK(y(2 * i + 1) == 10 * x(n - 1 - i));
    for (int r = 0; r < static_cast<int>(rows.size() / x.size()); ++r)
      CHECK(each(r, 2 * i + 1) == 10 * rows(r, n - 1 - i));
  }
}
template <class X, class Rows>
void check_all(const X& x, const Rows& rows) {
  // Not known to the compiler: the same functions, traced at run time.
  const double one = rows(0, 0) / rows(0, 0);
  check_flip(flipped, x, rows);
  check_flip([one](auto a, auto b) { return flipped(a, b) * one; }, x, rows);
  check_windows(moving, x, rows);
  check_windows([one](auto a) { return moving(a) * one; }, x, rows);
  check_zip(zipped, x, rows);
  check_zip([one](auto a) { return zipped(a * one); }, x, rows);
}
}  // namespace

TEST_CASE("ops of a user that move elements, of values that are split into numbers") {
  check_all(filled(calx::tensor<double, 5>()), filled(calx::tensor<double, 2, 5>()));
}
TEST_CASE("ops of a user that move elements, in loops") {
  check_all(filled(calx::tensor<double, 90>()), filled(calx::tensor<double, 3, 90>()));
}
TEST_CASE("ops of a user that move elements, of extents that only run time knows") {
  check_all(filled(calx::array<double, 1>(dims{17})), filled(calx::array<double, 2>(dims{3, 17})));
}

TEST_CASE("an op that does not say where elements go is refused") {
  const double one = filled(calx::tensor<double, 7>())(10 - 4) * 0 + 1;
  const std::string sentence =
      "op lost says no index map; give it a function `map`, or `row_major = true` if it keeps the "
      "order of the elements";
  try {
    calx::jit([one](auto x) { return lost(x) * one; })(filled(calx::tensor<double, 3>()));
    FAIL("nothing was thrown");
  } catch (const calx::error& e) {
    CHECK(e.what() == sentence);
  }
}
