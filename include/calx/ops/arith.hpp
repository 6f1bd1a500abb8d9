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
/// Which op made node n.
constexpr int key_of(const auto& g, int n) { return g.nodes.items[n].op->key; }
constexpr dtype element_of_aval(const auto& g, int type) {
  return g.avals.items[type].type;
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
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto&, int, const int* masks) { return masks[0]; }
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
  static constexpr zero_rule zeros = zero_rule::all;
  static constexpr int support(auto& g, int, const int* masks) {
    return detail::either(g, masks[0], masks[1]);
  }
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (!std::is_integral_v<T>) return a + b;
    else return detail::wrapping(a, b, [](auto x, auto y) { return x + y; });
  }
  template <int I, class X>
  static constexpr double partial(arg<I>, X, X, X) { return 1.0; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*);

 private:
  /// The sum of what is chosen by one condition, else 0, as one choice; -1 if it is not that.
  static constexpr int of_choices(auto& g, int a, int b);  // in select.hpp
};
/// add(a, b): a + b.
inline constexpr add_t add{};

/// a - b.
struct sub_t : elementwise<sub_t, 2> {
  static constexpr std::string_view name = "sub";
  static constexpr dtype_rule rule = dtype_rule::number;
  static constexpr bool linear = true, signless = true;
  static constexpr zero_rule zeros = zero_rule::all;
  static constexpr int support(auto& g, int, const int* masks) {
    return detail::either(g, masks[0], masks[1]);
  }
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
  const int keys[] = {detail::key_of(g, args[0]), detail::key_of(g, args[1])};
  for (int i = 0; i < 2; ++i) {
    if (keys[i] != detail::op_key<constant_t>) continue;
    const bool exact = !is_float(detail::element_of_aval(g, type));
    if (detail::has_value(g, args[i], exact ? 0.0 : -0.0)) return args[1 - i];
  }
  if (keys[1] == detail::op_key<neg_t>) return detail::emit<sub_t>(g, args[0], g.arg(args[1], 0));
  if (keys[0] == detail::op_key<neg_t>) return detail::emit<sub_t>(g, args[1], g.arg(args[0], 0));
  if (int c = detail::fold<add_t>(g, type, args); c >= 0) return c;
  if (int c = g.values_only ? of_choices(g, args[0], args[1]) : -1; c >= 0) return c;
  return detail::in_order<add_t>(g, type, args);
}

/// a * b.
struct mul_t : elementwise<mul_t, 2> {
  static constexpr std::string_view name = "mul";
  static constexpr bool linear = true, signless = true;
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto& g, int, const int* masks) {
    return detail::both(g, masks[0], masks[1]);
  }
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
    const int keys[] = {detail::key_of(g, args[0]), detail::key_of(g, args[1])};
    const bool inexact = is_float(g.avals.items[type].type);
    for (int i = 0; i < 2; ++i) {
      if (keys[i] != detail::op_key<constant_t>) continue;
      if (detail::has_value(g, args[i], 1.0)) return args[1 - i];
      if (!inexact && detail::has_value(g, args[i], 0.0)) return args[i];
      if (inexact && detail::has_value(g, args[i], -1.0))
        return detail::emit<neg_t>(g, args[1 - i]);
    }
    const bool na = keys[0] == detail::op_key<neg_t>, nb = keys[1] == detail::op_key<neg_t>;
    if (na && nb) return detail::emit<mul_t>(g, g.arg(args[0], 0), g.arg(args[1], 0));
    if (na) return detail::emit<neg_t>(g, detail::emit<mul_t>(g, g.arg(args[0], 0), args[1]));
    if (nb) return detail::emit<neg_t>(g, detail::emit<mul_t>(g, args[0], g.arg(args[1], 0)));
    if (int c = detail::fold<mul_t>(g, type, args); c >= 0) return c;
    return detail::in_order<mul_t>(g, type, args);
  }
  // Of x^3 and higher powers the power rule: one product instead of a sum of them.
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    for (int i = 0; i < 2 && tangents[0] >= 0 && tangents[1] >= 0; ++i) {
      int lower = g.arg(n, 1 - i), k = exponent(g, lower, g.arg(n, i));
      if (k < 2) continue;
      return detail::derivative_product(g, tangents[i], (k + 1.0) * Tracer{&g, lower});
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

/// a * p where c, else 0: a tangent a that vanishes but where c, times a factor p that may be
/// infinite or NaN elsewhere. The derivative by a is p, also where c is false, as it is a itself
/// that vanishes there.
struct masked_mul_t : elementwise<masked_mul_t, 3> {
  static constexpr std::string_view name = "masked_mul";
  static constexpr int conditions = 1;
  static constexpr bool signless = true;
  static constexpr zero_rule zeros = zero_rule::own;
  template <class T, class C>
  CALX_HD static constexpr T eval(C c, T a, T p) {
    using detail::select;
    return select(c, mul_t::eval(a, p), T(0));
  }
  static constexpr int support(auto& g, int n, const int*) { return g.arg(n, 0); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (is<constant_t>(g, args[0]) && g.param(args[0], 0) == 0)
      return detail::constant_like(g, type, 0.0);
    if (detail::is_whole(g, args[0]) || detail::is_finite(g, args[2]))
      return detail::emit<mul_t>(g, args[1], args[2]);
    for (int i = 1; i < 3; ++i)
      if (is<neg_t>(g, args[i])) {
        int inner[] = {args[0], args[1], args[2]};
        inner[i] = g.arg(args[i], 0);
        return detail::emit<neg_t>(g, emit(g, inner));
      }
    // For the value alone it is a choice, of which several become one.
    return g.values_only
               ? detail::kept(g, args[0], detail::emit<mul_t>(g, args[1], args[2])) : -1;
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const int c = g.arg(n, 0);
    int left = tangents[1] < 0 ? -1 : product<Tracer>(g, tangents[1], g.arg(n, 2));
    const int dp = tangents[2] < 0 ? -1 : detail::kept(g, c, tangents[2]);
    int right = dp < 0 ? -1 : product<Tracer>(g, dp, g.arg(n, 1));
    if (left < 0 || right < 0) return left < 0 ? right : left;
    return detail::emit<add_t>(g, left, right);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* is_linear,
                                  int* out) {
    if (is_linear[1]) out[1] = product<Tracer>(g, ct, g.arg(n, 2));
    if (is_linear[2]) out[2] = product<Tracer>(g, detail::kept(g, g.arg(n, 0), ct), g.arg(n, 1));
  }

 private:
  template <class Tracer>
  static constexpr int product(graph_for<Tracer>& g, int t, int factor) {
    return detail::derivative_product(g, t, Tracer{&g, factor});
  }
};

/// masked_mul(c, a, p): a * p where c, else 0.
inline constexpr masked_mul_t masked_mul{};

/// guarded_mul(a, p): a * p, and 0 where a is 0, whatever p is. The derivative is that of a * p,
/// with the same guard.
struct guarded_mul_fn {
  template <class A, class P>
  constexpr auto operator()(const A& a, const P& p) const {
    return masked_mul(not_equal_zero(a), a, p);
  }

 private:
  template <class A>
  static constexpr auto not_equal_zero(const A& a);  // in compare.hpp
};
inline constexpr guarded_mul_fn guarded_mul{};

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
  static constexpr X partial(arg<1>, X a, X b, X y);  // in select.hpp
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

using arith_ops = type_list<neg_t, add_t, sub_t, mul_t, masked_mul_t, div_t, rem_t, square_t>;

namespace value {
template <class C, class A, class B>
constexpr auto masked_mul(const C& c, const A& a, const B& p) { return calx::masked_mul(c, a, p); }
template <class A, class B>
constexpr auto guarded_mul(const A& a, const B& p) { return calx::guarded_mul(a, p); }
template <class A, class B>
constexpr op_result_t<rem_t, A, B> fmod(const A& a, const B& b) { return calx::rem(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
