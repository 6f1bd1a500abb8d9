// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Takes bodies out of a graph: each becomes a graph of its own, which the control node names.
#pragma once

#include <calx/passes/copy.hpp>
#include <calx/passes/rebuild.hpp>
#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// A control node without its bodies. Its operands are what comes in; parameter: which bodies.
struct outlined_t {
  static constexpr std::string_view name = "outlined";
  static constexpr op_kind kind = op_kind::control;
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr int operand_count = any_number, param_count = 1;
  static constexpr aval type_of(const auto& g, int n) { return g.type(n); }
};

/// What was taken out of one control node.
struct outlined_bodies {
  statement::kind_t kind = statement::repeat;
  vec<graph> bodies;  // whose inputs are what comes in, element by element
  int carries = 0, arrays = 0;
  dim length = 1;
  bool backward = false;
  vec<int> output;  // by result: which output of a body it is, -1 for one that nothing needs
};

/// A graph without bodies, and these.
template <class Graph>
class outliner {
 public:
  constexpr explicit outliner(const Graph& from)
      : out(passes::rebuilding::without_nodes(from)), g(from) {
    out.values_only = true;
    const vec<char> open = passes::open_nodes(g), wanted = passes::needed(g, g.outputs);
    for (int n = 0; n < g.size(); ++n)
      if (wanted[at(n)] && is<result_t>(g, n)) results.push_back(n);
    image.assign(at(g.size()), -1);
    for (int n : g.inputs) image[at(n)] = input_t::emit(out, aval(g.type(n)));
    for (int n = 0; n < g.size(); ++n)
      if (wanted[at(n)] && !open[at(n)] && image[at(n)] < 0) image[at(n)] = copy(n);
    for (int n : g.outputs) out.outputs.push_back(image[at(n)]);
  }
  Graph out;
  vec<outlined_bodies> all;

 private:
  const Graph& g;
  vec<int> image;
  vec<int> results;  // that something needs

  constexpr bool is_needed(int control_node, int k) const {
    for (int n : results)
      if (g.arg(n, 0) == control_node && g.param(n, 0) == k) return true;
    return false;
  }
  constexpr int copy(int n) {
    const node& d = g.at(n);
    vec<int> args;
    const int count = calx::detail::outer_operands(g, n);
    for (int i = 0; i < count; ++i) args.push_back(image[at(g.arg(n, i))]);
    if (d.op->has_bodies) {
      const dim index = static_cast<dim>(all.size());
      all.push_back(take_out(n));
      return out.append(info_of<outlined_t>, out.intern(g.type(n)), args.data(), count, &index, 1);
    }
    const dim_list params = calx::detail::params_of(g, n);
    if (is<literal_t>(g, n))
      return out.append(*d.op, out.intern(g.type(n)), nullptr, 0, params.data(), d.int_count);
    return out.add_again(*d.op, out.intern(g.type(n)), args.data(), count, params.data(),
                         d.int_count);
  }
  constexpr outlined_bodies take_out(int n) {
    if (is<scan_t>(g, n)) return take_scan(n);
    if (is<while_t>(g, n)) return take_while(n);
    return take_branch(n);
  }
  constexpr outlined_bodies take_scan(int n) {
    const scan_t::loop l = scan_t::apart(g, n);
    outlined_bodies o;
    o.carries = l.carries, o.arrays = l.arrays, o.length = l.length, o.backward = l.backward;
    vec<int> outputs;
    for (int k = 0; k < static_cast<int>(l.out.size()); ++k) {
      const bool needed = k < l.carries || is_needed(n, k);
      o.output.push_back(needed ? static_cast<int>(outputs.size()) : -1);
      if (needed) outputs.push_back(l.out[at(k)]);
    }
    o.bodies.push_back(body(l.variables, outputs));
    return o;
  }
  constexpr outlined_bodies take_while(int n) {
    const while_t::loop l = while_t::apart(g, n);
    outlined_bodies o;
    o.kind = statement::until, o.carries = l.carries;
    for (int k = 0; k < l.carries; ++k) o.output.push_back(k);
    o.bodies.push_back(body(l.variables, {l.out[0]}));
    o.bodies.push_back(body(l.variables, calx::detail::part_of(l.out, 1, l.carries)));
    return o;
  }
  constexpr outlined_bodies take_branch(int n) {
    const branch_t::choice c = branch_t::apart(g, n);
    outlined_bodies o;
    o.kind = statement::choose;
    vec<int> kept;
    for (int k = 0; k < c.results(); ++k) {
      const bool needed = is_needed(n, k);
      o.output.push_back(needed ? static_cast<int>(kept.size()) : -1);
      if (needed) kept.push_back(k);
    }
    for (int b = 0; b < c.bodies; ++b) {
      vec<int> outputs;
      for (int k : kept) outputs.push_back(c.body(b)[at(k)]);
      o.bodies.push_back(body(c.variables, outputs));
    }
    return o;
  }
  /// What the outputs need, as a graph whose inputs are the variables.
  constexpr Graph body(const vec<int>& variables, const vec<int>& outputs) const {
    Graph b;
    b.symbols = g.symbols;
    vec<int> inner(at(g.size()), -1);
    for (int v : variables) inner[at(v)] = input_t::emit(b, aval(g.type(v)));
    passes::copy_nodes(g, b, passes::needed(g, outputs), inner, [](dim d) { return d; },
                       [](auto& to, const op_info& op, auto... node) {
                         return to.add_again(op, node...);
                       });
    for (int n : outputs) b.outputs.push_back(inner[at(n)]);
    b.values_only = true;
    return b;
  }
};

/// True if some node has bodies.
template <class Graph>
constexpr bool has_bodies(const Graph& g) {
  for (const node& n : g.nodes)
    if (n.op->has_bodies) return true;
  return false;
}

}  // namespace calx::inline CALX_ABI::plan
