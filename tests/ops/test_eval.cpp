// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The values of elementwise ops and reductions: within the declared error, on packs as on numbers.
#include <calx/ops/all.hpp>
#include <calx/trace/structure.hpp>
#include <random>

#include "../catch.hpp"
#include "pack.hpp"
#include "wide.hpp"

using namespace calx;

namespace {
template <class F, class... Op>
void for_each_op(type_list<Op...>, F f) {
  (f.template operator()<Op>(), ...);
}
/// Ops on single floats.
template <class Op>
constexpr bool on_floats() {
  if constexpr (requires { Op::arity; }) return Op::takes(dtype::f64);
  else return false;
}
/// The operand type of operand I: a condition, or a number.
template <class Op, class T, class Mask, std::size_t I>
using operand_t = std::conditional_t<(I < std::size_t{Op::conditions}), Mask, T>;

template <class Op, class T>
T on_number(const T (&x)[3]) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return static_cast<T>(
        Op::template eval<T>(static_cast<operand_t<Op, T, bool, I>>(x[I])...));
  }(std::make_index_sequence<std::size_t{Op::arity}>());
}

/// Points of op's domain, some of each size from tiny to large.
template <class Op, class T>
struct points {
  std::mt19937_64 bits{20240229};
  double uniform(double lo, double hi) {
    return std::uniform_real_distribution<double>(lo, hi)(bits);
  }
  T next() {
    double most = Op::name == "pow" ? 20 : sizeof(T) == 8 ? 700 : 80;
    double size = std::exp2(uniform(-20, std::log2(most))), v = bits() % 2 != 0 ? size : -size;
    if (!std::isinf(Op::lo) && !std::isinf(Op::hi)) v = std::tanh(v);
    else if (v < Op::lo) v = Op::lo == -1 ? std::expm1(v) : -v;
    return static_cast<T>(Op::name == "pow" ? size : v);
  }
};
/// The distance of two values in units of the last place of the second.
template <class T>
long double ulps(T got, long double want) {
  int exponent;
  std::frexp(want, &exponent);
  return std::fabs(got - want) / std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits);
}

template <class Op, class T>
void check_error() {
  auto formula = wide::formulas.find(Op::name);
  REQUIRE(formula != wide::formulas.end());
  points<Op, T> p;
  long double worst = 0;
  for (int i = 0; i < 20000; ++i) {
    T x[3] = {p.next(), p.next(), p.next()};
    if (Op::conditions > 0) x[0] = static_cast<T>(i % 2);
    long double want = formula->second(x[0], x[1], x[2]);
    using limits = std::numeric_limits<T>;
    if (!(std::fabs(want) <= limits::max() && std::fabs(want) >= limits::min())) continue;
    worst = std::max(worst, ulps(on_number<Op>(x), want));
  }
  INFO(Op::name << " of " << name_of(dtype_of<T>()));
  // The reference is off by 2^-11 of a double's last place itself.
  CHECK(worst <= std::max<long double>(Op::ulp, 0.5L) + 0x1p-10L);
}

template <class Op, class T>
void check_pack() {
  using pack = packs::pack<T>;
  points<Op, T> p;
  for (int round = 0; round < 50; ++round) {
    T x[packs::width][3];
    pack operands[3];
    packs::mask condition;
    for (int lane = 0; lane < packs::width; ++lane) {
      for (int k = 0; k < 3; ++k) {
        x[lane][k] = round % 8 == 7 && k == lane % 2 ? T(-0.0) : p.next();
        operands[k].v[lane] = x[lane][k];
      }
      condition.v[lane] = lane % 2 != 0;
      if (Op::conditions > 0) x[lane][0] = static_cast<T>(condition.v[lane]);
    }
    auto y = [&] {
      if constexpr (Op::conditions > 0)
        return Op::template eval<pack>(condition, operands[1], operands[2]);
      else if constexpr (Op::arity == 1) return Op::template eval<pack>(operands[0]);
      else return Op::template eval<pack>(operands[0], operands[1]);
    }();
    for (int lane = 0; lane < packs::width; ++lane) {
      T got = static_cast<T>(y.v[lane]), want = on_number<Op>(x[lane]);
      // Numbers of float32 go through float64 in some ops, packs do not.
      bool same = got == want || (got != got && want != want) || ulps(got, want) <= Op::ulp;
      CHECK((same && std::signbit(got) == std::signbit(want)));
    }
  }
}
}  // namespace

TEST_CASE("elementwise ops on floats keep their declared error") {
  for_each_op(all_ops(), []<class Op>() {
    if constexpr (on_floats<Op>()) check_error<Op, double>(), check_error<Op, float>();
  });
}

TEST_CASE("eval works on packs of floats as on numbers") {
  for_each_op(all_ops(), []<class Op>() {
    INFO(Op::name);
    if constexpr (on_floats<Op>()) check_pack<Op, double>(), check_pack<Op, float>();
  });
}

TEST_CASE("reductions combine packs, and nothing changes with the identity") {
  for_each_op(all_ops(), []<class Op>() {
    if constexpr (Op::kind == op_kind::reduction) {
      INFO(Op::name);
      for (int d = 0; d < dtype_count; ++d)
        visit_dtype(static_cast<dtype>(d), [&]<class T>() {
          if constexpr (Op::takes(dtype_of<T>()))
            for (T x : {T(0), T(1), T(5), static_cast<T>(-3)}) {
              CHECK(Op::combine(Op::template identity<T>(), x) == x);
              CHECK(Op::combine(x, Op::template identity<T>()) == x);
            }
        });
      if constexpr (Op::takes(dtype::f64)) {
        using pack = packs::pack<double>;
        CHECK(Op::combine(pack(3.0), pack(-2.0)).v[1] == Op::combine(3.0, -2.0));
      }
    }
  });
}

TEST_CASE("max and min order the zeros and pass NaN on") {
  double nan = std::nan("");
  CHECK(!std::signbit(max_t::eval(-0.0, 0.0)));
  CHECK(!std::signbit(max_t::eval(0.0, -0.0)));
  CHECK(std::signbit(max_t::eval(-0.0, -0.0)));
  CHECK(std::signbit(min_t::eval(-0.0, 0.0)));
  CHECK(std::signbit(min_t::eval(0.0, -0.0)));
  CHECK(!std::signbit(min_t::eval(0.0, 0.0)));
  CHECK(std::isnan(max_t::eval(nan, inf)));
  CHECK(std::isnan(max_t::eval(-inf, nan)));
  CHECK(std::isnan(min_t::eval(nan, -inf)));
  CHECK(std::isnan(min_t::eval(inf, nan)));
  CHECK(max_t::eval(inf, -inf) == inf);
  CHECK(min_t::eval(inf, inf) == inf);
}

TEST_CASE("logistic is 0 and 1 far out, without overflow between") {
  CHECK(logistic_t::eval(1000.0) == 1);
  CHECK(logistic_t::eval(-1000.0) == 0);
  CHECK(logistic_t::eval(-740.0) > 0);
  CHECK(logistic_t::eval(-inf) == 0);
  CHECK(logistic_t::eval(inf) == 1);
  CHECK(std::isnan(logistic_t::eval(std::nan(""))));
}

TEST_CASE("erf_inv ends at infinity") {
  for (double x : {-1.0, 1.0}) CHECK(erf_inv_t::eval(x) == x * inf);
  CHECK(std::isnan(erf_inv_t::eval(-1.5)));
  CHECK(std::isnan(erf_inv_t::eval(std::nan(""))));
  CHECK(std::signbit(erf_inv_t::eval(-0.0)));
}

TEST_CASE("function objects compute numbers at once") {
  static_assert(calx::add(2, 3) == 5 && calx::div(1, 4) == 0.25f);
  static_assert(calx::maximum(1.5f, 2) == 2.0f && calx::where(true, 1, 2.5) == 1.0);
  static_assert(calx::logical_and(2.5, 1.0) && !calx::logical_not(3));
  static_assert(calx::logical_xor(true, false) && !calx::logical_or(0.0, -0.0));
  static_assert(calx::bit_not(5) == -6 && calx::shift_right(-8, 1) == -4);
  static_assert(calx::shift_right_logical(-1, 28) == 15 && calx::shift_left(1, 40) == 0);
  static_assert(calx::bits_to_float(0x3f800000u) == 1.0f && calx::rem(-7, 0) == -7);
  static_assert(calx::abs(-2.5) == 2.5 && calx::sign(-3) == -1 && calx::square(-3) == 9);
  static_assert(calx::pow(2, 10) == 1024 && calx::integer_pow(-2.0, 3) == -8.0);
  static_assert(calx::integer_pow(2.0, -2) == 0.25 && calx::integer_pow(7, 0) == 1);
  CHECK(calx::sqrt(4) == 2.0f);
  CHECK(calx::floor(-2.5) == -3);
  CHECK(calx::ceil(7) == 7);
}

TEST_CASE("ops that do not take bool, or floats, say so") {
  graph g;
  tracer c(&g, input_t::emit(g, {dtype::b1, {2}})), x(&g, input_t::emit(g, {dtype::f32, {2}}));
  tracer i(&g, input_t::emit(g, {dtype::i32, {2}}));
  CHECK_THROWS_WITH(neg(c), "neg: takes numbers, but got bool; convert it to a number, or use the "
                            "logical functions");
  CHECK_THROWS_AS(sub(c, c), dtype_error);
  CHECK_THROWS_AS(sign(c), dtype_error);
  CHECK_THROWS_WITH(bit_and(x, x), "and: takes integers and bool, but got float32");
  CHECK_THROWS_WITH(bits_to_float(x), "bits_to_float: takes integers and bool, but got float32");
  CHECK_THROWS_WITH(integer_pow(i, -1), "pow: an integer to the power -1 is no integer; convert it "
                                        "to a float, or use a float exponent");
  CHECK(logical_and(c, x).dtype() == dtype::b1);
  CHECK(logical_not(i).dtype() == dtype::b1);
  CHECK(calx::floor(i).id == i.id);
  CHECK(calx::pow(i, i).dtype() == dtype::i32);
  CHECK(calx::pow(i, 0.5).dtype() == dtype::f64);
}
