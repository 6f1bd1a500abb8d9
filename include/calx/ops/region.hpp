// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes with bodies: how loops and branches hold programs, and several results.
#pragma once

#include <calx/graph/substitute.hpp>
#include <calx/ops/reduce.hpp>

namespace calx::inline CALX_ABI {

// A body is a part of the program around it: the nodes between the variables and the outputs that a
// control node names as operands. It is closed: what it reads of outside comes in by variables, so
// that passes see body nodes that depend on nothing of theirs. Operands of a control node: what
// comes in, the variables, the outputs of all bodies. Its parameters begin with those of `control`.

/// What all control nodes say in their parameters, in this order.
struct control {
  int incoming = 0, variables = 0;  // how many operands are these; the rest are outputs
  int fixed = 0;   // parameters of the op; behind them, for a tangent: where the tangent of each
                   // result is among the results, or -1
  int first = 0;   // the output that is result 0
  int final = 0;   // results from this number on are stacked, one element a step
  dim length = 0;  // how many steps that are
  static constexpr int count = 6;
  constexpr vec<dim> parameters() const {
    return {dim{incoming}, dim{variables}, dim{fixed}, dim{first}, dim{final}, length};
  }
};

namespace detail {
constexpr control control_of(const auto& g, int n) {
  auto at = [&](int i) { return static_cast<int>(g.param(n, i)); };
  return {at(0), at(1), at(2), at(3), at(4), g.param(n, 5)};
}
/// A control node taken apart.
struct control_parts {
  vec<int> in, variables, out;
};
constexpr control_parts parts_of(const auto& g, int n) {
  const control c = control_of(g, n);
  const int before = c.incoming + c.variables;
  return {operands_of(g, n, 0, c.incoming), operands_of(g, n, c.incoming, c.variables),
          operands_of(g, n, before, g.at(n).arg_count - before)};
}
constexpr vec<int> part_of(const vec<int>& list, int first, int count) {
  return {list.begin() + first, list.begin() + first + count};
}
/// The operands of node n that are computed where it is: not those inside of bodies.
constexpr int outer_operands(const auto& g, int n) {
  return g.at(n).op->has_bodies ? static_cast<int>(g.param(n, 0)) : g.at(n).arg_count;
}
/// True for nodes that bodies make for themselves.
constexpr bool is_made_anywhere(const auto& g, int n) {
  const op_info& op = *g.at(n).op;
  return g.at(n).arg_count == 0 && !op.is_unique && !is<literal_t>(op);
}
/// The nodes that `out` are computed from, outside of what depends on `variables`.
constexpr vec<int> frontier_of(const auto& g, const vec<int>& variables, const vec<int>& out) {
  const vec<char> inside = between(g, variables, out);
  vec<char> seen(inside.size(), 0);
  vec<int> found;
  auto look = [&](int a) {
    if (inside.items[a] || seen.items[a] || is_made_anywhere(g, a)) return;
    seen.items[a] = 1;
    found.push_back(a);
  };
  for (int n = 0; n < static_cast<int>(inside.size()); ++n)
    for (int i = 0; inside.items[n] && i < outer_operands(g, n); ++i) look(g.arg(n, i));
  for (int n : out) look(n);
  return found;
}
/// A fresh variable like node n.
constexpr int variable_like(auto& g, int n) { return variable_t::emit(g, aval(g.type(n))); }
constexpr vec<int> variables_like(auto& g, const vec<int>& nodes) {
  vec<int> list;
  for (int n : nodes) list.push_back(variable_like(g, n));
  return list;
}
/// Variables for what `out` read of outside, which is appended to `in`; they are closed then.
constexpr void close_body(auto& g, control_parts& p) {
  const vec<int> outside = frontier_of(g, p.variables, p.out);
  vec<int> fresh = variables_like(g, outside);
  p.out = substituted(g, outside, fresh, p.out);
  p.in.append(outside), p.variables.append(fresh);
}

// Passes over bodies, which passes/ defines.
template <class Tracer>
constexpr vec<int> tangents_in(graph_for<Tracer>& g, const vec<int>& variables,
                               const vec<int>& tangents, const vec<int>& out);
/// The cotangents of variables, on which the outputs depend linearly; -1 where zero.
template <class Tracer>
constexpr vec<int> cotangents_in(graph_for<Tracer>& g, const vec<int>& variables,
                                 const vec<int>& out, const vec<int>& cotangents);
/// The outputs where variables are batches; `batched` says which of them are.
template <class Tracer>
constexpr vec<int> batched_in(graph_for<Tracer>& g, const vec<int>& variables,
                              const vec<int>& batches, dim size, const vec<int>& out,
                              vec<char>& batched);
/// x with axes 0 and 1 exchanged.
constexpr int swapped_axes(auto& g, int x) {
  dim_list order;
  for (int i = 0; i < g.shape(x).rank; ++i) order.push_back(i < 2 ? 1 - i : i);
  return permuted(g, x, order);
}
/// Where a variable stands for a batch: a fresh one with a batch axis in front.
constexpr int batched_variable(auto& g, int n, dim size) {
  aval a = g.type(n);
  a.shape.insert(0, size);
  return variable_t::emit(g, a);
}
constexpr bool is_float_node(const auto& g, int n) { return is_float(g.element(n)); }

/// A carry has a property if its next value depends on what has it; `first` is the output that is
/// the first carry.
template <class Parts, class Can>
constexpr void spread_to_carries(auto& g, const Parts& l, vec<char>& has, int carries,
                                 const Can& can, int first) {
  for (bool more = true; more;) {
    vec<int> from;
    for (std::size_t i = 0; i < has.size(); ++i)
      if (has[i]) from.push_back(l.variables[i]);
    const vec<char> reached = between(g, from, l.out);
    more = false;
    for (int k = 0; k < carries; ++k) {
      const auto at = static_cast<std::size_t>(k);
      const int next = l.out[static_cast<std::size_t>(first + k)];
      if (has[at] || !reached.items[next] || !can(next)) continue;
      has[at] = 1, more = true;
    }
  }
}

/// Base of ops with bodies. Their nodes have no value of their own: `result_t` picks one.
struct controlling {
  static constexpr op_kind kind = op_kind::control;
  static constexpr int operand_count = any_number, param_count = any_number;
  static constexpr bool has_bodies = true;
  static constexpr aval type_of(const auto& g, int n) { return g.type(n); }
  static constexpr const char* fault(const auto& g, int n) {
    const control c = control_of(g, n);
    const bool fits = g.at(n).int_count >= control::count && c.incoming >= 0 &&
                      c.incoming + c.variables <= g.at(n).arg_count && c.fixed <= g.at(n).int_count;
    return fits ? nullptr : "has bodies that do not fit its operands";
  }

 protected:
  template <class Op>
  static constexpr int emit_as(auto& g, const control_parts& p, const vec<dim>& params) {
    vec<int> operands = p.in;
    operands.append(p.variables), operands.append(p.out);
    return g.template add<Op>(g.intern({dtype::b1, {}}), operands.data(),
                              static_cast<int>(operands.size()), params.data(),
                              static_cast<int>(params.size()));
  }
};
}  // namespace detail

/// Values by the numbers of results: the cotangents of a control node, or what became of it.
/// Parameters: the numbers.
struct bundle_t {
  static constexpr std::string_view name = "bundle";
  static constexpr op_kind kind = op_kind::control;
  static constexpr int operand_count = any_number, param_count = any_number;
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr aval type_of(const auto& g, int n) { return g.type(n); }
  static constexpr int emit(auto& g, const vec<int>& values, const vec<dim>& numbers) {
    return g.template add<bundle_t>(g.intern({dtype::b1, {}}), values.data(),
                                    static_cast<int>(values.size()), numbers.data(),
                                    static_cast<int>(numbers.size()));
  }
  /// The value with a number, or -1.
  static constexpr int find(const auto& g, int n, dim number) {
    for (int i = 0; i < g.at(n).int_count; ++i)
      if (g.param(n, i) == number) return g.arg(n, i);
    return -1;
  }
};

/// One result of a control node. Parameter: its number.
struct result_t {
  static constexpr std::string_view name = "result";
  static constexpr op_kind kind = op_kind::control;
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr int operand_count = 1, param_count = 1;
  static constexpr bool is_result = true;
  static constexpr aval type_of(const auto& g, int n) { return g.type(n); }
  static constexpr int emit(auto& g, int control_node, int k, const aval& type) {
    return g.template add<result_t>(type, {control_node}, {k});
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const int t = tangents[0], k = static_cast<int>(g.param(n, 0));
    const dim at = g.param(t, detail::control_of(g, t).fixed + k);
    return at < 0 ? -1 : emit(g, t, static_cast<int>(at), aval(g.type(n)));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim size) {
    const int loop = args[0], k = static_cast<int>(g.param(n, 0));
    if (is<bundle_t>(g, loop)) return bundle_t::find(g, loop, k);
    const control c = detail::control_of(g, loop);
    aval type = g.type(g.arg(loop, c.incoming + c.variables + c.first + k));
    const bool stacked = k >= c.final;
    const bool batched = type.shape.rank + (stacked ? 1 : 0) > g.shape(n).rank;
    if (stacked) type.shape.insert(0, c.length);
    const int r = emit(g, loop, k, type);
    if (!batched) return detail::repeat(g, r, size);
    return stacked ? detail::swapped_axes(g, r) : r;
  }
};

}  // namespace calx::inline CALX_ABI
