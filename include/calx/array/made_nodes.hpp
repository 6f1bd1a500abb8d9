// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays made in a trace whose extents follow from those of traced values: nodes of the program.
#pragma once

#include <calx/array/extents.hpp>

namespace calx::inline CALX_ABI::detail {

/// True if a maker of arrays of T with extents N makes a node.
template <class T, class... N>
inline constexpr bool makes_node = number<T> && (is_extent_number<N> || ...);

/// Where a node of extents n... goes: the program that the extents belong to, and its shape.
struct node_place {
  graph& program;
  dims shape;
};
template <extent_like... N>
constexpr node_place place_of_node(const N&... n) {
  graph* found = nullptr;
  ((found = found ? found : program_of_extent(n)), ...);
  graph& g = program_for_array(found);
  const dims shape{extent_of(n)...};
  for (dim d : shape)
    if (!is_natural(g.symbols, d))
      g.require_non_negative(d, error_kind::shape,
                             [&](text& t) { say_negative(t, "array", shape); });
  return {g, shape};
}
/// `value` in every element.
template <element T, class V, extent_like... N>
constexpr tracer filled_node(V value, const N&... n) {
  const node_place at = place_of_node(n...);
  return {&at.program,
          constant_t::emit(at.program, at.shape, dtype_of<T>(), static_cast<T>(value))};
}
/// 0, 1, ... before n, along `axis` of the extents.
template <element T, extent_like... N>
constexpr tracer counted_node(int axis, const N&... n) {
  const node_place at = place_of_node(n...);
  return {&at.program, iota_t::emit(at.program, {dtype_of<T>(), at.shape}, axis)};
}

}  // namespace calx::inline CALX_ABI::detail
