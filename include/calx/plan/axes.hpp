// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Simplifies the axes of a loop, hoists what its innermost axis does not change, appends it.
#pragma once

#include <utility>

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// A loop being written.
struct loop {
  dims space;
  vec<instruction> body;
  vec<access> accesses;
  int registers[dtype_count] = {};
};

template <class = void>
constexpr bool same(const access& a, const access& b, int rank) {
  if (a.buffer != b.buffer || a.offset != b.offset) return false;
  for (int i = 0; i < rank; ++i)
    if (a.stride[i] != b.stride[i]) return false;
  return true;
}
template <class = void>
constexpr bool counts_along(const loop& l, int axis) {
  for (const instruction& x : l.body)
    if (x.op == op_iota && x.value == axis) return true;
  return false;
}
/// Removes an axis, of extent 1 or merged into the one before it.
template <class = void>
constexpr void erase_axis(loop& l, int axis) {
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
constexpr bool can_merge(symbol_table& t, const loop& l, int i) {
  if (counts_along(l, i) || counts_along(l, i + 1)) return false;
  for (const access& a : l.accesses)
    if (a.stride[i] != t.mul(a.stride[i + 1], l.space[i + 1])) return false;
  return true;
}
template <class = void>
constexpr void simplify_axes(symbol_table& t, loop& l) {
  for (int i = l.space.rank; i-- > 0;)
    if (l.space[i] == 1) erase_axis(l, i);
  for (int i = l.space.rank - 1; i-- > 0;) {
    if (!can_merge(t, l, i)) continue;
    for (access& a : l.accesses) a.stride[i] = a.stride[i + 1];
    l.space[i] = t.mul(l.space[i], l.space[i + 1]);
    erase_axis(l, i + 1);
  }
}

/// Moves what is the same all along the innermost axis to the front; returns how much that is.
template <class = void>
constexpr int hoist(loop& l) {
  if (l.space.rank == 0) return 0;
  int inner = l.space.rank - 1;
  vec<instruction> front, rest;
  vec<char> fixed[dtype_count];
  for (int d = 0; d < dtype_count; ++d) fixed[d].assign(at(l.registers[d] + 1), 0);
  for (const instruction& x : l.body) {
    bool stays = x.op != op_store && x.op != op_reduce;
    if (x.op == op_load) stays = l.accesses[at(x.access)].stride[inner] == 0;
    else if (x.op == op_iota) stays = x.value != inner;
    for (int i = 0; i < x.operands && stays; ++i)
      stays = fixed[static_cast<int>(x.operand_type[i])][at(x.operand[i])] != 0;
    if (stays) fixed[static_cast<int>(x.type)][at(x.result)] = 1;
    (stays ? front : rest).push_back(x);
  }
  l.body = front;
  for (const instruction& x : rest) l.body.push_back(x);
  return static_cast<int>(front.size());
}

/// Makes a finished loop the next step of p; t holds the symbols of its extents.
template <class = void>
constexpr void append(symbol_table& t, program& p, loop& l) {
  simplify_axes(t, l);
  step s;
  int hoisted = hoist(l);
  s.space = l.space;
  s.first = static_cast<int>(p.instructions.size());
  s.hoisted = s.first + hoisted;
  s.first_access = static_cast<int>(p.accesses.size());
  for (instruction& x : l.body)
    if (x.op == op_load || x.op == op_store || x.op == op_reduce) x.access += s.first_access;
  if (p.instructions.empty()) p.instructions = std::move(l.body);
  else p.instructions.insert(p.instructions.end(), l.body.begin(), l.body.end());
  for (const access& a : l.accesses) p.accesses.push_back(a);
  s.last = static_cast<int>(p.instructions.size());
  s.last_access = static_cast<int>(p.accesses.size());
  for (int d = 0; d < dtype_count; ++d) s.registers[d] = l.registers[d];
  p.steps.push_back(s);
}

}  // namespace calx::inline CALX_ABI::plan
