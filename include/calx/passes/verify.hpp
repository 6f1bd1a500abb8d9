// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks that a program is well-formed: what tracing and every pass must leave behind.
#pragma once

#include <calx/ops/core.hpp>

namespace calx::inline CALX_ABI::passes {

namespace verifying {
/// What is wrong with how node n refers to the pools and to other nodes, or null.
template <class = void>
constexpr const char* fault_of_links(const graph& g, int n) {
  const node& d = g.at(n);
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
template <class = void>
constexpr const char* fault_of_counts(const graph& g, int n) {
  const node& d = g.at(n);
  const int args = d.op->operand_count, ints = d.op->param_count;
  if (args == any_number ? d.arg_count == 0 : d.arg_count != args)
    return "has the wrong number of operands";
  return ints != any_number && d.int_count != ints ? "has the wrong number of parameters" : nullptr;
}

/// True if index `first`, `first + step`, ... of `count` numbers lie within an extent, as far as
/// that is known.
constexpr bool is_within(symbol_table& t, dim first, dim step, dim count, dim extent) {
  dim last = t.add(first, t.mul(t.add(count, -1), step));
  if (count == 0) return true;
  if (!is_symbol(step) && step < 0) {
    dim swapped = first;
    first = last, last = swapped;
  }
  dim beyond = t.sub(last, extent);
  return (is_symbol(first) || first >= 0) && (is_symbol(beyond) || beyond < 0);
}
/// True if the box of a map lies in the result, and what it reads in the operand.
template <class = void>
constexpr bool is_in_bounds(symbol_table& t, const index_map& m, const dims& operand,
                            const dims& result) {
  const dims& box = m.has_box ? m.extent : result;
  bool has_elements = true;
  for (dim d : box) has_elements = has_elements && d != 0;
  if (box.rank != result.rank || !has_elements) return box.rank == result.rank;
  for (int r = 0; m.has_box && r < result.rank; ++r)
    if (!is_within(t, m.start[r], m.step[r], box[r], result[r])) return false;
  dim low[max_rank] = {}, high[max_rank] = {};
  for (int k = 0; k < operand.rank; ++k) low[k] = high[k] = m.offset[k];
  for (const index_term& x : m.terms) {
    const int k = x.operand_axis, r = x.result_axis;
    if (k < 0 || k >= operand.rank || r < 0 || r >= result.rank) return false;
    dim reach = t.mul(x.stride, t.add(box[r], -1));
    bool back = !is_symbol(x.stride) && x.stride < 0;
    dim& end = back ? low[k] : high[k];
    end = t.add(end, reach);
  }
  for (int k = 0; k < operand.rank; ++k) {
    dim beyond = t.sub(high[k], operand[k]);
    if ((!is_symbol(low[k]) && low[k] < 0) || (!is_symbol(beyond) && beyond >= 0)) return false;
  }
  return true;
}
template <class = void>
constexpr const char* fault_of_moves(const graph& g, symbol_table& t, int n) {
  const op_info& op = *g.at(n).op;
  const dims &from = g.shape(g.arg(n, 0)), &to = g.shape(n);
  if (op.row_major && from.is_static() && to.is_static() && from.size() != to.size())
    return detail::misfit;
  for (int i = 0; op.has_map && i < g.at(n).arg_count; ++i) {
    const index_map m = op.map(g, t, n, i);
    const dims& operand = g.shape(g.arg(n, i));
    if (!is_in_bounds(t, m, operand, to)) return detail::misfit;
    if ((m.has_box || g.at(n).arg_count > 1) && !m.fills(t, operand))
      return "has an operand that does not fill a box of its result";
  }
  return nullptr;  // executors refuse what has no map
}
template <class = void>
constexpr bool is_same(const graph& g, const aval& a, const aval& b) {
  return a.type == b.type && detail::same_shape(g, a.shape, b.shape);
}
/// Appends what is wrong with node n, if anything is; t holds the symbols of the program.
template <class = void>
constexpr void append_fault(text& out, const graph& g, symbol_table& t, int n) {
  const char* f = fault_of_links(g, n);
  if (!f) f = fault_of_counts(g, n);
  if (!f && g.at(n).op->has_fault) f = g.at(n).op->fault(g, n);
  if (f) {
    out << f;
    return;
  }
  const aval want = g.at(n).op->type_of(g, n);
  if (!is_same(g, g.type(n), want))
    out << "is " << g.element(n) << g.shape(n) << ", but its operands and parameters make it "
        << want.type << want.shape;
  else if (g.at(n).op->kind == op_kind::structural)
    if ((f = fault_of_moves(g, t, n))) out << f;
}
}  // namespace verifying

/// Empty if the program is well-formed, else the sentence that names the first bad node, from
/// node `first` on. It knows of ops what they say of themselves.
template <class = void>
constexpr text verify(const graph& g, int first = 0) {
  text t, fault;
  symbol_table symbols = g.symbols;
  for (int n = first; n < g.size(); ++n) {
    verifying::append_fault(fault, g, symbols, n);
    if (fault.length == 0) continue;
    bool known = std::is_constant_evaluated() || g.at(n).op;
    return t << "node %" << n << " (" << (known ? g.at(n).op->name : "?") << ") " << fault.view();
  }
  for (int n : g.inputs)
    if (n < 0 || n >= g.size() || !is<input_t>(g, n))
      return t << "input %" << n << " is not an input of the program";
  for (int n : g.outputs)
    if (n < 0 || n >= g.size()) return t << "output %" << n << " is not a node of the program";
  return t;
}

/// In builds with CALX_CHECKED, an error of the program if pass `name`, which appended the nodes
/// from `first` on, left something that is not well-formed; in others nothing at all.
template <class = void>
constexpr void require_valid(std::string_view name, [[maybe_unused]] graph& g,
                             [[maybe_unused]] int first = 0) {
#if defined(CALX_CHECKED)
  if (g.failed != error_kind::none) return;
  if (const text fault = verify(g, first); fault.length > 0)
    g.fail(error_kind::generic, text() << name << ": " << fault.view()
                                       << "; an op or this pass is wrong, please report it");
#else
  (void)name;
#endif
}

}  // namespace calx::inline CALX_ABI::passes
