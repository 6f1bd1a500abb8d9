// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loops of a kernel: axes that fall away or become one, and the order of those that stay.
#pragma once

#include <utility>

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// A kernel being written: instructions for each element of a space.
struct nest {
  dims space;
  vec<instruction> body;
  vec<instruction> results;  // store what each accumulator holds in the end
  vec<access> accesses;
  int registers[dtype_count] = {};
  int kept = 0;       // axes in front of those that are accumulated over
  int in_lanes = -1;  // the axis whose positions lanes hold
};

template <class = void>
constexpr bool same(const access& a, const access& b, int rank) {
  if (a.buffer != b.buffer || a.offset != b.offset) return false;
  for (int i = 0; i < rank; ++i)
    if (a.stride[i] != b.stride[i]) return false;
  return true;
}
template <class = void>
constexpr bool counts_along(const nest& l, int axis) {
  for (const instruction& x : l.body)
    if (x.op == op_iota && x.value == axis) return true;
  return false;
}
/// Removes an axis, of extent 1 or merged into the one before it.
template <class = void>
constexpr void erase_axis(nest& l, int axis) {
  for (access& a : l.accesses) {
    for (int i = axis; i + 1 < l.space.rank; ++i) a.stride[i] = a.stride[i + 1];
    a.stride[l.space.rank - 1] = 0;
  }
  for (instruction& x : l.body) {
    if (x.op != op_iota || x.value < axis) continue;
    if (x.value == axis) x.op = op_constant, x.value = 0;
    else --x.value;
  }
  l.space.erase(axis);
}
/// True if stepping off the end of axis i + 1 is one step along axis i, everywhere.
template <class = void>
constexpr bool can_merge(symbol_table& t, const nest& l, int i) {
  if (counts_along(l, i) || counts_along(l, i + 1)) return false;
  for (const access& a : l.accesses)
    if (a.stride[i] != t.mul(a.stride[i + 1], l.space[i + 1])) return false;
  return true;
}
/// Drops axes of extent 1, and makes one of neighbours that are stepped through alike.
template <class = void>
constexpr void simplify_axes(symbol_table& t, nest& l) {
  for (int i = l.space.rank; i-- > 0;)
    if (l.space[i] == 1) erase_axis(l, i);
  for (int i = l.space.rank - 1; i-- > 0;) {
    if (!can_merge(t, l, i)) continue;
    for (access& a : l.accesses) a.stride[i] = a.stride[i + 1];
    l.space[i] = t.mul(l.space[i], l.space[i + 1]);
    erase_axis(l, i + 1);
  }
}

/// Brings the axes into the given order.
template <class = void>
constexpr void permute_axes(nest& l, const int* order) {
  const int rank = l.space.rank;
  int place[max_rank] = {};
  const dims old = l.space;
  for (int i = 0; i < rank; ++i) l.space[i] = old[order[i]], place[order[i]] = i;
  for (access& a : l.accesses) {
    const access from = a;
    for (int i = 0; i < rank; ++i) a.stride[i] = from.stride[order[i]];
  }
  for (instruction& x : l.body)
    if (x.op == op_iota) x.value = place[x.value];
}
/// The axes along which the results of the reductions stay where they are, as bits.
template <class = void>
constexpr unsigned reduced_axes(const nest& l) {
  unsigned s = 0;
  if (l.results.empty()) return s;
  const access& a = l.accesses[at(l.results[0].access)];
  for (int i = 0; i < l.space.rank; ++i) s |= (a.stride[i] == 0 ? 1u : 0u) << i;
  return s;
}
/// The axis along which a block of elements is longest, if the innermost one is short; else that.
template <class = void>
constexpr int block_axis(const nest& l) {
  const int inner = l.space.rank - 1;
  int best = inner;
  if (!l.space.is_static()) return inner;
  for (int i = 0; i < inner; ++i)
    if (l.space[i] > l.space[best]) best = i;
  return l.space[inner] < 32 && l.space[best] >= 4 * l.space[inner] ? best : inner;
}
/// Moves the axes of the reductions, which are the same for all of a kernel, inwards. Lanes stay on
/// the axis that was the innermost, along which memory is walked; where `blocks` of many lanes are
/// computed at once, and extents are known, on a long one.
template <class = void>
constexpr void order_axes(nest& l, bool blocks = false) {
  const int rank = l.space.rank;
  l.kept = rank, l.in_lanes = rank - 1;
  const unsigned reduced = reduced_axes(l);
  if (rank == 0) return;
  const int along = blocks ? block_axis(l) : rank - 1;
  int order[max_rank] = {}, n = 0;
  for (unsigned inside : {0u, 1u}) {
    for (int i = 0; i < rank; ++i)
      if ((reduced >> i & 1u) == inside && i != along) order[n++] = i;
    if ((reduced >> along & 1u) == inside) l.in_lanes = n, order[n++] = along;
    if (inside == 0u) l.kept = n;
  }
  permute_axes(l, order);
}

}  // namespace calx::inline CALX_ABI::plan
