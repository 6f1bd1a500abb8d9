// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transposition: a linear program run backwards, from cotangents of outputs to those of inputs.
#pragma once

#include <calx/passes/reach.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

/// The cotangents of `inputs`, on which `outputs` depend linearly; -1 where zero. Appends to g.
template <class = void>
constexpr node_list transpose(graph& g, const node_list& inputs, const node_list& outputs,
                              const node_list& cotangents) {
  if (g.rehearsal != 0) return node_list(inputs.size(), -1);
  auto linear = dependent(g, inputs);
  int last = g.size(), first = last;
  for (int n : inputs) first = n < first ? n : first;
  node_list ct(at(last), -1);
  auto accumulate = [&](int n, int value) {
    int& sum = ct.items[n];
    sum = sum < 0 ? value : detail::emit<add_t>(g, sum, value);
  };
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i] >= 0 && linear[at(outputs[i])] && cotangents[i] >= 0)
      accumulate(outputs[i], cotangents[i]);
  vec<bool> is_linear;
  node_list out;
  for (int n = last - 1; n >= first; --n) {
    const node d = g.nodes.items[n];
    if (ct.items[n] < 0 || !linear.items[n] || d.arg_count == 0) continue;
    is_linear.resize(at(d.arg_count));
    for (int i = 0; i < d.arg_count; ++i)
      is_linear.items[i] = linear.items[g.args.items[d.first_arg + i]] != 0;
    out.assign(at(d.arg_count), -1);
    if (!d.op->has_transpose) {
      g.fail(error_kind::generic, text() << d.op->name << ": is not linear; functions of "
                                            "linear_transpose, and derivative rules in their "
                                            "tangents, must be written with linear ops");
      return node_list(inputs.size(), -1);
    }
    d.op->transpose(g, n, ct.items[n], is_linear.items, out.items);
    for (int i = 0; i < d.arg_count; ++i)
      if (is_linear.items[i] && out.items[i] >= 0)
        accumulate(g.args.items[d.first_arg + i], out.items[i]);
  }
  require_valid("transpose", g, last);
  node_list result;
  for (int n : inputs) result.push_back(ct[at(n)]);
  return result;
}

}  // namespace calx::inline CALX_ABI::passes
