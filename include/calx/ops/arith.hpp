// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic: the ops with which the derivatives of all others are written.
#pragma once

#include <concepts>

#include <calx/base/scalar_math.hpp>
#include <calx/ops/elementwise.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// The scalar twin of a pack's select, so that one `eval` serves both.
template <class T>
CALX_HD constexpr T select(bool c, T a, T b) { return c ? a : b; }

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
constexpr dtype element_of_aval(const auto& g, int type) {
  return g.avals[static_cast<std::size_t>(type)].type;
}
/// The constant v of type `type`.
constexpr int constant_like(auto& g, int type, double v) {
  const aval a = g.avals[static_cast<std::size_t>(type)];
  return constant_t::emit(g, a.shape, a.type, v);
}
/// True for powers of two whose reciprocals are such: dividing by one is multiplying by the other.
template <std::floating_point T>
constexpr bool is_exact_divisor(T v) {
  using limits = std::numeric_limits<T>;
  T size = v < T(0) ? -v : v;
  if (!(size >= T(16) * limits::min() && size <= limits::max() / T(16))) return false;
  return (to_bits(v) & ((dim{1} << (limits::digits - 1)) - 1)) == 0;
}
}  // namespace detail

/// -x.
struct neg_t : elementwise<neg_t, 1> {
  static constexpr std::string_view name = "neg";
  static constexpr dtype_rule rule = dtype_rule::number;
  static constexpr bool linear = true, total = true, signless = true;
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
/// neg(x): -x.
inline constexpr neg_t neg{};

/// a + b.
struct add_t : elementwise<add_t, 2> {
  static constexpr std::string_view name = "add";
  static constexpr bool linear = true, signless = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (!std::is_integral_v<T>) return a + b;
    else return detail::wrapping(a, b, [](auto x, auto y) { return x + y; });
  }
  template <int I, class X>
  static constexpr double partial(arg<I>, X, X, X) { return 1.0; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*);
};
/// add(a, b): a + b.
inline constexpr add_t add{};

/// a - b.
struct sub_t : elementwise<sub_t, 2> {
  static constexpr std::string_view name = "sub";
  static constexpr dtype_rule rule = dtype_rule::number;
  static constexpr bool linear = true, signless = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (!std::is_integral_v<T>) return a - b;
    else return detail::wrapping(a, b, [](auto x, auto y) { return x - y; });
  }
  template <int I, class X>
  static constexpr double partial(arg<I>, X, X, X) { return I == 0 ? 1.0 : -1.0; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (detail::has_value(g, args[1], 0.0)) return args[0];
    bool exact = !is_float(detail::element_of_aval(g, type));
    if (exact && args[0] == args[1]) return detail::constant_like(g, type, 0.0);
    // -0.0 - x is -x for all x, 0.0 - x is not for x = 0.0.
    if (detail::has_value(g, args[0], exact ? 0.0 : -0.0)) return detail::emit<neg_t>(g, args[1]);
    if (is<neg_t>(g, args[1])) return detail::emit<add_t>(g, args[0], g.arg(args[1], 0));
    return detail::fold<sub_t>(g, type, args);
  }
};
/// sub(a, b): a - b.
inline constexpr sub_t sub{};

constexpr int add_t::simplify(auto& g, int type, const int* args, const dim*) {
  // x + (-0.0) is x; x + 0.0 is x but for the sign of a zero, which integers do not have.
  bool exact = !is_float(detail::element_of_aval(g, type));
  for (int i = 0; i < 2; ++i)
    if (detail::has_value(g, args[i], exact ? 0.0 : -0.0)) return args[1 - i];
  if (is<neg_t>(g, args[1])) return detail::emit<sub_t>(g, args[0], g.arg(args[1], 0));
  if (is<neg_t>(g, args[0])) return detail::emit<sub_t>(g, args[1], g.arg(args[0], 0));
  if (int c = detail::fold<add_t>(g, type, args); c >= 0) return c;
  return detail::in_order<add_t>(g, args);
}

/// a * b.
struct mul_t : elementwise<mul_t, 2> {
  static constexpr std::string_view name = "mul";
  static constexpr bool linear = true, signless = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (!std::is_integral_v<T>) return a * b;
    else return detail::wrapping(a, b, [](auto x, auto y) { return x * y; });
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X b, X) { return b; }
  template <class X>
  static constexpr X partial(arg<1>, X a, X, X) { return a; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    for (int i = 0; i < 2; ++i) {
      if (!is<constant_t>(g, args[i])) continue;
      bool inexact = is_float(detail::element_of_aval(g, type));
      if (detail::has_value(g, args[i], 1.0)) return args[1 - i];
      if (!inexact && detail::has_value(g, args[i], 0.0)) return args[i];
      if (inexact && detail::has_value(g, args[i], -1.0))
        return detail::emit<neg_t>(g, args[1 - i]);
    }
    bool na = is<neg_t>(g, args[0]), nb = is<neg_t>(g, args[1]);
    if (na && nb) return detail::emit<mul_t>(g, g.arg(args[0], 0), g.arg(args[1], 0));
    if (na) return detail::emit<neg_t>(g, detail::emit<mul_t>(g, g.arg(args[0], 0), args[1]));
    if (nb) return detail::emit<neg_t>(g, detail::emit<mul_t>(g, args[0], g.arg(args[1], 0)));
    if (int c = detail::fold<mul_t>(g, type, args); c >= 0) return c;
    return detail::in_order<mul_t>(g, args);
  }
  // Of x^3 and higher powers the power rule: one product instead of a sum of them.
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    for (int i = 0; i < 2 && tangents[0] >= 0 && tangents[1] >= 0; ++i) {
      int lower = g.arg(n, 1 - i), k = exponent(g, lower, g.arg(n, i));
      if (k < 2) continue;
      return (Tracer{&g, tangents[i]} * ((k + 1.0) * Tracer{&g, lower})).id;
    }
    return elementwise<mul_t, 2>::template jvp<Tracer>(g, n, tangents);
  }

 private:
  /// k if node n is the product of k factors x, one after the other; else 0.
  static constexpr int exponent(const auto& g, int n, int x) {
    for (int k = 1; k <= 8; ++k) {
      if (n == x) return k;
      if (!is<mul_t>(g, n)) return 0;
      if (g.arg(n, 0) == x) n = g.arg(n, 1);
      else if (g.arg(n, 1) == x) n = g.arg(n, 0);
      else return 0;
    }
    return 0;
  }
};
/// mul(a, b): a * b.
inline constexpr mul_t mul{};

/// a * p, but 0 wherever a is exactly 0: a cotangent that is zero stays zero through a pole.
struct guarded_mul_t : elementwise<guarded_mul_t, 2> {
  static constexpr std::string_view name = "guarded_mul";
  static constexpr bool linear = true, signless = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T p) {
    using detail::select;
    return select(a == T(0), T(0), mul_t::eval(a, p));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (is<constant_t>(g, args[0]))
      return detail::is_zero(g, args[0]) ? detail::constant_like(g, type, 0.0)
                                         : detail::emit<mul_t>(g, args[0], args[1]);
    // A finite factor needs no guard. For the value alone, nor does one that is a factor of a:
    // where it is infinite, a is infinite or NaN. The derivative's a may be 0 there, though.
    if (is_finite(g, args[1]) || (g.values_only && is_factor(g, args[1], args[0], 4)))
      return detail::emit<mul_t>(g, args[0], args[1]);
    for (int i = 0; i < 2; ++i)
      if (is<neg_t>(g, args[i])) {
        int inner[] = {args[0], args[1]};
        inner[i] = g.arg(args[i], 0);
        return detail::emit<neg_t>(g, emit(g, inner));
      }
    return -1;
  }
  // Both operands are derivatives of something as soon as p moves: then either guards.
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    int left = tangents[0] < 0 ? -1 : detail::emit<guarded_mul_t>(g, tangents[0], g.arg(n, 1));
    int right = tangents[1] < 0 ? -1 : doubly_guarded(g, tangents[1], g.arg(n, 0));
    if (left < 0 || right < 0) return left < 0 ? right : left;
    return detail::emit<add_t>(g, left, right);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* is_linear,
                                  int* out) {
    if (is_linear[0]) out[0] = detail::emit<guarded_mul_t>(g, ct, g.arg(n, 1));
    if (is_linear[1]) out[1] = doubly_guarded(g, ct, g.arg(n, 0));
  }

 private:
  static constexpr bool is_finite(const auto& g, int n) {
    return is<constant_t>(g, n) && visit_dtype(g.element(n), [&]<class T>() {
      using limits = std::numeric_limits<T>;
      T v = from_bits<T>(g.param(n, 0));
      return v >= limits::lowest() && v <= limits::max();
    });
  }
  /// True if product n has the factor p, at most `depth` products down.
  static constexpr bool is_factor(const auto& g, int p, int n, int depth) {
    if (n == p) return true;
    if (is<neg_t>(g, n)) return is_factor(g, p, g.arg(n, 0), depth);
    return depth > 0 && is<mul_t>(g, n) && (is_factor(g, p, g.arg(n, 0), depth - 1) ||
                                            is_factor(g, p, g.arg(n, 1), depth - 1));
  }
  /// t * a, but 0 wherever t or a is exactly 0; linear in t.
  static constexpr int doubly_guarded(auto& g, int t, int a);  // in select.hpp
};
/// guarded_mul(a, p): a * p, and 0 where a is 0, whatever p is.
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
  static constexpr X partial(arg<1>, X, X b, X y) { return -guarded_mul(y, 1.0 / b); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (detail::has_value(g, args[1], 1.0)) return args[0];
    if (detail::has_value(g, args[1], -1.0)) return detail::emit<neg_t>(g, args[0]);
    if (is<neg_t>(g, args[0]))
      return detail::emit<neg_t>(g, detail::emit<div_t>(g, g.arg(args[0], 0), args[1]));
    if (is<neg_t>(g, args[1]))
      return detail::emit<neg_t>(g, detail::emit<div_t>(g, args[0], g.arg(args[1], 0)));
    if (!is<constant_t>(g, args[1]) || detail::is_zero(g, args[1])) return -1;
    if (int c = detail::fold<div_t>(g, type, args); c >= 0) return c;
    return visit_dtype(g.element(args[1]), [&]<class T>() -> int {
      if constexpr (!std::is_floating_point_v<T>) return -1;
      else {
        T b = from_bits<T>(g.param(args[1], 0));
        if (!detail::is_exact_divisor(b)) return -1;
        const aval a = g.avals[static_cast<std::size_t>(type)];
        return detail::emit<mul_t>(g, args[0], constant_t::emit(g, a.shape, a.type, T(1) / b));
      }
    });
  }
};
/// div(a, b): a / b, of floats.
inline constexpr div_t div{};

/// The remainder of a / b with the sign of a, as C's fmod; of integers by 0 it is a.
struct rem_t : elementwise<rem_t, 2> {
  static constexpr std::string_view name = "rem";
  static constexpr dtype_rule rule = dtype_rule::number;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      if (b == T(0)) return a;
      bool whole = std::is_signed_v<T> && b == T(-1);  // a % -1 traps for the least a
      return whole ? T(0) : T(a % b);
    } else {
      using detail::scalar::fmod;
      return fmod(a, b);
    }
  }
  template <class X>
  static constexpr double partial(arg<0>, X, X, X) { return 1.0; }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X) { return -trunc(a / b); }
};
/// rem(a, b): the remainder with the sign of a.
inline constexpr rem_t rem{};

/// x * x.
struct square_t : elementwise<square_t, 1> {
  static constexpr std::string_view name = "square";
  static constexpr bool signless = true;
  template <class T>
  CALX_HD static constexpr T eval(T x) { return mul_t::eval(x, x); }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return 2.0 * x; }
};
/// square(x): x * x.
inline constexpr square_t square{};

using arith_ops = type_list<neg_t, add_t, sub_t, mul_t, guarded_mul_t, div_t, rem_t, square_t>;

namespace value {
template <class A, class B>
constexpr op_result_t<guarded_mul_t, A, B> guarded_mul(const A& a, const B& p) {
  return calx::guarded_mul(a, p);
}
template <class A, class B>
constexpr op_result_t<rem_t, A, B> fmod(const A& a, const B& b) { return calx::rem(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
