// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Choice and functions with kinks: select, max, min, abs, sign; and powers.
#pragma once

#include <calx/ops/compare.hpp>
#include <calx/ops/math.hpp>

namespace calx::inline CALX_ABI {

/// a where c, else b; both sides are computed.
struct select_t : elementwise<select_t, 3> {
  static constexpr std::string_view name = "select";
  static constexpr int conditions = 1;
  static constexpr bool signless = true, on_masks = true;
  template <class T, class C>
  CALX_HD static constexpr T eval(C c, T a, T b) {
    using detail::select;
    return select(c, a, b);
  }
  static constexpr int simplify(auto& g, int, const int* args, const dim*) {
    if (args[1] == args[2]) return args[1];
    if (is<constant_t>(g, args[0])) return args[g.param(args[0], 0) != 0 ? 1 : 2];
    int x[] = {args[0], args[1], args[2]};
    bool changed = is<bit_not_t>(g, x[0]);
    if (changed) x[0] = g.arg(x[0], 0), x[1] = args[2], x[2] = args[1];
    // A choice by the same condition is decided already.
    for (int i : {1, 2})
      if (is<select_t>(g, x[i]) && g.arg(x[i], 0) == x[0]) x[i] = g.arg(x[i], i), changed = true;
    return changed ? emit(g, x) : -1;
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    if (tangents[1] < 0 && tangents[2] < 0) return -1;
    int x[] = {g.arg(n, 0), tangents[1], tangents[2]};
    for (int i : {1, 2})
      if (x[i] < 0) x[i] = detail::zeros_like(g, n);
    return emit(g, x);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    int c = g.arg(n, 0), zero = detail::zeros_like(g, n);
    int first[] = {c, ct, zero}, second[] = {c, zero, ct};
    if (linear[1]) out[1] = emit(g, first);
    if (linear[2]) out[2] = emit(g, second);
  }
};
/// NumPy's where(c, a, b).
inline constexpr select_t where{};

constexpr int guarded_mul_t::doubly_guarded(auto& g, int t, int a) {
  int zero = detail::zeros_like(g, a), product = detail::emit<guarded_mul_t>(g, t, a);
  int x[] = {detail::emit<equal_to_t>(g, a, zero), zero, product};
  return select_t::emit(g, x);
}

/// The larger of two; NaN if either is; 0.0 is larger than -0.0. Ties share the derivative equally,
/// and it is 0 where a NaN is.
struct max_t : elementwise<max_t, 2> {
  static constexpr std::string_view name = "max";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    using detail::select;
    if constexpr (std::is_integral_v<T>) return a > b ? a : b;
    else return select(a > b, a, select(a < b, b, select((a != b) | (a == T(0)), a + b, a)));
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X) {
    return where(a > b, a.like(1.0), where(equal_to(a, b), a.like(0.5), 0.0));
  }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X y) { return partial(arg<0>(), b, a, y); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return args[0] == args[1] ? args[0] : detail::fold<max_t>(g, type, args);
  }
};
inline constexpr max_t maximum{};

/// The smaller of two; NaN if either is; -0.0 is smaller than 0.0. Ties share the derivative
/// equally, and it is 0 where a NaN is.
struct min_t : elementwise<min_t, 2> {
  static constexpr std::string_view name = "min";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    using detail::select;
    if constexpr (std::is_integral_v<T>) return a < b ? a : b;
    else return select(a < b, a, select(a > b, b, select((a != b) | (a == T(0)), -(-a - b), a)));
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X) { return max_t::partial(arg<0>(), b, a, a); }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X) { return max_t::partial(arg<0>(), a, b, a); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return args[0] == args[1] ? args[0] : detail::fold<min_t>(g, type, args);
  }
};
inline constexpr min_t minimum{};

/// -1, 0 or 1; zeros keep their sign, NaN stays NaN.
struct sign_t : elementwise<sign_t, 1> {
  static constexpr std::string_view name = "sign";
  static constexpr dtype_rule rule = dtype_rule::number;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::select;
    if constexpr (std::is_integral_v<T> && !std::is_signed_v<T>) return T(x != T(0));
    else return select(x > T(0), T(1), select(x < T(0), T(-1), x));
  }
};
inline constexpr sign_t sign{};

/// The absolute value; its derivative at 0 is 1.
struct abs_t : elementwise<abs_t, 1> {
  static constexpr std::string_view name = "abs";
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::select;
    if constexpr (std::is_integral_v<T>) return x < T(0) ? neg_t::eval(x) : x;
    else return select(x < T(0), -x, x + T(0));
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return where(x >= 0.0, x.like(1.0), -1.0); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (is<abs_t>(g, args[0])) return args[0];
    if (is<neg_t>(g, args[0])) return detail::emit<abs_t>(g, g.arg(args[0], 0));
    return detail::fold<abs_t>(g, type, args);
  }
};
inline constexpr abs_t abs{};

namespace detail {
template <class X, bool IsArray>
struct power_of {
  using type = decltype(std::declval<const X&>() * std::declval<const X&>());
};
template <class X>
struct power_of<X, true> {
  using type = std::remove_cvref_t<decltype(std::declval<const X&>().eval())>;
};
}  // namespace detail

/// x to an integer power by repeated squaring: a product that is shared, fused and differentiated
/// like any other; exact at 0 and for negative x, to any order. 0 to the 0 is 1, and a negative
/// power is one of 1/x, so that its derivatives at 0 are infinite with the right sign. As in NumPy
/// the result has the dtype of x. Errors: dtype_error for a negative power of an integer.
template <class X>
constexpr auto integer_pow(const X& base, std::int64_t n) {
  constexpr bool array = requires { base.eval(); };  // then one loop for each product
  using value_type = typename detail::power_of<X, array>::type;
  auto problem = [n] {
    return text() << "pow: an integer to the power " << n << " is no integer; convert it to a "
                  << "float, or use a float exponent";
  };
  if constexpr (array)
    if (n < 0 && !is_float(base.dtype())) raise(error_kind::dtype, problem());
  if constexpr (requires { base.program->fail(error_kind::dtype, text()); })
    if (n < 0 && base.program && !is_float(base.dtype()))
      base.program->fail(error_kind::dtype, problem());
  if (n == 0) {
    auto ordered = equal_to(base, base);
    return value_type(where(ordered, 1, where(ordered, base, 1)));  // 1, of base's dtype
  }
  value_type factor = n < 0 ? value_type(1.0 / base) : value_type(base), power = factor;
  bool empty = true;
  for (auto k = n < 0 ? -static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n); k > 0;
       k /= 2) {
    if (k % 2 != 0) power = empty ? factor : value_type(power * factor), empty = false;
    if (k > 1) factor = factor * factor;
  }
  return power;
}

/// a to the power b. An exponent that is an integer of C++ is a product, as `integer_pow` says.
/// Otherwise the derivative by a is b a^(b-1), but 0 where b is 0, and that by b is a^b log(a), but
/// 0 where a^b is 0, or a is and b is not negative, and else NaN where a is negative. Integers to
/// powers of integers wrap; to a negative power they are what is left of the fraction: 1 or -1 for
/// those, else 0.
struct pow_t : elementwise<pow_t, 2> {
  static constexpr std::string_view name = "pow";
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_integral_v<T>) return of_integers(a, b);
    else {
      using std::pow;
      return pow(a, b);
    }
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X) {
    return guarded_mul(b, pow_t()(a, b - 1.0));
  }
  template <class X>
  static constexpr X partial(arg<1>, X a, X, X y) {
    return guarded_mul(y, log(where(equal_to(a, 0.0), 1.0, a)));
  }
  using elementwise<pow_t, 2>::operator();
  template <class A, std::integral N>
    requires(!std::is_arithmetic_v<A>)
  constexpr auto operator()(const A& a, N n) const {
    return integer_pow(a, static_cast<std::int64_t>(n));
  }

 private:
  template <class T>
  CALX_HD static constexpr T of_integers(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a || !b;
    else {
      bool odd = b % T(2) != T(0);
      if (b < T(0)) return a == T(1) || (a == T(-1) && !odd) ? T(1) : a == T(-1) ? T(-1) : T(0);
      T power = T(1);
      for (; b > T(0); b = static_cast<T>(b / T(2)), a = mul_t::eval(a, a))
        if (b % T(2) != T(0)) power = mul_t::eval(power, a);
      return power;
    }
  }
};
inline constexpr pow_t pow{};

using select_ops = type_list<select_t, max_t, min_t, sign_t, abs_t, pow_t>;

namespace value {
template <class A>
constexpr op_result_t<abs_t, A> abs(const A& a) { return calx::abs(a); }
template <class A>
constexpr op_result_t<abs_t, A> fabs(const A& a) { return calx::abs(a); }
template <class A, class B>
constexpr auto pow(const A& a, const B& b) { return calx::pow(a, b); }
template <class A, class B>
constexpr op_result_t<max_t, A, B> fmax(const A& a, const B& b) { return maximum(a, b); }
template <class A, class B>
constexpr op_result_t<min_t, A, B> fmin(const A& a, const B& b) { return minimum(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
