// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tracers: numbers before they meet a program, what they become there, shapes, mixing programs.
#include <calx/calx.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "../catch.hpp"
#include "../support.hpp"

using calx::dims, calx::dtype, calx::graph, calx::tracer;
using support::thrown;

namespace {
constexpr tracer input(graph& g, dtype d, const dims& shape = {}) {
  return {&g, calx::input_t::emit(g, {d, shape})};
}
/// True if x is a number that has met no program, of dtype d and value v.
template <class T>
constexpr bool is_weak(const tracer& x, dtype d, T v) {
  return x.is_weak() && x.dtype() == d && x.weak_bits == calx::to_bits(v);
}
constexpr std::int64_t whole(std::int64_t n) { return n; }
}  // namespace

TEST_CASE("tracer: numbers are weak, in the widest type of their kind") {
  static_assert(tracer().is_weak() && tracer().dtype() == dtype::f64);
  static_assert(is_weak(tracer(2.5f), dtype::f64, 2.5));
  static_assert(is_weak(tracer(3u), dtype::i64, whole(3)));
  static_assert(is_weak(tracer(std::int8_t{-3}), dtype::i64, whole(-3)));
  static_assert(is_weak(tracer(true), dtype::b1, true));
  static_assert(tracer(2).rank() == 0 && tracer(2).size() == 1 && tracer(2).program == nullptr);
  static_assert(is_weak(tracer(2).like(4.0), dtype::f64, 4.0));
  CHECK(tracer(1.5).as_operand().id == -1);
}

TEST_CASE("tracer: operations of weak numbers give weak numbers, promoted by kind") {
  const tracer i(7), j(2), x(0.5), yes(true), no(false);
  CHECK(is_weak(i + j, dtype::i64, whole(9)));
  CHECK(is_weak(i * x, dtype::f64, 3.5));
  CHECK(is_weak(x - yes, dtype::f64, -0.5));
  CHECK(is_weak(yes + i, dtype::i64, whole(8)));
  CHECK(is_weak(-i, dtype::i64, whole(-7)));
  CHECK(is_weak(yes * no, dtype::b1, false));
  // Division and functions of real numbers give floats, of integers and of bool too.
  CHECK(is_weak(i / j, dtype::f64, 3.5));
  CHECK(is_weak(yes / j, dtype::f64, 0.5));
  CHECK(is_weak(calx::sqrt(tracer(9)), dtype::f64, 3.0));
  CHECK(is_weak(calx::exp(no), dtype::f64, 1.0));
  // Comparisons compare in the type where both meet.
  CHECK(is_weak(i > j, dtype::b1, true));
  CHECK(is_weak(x == tracer(0), dtype::b1, false));
  CHECK(is_weak(calx::maximum(i, x), dtype::f64, 7.0));
  CHECK(is_weak(calx::where(yes, i, x), dtype::f64, 7.0));
  CHECK(is_weak(calx::where(no, i, j), dtype::i64, whole(2)));
  CHECK(is_weak(calx::bit_and(i, tracer(3)), dtype::i64, whole(3)));
  CHECK(is_weak(calx::shift_left(j, tracer(3)), dtype::i64, whole(16)));
  // Integers of 64 bits keep all of them.
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(is_weak(tracer(most) - tracer(1), dtype::i64, most - 1));
}

TEST_CASE("tracer: a weak number takes the dtype of what it meets, unless its kind is higher") {
  graph g;
  const tracer half = input(g, dtype::f32), n = input(g, dtype::i32), b = input(g, dtype::b1);
  CHECK((half * 2.0).dtype() == dtype::f32);
  CHECK((half + 1).dtype() == dtype::f32);
  CHECK((half + true).dtype() == dtype::f32);
  CHECK((n + 1).dtype() == dtype::i32);
  CHECK((n * true).dtype() == dtype::i32);
  CHECK((n + 1.5).dtype() == dtype::f64);
  CHECK((b + 1).dtype() == dtype::i64);
  CHECK((b * 2.0).dtype() == dtype::f64);
  CHECK((n < 3).dtype() == dtype::b1);
  CHECK((n / 2).dtype() == dtype::f32);
  CHECK(calx::where(b, half, 2.0).dtype() == dtype::f32);
  CHECK(calx::where(b, 1, 2.0).dtype() == dtype::f64);
  // Two weak numbers meet first, then their result meets the array.
  CHECK((half * (tracer(1) / tracer(2))).dtype() == dtype::f32);
  CHECK((half + 1).program == &g);
  CHECK(half.like(4.0).dtype() == dtype::f32);
}

TEST_CASE("tracer: extents, sizes, axes that are none") {
  graph g;
  const tracer x = input(g, dtype::f64, {2, 3});
  CHECK(x.rank() == 2);
  CHECK(x.size() == 6);
  CHECK(x.shape(1) == 3);
  CHECK(x.shape(-2) == 2);
  CHECK(x.dimensions() == dims{2, 3});
  CHECK(x.like(1.0).dimensions() == dims{2, 3});
  CHECK(input(g, dtype::f64, {2, 0}).size() == 0);
  CHECK(input(g, dtype::f64).size() == 1);
  CHECK(thrown<calx::index_error>([&] { (void)x.shape(2); }) ==
        "shape: axis 2 is outside rank 2");
  CHECK(thrown<calx::index_error>([&] { (void)x.shape(-3); }) ==
        "shape: axis -3 is outside rank 2");
  CHECK(tracer(2.0).shape(0) == 1);  // a number has no program that could keep an error
}

TEST_CASE("tracer: equal operations are one node, and max is no std::max") {
  graph g;
  const tracer x = input(g, dtype::f64), y = input(g, dtype::f64);
  CHECK((x + y).id == (x + y).id);
  CHECK((x * 1.0).id == x.id);
  CHECK(calx::detail::strong(g, tracer(2.0)).program == &g);
  using std::max, std::min;
  CHECK(max(x, y).id == calx::maximum(x, y).id);
  CHECK(min(x, y).id == calx::minimum(x, y).id);
}

TEST_CASE("tracer: values of two programs do not mix") {
  graph g, h;
  const tracer x = input(g, dtype::f64), y = input(h, dtype::f64), n(2.0);
  const char* sentence = "a value of one traced function is used in another: pass it as an "
                         "argument of the inner function instead of capturing it, or call that "
                         "with a traced argument, x.like(1.0) instead of 1.0";
  CHECK(thrown<calx::error>([&] { (void)(x + y); }) == sentence);
  CHECK(thrown<calx::error>([&] { (void)calx::where(x > n, n, y); }) == sentence);
  CHECK(calx::detail::program_of(n, x, 3) == &g);
  CHECK(calx::detail::program_of(n, 3) == nullptr);
  // A compiler's trace keeps the first error and goes on.
  static_assert([] {
    graph a, b;
    (void)(input(a, dtype::f64) + input(b, dtype::f64));
    return (a.failed == calx::error_kind::generic) + (b.failed == calx::error_kind::generic);
  }() == 2);
}

TEST_CASE("transposition refuses what is not linear") {
  graph g;
  const tracer x = input(g, dtype::f64), u = input(g, dtype::f64);
  const tracer y = calx::sin(x);
  CHECK(thrown<calx::error>([&] { calx::passes::transpose(g, {x.id}, {y.id}, {u.id}); }) ==
        "sin: is not linear; functions of linear_transpose, and derivative rules in their "
        "tangents, must be written with linear ops");
}
