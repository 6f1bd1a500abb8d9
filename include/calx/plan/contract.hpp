// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A contraction as a kernel: its axes by group, with the operands' strides along each.
#pragma once

#include <calx/plan/fuse.hpp>

namespace calx::inline CALX_ABI::plan {

/// Appends axes that are in the same group and step through all operands as one where possible.
template <class = void>
constexpr void append_axis(symbol_table& t, vec<contraction_axis>& all, std::size_t first,
                           const contraction_axis& x) {
  if (x.extent == 1) return;
  if (all.size() > first && all.back().group == x.group) {
    contraction_axis& o = all.back();
    if (o.left == t.mul(x.left, x.extent) && o.right == t.mul(x.right, x.extent) &&
        o.result == t.mul(x.result, x.extent)) {
      o = {x.group, t.mul(o.extent, x.extent), x.left, x.right, x.result};
      return;
    }
  }
  all.push_back(x);
}

/// Makes dot_general node n the next kernel of p.
template <class Graph>
constexpr void append_contraction(const grouping<Graph>& in, program& p, int n) {
  Graph& g = in.g;
  const int a = g.arg(n, 0), b = g.arg(n, 1);
  const access left = in.place[at(a)], right = in.place[at(b)], out = in.place[at(n)];
  const auto x = dot_general_t::axes_of(g, n);
  const auto rows = dot_general_t::free_axes(g.shape(a).rank, x.lhs_batch, x.lhs_contract);
  const auto columns = dot_general_t::free_axes(g.shape(b).rank, x.rhs_batch, x.rhs_contract);
  kernel k;
  k.type = g.element(n), k.info = g.at(n).op;
  statement s;
  s.kind = statement::contraction;
  s.first = static_cast<int>(p.axes.size());
  auto add = [&](contraction_axis::group_t group, dim extent, dim l, dim r, dim o) {
    append_axis(g.symbols, p.axes, at(s.first), {group, extent, l, r, o});
  };
  int axis = 0;
  for (std::size_t i = 0; i < x.lhs_batch.size(); ++i, ++axis)
    add(contraction_axis::batch, g.shape(n)[axis], left.stride[x.lhs_batch[i]],
        right.stride[x.rhs_batch[i]], out.stride[axis]);
  for (dim i : rows) {
    add(contraction_axis::rows, g.shape(n)[axis], left.stride[i], 0, out.stride[axis]);
    ++axis;
  }
  for (dim i : columns) {
    add(contraction_axis::columns, g.shape(n)[axis], 0, right.stride[i], out.stride[axis]);
    ++axis;
  }
  for (std::size_t i = 0; i < x.lhs_contract.size(); ++i)
    add(contraction_axis::contracted, g.shape(a)[static_cast<int>(x.lhs_contract[i])],
        left.stride[x.lhs_contract[i]], right.stride[x.rhs_contract[i]], 0);
  s.last = static_cast<int>(p.axes.size());
  k.first = static_cast<int>(p.statements.size());
  s.end = k.last = k.first + 1;
  k.first_access = static_cast<int>(p.accesses.size());
  for (const access& y : {left, right, out}) p.accesses.push_back(y);
  k.last_access = static_cast<int>(p.accesses.size());
  p.statements.push_back(s);
  p.kernels.push_back(k);
}

}  // namespace calx::inline CALX_ABI::plan
