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

/// Writes the kernel of one group.
template <class Graph>
class kernel_writer {
 public:
  constexpr kernel_writer(const grouping<Graph>& from, program& to, int k)
      : in(from), g(from.g), p(to), registers(at(g.size()), -1) {
    l.space = in.groups[at(k)].space;
    for (const item& x : in.groups[at(k)].items) write(x);
    for (const instruction& x : stores) l.body.push_back(x);
    simplify_axes(g.symbols, l);
    order_axes(l);
    fill_others();
    nest_writer<> write_statements(p, l);
  }

 private:
  const grouping<Graph>& in;
  Graph& g;
  program& p;
  vec<int> registers;  // by node, -1: not computed here yet
  vec<instruction> stores;
  vec<int> reduced;  // the nodes that are reduced into, in the order of their instructions
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
      instruction s = storing(n, g.arg(n, 0), reduced_access(g, n, in.place[at(n)]));
      s.op = op_reduce, s.info = g.at(n).op;
      s.result = new_register(s.type);
      stores.push_back(s);
      reduced.push_back(n);
    } else if (x.kind == item::part) {
      if (x.operand == 0 && !is_filled(g, n)) {
        instruction zero;
        zero.op = op_constant;
        fill(n, zero);
      }
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
  /// A reduction without an accumulator combines with memory, which a kernel before this one fills
  /// with its identity.
  constexpr void fill_others() {
    std::size_t k = 0;
    for (const instruction& x : l.body) {
      if (x.op != op_reduce && x.op != op_accumulate) continue;
      const int n = reduced[k++];
      if (x.op == op_accumulate) continue;
      instruction start;
      start.op = op_identity, start.info = x.info;
      fill(n, start);
    }
  }
  /// Appends a kernel that stores the result of instruction `make` in all elements of node n.
  constexpr void fill(int n, instruction make) {
    nest f;
    dim size = 1;
    for (dim d : g.shape(n)) size = g.symbols.mul(size, d);
    f.space = {size};
    access all;
    all.buffer = in.place[at(n)].buffer, all.stride[0] = 1;
    f.accesses.push_back(all);
    f.registers[static_cast<int>(g.element(n))] = 1;
    make.type = g.element(n);
    instruction put;
    put.op = op_store, put.operands = 1, put.type = put.operand_type[0] = g.element(n);
    f.body = {make, put};
    simplify_axes(g.symbols, f);
    order_axes(f);
    nest_writer<> write(p, f);
  }
};

}  // namespace calx::inline CALX_ABI::plan
