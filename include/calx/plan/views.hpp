// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Broadcasts, transposes, slices and reversals as index arithmetic on another value's memory.
#pragma once

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// The row-major access to a buffer of a shape.
template <class = void>
constexpr access row_major(symbol_table& t, int buffer, const dims& shape) {
  access a{buffer, 0, {}};
  dim step = 1;
  for (int i = shape.rank; i-- > 0; step = t.mul(step, shape[i])) a.stride[i] = step;
  return a;
}
template <class = void>
constexpr bool is_row_major(symbol_table& t, const access& a, const dims& shape) {
  access want = row_major(t, a.buffer, shape);
  for (int i = 0; i < shape.rank; ++i)
    if (shape[i] != 1 && a.stride[i] != want.stride[i]) return false;
  return true;
}

/// True for ops whose result is part of, or an arrangement of, their operand's elements.
template <class Graph>
constexpr bool is_view(const Graph& g, int n) {
  return is<broadcast_in_dim_t>(g, n) || is<transpose_t>(g, n) || is<slice_t>(g, n) ||
         is<rev_t>(g, n) || is<reshape_t>(g, n);
}

/// The access to view n when its operand, of shape `from`, is read through `a`. A reshape needs
/// row-major elements.
template <class Graph>
constexpr access through_view(Graph& g, int n, const access& a) {
  symbol_table& t = g.symbols;
  const dims from = g.shape(g.arg(n, 0)), to = g.shape(n);
  access out{a.buffer, a.offset, {}};
  int count = g.at(n).int_count;
  if (is<broadcast_in_dim_t>(g, n)) {
    for (int i = 0; i < count; ++i) out.stride[g.param(n, i)] = a.stride[i];
  } else if (is<transpose_t>(g, n)) {
    for (int i = 0; i < to.rank; ++i) out.stride[i] = a.stride[g.param(n, i)];
  } else if (is<slice_t>(g, n)) {
    for (int i = 0; i < to.rank; ++i) {
      out.offset = t.add(out.offset, t.mul(g.param(n, i), a.stride[i]));
      out.stride[i] = t.mul(g.param(n, to.rank + i), a.stride[i]);
    }
  } else if (is<rev_t>(g, n)) {
    for (int i = 0; i < to.rank; ++i) out.stride[i] = a.stride[i];
    for (int k = 0; k < count; ++k) {
      dim i = g.param(n, k);
      dim last = t.add(from[static_cast<int>(i)], -1);
      out.offset = t.add(out.offset, t.mul(last, a.stride[i]));
      out.stride[i] = t.mul(a.stride[i], -1);
    }
  } else {
    access fresh = row_major(t, a.buffer, to);
    fresh.offset = a.offset;
    return fresh;
  }
  return out;
}

/// The same elements with the extents of 1 dropped or added, if that is all a reshape does.
template <class = void>
constexpr bool moves_only_ones(const dims& from, const dims& to) {
  int i = 0, k = 0;
  for (;; ++i, ++k) {
    while (i < from.rank && from[i] == 1) ++i;
    while (k < to.rank && to[k] == 1) ++k;
    if (i == from.rank || k == to.rank) break;
    if (from[i] != to[k]) return false;
  }
  return i == from.rank && k == to.rank;
}
/// Access a to a value of shape `from`, seen from shape `to`, which has other extents of 1 only.
template <class = void>
constexpr access through_ones(const dims& to, const dims& from, const access& a) {
  access out{a.buffer, a.offset, {}};
  for (int i = 0, k = 0; k < to.rank; ++k) {
    if (to[k] == 1) continue;
    while (from[i] == 1) ++i;
    out.stride[k] = a.stride[i++];
  }
  return out;
}

}  // namespace calx::inline CALX_ABI::plan
