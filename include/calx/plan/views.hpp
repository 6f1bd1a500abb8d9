// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What ops do that move elements, by their index maps: views of memory, and parts to be filled.
#pragma once

#include <calx/graph/index_map.hpp>
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

/// The map of operand i of node n, whose op has one.
template <class Graph>
constexpr index_map map_of(Graph& g, int n, int i) {
  return g.at(n).op->map(g, g.symbols, n, i);
}
/// True if node n only selects or arranges elements of its operand, which strides can express.
template <class Graph>
constexpr bool is_view(Graph& g, int n) {
  const op_info& op = *g.at(n).op;
  if (op.row_major) return true;
  return op.has_map && g.at(n).arg_count == 1 && !map_of(g, n, 0).has_box;
}

/// The access to what map m makes of a value that is read through `a`, a value of rank `rank`.
template <class = void>
constexpr access through_map(symbol_table& t, const index_map& m, int rank, const access& a) {
  access out{a.buffer, a.offset, {}};
  for (int k = 0; k < rank; ++k) out.offset = t.add(out.offset, t.mul(m.offset[k], a.stride[k]));
  for (const index_term& x : m.terms) {
    dim& stride = out.stride[x.result_axis];
    stride = t.add(stride, t.mul(x.stride, a.stride[x.operand_axis]));
  }
  return out;
}
/// The access to view n when its operand is read through `a`. Row-major elements in another shape
/// need memory that is row-major.
template <class Graph>
constexpr access through_view(Graph& g, int n, const access& a) {
  if (!g.at(n).op->row_major)
    return through_map(g.symbols, map_of(g, n, 0), g.shape(g.arg(n, 0)).rank, a);
  access fresh = row_major(g.symbols, a.buffer, g.shape(n));
  fresh.offset = a.offset;
  return fresh;
}

/// Where operand i of node n goes, which fills a part of n, seen from the operand's axes; n lies
/// at `whole`. Fails if the part is more than the operand with its axes reordered or reversed.
template <class Graph>
constexpr access part_access(Graph& g, int n, int i, const access& whole) {
  symbol_table& t = g.symbols;
  const index_map m = map_of(g, n, i);
  if (!m.fills(t, g.shape(g.arg(n, i))))
    g.fail(error_kind::generic, text() << "op " << g.at(n).op->name << ": the index map of operand "
                                       << i << " does not fill a box with all its elements, once "
                                       "each; let an op of its own select or repeat them before");
  access out{whole.buffer, whole.offset, {}};
  for (int r = 0; r < m.start.rank; ++r)
    out.offset = t.add(out.offset, t.mul(m.start[r], whole.stride[r]));
  for (const index_term& x : m.terms) {
    const int k = x.operand_axis, r = x.result_axis;
    const dim step = t.mul(m.step[r], whole.stride[r]), stride = t.mul(x.stride, step);
    out.offset = t.sub(out.offset, t.mul(stride, m.offset[k]));
    out.stride[k] = stride;
  }
  return out;
}
/// True if the operands of node n are known to fill it, one behind the other along an axis.
template <class Graph>
constexpr bool is_filled(Graph& g, int n) {
  const dims shape = g.shape(n);
  int axis = -1;
  dim next = 0;
  for (int i = 0; i < g.at(n).arg_count; ++i) {
    const index_map m = map_of(g, n, i);
    if (!m.has_box) return true;
    for (int r = 0; r < shape.rank; ++r) {
      const bool all = m.start[r] == 0 && g.symbols.sub(m.extent[r], shape[r]) == 0;
      if (m.step[r] != 1 || (!all && axis >= 0 && axis != r)) return false;
      if (!all) axis = r;
    }
    if (axis < 0) return true;
    if (m.start[axis] != next) return false;
    next = g.symbols.add(next, m.extent[axis]);
  }
  return axis < 0 || g.symbols.sub(next, shape[axis]) == 0;
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
