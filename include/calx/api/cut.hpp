// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function is linearized by cutting its derivative in two: the halves as graphs.
#pragma once

#include <calx/api/jvp.hpp>
#include <calx/graph/frozen.hpp>
#include <calx/passes/linearize.hpp>
#include <calx/passes/partition.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

// A function is linearized by cutting its derivative in two. The early program computes the value,
// and of what the derivative needs the part that is known now: the residuals. The late program
// computes the derivative from the residuals and from a tangent or cotangent.

/// Reverse mode: from cotangents of the outputs to those of the arguments.
struct reverse_mode {
  static constexpr std::string_view transform = "vjp", name = "pullback";
  static constexpr linear_argument words = cotangent_words;

  /// Of the outputs and the arguments of a function: what the late program takes, and gives.
  template <class Y, class X>
  static constexpr const Y& taken(const Y& y, const X&) { return y; }
  template <class Y, class X>
  static constexpr const X& given(const Y&, const X& x) { return x; }
  /// Leaves that are no floats stand for themselves among the inputs, and have no cotangents.
  template <class Graph>  // compiled only where it is used
  static constexpr passes::linear_program prepare(Graph& g, const passes::node_list& in,
                                                  const passes::node_list& out) {
    auto linear = passes::linearize(g, floats_of(g, in), out);
    passes::node_list all;
    std::size_t k = 0;
    for (int n : in) all.push_back(is_float(g.element(n)) ? linear.inputs[k++] : n);
    return {all, linear.outputs};
  }
  /// The nodes of what is given, from those of what is taken.
  template <class Graph>
  static constexpr passes::node_list emit(Graph& g, const passes::linear_program& prepared,
                                          const passes::node_list& cotangents) {
    const passes::linear_program linear{floats_of(g, prepared.inputs), prepared.outputs};
    return with_zeros(g, prepared.inputs, passes::vjp(g, linear, as_given(g, cotangents)));
  }
};
/// Forward mode: from tangents of the arguments to those of the outputs.
struct forward_mode {
  static constexpr std::string_view transform = "linearize", name = "pushforward";
  static constexpr linear_argument words = tangent_words;

  template <class Y, class X>
  static constexpr const X& taken(const Y&, const X& x) { return x; }
  template <class Y, class X>
  static constexpr const Y& given(const Y& y, const X&) { return y; }
  template <class Graph>  // compiled only where it is used
  static constexpr passes::linear_program prepare(Graph&, const passes::node_list& in,
                                                  const passes::node_list& out) {
    return {in, out};
  }
  template <class Graph>
  static constexpr passes::node_list emit(Graph& g, const passes::linear_program& prepared,
                                          const passes::node_list& tangents) {
    return tangents_of_floats(g, prepared.inputs, tangents, prepared.outputs);
  }
};

/// A program cut in two, and the traced outputs and arguments of the function that it linearizes.
template <class Y, class X>
struct linearized_halves {
  passes::halves programs;
  Y y;
  X x;
};
/// Calls the traced callable of `call` and adds the late part of the derivative to its program p,
/// which is then cut before it.
template <class Mode, class Entered>
constexpr auto linearize_and_cut(graph& p, const Entered& call) {
  require_float_arguments(p, Mode::transform, call.args);
  const auto x = renamed(p, call.args);
  auto y = traced_result(p, call_with(call.callee, x));
  const int early_inputs = static_cast<int>(p.inputs.size());
  p.outputs = ids_of(y);
  const std::size_t values = p.outputs.size();
  if (p.failed == error_kind::none) {
    const auto prepared = Mode::prepare(p, ids_of(x), ids_of(y));
    passes::node_list late;
    for (int n : ids_of(Mode::taken(y, x))) late.push_back(input_t::emit(p, aval(p.type(n))));
    for (int n : Mode::emit(p, prepared, late)) p.outputs.push_back(n);
  }
  graph clean = passes::compact(p);
  linearized_halves<decltype(y), decltype(x)> cut{{clean, clean}, y, x};
  if (clean.failed == error_kind::none) {
    cut.programs = passes::partition(clean, early_inputs, values);
    cut.programs.early.values_only = true;
    cut.programs.early = passes::compact(cut.programs.early);
  }
  return cut;
}

/// The extents of the arguments that a program refers to, as (input, axis).
template <class = void>
constexpr vec<symbol> extents_read(const graph& g) {
  vec<symbol> found;
  if (g.symbols.symbols.empty()) return found;
  auto visit = [&](auto& self, dim d) -> void {
    if (!is_symbol(d)) return;
    const symbol s = g.symbols.at(g.symbols.canonical(d));
    if (s.kind != symbol_kind::input) return self(self, s.a), self(self, s.b);
    for (const symbol& seen : found)
      if (seen == s) return;
    found.push_back(s);
  };
  for (int n = 0; n < g.size(); ++n) {
    for (dim d : g.shape(n)) visit(visit, d);
    if (g.at(n).op->parameters == param_kind::bits) continue;
    for (int i = 0; i < g.at(n).int_count; ++i) visit(visit, g.param(n, i));
  }
  return found;
}

/// The call of an F with As, linearized, as constants: traced and cut once.
template <class Mode, class F, class... A>
struct linearized_source {
  using call = traced_call<F, A...>;
  using value = typename call::result;
  using arguments = typename call::arguments;
  static constexpr int values = tree::leaf_count<value>();

  static constexpr void write(graph_writer& w) {
    graph p;
    const auto cut = linearize_and_cut<Mode>(p, call::enter(p));
    w.add(cut.programs.early), w.add(cut.programs.late);
  }
  struct early {
    static constexpr graph build() {
      return constant_graphs<linearized_source>::reader().next();
    }
  };
};
}  // namespace detail

}  // namespace calx::inline CALX_ABI
