// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One of several bodies, chosen by a number: cond, switch_.
#pragma once

#include <calx/ops/region.hpp>
#include <calx/ops/select.hpp>

namespace calx::inline CALX_ABI {

/// One of several bodies. Comes in: the number of the body, an int64 within them, then what they
/// read. Outputs: those of each body, one body after the other. Parameter behind `control`: how
/// many bodies.
struct branch_t : detail::controlling {
  static constexpr std::string_view name = "switch_";
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr int fixed = control::count + 1;

  /// A choice taken apart; `in` and `variables` are without the number.
  struct choice : detail::control_parts {
    int index = -1, bodies = 0;
    vec<dim> tangents;
    constexpr int results() const { return static_cast<int>(out.size()) / bodies; }
    constexpr vec<int> body(int b) const { return detail::part_of(out, b * results(), results()); }
  };
  static constexpr choice apart(const auto& g, int n) {
    choice c;
    static_cast<detail::control_parts&>(c) = detail::parts_of(g, n);
    c.index = c.in[0];
    c.in.erase(c.in.begin());
    c.bodies = static_cast<int>(g.param(n, control::count));
    for (int i = fixed; i < g.at(n).int_count; ++i) c.tangents.push_back(g.param(n, i));
    return c;
  }
  static constexpr int emit(auto& g, choice x) {
    detail::close_body(g, x);
    x.in.insert(x.in.begin(), x.index);
    control c;
    c.incoming = static_cast<int>(x.in.size()), c.variables = c.incoming - 1;
    c.fixed = fixed, c.final = x.results();
    vec<dim> params = c.parameters();
    params.push_back(x.bodies);
    for (dim d : x.tangents) params.push_back(d);
    return emit_as<branch_t>(g, x, params);
  }

  /// The tangent chooses alike. Its bodies compute again what they need of the first ones.
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const choice c = apart(g, n);
    choice t = c;
    vec<int> from, to;
    for (std::size_t i = 0; i < c.in.size(); ++i) {
      if (tangents[i + 1] < 0) continue;
      from.push_back(c.variables[i]), to.push_back(detail::variable_like(g, c.variables[i]));
      t.in.push_back(tangents[i + 1]), t.variables.push_back(to.back());
    }
    const vec<int> found = detail::tangents_in<Tracer>(g, from, to, c.out);
    t.out.clear(), t.tangents.clear();
    const auto count = static_cast<std::size_t>(c.results());
    vec<char> moves(count, 0);
    for (std::size_t k = 0; k < found.size(); ++k)
      if (found[k] >= 0) moves[k % count] = 1;
    dim moving = 0;
    for (char m : moves) t.tangents.push_back(m ? moving++ : -1);
    for (std::size_t k = 0; k < found.size(); ++k)
      if (moves[k % count])
        t.out.push_back(found[k] >= 0 ? found[k] : detail::zeros_like(g, c.out[k]));
    return moving > 0 ? emit(g, t) : nothing(g, t);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    const choice c = apart(g, n);
    choice r;
    r.index = c.index, r.bodies = c.bodies;
    vec<int> unknown, given;
    for (std::size_t i = 0; i < c.in.size(); ++i) {
      if (linear[i + 1]) unknown.push_back(c.variables[i]);
      else r.in.push_back(c.in[i]), r.variables.push_back(c.variables[i]);
    }
    for (int k = 0; k < c.results(); ++k) {
      const int whole = bundle_t::find(g, ct, k), like = c.out[static_cast<std::size_t>(k)];
      given.push_back(whole >= 0 ? detail::variable_like(g, like) : detail::zeros_like(g, like));
      if (whole >= 0) r.in.push_back(whole), r.variables.push_back(given.back());
    }
    for (int b = 0; b < c.bodies; ++b) {
      const vec<int> back = detail::cotangents_in<Tracer>(g, unknown, c.body(b), given);
      for (std::size_t i = 0; i < back.size(); ++i)
        r.out.push_back(back[i] >= 0 ? back[i] : detail::zeros_like(g, unknown[i]));
    }
    const int node = emit(g, r);
    int k = 0;
    for (std::size_t i = 0; i < c.in.size(); ++i)
      if (linear[i + 1]) {
        out[i + 1] = result_t::emit(g, node, k, aval(g.type(r.out[static_cast<std::size_t>(k)])));
        ++k;
      }
  }
  /// Where the number varies, all bodies are computed, and each example chooses.
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim size) {
    choice c = apart(g, n);
    vec<int> from, to;
    for (std::size_t i = 0; i < c.in.size(); ++i) {
      if (!batched[i + 1] && !batched[0]) continue;
      from.push_back(c.variables[i]);
      if (batched[0]) {
        to.push_back(batched[i + 1] ? args[i + 1] : detail::repeat(g, c.in[i], size));
        continue;
      }
      c.in[i] = args[i + 1];
      c.variables[i] = detail::batched_variable(g, c.variables[i], size);
      to.push_back(c.variables[i]);
    }
    vec<char> varies;
    c.out = detail::batched_in<Tracer>(g, from, to, size, c.out, varies);
    const auto count = static_cast<std::size_t>(c.results());
    for (std::size_t k = 0; k < c.out.size(); ++k) {
      bool any = batched[0];
      for (std::size_t b = k % count; b < c.out.size(); b += count) any = any || varies[b] != 0;
      if (any && !varies[k]) c.out[k] = detail::repeat(g, c.out[k], size);
    }
    return batched[0] ? all_chosen(g, c, args[0]) : emit(g, c);
  }

 private:
  /// A tangent of which every result is zero.
  static constexpr int nothing(auto& g, choice t) {
    for (int b = 0; b < t.bodies; ++b) t.out.push_back(constant_t::emit(g, {}, dtype::f32, 0.0));
    return emit(g, t);
  }
  /// The results of all bodies, chosen by the number of each example.
  static constexpr int all_chosen(auto& g, const choice& c, int index) {
    vec<int> values;
    vec<dim> numbers;
    for (int k = 0; k < c.results(); ++k) {
      int y = c.body(0)[static_cast<std::size_t>(k)];
      for (int b = 1; b < c.bodies; ++b) {
        const int other = c.body(b)[static_cast<std::size_t>(k)];
        const int number = constant_t::emit(g, g.shape(index), dtype::i64, b);
        const int here = detail::emit<equal_to_t>(g, index, number);
        const int x[] = {broadcast_in_dim_t::emit(g, here, g.shape(y), {0}), other, y};
        y = select_t::emit(g, x);
      }
      values.push_back(y), numbers.push_back(k);
    }
    return bundle_t::emit(g, values, numbers);
  }
};

using branch_ops = type_list<branch_t>;

}  // namespace calx::inline CALX_ABI
