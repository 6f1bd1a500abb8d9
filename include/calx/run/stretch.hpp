// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dynamic extents that turn out to be 1 are broadcast in array expressions, as in NumPy.
#pragma once

#include <calx/array/basic_array.hpp>

namespace calx::inline CALX_ABI::detail {

// The compiler assumes that dynamic extents are equal where they meet. If one of them is 1, the
// operand is repeated before the expression is evaluated, so that the assumption holds.

/// True if an array in A has a dynamic extent.
template <class A>
constexpr bool has_dynamic_extent() {
  if constexpr (is_array<A>) return !A::is_static;
  else if constexpr (is_expr<A>)
    return []<class Op, class... B>(const expr<Op, B...>*) {
      return (has_dynamic_extent<B>() || ...);
    }(static_cast<const A*>(nullptr));
  else return false;
}

/// Widens `shape` by that of each array in x, where they broadcast.
template <class A>
void widen(dims& shape, const A& x) {
  if constexpr (is_array<A>) {
    const dims other = x.dimensions();
    while (shape.rank < other.rank) shape.insert(0, 1);
    for (int i = 0, k = shape.rank - other.rank; i < other.rank; ++i, ++k)
      if (shape[k] == 1) shape[k] = other[i];
  } else if constexpr (is_expr<A>) {
    tree::detail::spread([&](const auto&... a) { (widen(shape, a), ...); }, x.operands);
  }
}
/// The extents with which array x fits an expression of a shape: known ones stay.
template <class A>
dims fitting(const A& x, const dims& shape) {
  dims own = x.dimensions();
  const dims known = A::known_extents();
  for (int i = 0, k = shape.rank - own.rank; i < own.rank; ++i, ++k)
    if (known[i] == dynamic_extent && own[i] == 1) own[i] = shape[k];
  return own;
}
template <class A>
bool fits(const A& x, const dims& shape) {
  if constexpr (is_array<A>) return A::is_static || fitting(x, shape) == x.dimensions();
  else if constexpr (is_expr<A>)
    return tree::detail::spread([&](const auto&... a) { return (fits(a, shape) && ...); },
                                x.operands);
  else return true;
}
/// The same operand with every dynamic extent of 1 repeated to that of the expression.
template <class A>
A repeated_to(const A& x, const dims& shape) {
  if constexpr (is_array<A>) {
    if (fits(x, shape)) return x;
    A out(fitting(x, shape));
    gather(x.data(), broadcast(x.dimensions(), out.dimensions()), out.mutable_data());
    return out;
  } else if constexpr (is_expr<A>) {
    return tree::detail::spread([&](const auto&... a) { return A(repeated_to(a, shape)...); },
                                x.operands);
  } else {
    return x;
  }
}

template <class A>
inline constexpr bool is_dynamic_expression = is_expr<A> && has_dynamic_extent<A>();
/// True if x can be evaluated as it is: no operand has a dynamic extent of 1 that must be
/// broadcast.
template <class A>
bool ones_agree(const A& x) {
  if constexpr (!is_dynamic_expression<A>) return true;
  else {
    dims shape;
    widen(shape, x);
    return fits(x, shape);
  }
}
/// x with dynamic extents of 1 repeated in its operands, so that their shapes agree.
template <class A>
A ones_repeated(const A& x) {
  if constexpr (!is_dynamic_expression<A>) return x;
  else {
    dims shape;
    widen(shape, x);
    return repeated_to(x, shape);
  }
}

}  // namespace calx::inline CALX_ABI::detail
