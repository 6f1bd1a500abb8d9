// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks that a program is well-formed: what tracing and every pass must leave behind.
#pragma once

#include <calx/graph/verify_ops.hpp>

namespace calx::inline CALX_ABI {

namespace verifying {
/// What is wrong with how node n refers to the pools and to other nodes, or null.
template <class = void>
constexpr const char* fault_of_links(const graph& g, int n) {
  const node& d = g.nodes[static_cast<std::size_t>(n)];
  auto within = [](int first, int count, std::size_t size) {
    return first >= 0 && count >= 0 &&
           static_cast<std::size_t>(first) + static_cast<std::size_t>(count) <= size;
  };
  // Only at run time: sanitizers' constant evaluators do not compare addresses with null.
  if (!std::is_constant_evaluated() && !d.op) return "has no op";
  if (!within(d.aval, 1, g.avals.size())) return "has no type";
  if (!within(d.first_arg, d.arg_count, g.args.size())) return "has operands outside their pool";
  if (!within(d.first_int, d.int_count, g.ints.size())) return "has parameters outside their pool";
  if (g.shape(n).rank > max_rank) return "has more axes than max_rank";
  for (int i = 0; i < d.arg_count; ++i)
    if (g.arg(n, i) < 0 || g.arg(n, i) >= n) return "has an operand that does not come before it";
  return nullptr;
}
/// What is wrong with the operands and the type of node n for its op, or null.
template <class = void>
constexpr const char* fault_of(const graph& g, int n) {
  if (const char* f = fault_of_links(g, n)) return f;
  if (const char* f = fault_of_counts(g, n)) return f;
  const op_info& op = *g.at(n).op;
  bool moves = op.kind == op_kind::structural || op.kind == op_kind::contraction;
  if (moves && op.user_slot >= 0) return nullptr;
  switch (op.kind) {
    case op_kind::leaf: return fault_of_leaf(g, n);
    case op_kind::elementwise: return fault_of_elementwise(g, n);
    case op_kind::structural: return fault_of_structural(g, n);
    case op_kind::reduction: return fault_of_reduction(g, n);
    default: return fault_of_contraction(g, n);
  }
}
}  // namespace verifying

/// Empty if the program is well-formed, else the sentence that names the first bad node.
template <class = void>
constexpr text verify(const graph& g) {
  text t;
  for (int n = 0; n < g.size(); ++n)
    if (const char* fault = verifying::fault_of(g, n)) {
      const op_info* op = g.at(n).op;
      return t << "node %" << n << " (" << (op ? op->name : "?") << ") " << fault;
    }
  for (int n : g.inputs)
    if (n < 0 || n >= g.size() || g.at(n).op->name != "input")
      return t << "input %" << n << " is not an input of the program";
  for (int n : g.outputs)
    if (n < 0 || n >= g.size()) return t << "output %" << n << " is not a node of the program";
  return t;
}

}  // namespace calx::inline CALX_ABI
