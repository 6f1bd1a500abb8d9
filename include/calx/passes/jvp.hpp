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
    if (!moves[at(n)] || !wanted[at(n)] || tangent[at(n)] >= 0) continue;
    if (!g.at(n).op->has_jvp || !is_float(g.element(n))) continue;
    bool any = false;
    operands.clear();
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      operands.push_back(tangent[at(g.arg(n, i))]);
      any = any || operands.back() >= 0;
    }
    if (any) tangent[at(n)] = g.at(n).op->jvp(g, n, operands.data());
  }
  check("jvp", g, last);
  node_list out;
  for (int n : outputs) out.push_back(n < 0 ? -1 : tangent[at(n)]);
  return out;
}

}  // namespace calx::inline CALX_ABI::passes
