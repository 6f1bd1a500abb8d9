// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From groups of nodes to loops of instructions on registers.
#pragma once

#include <calx/plan/fuse.hpp>
#include <calx/plan/nest.hpp>

namespace calx::inline CALX_ABI::plan {

/// The access of reduction n's result, seen from its operand's axes: 0 along those that go.
template <class Graph>
constexpr access reduced_access(const Graph& g, int n, const access& result) {
  access a{result.buffer, result.offset, {}};
  int rank = g.shape(g.arg(n, 0)).rank;
  for (int i = 0, k = 0; i < rank; ++i) {
    bool goes = false;
    for (int j = 0; j < g.at(n).int_count; ++j) goes = goes || g.param(n, j) == i;
    if (!goes) a.stride[i] = result.stride[k++];
  }
  return a;
}

/// Writes the kernel of one group; `blocks` as for `order_axes`.
template <class Graph>
class kernel_writer {
 public:
  constexpr kernel_writer(const grouping<Graph>& from, program& to, int k, bool blocks)
      : in(from), g(from.g), p(to), registers(at(g.size()), -1) {
    l.space = in.groups[at(k)].space;
    for (const item& x : in.groups[at(k)].items) write(x);
    for (const instruction& x : stores) l.body.push_back(x);
    simplify_axes(g.symbols, l);
    order_axes(l, blocks);
    nest_writer<> write_statements(p, l);
  }

 private:
  const grouping<Graph>& in;
  Graph& g;
  program& p;
  vec<int> registers;  // by node, -1: not computed here yet
  vec<instruction> stores;
  nest l;

  constexpr int new_register(dtype d) { return l.registers[static_cast<int>(d)]++; }
  constexpr int new_access(const access& a) {
    for (std::size_t i = 0; i < l.accesses.size(); ++i)
      if (same(l.accesses[i], a, l.space.rank)) return static_cast<int>(i);
    l.accesses.push_back(a);
    return static_cast<int>(l.accesses.size()) - 1;
  }
  /// The register that holds node n, which is made first if need be.
  constexpr int value(int n) {
    int& r = registers.items[n];
    if (r >= 0) return r;
    instruction x;
    x.type = g.element(n);
    x.result = r = new_register(x.type);
    if (is<constant_t>(g, n)) x.op = op_constant, x.value = g.param(n, 0);
    else if (is<iota_t>(g, n)) x.op = op_iota, x.value = g.param(n, 0);
    else if (is<extent_t>(g, n)) x.op = op_extent, x.value = g.param(n, 0);
    else x.op = op_load, x.access = new_access(in.place[at(n)]);
    l.body.push_back(x);
    return r;
  }
  constexpr instruction storing(int n, int a, const access& to) {
    instruction x;
    x.op = op_store, x.type = g.element(n), x.operands = 1;
    x.operand[0] = value(a), x.operand_type[0] = g.element(a);
    x.access = new_access(to);
    return x;
  }
  constexpr void write(const item& x) {
    int n = x.node;
    if (x.kind == item::compute) {
      compute(n);
      if (in.in_memory(n)) stores.push_back(storing(n, n, in.place[at(n)]));
    } else if (x.kind == item::reduce) {
      instruction put = storing(n, g.arg(n, 0), reduced_access(g, n, in.place[at(n)]));
      if (in.reduced_axes_of(n) == 0) {  // of one element each
        stores.push_back(put);
        return;
      }
      instruction sum = put;
      sum.op = op_accumulate, sum.info = g.at(n).op, sum.access = 0;
      put.operand[0] = sum.result = new_register(sum.type);
      put.operand_type[0] = sum.type;
      stores.push_back(sum);
      l.results.push_back(put);
    } else if (x.kind == item::part) {
      if (x.operand == 0 && !is_filled(g, n)) fill_rest(n);
      access to = part_access(g, n, x.operand, in.place[at(n)]);
      const dims from = g.shape(g.arg(n, x.operand)), as = g.shape(x.source);
      stores.push_back(storing(n, x.source, through_ones(as, from, to)));
    } else {
      stores.push_back(storing(n, n, in.copies[at(x.source)]));
    }
  }
  constexpr void compute(int n) {
    instruction x;
    x.operands = g.at(n).arg_count;
    for (int i = 0; i < x.operands; ++i) {
      int a = g.arg(n, i);
      x.operand[i] = value(a), x.operand_type[i] = g.element(a);
    }
    x.op = is<convert_t>(g, n) ? op_convert : op_apply;
    x.info = g.at(n).op;
    x.type = g.element(n);
    x.result = registers[at(n)] = new_register(x.type);
    l.body.push_back(x);
  }
  /// Zeros where no operand of n lies: around a box without gaps, else everywhere before.
  constexpr void fill_rest(int n) {
    const dims shape = g.shape(n);
    dims start = shape, extent = shape;
    for (int i = 0; i < shape.rank; ++i) start[i] = 0;
    const index_map m = map_of(g, n, 0);
    bool whole = g.at(n).arg_count > 1;
    for (int i = 0; i < shape.rank; ++i) whole = whole || m.step[i] != 1;
    if (whole) return fill(n, start, extent);
    for (int i = 0; i < shape.rank; ++i) {
      const dim end = g.symbols.add(m.start[i], m.extent[i]);
      extent[i] = m.start[i];
      fill(n, start, extent);
      start[i] = end, extent[i] = g.symbols.sub(shape[i], end);
      fill(n, start, extent);
      start[i] = m.start[i], extent[i] = m.extent[i];
    }
  }
  /// A kernel before this one that writes zeros into a box of node n.
  constexpr void fill(int n, const dims& start, const dims& extent) {
    for (dim d : extent)
      if (d == 0) return;
    nest f;
    f.space = extent;
    access part = in.place[at(n)];
    for (int i = 0; i < extent.rank; ++i)
      part.offset = g.symbols.add(part.offset, g.symbols.mul(start[i], part.stride[i]));
    f.accesses.push_back(part);
    f.registers[static_cast<int>(g.element(n))] = 1;
    instruction zero, put;
    zero.op = op_constant, put.op = op_store, put.operands = 1;
    zero.type = put.type = put.operand_type[0] = g.element(n);
    f.body = {zero, put};
    simplify_axes(g.symbols, f);
    order_axes(f);
    nest_writer<> write_statements(p, f);
  }
};

}  // namespace calx::inline CALX_ABI::plan
