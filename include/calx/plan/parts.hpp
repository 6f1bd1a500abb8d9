// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values split along small axes: which axes, the order of the parts, and back to one value.
#pragma once

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// The axes along which a value is split, as bits.
using axis_set = unsigned;
constexpr bool has(axis_set s, dim axis) { return (s >> axis & 1u) != 0; }
constexpr axis_set all_axes(int rank) { return (1u << rank) - 1u; }

/// The extents of the axes that are not in s.
constexpr dims without(const dims& shape, axis_set s) {
  dims rest;
  for (int i = 0; i < shape.rank; ++i)
    if (!has(s, i)) rest.push(shape[i]);
  return rest;
}
constexpr int count_parts(const dims& shape, axis_set s) {
  dim n = 1;
  for (int i = 0; i < shape.rank; ++i) n *= has(s, i) ? shape[i] : 1;
  return static_cast<int>(n);
}
/// Where axis i is among those that are not in s.
constexpr dim rest_position(axis_set s, dim axis) {
  dim k = 0;
  for (dim i = 0; i < axis; ++i) k += has(s, i) ? 0 : 1;
  return k;
}
/// The index of part q along the axes of s; 0 along the others. Parts are in row-major order.
constexpr dims index_of(const dims& shape, axis_set s, int q) {
  dims index;
  index.rank = shape.rank;
  for (int i = shape.rank; i-- > 0;) {
    if (!has(s, i)) continue;
    index[i] = q % shape[i];
    q = static_cast<int>(q / shape[i]);
  }
  return index;
}
constexpr int part_at(const dims& shape, axis_set s, const dims& index) {
  dim q = 0;
  for (int i = 0; i < shape.rank; ++i)
    if (has(s, i)) q = q * shape[i] + index[i];
  return static_cast<int>(q);
}

using part_list = vec<int>;

/// The parts of node x of a shape along the axes s.
template <class Graph>
constexpr part_list split(Graph& g, int x, axis_set s) {
  const dims shape = g.shape(x);
  part_list parts;
  for (int q = 0; s != 0 && q < count_parts(shape, s); ++q) {
    dims start = index_of(shape, s, q), stride, box;
    for (int i = 0; i < shape.rank; ++i) stride.push(1), box.push(has(s, i) ? 1 : shape[i]);
    parts.push_back(reshape_t::emit(g, slice_t::emit(g, x, start, stride, box),
                                    without(shape, s)));
  }
  if (s == 0) parts.push_back(x);
  return parts;
}

/// One value of a shape from its parts along the axes s.
template <class Graph>
constexpr int join(Graph& g, part_list parts, const dims& shape, axis_set s) {
  while (s != 0) {
    int last = shape.rank - 1;
    while (!has(s, last)) --last;
    int first = last;
    while (first > 0 && has(s, first - 1)) --first;
    axis_set run = all_axes(last + 1) & ~all_axes(first);
    int size = count_parts(shape, run);
    dims thin = without(shape, s & ~run), rest = without(shape, s);
    dim axis = rest_position(s & ~run, first);
    rest.insert(static_cast<int>(axis), 1);
    dims joined = rest;
    joined[static_cast<int>(axis)] = size;
    part_list fewer;
    for (std::size_t q = 0; q < parts.size(); q += at(size)) {
      part_list group;
      for (int k = 0; k < size; ++k) group.push_back(reshape_t::emit(g, parts[q + at(k)], rest));
      int type = g.intern({g.element(group[0]), joined});
      int whole = size == 1 ? group[0]
                            : g.template add<concatenate_t>(type, group.data(), size, &axis, 1);
      fewer.push_back(reshape_t::emit(g, whole, thin));
    }
    parts = fewer;
    s &= ~run;
  }
  return parts[0];
}

}  // namespace calx::inline CALX_ABI::plan
