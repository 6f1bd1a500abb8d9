// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A body that runs once for each element along the first axis of arrays: scan, fori_loop, map.
#pragma once

#include <calx/ops/region.hpp>
#include <calx/ops/select.hpp>

namespace calx::inline CALX_ABI {

/// A loop of a known number of steps. Comes in: the first carry, arrays of which each step sees one
/// element, and what all steps share. Outputs: the next carry, then what is stacked. Results: the
/// last carry, then the stacks. Parameters behind `control`: how many carries, how many arrays, and
/// whether the steps go from the last element to the first.
struct scan_t : detail::controlling {
  static constexpr std::string_view name = "scan";
  static constexpr param_kind parameters = param_kind::extents;
  static constexpr int fixed = control::count + 3;

  /// A scan taken apart.
  struct loop : detail::control_parts {
    int carries = 0, arrays = 0;
    dim length = 0;
    bool backward = false;
    vec<dim> tangents;  // see control::fixed

    constexpr int shared() const { return static_cast<int>(in.size()) - carries - arrays; }
    constexpr int stacked() const { return static_cast<int>(out.size()) - carries; }
    constexpr bool is_carry(int i) const { return i < carries; }
    constexpr bool is_array(int i) const { return i >= carries && i < carries + arrays; }
    /// The type of result k.
    constexpr aval result(const auto& g, int k) const {
      aval a = g.type(out[static_cast<std::size_t>(k)]);
      if (k >= carries) a.shape.insert(0, length);
      return a;
    }
  };
  static constexpr loop apart(const auto& g, int n) {
    loop l;
    static_cast<detail::control_parts&>(l) = detail::parts_of(g, n);
    l.carries = static_cast<int>(g.param(n, control::count));
    l.arrays = static_cast<int>(g.param(n, control::count + 1));
    l.backward = g.param(n, control::count + 2) != 0;
    l.length = g.param(n, control::count - 1);
    for (int i = fixed; i < g.at(n).int_count; ++i) l.tangents.push_back(g.param(n, i));
    return l;
  }
  /// The node; what the outputs read of outside becomes shared.
  static constexpr int emit(auto& g, loop l) {
    detail::close_body(g, l);
    control c;
    c.incoming = c.variables = static_cast<int>(l.in.size());
    c.fixed = fixed, c.final = l.carries, c.length = l.length;
    vec<dim> params = c.parameters();
    for (dim d : {dim{l.carries}, dim{l.arrays}, dim{l.backward}}) params.push_back(d);
    for (dim d : l.tangents) params.push_back(d);
    return emit_as<scan_t>(g, l, params);
  }

  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    return scan_tangent<Tracer>(g, n, apart(g, n), tangents).node;
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    scan_transpose<Tracer>(g, n, apart(g, n), ct, linear, out);
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim size) {
    loop l = apart(g, n);
    vec<char> varies = batched_carries(g, l, batched);
    vec<int> from, to;
    for (std::size_t i = 0; i < l.in.size(); ++i) {
      if (batched[i]) l.in[i] = l.is_array(static_cast<int>(i)) ? detail::swapped_axes(g, args[i])
                                                                : args[i];
      else if (varies[i]) l.in[i] = detail::repeat(g, l.in[i], size);
      if (!varies[i]) continue;
      from.push_back(l.variables[i]);
      l.variables[i] = detail::batched_variable(g, l.variables[i], size);
      to.push_back(l.variables[i]);
    }
    vec<char> out_varies;
    l.out = detail::batched_in<Tracer>(g, from, to, size, l.out, out_varies);
    for (int k = 0; k < l.carries; ++k)
      if (const auto at = static_cast<std::size_t>(k); varies[at] && !out_varies[at])
        l.out[at] = detail::repeat(g, l.out[at], size);
    return emit(g, l);
  }

 private:
  /// Which operands vary between examples: a carry does if its next value does.
  static constexpr vec<char> batched_carries(auto& g, const loop& l, const bool* batched) {
    vec<char> varies;
    for (std::size_t i = 0; i < l.in.size(); ++i) varies.push_back(batched[i]);
    detail::spread_to_carries(g, l, varies, l.carries, [](int) { return true; }, 0);
    return varies;
  }
  template <class Tracer>
  struct scan_tangent;
  template <class Tracer>
  struct scan_transpose;
};

/// The tangent of a scan is a scan that is linear in tangents. What it reads of the first one's
/// body is stacked by that, or, if it is the same in all steps, computed outside.
template <class Tracer>
struct scan_t::scan_tangent {
  graph_for<Tracer>& g;
  const int n;
  const loop l;
  loop t;  // the tangent
  int node = -1;

  constexpr scan_tangent(graph_for<Tracer>& program, int original, const loop& parts,
                         const int* tangents)
      : g(program), n(original), l(parts) {
    vec<char> moves;
    for (std::size_t i = 0; i < l.in.size(); ++i) moves.push_back(tangents[i] >= 0);
    detail::spread_to_carries(g, l, moves, l.carries,
                              [this](int x) { return detail::is_float_node(g, x); }, 0);
    vec<int> from, to;
    for (std::size_t i = 0; i < l.in.size(); ++i) {
      if (!moves[i]) continue;
      from.push_back(l.variables[i]);
      to.push_back(detail::variable_like(g, l.variables[i]));
      t.in.push_back(tangents[i] >= 0 ? tangents[i] : detail::zeros_like(g, l.in[i]));
      t.carries += l.is_carry(static_cast<int>(i));
      t.arrays += l.is_array(static_cast<int>(i));
    }
    t.variables = to, t.length = l.length, t.backward = l.backward;
    choose_results(detail::tangents_in<Tracer>(g, from, to, l.out), moves);
    take_residuals();
    node = emit(g, t);
  }

 private:
  constexpr void choose_results(const vec<int>& found, const vec<char>& moves) {
    for (std::size_t k = 0; k < l.out.size(); ++k) {
      const bool carry = l.is_carry(static_cast<int>(k));
      const bool here = carry ? moves[k] != 0 : found[k] >= 0;
      t.tangents.push_back(here ? static_cast<dim>(t.out.size()) : -1);
      if (here) t.out.push_back(found[k] >= 0 ? found[k] : detail::zeros_like(g, l.out[k]));
    }
  }
  /// Puts variables in the place of what the tangent reads of the first scan's body.
  constexpr void take_residuals() {
    const vec<int> read = detail::frontier_of(g, t.variables, t.out);
    const vec<char> stepwise = detail::between(
        g, detail::part_of(l.variables, 0, l.carries + l.arrays), read);
    const vec<char> inside = detail::between(g, l.variables, read);
    vec<int> arrays, array_variables, kept, stacked, fresh;
    for (int r : read)
      if (stepwise.items[r] && array_of(r) < 0) stacked.push_back(r);
    const int more = extend(stacked);
    std::size_t k = 0;
    for (int r : read) {
      if (!stepwise.items[r]) continue;
      const int a = array_of(r);
      const int outer = a >= 0 ? l.in[static_cast<std::size_t>(a)] : stack(more, k++, r);
      arrays.push_back(outer), array_variables.push_back(detail::variable_like(g, r));
      kept.push_back(r), fresh.push_back(array_variables.back());
    }
    // What all steps share: with the operands in the place of the variables it is outside.
    vec<int> shared;
    for (int r : read)
      if (!stepwise.items[r] && inside.items[r]) shared.push_back(r);
    const vec<int> outside = detail::substituted(g, l.variables, l.in, shared);
    for (std::size_t i = 0; i < shared.size(); ++i)
      kept.push_back(shared[i]), fresh.push_back(outside[i]);
    t.out = detail::substituted(g, kept, fresh, t.out);
    const auto at = static_cast<std::ptrdiff_t>(t.carries + t.arrays);
    t.in.insert(t.in.begin() + at, arrays.begin(), arrays.end());
    t.variables.insert(t.variables.begin() + at, array_variables.begin(), array_variables.end());
    t.arrays += static_cast<int>(arrays.size());
  }
  /// The operand whose elements variable r is, or -1.
  constexpr int array_of(int r) const {
    for (int i = l.carries; i < l.carries + l.arrays; ++i)
      if (l.variables[static_cast<std::size_t>(i)] == r) return i;
    return -1;
  }
  /// The latest node that computes what n does, with more outputs.
  constexpr int extend(const vec<int>& more) {
    int latest = n;
    for (std::size_t i = 0; i < g.extended.size(); i += 2)
      if (g.extended[i] == latest) latest = g.extended[i + 1];
    if (more.empty()) return latest;
    loop longer = apart(g, latest);
    first_more = longer.out.size();
    longer.out.append(more);
    const int more_of_it = emit(g, longer);
    g.extended.push_back(latest), g.extended.push_back(more_of_it);
    return more_of_it;
  }
  std::size_t first_more = 0;
  constexpr int stack(int from, std::size_t k, int r) {
    aval type = g.type(r);
    type.shape.insert(0, l.length);
    return result_t::emit(g, from, static_cast<int>(first_more + k), type);
  }
};

/// The transpose of a scan that is linear in all its carries runs from the last step to the first.
/// Cotangents of what all steps share are carried along.
template <class Tracer>
struct scan_t::scan_transpose {
  constexpr scan_transpose(graph_for<Tracer>& g, int, const loop& l, int ct, const bool* linear,
                           int* out) {
    for (std::size_t i = 0; i < l.in.size(); ++i) {
      const bool carry = l.is_carry(static_cast<int>(i));
      if (carry && !linear[i] && !detail::is_zero(g, l.in[i])) {
        refuse(g);
        return;
      }
      flows.push_back(carry || linear[i]);  // a carry may begin with zeros
      if (flows[i]) unknown.push_back(l.variables[i]);
    }
    loop r;
    r.length = l.length, r.backward = !l.backward;
    vec<int> given, arrays, array_variables;  // cotangents of the outputs
    for (std::size_t k = 0; k < l.out.size(); ++k) {
      const int body_out = l.out[k], whole = bundle_t::find(g, ct, static_cast<dim>(k));
      const bool carry = l.is_carry(static_cast<int>(k)), zero = !carry && whole < 0;
      given.push_back(zero ? detail::zeros_like(g, body_out) : detail::variable_like(g, body_out));
      if (zero) continue;
      (carry ? r.in : arrays).push_back(whole >= 0 ? whole : detail::zeros_like(g, l.in[k]));
      (carry ? r.variables : array_variables).push_back(given.back());
    }
    build(g, l, r, detail::cotangents_in<Tracer>(g, unknown, l.out, given));
    r.in.append(arrays), r.variables.append(array_variables);
    r.arrays = static_cast<int>(arrays.size());
    take_others(l, r);
    const int node = emit(g, r);
    for (std::size_t i = 0; i < l.in.size(); ++i)
      if (place[i] >= 0 && linear[i])
        out[i] = result_t::emit(g, node, place[i], r.result(g, place[i]));
  }

 private:
  vec<char> flows;   // by operand: whether it has a cotangent
  vec<int> unknown;  // the variables that have one
  vec<int> place;    // by operand: the result that is its cotangent, or -1

  /// Operands in which the scan is not linear come in as they did.
  constexpr void take_others(const loop& l, loop& r) const {
    for (int i = l.carries; i < static_cast<int>(l.in.size()); ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (flows[at]) continue;
      const auto here = static_cast<std::ptrdiff_t>(
          l.is_array(i) ? r.carries + r.arrays : static_cast<int>(r.in.size()));
      r.in.insert(r.in.begin() + here, l.in[at]);
      r.variables.insert(r.variables.begin() + here, l.variables[at]);
      r.arrays += l.is_array(i);
    }
  }
  static constexpr void refuse(auto& g) {
    g.fail(error_kind::generic, text("scan: a loop that is to be transposed must be linear in all "
                                     "that it carries"));
  }
  /// The outputs: cotangents of the carries, sums of those of shared operands, stacks of the rest.
  constexpr void build(auto& g, const loop& l, loop& r, const vec<int>& back) {
    place.assign(l.in.size(), -1);
    vec<int> stacks, stacked;
    std::size_t k = 0;
    auto or_zeros = [&](int x, int like) { return x >= 0 ? x : detail::zeros_like(g, like); };
    for (std::size_t i = 0; i < l.in.size(); ++i) {
      if (!flows[i]) continue;
      const int x = or_zeros(back[k++], l.variables[i]);
      if (l.is_array(static_cast<int>(i))) {
        stacks.push_back(x), stacked.push_back(static_cast<int>(i));
        continue;
      }
      place[i] = static_cast<int>(r.out.size());
      if (l.is_carry(static_cast<int>(i))) {
        r.out.push_back(x);
        continue;
      }
      r.in.push_back(detail::zeros_like(g, l.in[i]));
      r.variables.push_back(detail::variable_like(g, l.variables[i]));
      r.out.push_back(detail::emit<add_t>(g, r.variables.back(), x));
    }
    r.carries = static_cast<int>(r.out.size());
    for (std::size_t j = 0; j < stacks.size(); ++j)
      place[static_cast<std::size_t>(stacked[j])] = r.carries + static_cast<int>(j);
    r.out.append(stacks);
  }
};

using scan_ops = type_list<bundle_t, result_t, scan_t>;

}  // namespace calx::inline CALX_ABI
