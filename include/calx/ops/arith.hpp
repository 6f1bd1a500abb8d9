// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic: the ops with which the derivatives of all others are written.
#pragma once

#include <cmath>

#include <calx/ops/elementwise.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// The scalar twin of xsimd's select, so that one `eval` serves both.
template <class T>
CALX_HD constexpr T select(bool c, T a, T b) { return c ? a : b; }

/// Computes op on constants now; -1 if an operand is not one.
template <class Op>
constexpr int fold(auto& g, int type, const int* args) {
  for (int i = 0; i < Op::arity; ++i)
    if (!is<constant_t>(g, args[i])) return -1;
  const aval a = g.avals[static_cast<std::size_t>(type)];
  return visit_dtype(a.type, [&]<class T>() {
    T x = from_bits<T>(g.param(args[0], 0)), y = from_bits<T>(g.param(args[Op::arity - 1], 0));
    if constexpr (Op::arity == 1) return constant_t::emit(g, a.shape, a.type, Op::eval(x));
    else return constant_t::emit(g, a.shape, a.type, Op::eval(x, y));
  });
}
template <class Op>
constexpr int emit(auto& g, int a) { return Op::emit(g, &a); }
template <class Op>
constexpr int emit(auto& g, int a, int b) {
  int x[] = {a, b};
  return Op::emit(g, x);
}
/// Integers wrap: done in the unsigned type, where that is defined.
template <class T, class F>
CALX_HD constexpr T wrapping(T a, T b, F f) {
  if constexpr (std::is_same_v<T, bool>) return f(int{a}, int{b}) != 0;
  else if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(f(static_cast<U>(a), static_cast<U>(b)));
  } else {
    return f(a, b);
  }
}
}  // namespace detail

/// -x.
struct neg_t : elementwise<neg_t, 1> {
  static constexpr std::string_view name = "neg";
  static constexpr bool linear = true;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    if constexpr (!std::is_integral_v<T>) return -x;
    else return detail::wrapping(T(0), x, [](auto a, auto b) { return a - b; });
  }
  template <class X>
  static constexpr double partial(arg<0>, X, X) { return -1.0; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (is<neg_t>(g, args[0])) return g.arg(args[0], 0);
    return detail::fold<neg_t>(g, type, args);
  }
};
inline constexpr neg_t neg{};

/// a + b.
struct add_t : elementwise<add_t, 2> {
  static constexpr std::string_view name = "add";
  static constexpr bool linear = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    return detail::wrapping(a, b, [](auto x, auto y) { return x + y; });
  }
  template <int I, class X>
  static constexpr double partial(arg<I>, X, X, X) { return 1.0; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*);
};
inline constexpr add_t add{};

/// a - b.
struct sub_t : elementwise<sub_t, 2> {
  static constexpr std::string_view name = "sub";
  static constexpr bool linear = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    return detail::wrapping(a, b, [](auto x, auto y) { return x - y; });
  }
  template <int I, class X>
  static constexpr double partial(arg<I>, X, X, X) { return I == 0 ? 1.0 : -1.0; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (detail::has_value(g, args[1], 0.0)) return args[0];
    if (is<neg_t>(g, args[1])) return detail::emit<add_t>(g, args[0], g.arg(args[1], 0));
    return detail::fold<sub_t>(g, type, args);
  }
};
inline constexpr sub_t sub{};

constexpr int add_t::simplify(auto& g, int type, const int* args, const dim*) {
  // x + (-0.0) is x; x + 0.0 is x but for the sign of a zero, which integers do not have.
  bool exact = !is_float(g.avals[static_cast<std::size_t>(type)].type);
  for (int i = 0; i < 2; ++i)
    if (detail::has_value(g, args[i], exact ? 0.0 : -0.0)) return args[1 - i];
  if (is<neg_t>(g, args[1])) return detail::emit<sub_t>(g, args[0], g.arg(args[1], 0));
  if (is<neg_t>(g, args[0])) return detail::emit<sub_t>(g, args[1], g.arg(args[0], 0));
  return detail::fold<add_t>(g, type, args);
}

/// a * b.
struct mul_t : elementwise<mul_t, 2> {
  static constexpr std::string_view name = "mul";
  static constexpr bool linear = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    return detail::wrapping(a, b, [](auto x, auto y) { return x * y; });
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X b, X) { return b; }
  template <class X>
  static constexpr X partial(arg<1>, X a, X, X) { return a; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    for (int i = 0; i < 2; ++i) {
      if (detail::has_value(g, args[i], 1.0)) return args[1 - i];
      if (detail::has_value(g, args[i], -1.0)) return detail::emit<neg_t>(g, args[1 - i]);
    }
    bool na = is<neg_t>(g, args[0]), nb = is<neg_t>(g, args[1]);
    if (na && nb) return detail::emit<mul_t>(g, g.arg(args[0], 0), g.arg(args[1], 0));
    if (na) return detail::emit<neg_t>(g, detail::emit<mul_t>(g, g.arg(args[0], 0), args[1]));
    if (nb) return detail::emit<neg_t>(g, detail::emit<mul_t>(g, args[0], g.arg(args[1], 0)));
    return detail::fold<mul_t>(g, type, args);
  }
};
inline constexpr mul_t mul{};

/// a * p, but 0 wherever a is exactly 0: a cotangent that is zero stays zero through a pole.
struct guarded_mul_t : elementwise<guarded_mul_t, 2> {
  static constexpr std::string_view name = "guarded_mul";
  static constexpr bool linear = true, pole = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T p) {
    using detail::select;
    return select(a == T(0), T(0), mul_t::eval(a, p));
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X p, X) { return p; }
  template <class X>
  static constexpr X partial(arg<1>, X a, X, X) { return a; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (detail::is_zero(g, args[0])) return detail::emit<mul_t>(g, args[0], constant(g, type, 1));
    if (is<constant_t>(g, args[0]) || is<constant_t>(g, args[1]))
      return detail::emit<mul_t>(g, args[0], args[1]);
    if (is<neg_t>(g, args[1]))
      return detail::emit<neg_t>(g, detail::emit<guarded_mul_t>(g, args[0], g.arg(args[1], 0)));
    return -1;
  }

 private:
  static constexpr int constant(auto& g, int type, double v) {
    const aval a = g.avals[static_cast<std::size_t>(type)];
    return constant_t::emit(g, a.shape, a.type, v);
  }
};
inline constexpr guarded_mul_t guarded_mul{};

/// a / b, of floats; integers become floats.
struct div_t : elementwise<div_t, 2> {
  static constexpr std::string_view name = "div";
  static constexpr dtype_rule rule = dtype_rule::to_float;
  static constexpr bool pole = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return a / b; }
  // Both derivatives share the reciprocal, which costs one division however often it is used.
  template <class X>
  static constexpr X partial(arg<0>, X, X b, X) { return 1.0 / b; }
  template <class X>
  static constexpr X partial(arg<1>, X, X b, X y) { return -(y * (1.0 / b)); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (detail::has_value(g, args[1], 1.0)) return args[0];
    return detail::fold<div_t>(g, type, args);
  }
};
inline constexpr div_t div{};

/// The remainder of a / b with the sign of a, as C's fmod.
struct rem_t : elementwise<rem_t, 2> {
  static constexpr std::string_view name = "rem";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_integral_v<T>) return b == T(0) || b == T(-1) ? T(0) : T(a % b);
    else {
      using std::fmod;
      return fmod(a, b);
    }
  }
  template <class X>
  static constexpr double partial(arg<0>, X, X, X) { return 1.0; }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X) { return -trunc(a / b); }
};
inline constexpr rem_t rem{};

/// x * x.
struct square_t : elementwise<square_t, 1> {
  static constexpr std::string_view name = "square";
  template <class T>
  CALX_HD static constexpr T eval(T x) { return mul_t::eval(x, x); }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return 2.0 * x; }
};
inline constexpr square_t square{};

using arith_ops = type_list<neg_t, add_t, sub_t, mul_t, guarded_mul_t, div_t, rem_t, square_t>;

namespace value {
template <class A, class B>
constexpr op_result_t<guarded_mul_t, A, B> guarded_mul(const A& a, const B& p) { return calx::guarded_mul(a, p); }
template <class A, class B>
constexpr op_result_t<rem_t, A, B> fmod(const A& a, const B& b) { return calx::rem(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
