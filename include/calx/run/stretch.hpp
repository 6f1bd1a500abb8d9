// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Extents of run time that turn out to be 1 repeat in array expressions, as NumPy has it.
#pragma once

#include <calx/array/basic_array.hpp>

namespace calx::inline CALX_ABI::detail {

// The compiler takes extents of run time that meet to be equal. An expression computes element by
// element, so an operand with an extent of 1 may be repeated before it is evaluated.

/// True if an array in A has an extent that only run time knows.
template <class A>
constexpr bool has_open_extent() {
  if constexpr (is_array<A>) return !A::is_static;
  else if constexpr (is_expr<A>)
    return []<class Op, class... B>(const expr<Op, B...>*) {
      return (has_open_extent<B>() || ...);
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
/// The same operand with every open extent of 1 repeated to that of the expression.
template <class A>
A stretched(const A& x, const dims& shape) {
  if constexpr (is_array<A>) {
    if (fits(x, shape)) return x;
    A out(fitting(x, shape));
    gather(x.data(), broadcast(x.dimensions(), out.dimensions()), out.mutable_data());
    return out;
  } else if constexpr (is_expr<A>) {
    return tree::detail::spread([&](const auto&... a) { return A(stretched(a, shape)...); },
                                x.operands);
  } else {
    return x;
  }
}

template <class A>
inline constexpr bool is_open_expression = is_expr<A> && has_open_extent<A>();
/// True unless x is an expression that must be evened before it is evaluated.
template <class A>
bool is_even(const A& x) {
  if constexpr (!is_open_expression<A>) return true;
  else {
    dims shape;
    widen(shape, x);
    return fits(x, shape);
  }
}
/// x with operands of one shape, if it is an expression.
template <class A>
A evened(const A& x) {
  if constexpr (!is_open_expression<A>) return x;
  else {
    dims shape;
    widen(shape, x);
    return stretched(x, shape);
  }
}

}  // namespace calx::inline CALX_ABI::detail
