// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A body that runs as long as a condition holds: while_loop.
#pragma once

#include <calx/ops/region.hpp>
#include <calx/ops/select.hpp>

namespace calx::inline CALX_ABI {

/// A loop whose number of steps is known when it ends. Comes in: the first carry, then what all
/// steps share. Outputs: whether there is a step, then the next carry. Results: the last carry.
/// Parameter behind `control`: how many carries.
struct while_t : detail::controlling {
  static constexpr std::string_view name = "while_loop";
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr int fixed = control::count + 1;

  /// A loop taken apart.
  struct loop : detail::control_parts {
    int carries = 0;
    vec<dim> tangents;
    constexpr aval result(const auto& g, int k) const {
      return g.type(out[static_cast<std::size_t>(k) + 1]);
    }
  };
  static constexpr loop apart(const auto& g, int n) {
    loop l;
    static_cast<detail::control_parts&>(l) = detail::parts_of(g, n);
    l.carries = static_cast<int>(g.param(n, control::count));
    for (int i = fixed; i < g.at(n).int_count; ++i) l.tangents.push_back(g.param(n, i));
    return l;
  }
  static constexpr int emit(auto& g, loop l) {
    detail::close_body(g, l);
    control c;
    c.incoming = c.variables = static_cast<int>(l.in.size());
    c.fixed = fixed, c.first = 1, c.final = l.carries;
    vec<dim> params = c.parameters();
    params.push_back(l.carries);
    for (dim d : l.tangents) params.push_back(d);
    return emit_as<while_t>(g, l, params);
  }

  /// The loop with the tangents of its carries beside them.
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const loop l = apart(g, n);
    vec<char> moves;
    for (std::size_t i = 0; i < l.in.size(); ++i) moves.push_back(tangents[i] >= 0);
    detail::spread_to_carries(g, l, moves, l.carries,
                              [&g](int x) { return detail::is_float_node(g, x); }, 1);
    vec<int> from, to, shared, shared_variables;
    loop t = l;
    t.in.resize(at(l.carries)), t.variables.resize(at(l.carries)), t.tangents.clear();
    for (std::size_t i = 0; i < l.in.size(); ++i) {
      const bool carry = static_cast<int>(i) < l.carries;
      if (carry) t.tangents.push_back(moves[i] ? static_cast<dim>(t.carries) : -1);
      if (!moves[i]) continue;
      from.push_back(l.variables[i]), to.push_back(detail::variable_like(g, l.variables[i]));
      const int tangent = tangents[i] >= 0 ? tangents[i] : detail::zeros_like(g, l.in[i]);
      (carry ? t.in : shared).push_back(tangent);
      (carry ? t.variables : shared_variables).push_back(to.back());
      t.carries += carry;
    }
    const vec<int> found = detail::tangents_in<Tracer>(g, from, to, l.out);
    for (std::size_t k = 0; k < at(l.carries); ++k)
      if (moves[k])
        t.out.push_back(found[k + 1] >= 0 ? found[k + 1] : detail::zeros_like(g, l.out[k + 1]));
    t.in.append(detail::part_of(l.in, l.carries, count(l) - l.carries));
    t.variables.append(detail::part_of(l.variables, l.carries, count(l) - l.carries));
    t.in.append(shared), t.variables.append(shared_variables);
    return emit(g, t);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int, int, const bool*, int*) {
    g.fail(error_kind::generic,
           text("while_loop: reverse mode must know the number of steps before the loop: use "
                "fori_loop or scan, or forward mode"));
  }
  /// Where the condition varies, the loop runs until it holds for no example, and examples that
  /// have ended keep their carry.
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim size) {
    loop l = apart(g, n);
    vec<char> varies;
    for (std::size_t i = 0; i < l.in.size(); ++i) varies.push_back(batched[i]);
    auto any = [](int) { return true; };
    detail::spread_to_carries(g, l, varies, l.carries, any, 1);
    vec<int> moving;
    for (std::size_t i = 0; i < l.in.size(); ++i)
      if (varies[i]) moving.push_back(l.variables[i]);
    const bool masked = detail::between(g, moving, l.out).items[l.out[0]] != 0;
    for (std::size_t k = 0; masked && k < at(l.carries); ++k) varies[k] = 1;
    vec<int> from, to;
    for (std::size_t i = 0; i < l.in.size(); ++i) {
      if (batched[i]) l.in[i] = args[i];
      else if (varies[i]) l.in[i] = detail::repeat(g, l.in[i], size);
      if (!varies[i]) continue;
      from.push_back(l.variables[i]);
      l.variables[i] = detail::batched_variable(g, l.variables[i], size);
      to.push_back(l.variables[i]);
    }
    vec<char> out_varies;
    l.out = detail::batched_in<Tracer>(g, from, to, size, l.out, out_varies);
    const int going = l.out[0];
    for (std::size_t k = 0; k < at(l.carries); ++k) {
      int& next = l.out[k + 1];
      if (varies[k] && !out_varies[k + 1]) next = detail::repeat(g, next, size);
      if (masked) next = chosen(g, going, next, l.variables[k]);
    }
    if (masked) l.out[0] = reduce_or_t::emit(g, going, {0});
    return emit(g, l);
  }

 private:
  static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }
  static constexpr int count(const loop& l) { return static_cast<int>(l.in.size()); }
  /// a in the examples for which condition c holds, else b.
  static constexpr int chosen(auto& g, int c, int a, int b) {
    const int x[] = {broadcast_in_dim_t::emit(g, c, g.shape(a), {0}), a, b};
    return select_t::emit(g, x);
  }
};

using while_ops = type_list<while_t>;

}  // namespace calx::inline CALX_ABI
