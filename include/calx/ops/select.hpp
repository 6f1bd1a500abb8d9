// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Choice and functions with kinks: select, max, min, abs, sign; and powers.
#pragma once

#include <calx/ops/compare.hpp>
#include <calx/ops/math.hpp>

namespace calx::inline CALX_ABI {

/// a where c, else b; both sides are computed.
struct select_t : elementwise<select_t, 3> {
  static constexpr std::string_view name = "select";
  static constexpr int first_typed = 1;
  template <class T, class C>
  CALX_HD static constexpr T eval(C c, T a, T b) {
    using detail::select;
    return select(c, a, b);
  }
  static constexpr int simplify(auto& g, int, const int* args, const dim*) {
    if (args[1] == args[2]) return args[1];
    if (is<constant_t>(g, args[0])) return args[g.param(args[0], 0) != 0 ? 1 : 2];
    return -1;
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

/// The larger of two; NaN if either is. Ties share the derivative equally.
struct max_t : elementwise<max_t, 2> {
  static constexpr std::string_view name = "max";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    using detail::select;
    return select(a != a, a, select(b > a, b, select(b != b, b, a)));
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X) {
    return where(a > b, a.like(1.0), where(equal_to(a, b), a.like(0.5), 0.0));
  }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X y) { return partial(arg<0>(), b, a, y); }
};
inline constexpr max_t maximum{};

/// The smaller of two; NaN if either is. Ties share the derivative equally.
struct min_t : elementwise<min_t, 2> {
  static constexpr std::string_view name = "min";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    using detail::select;
    return select(a != a, a, select(b < a, b, select(b != b, b, a)));
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X) { return max_t::partial(arg<0>(), b, a, a); }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X) { return max_t::partial(arg<0>(), a, b, a); }
};
inline constexpr min_t minimum{};

/// -1, 0 or 1; NaN stays NaN.
struct sign_t : elementwise<sign_t, 1> {
  static constexpr std::string_view name = "sign";
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
  static constexpr X partial(arg<0>, X x, X) { return where(x >= 0.0, 1.0, sign(x)); }
};
inline constexpr abs_t abs{};

/// x to an integer power by repeated squaring: a product that is shared, fused and differentiated
/// like any other. 0 to the 0 is 1. As in NumPy the result has the dtype of x.
template <class X>
constexpr auto integer_pow(const X& base, std::int64_t n) {
  using value_type = decltype(base * base);
  value_type factor = base, power = base;
  if (n < 0) return value_type(1.0 / integer_pow(base, -n));
  if (n == 0) {
    auto ordered = equal_to(base, base);
    return value_type(where(ordered, 1.0, where(ordered, base, 1.0)));  // 1, of base's dtype
  }
  bool empty = true;
  for (; n > 0; n /= 2) {
    if (n % 2 != 0) power = empty ? factor : value_type(power * factor), empty = false;
    if (n > 1) factor = factor * factor;
  }
  return power;
}

/// a to the power b. An integer exponent is a product: exact at 0 and for negative a.
struct pow_t : elementwise<pow_t, 2> {
  static constexpr std::string_view name = "pow";
  static constexpr dtype_rule rule = dtype_rule::to_float;
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    using std::pow;
    return pow(a, b);
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X) {
    return where(equal_to(b, 0.0), 0.0, b * pow_t()(a, b - 1.0));
  }
  template <class X>
  static constexpr X partial(arg<1>, X a, X, X y) {
    return where(equal_to(a, 0.0), 0.0, y * log(a));
  }
  using elementwise<pow_t, 2>::operator();
  template <class A, std::integral N>
    requires(!std::is_arithmetic_v<A>)
  constexpr auto operator()(const A& a, N n) const {
    return integer_pow(a, static_cast<std::int64_t>(n));
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
