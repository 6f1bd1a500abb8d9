// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The larger and the smaller of two: maximum, minimum.
#pragma once

#include <calx/ops/select.hpp>

namespace calx::inline CALX_ABI {

/// The larger of two; NaN if either is; 0.0 is larger than -0.0. Ties share the derivative equally,
/// and it is 0 where a NaN is. What is smaller is a branch not taken.
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
    return where(a > b, a.like(1.0), 0.5);
  }
  template <class X>
  static constexpr X partial(arg<1>, X a, X b, X y) { return partial(arg<0>(), b, a, y); }
  template <class X>
  static constexpr X used(arg<0>, X a, X b, X) { return a >= b; }
  template <class X>
  static constexpr X used(arg<1>, X a, X b, X) { return b >= a; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return args[0] == args[1] ? args[0] : detail::fold<max_t>(g, type, args);
  }
};
/// maximum(a, b): the larger of two; of an array's elements, `max`.
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
  template <class X>
  static constexpr X used(arg<0>, X a, X b, X) { return b >= a; }
  template <class X>
  static constexpr X used(arg<1>, X a, X b, X) { return a >= b; }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return args[0] == args[1] ? args[0] : detail::fold<min_t>(g, type, args);
  }
};
/// minimum(a, b): the smaller of two; of an array's elements, `min`.
inline constexpr min_t minimum{};

using extrema_ops = type_list<max_t, min_t>;

namespace value {
template <class A, class B>
constexpr op_result_t<max_t, A, B> fmax(const A& a, const B& b) { return maximum(a, b); }
template <class A, class B>
constexpr op_result_t<min_t, A, B> fmin(const A& a, const B& b) { return minimum(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
