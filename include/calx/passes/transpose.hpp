// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transposition: a linear program run backwards, from cotangents of outputs to those of inputs.
#pragma once

#include <calx/passes/reach.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

namespace transposing {
/// The cotangent of a result of node `of`.
struct result_cotangent {
  int of, cotangent;
  dim number;
};
/// The cotangents of node n's results as one node, or -1 if there are none.
template <class = void>
constexpr int gathered(graph& g, int n, const vec<result_cotangent>& all) {
  node_list values;
  vec<dim> numbers;
  for (const result_cotangent& x : all)
    if (x.of == n) values.push_back(x.cotangent), numbers.push_back(x.number);
  return values.empty() ? -1 : bundle_t::emit(g, values, numbers);
}
template <class = void>
constexpr bool require_linear(graph& g, int n) {
  if (!g.at(n).op->has_transpose)
    g.fail(error_kind::generic, text() << g.at(n).op->name << ": is not linear; functions of "
                                          "linear_transpose, and derivative rules in their "
                                          "tangents, must be written with linear ops");
  return g.at(n).op->has_transpose;
}
}  // namespace transposing

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
  vec<transposing::result_cotangent> results;  // of nodes with several results
  for (int n = last; n-- > first;) {
    const node d = g.nodes.items[n];
    if (!linear.items[n] || d.arg_count == 0) continue;
    if (d.op->has_bodies) ct.items[n] = transposing::gathered(g, n, results);
    if (ct.items[n] >= 0 && d.op->is_result)
      results.push_back({g.arg(n, 0), ct.items[n], g.param(n, 0)});
    if (ct.items[n] < 0 || d.op->is_result) continue;
    is_linear.resize(at(d.arg_count));
    for (int i = 0; i < d.arg_count; ++i)
      is_linear.items[i] = linear.items[g.args.items[d.first_arg + i]] != 0;
    out.assign(at(d.arg_count), -1);
    if (!transposing::require_linear(g, n)) return node_list(inputs.size(), -1);
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

namespace calx::inline CALX_ABI::detail {
template <class Tracer>
constexpr vec<int> cotangents_in(graph_for<Tracer>& g, const vec<int>& variables,
                                 const vec<int>& out, const vec<int>& cotangents) {
  return passes::transpose(g, variables, out, cotangents);
}
}  // namespace calx::inline CALX_ABI::detail
