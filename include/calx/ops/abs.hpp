// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The absolute value and the sign.
#pragma once

#include <calx/ops/select.hpp>

namespace calx::inline CALX_ABI {

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
/// sign(x): -1, 0 or 1.
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
/// abs(x): the absolute value.
inline constexpr abs_t abs{};

using abs_ops = type_list<sign_t, abs_t>;

namespace value {
template <class A>
constexpr op_result_t<abs_t, A> abs(const A& a) { return calx::abs(a); }
template <class A>
constexpr op_result_t<abs_t, A> fabs(const A& a) { return calx::abs(a); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
