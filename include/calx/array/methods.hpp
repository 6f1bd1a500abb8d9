// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reductions as methods, for arrays, expressions and dynamic arrays alike.
#pragma once

#include <calx/array/extents.hpp>

namespace calx::inline CALX_ABI {
namespace value {

/// Gives Self the methods `x.sum(p...)` and so on, which are the functions `calx::sum(x, p...)`.
/// Those come in a later layer, as `method_sum` and so on in the namespace of Self.
template <class Self>
struct reductions {
  template <class... P>
  constexpr auto sum(P... p) const { return method_sum(self(), p...); }
  template <class... P>
  constexpr auto mean(P... p) const { return method_mean(self(), p...); }
  template <class... P>
  constexpr auto prod(P... p) const { return method_prod(self(), p...); }
  template <class... P>
  constexpr auto max(P... p) const { return method_max(self(), p...); }
  template <class... P>
  constexpr auto min(P... p) const { return method_min(self(), p...); }
  template <class... P>
  constexpr auto any(P... p) const { return method_any(self(), p...); }
  template <class... P>
  constexpr auto all(P... p) const { return method_all(self(), p...); }
  /// The number v in every element of this shape, or the array v in its own, in this dtype: what a
  /// loop begins with, in code that is traced as well; see the same of traced values.
  template <class V>
  constexpr auto like(const V& v) const { return method_like(self(), v); }

 private:
  constexpr const Self& self() const { return static_cast<const Self&>(*this); }
};

// std::max wants two operands of one type, so these alone see two of different types.
template <class A, class B>
  requires(operands<A, B> && !std::is_same_v<A, B>)
constexpr op_result_t<max_t, A, B> max(const A& a, const B& b) { return maximum(a, b); }
template <class A, class B>
  requires(operands<A, B> && !std::is_same_v<A, B>)
constexpr op_result_t<min_t, A, B> min(const A& a, const B& b) { return minimum(a, b); }

}  // namespace value
}  // namespace calx::inline CALX_ABI
