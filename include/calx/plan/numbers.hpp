// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of numbers alone: one kernel without loops, its instructions in the order of the nodes.
#pragma once

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// True for a finished program of numbers alone.
template <class Graph>
constexpr bool is_of_numbers(const Graph& g) {
  for (const aval& a : g.avals)
    if (a.shape.rank != 0) return false;
  // Operands that are there for derivatives are not to be computed.
  for (const node& n : g.nodes)
    if ((n.op->is_renaming && n.arg_count > 1) || n.op->kind == op_kind::control) return false;
  return g.values_only && g.literals.empty();
}

/// Writes the kernel of a program of numbers.
template <class Graph>
class number_writer {
 public:
  constexpr number_writer(const Graph& from, program& to) : g(from), p(to) {
    registers.assign(at(g.size()), -1);
    const auto wanted = passes::needed(g, g.outputs);
    p.instructions.reserve(at(g.size()) + g.outputs.size());
    for (int n = 0; n < g.size(); ++n)
      if (wanted.items[n]) write(n);
    for (std::size_t k = 0; k < g.outputs.size(); ++k) store(static_cast<int>(k));
    statement s;
    s.end = 1, s.last = static_cast<int>(p.instructions.size());
    p.statements.push_back(s);
    whole.last = 1, whole.last_access = static_cast<int>(p.accesses.size());
    p.kernels.push_back(whole);
  }

 private:
  const Graph& g;
  program& p;
  kernel whole;
  vec<int> registers;  // by node

  constexpr int new_access(int buffer) {
    access a;
    a.buffer = buffer;
    p.accesses.push_back(a);
    return static_cast<int>(p.accesses.size()) - 1;
  }
  constexpr void write(int n) {
    using calx::detail::op_key;
    const node& d = g.nodes.items[n];
    const int key = d.op->key;
    if (d.op->is_renaming || d.op->is_late) {
      registers.items[n] = registers.items[g.args.items[d.first_arg]];
      return;
    }
    instruction x;
    x.type = g.avals.items[d.aval].type;
    x.operands = d.arg_count;
    for (int i = 0; i < d.arg_count; ++i) {
      const int a = g.args.items[d.first_arg + i];
      x.operand[i] = registers.items[a];
      x.operand_type[i] = g.avals.items[g.nodes.items[a].aval].type;
    }
    if (d.arg_count > 0) x.info = d.op, x.op = key == op_key<convert_t> ? op_convert : op_apply;
    else if (key == op_key<input_t>)
      x.op = op_load, x.access = new_access(static_cast<int>(g.param(n, 0)));
    else if (key == op_key<extent_t>) x.op = op_extent, x.value = g.param(n, 0);
    else x.op = op_constant, x.value = g.param(n, 0);
    x.result = registers.items[n] = whole.registers[static_cast<int>(x.type)]++;
    p.instructions.push_back(x);
  }
  constexpr void store(int k) {
    const int n = g.outputs[at(k)];
    instruction x;
    x.op = op_store, x.type = x.operand_type[0] = g.element(n);
    x.operands = 1, x.operand[0] = registers[at(n)];
    x.access = new_access(static_cast<int>(g.inputs.size()) + k);
    p.instructions.push_back(x);
  }
};

}  // namespace calx::inline CALX_ABI::plan
