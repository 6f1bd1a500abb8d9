// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Forward mode: tangents of outputs from tangents of inputs, by each op's one rule.
#pragma once

#include <calx/passes/reach.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

/// The tangents of `outputs` when `inputs` move by `tangents`; -1 where zero. Appends to g.
template <class = void>
constexpr node_list jvp(graph& g, const node_list& inputs, const node_list& tangents,
                        const node_list& outputs) {
  if (g.rehearsal != 0) return node_list(outputs.size(), -1);
  auto moves = dependent(g, inputs), wanted = needed(g, outputs);
  node_list tangent(at(g.size()), -1);
  for (std::size_t i = 0; i < inputs.size(); ++i) tangent[at(inputs[i])] = tangents[i];
  int last = g.size(), first = last;
  for (int n : inputs) first = n < first ? n : first;
  node_list operands;
  for (int n = first; n < last; ++n) {
    if (!moves.items[n] || !wanted.items[n] || tangent.items[n] >= 0) continue;
    const node& d = g.nodes.items[n];
    const op_info& op = *d.op;
    // Of the results of an op with bodies some may be floats.
    if (!op.has_jvp || (!op.has_bodies && !is_float(g.avals.items[d.aval].type))) continue;
    bool any = false;
    operands.resize(at(d.arg_count));
    const int* args = g.args.items + d.first_arg;
    for (int i = 0; i < d.arg_count; ++i) {
      operands.items[i] = tangent.items[args[i]];
      any = any || operands.items[i] >= 0;
    }
    if (any) tangent.items[n] = op.jvp(g, n, operands.items);
  }
  require_valid("jvp", g, last);
  node_list out;
  for (int n : outputs) out.push_back(n < 0 ? -1 : tangent[at(n)]);
  return out;
}

}  // namespace calx::inline CALX_ABI::passes

namespace calx::inline CALX_ABI::detail {
template <class Tracer>
constexpr vec<int> tangents_in(graph_for<Tracer>& g, const vec<int>& variables,
                               const vec<int>& tangents, const vec<int>& out) {
  return passes::jvp(g, variables, tangents, out);
}
}  // namespace calx::inline CALX_ABI::detail
