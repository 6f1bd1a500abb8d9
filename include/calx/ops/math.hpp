// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exponentials, logarithms, roots, trigonometry; integers become floats.
#pragma once

#include <calx/ops/abs.hpp>

namespace calx::inline CALX_ABI {

/// Base of smooth functions of one float. An `eval` that overflows for finite arguments has a pole
/// too: a branch not taken there must not turn a zero cotangent into a NaN.
template <class Op>
struct math_op : elementwise<Op, 1> {
  static constexpr dtype_rule rule = dtype_rule::to_float;
};

/// e^x.
struct exp_t : math_op<exp_t> {
  static constexpr std::string_view name = "exp";
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::exp;
    return exp(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X y) { return y; }
};
/// exp(x): e^x.
inline constexpr exp_t exp{};

/// e^x - 1, accurate for small x.
struct expm1_t : math_op<expm1_t> {
  static constexpr std::string_view name = "expm1";
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::expm1;
    return expm1(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return exp(x); }
};
/// expm1(x): e^x - 1.
inline constexpr expm1_t expm1{};

/// The natural logarithm.
struct log_t : math_op<log_t> {
  static constexpr std::string_view name = "log";
  static constexpr double lo = 0;
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::log;
    return log(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return 1.0 / x; }
};
/// log(x): the natural logarithm.
inline constexpr log_t log{};

/// log(1 + x), accurate for small x.
struct log1p_t : math_op<log1p_t> {
  static constexpr std::string_view name = "log1p";
  static constexpr double lo = -1;
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::log1p;
    return log1p(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return 1.0 / (1.0 + x); }
};
/// log1p(x): log(1 + x).
inline constexpr log1p_t log1p{};

/// The square root; its derivative at 0 is infinite.
struct sqrt_t : math_op<sqrt_t> {
  static constexpr std::string_view name = "sqrt";
  static constexpr double lo = 0;
  static constexpr bool pole = true;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::sqrt;
    return sqrt(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X y) { return 0.5 / y; }
};
/// sqrt(x): the square root.
inline constexpr sqrt_t sqrt{};

/// 1 / sqrt(x).
struct rsqrt_t : math_op<rsqrt_t> {
  static constexpr std::string_view name = "rsqrt";
  static constexpr double lo = 0;
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::sqrt;
    return T(1) / sqrt(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X y) { return -0.5 * (y / x); }
};
/// rsqrt(x): 1 / sqrt(x).
inline constexpr rsqrt_t rsqrt{};

/// The sine of x in radians.
struct sin_t : math_op<sin_t> {
  static constexpr std::string_view name = "sin";
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::sin;
    return sin(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return cos(x); }
};
/// sin(x): the sine of x in radians.
inline constexpr sin_t sin{};

/// The cosine of x in radians.
struct cos_t : math_op<cos_t> {
  static constexpr std::string_view name = "cos";
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::cos;
    return cos(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X) { return -sin(x); }
};
/// cos(x): the cosine of x in radians.
inline constexpr cos_t cos{};

/// The tangent of x in radians.
struct tan_t : math_op<tan_t> {
  static constexpr std::string_view name = "tan";
  static constexpr int ulp = 3;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::tan;
    return tan(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X, X y) { return 1.0 + y * y; }
};
/// tan(x): the tangent of x in radians.
inline constexpr tan_t tan{};

/// The hyperbolic tangent.
struct tanh_t : math_op<tanh_t> {
  static constexpr std::string_view name = "tanh";
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::tanh;
    return tanh(x);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X y) {
    // 1 - y^2 has no digits left where y is near 1 or -1.
    const X decay = exp(-2.0 * abs(x)), square_of_y = square(y);
    return where(square_of_y < 0.5, 1.0 - square_of_y, 4.0 * decay / square(1.0 + decay));
  }
};
/// tanh(x): the hyperbolic tangent.
inline constexpr tanh_t tanh{};

/// 1 / (1 + e^-x), without overflow on either side.
struct logistic_t : math_op<logistic_t> {
  static constexpr std::string_view name = "logistic";
  static constexpr int ulp = 4;
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::select;
    using detail::scalar::exp;
    T decay = exp(select(x < T(0), x, -x));
    return select(x < T(0), decay, T(1)) / (T(1) + decay);
  }
  template <class X>
  static constexpr X partial(arg<0>, X x, X y) { return y * logistic_t()(-x); }
};
/// logistic(x): 1 / (1 + e^-x).
inline constexpr logistic_t logistic{};
/// sigmoid(x): another name of `logistic`.
inline constexpr logistic_t sigmoid{};

/// Base of roundings to whole numbers: integers stay, and the derivative is zero.
template <class Op>
struct rounding : elementwise<Op, 1> {
  static constexpr int simplify(auto& g, int, const int* args, const dim*) {
    return is_float(g.element(args[0])) && !is<Op>(g, args[0]) ? -1 : args[0];
  }
};

/// The largest whole number not above x.
struct floor_t : rounding<floor_t> {
  static constexpr std::string_view name = "floor";
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::floor;
    if constexpr (std::is_integral_v<T>) return x;
    else return floor(x);
  }
};
/// floor(x): the largest whole number not above x.
inline constexpr floor_t floor{};

/// The smallest whole number not below x.
struct ceil_t : rounding<ceil_t> {
  static constexpr std::string_view name = "ceil";
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::ceil;
    if constexpr (std::is_integral_v<T>) return x;
    else return ceil(x);
  }
};
/// ceil(x): the smallest whole number not below x.
inline constexpr ceil_t ceil{};

/// x without its fraction.
struct trunc_t : rounding<trunc_t> {
  static constexpr std::string_view name = "trunc";
  template <class T>
  CALX_HD static constexpr T eval(T x) {
    using detail::scalar::trunc;
    if constexpr (std::is_integral_v<T>) return x;
    else return trunc(x);
  }
};
/// trunc(x): x without its fraction.
inline constexpr trunc_t trunc{};

using math_ops = type_list<exp_t, expm1_t, log_t, log1p_t, sqrt_t, rsqrt_t, sin_t, cos_t, tan_t,
                           tanh_t, logistic_t, floor_t, ceil_t, trunc_t>;

// Found by argument-dependent lookup, so that `using std::sin; sin(x)` works on calx's values.
namespace value {
template <class A>
constexpr op_result_t<exp_t, A> exp(const A& a) { return calx::exp(a); }
template <class A>
constexpr op_result_t<expm1_t, A> expm1(const A& a) { return calx::expm1(a); }
template <class A>
constexpr op_result_t<log_t, A> log(const A& a) { return calx::log(a); }
template <class A>
constexpr op_result_t<log1p_t, A> log1p(const A& a) { return calx::log1p(a); }
template <class A>
constexpr op_result_t<sqrt_t, A> sqrt(const A& a) { return calx::sqrt(a); }
template <class A>
constexpr op_result_t<sin_t, A> sin(const A& a) { return calx::sin(a); }
template <class A>
constexpr op_result_t<cos_t, A> cos(const A& a) { return calx::cos(a); }
template <class A>
constexpr op_result_t<tan_t, A> tan(const A& a) { return calx::tan(a); }
template <class A>
constexpr op_result_t<tanh_t, A> tanh(const A& a) { return calx::tanh(a); }
template <class A>
constexpr op_result_t<floor_t, A> floor(const A& a) { return calx::floor(a); }
template <class A>
constexpr op_result_t<ceil_t, A> ceil(const A& a) { return calx::ceil(a); }
template <class A>
constexpr op_result_t<trunc_t, A> trunc(const A& a) { return calx::trunc(a); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
