// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Puts one program into another, and cuts one in two at what a later part needs.
#pragma once

#include <calx/passes/reach.hpp>

namespace calx::inline CALX_ABI::passes {

/// Extents of one program as extents of another: symbols are found by the shapes of `leaves`,
/// which stand for the first program's inputs.
struct extent_map {
  graph& g;
  const graph& inner;
  const vec<dims>& leaves;

  constexpr dim operator()(dim d) const {
    if (!is_symbol(d)) return d;
    const symbol s = inner.symbols.at(inner.symbols.canonical(d));
    if (s.kind == symbol_kind::input)
      return leaves[at(static_cast<int>(s.a))][static_cast<int>(s.b)];
    dim a = (*this)(s.a), b = (*this)(s.b);
    if (s.kind == symbol_kind::add) return g.symbols.add(a, b);
    return s.kind == symbol_kind::mul ? g.symbols.mul(a, b) : g.symbols.div(a, b);
  }
  constexpr aval operator()(aval a) const {
    for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = (*this)(a.shape[i]);
    return a;
  }
};

/// The outputs of `inner` with its inputs replaced by nodes `args` of g, to which it is added. The
/// symbols of inner, if any, are extents of the inputs of a program whose shapes are `leaves`.
template <class = void>
constexpr node_list inlined(graph& g, const graph& inner, const node_list& args,
                            const vec<dims>& leaves = {}) {
  const extent_map map{g, inner, leaves};
  node_list image(at(inner.size()), -1), operands;
  vec<dim> params;
  for (int n = 0; n < inner.size(); ++n) {
    const node& d = inner.at(n);
    operands.clear(), params.clear();
    for (int i = 0; i < d.arg_count; ++i) operands.push_back(image[at(inner.arg(n, i))]);
    const bool bits = is<constant_t>(*d.op);  // which are no extent
    for (int i = 0; i < d.int_count; ++i)
      params.push_back(bits ? inner.param(n, i) : map(inner.param(n, i)));
    if (is<input_t>(*d.op)) image[at(n)] = args[at(static_cast<int>(params[0]))];
    else if (is<literal_t>(*d.op))
      image[at(n)] = literal_t::emit(g, inner.type(n), inner.literals[at(int(params[0]))]);
    else
      image[at(n)] = g.add(*d.op, g.intern(map(inner.type(n))), operands.data(), d.arg_count,
                           params.data(), d.int_count);
  }
  node_list out;
  for (int n : inner.outputs) out.push_back(image[at(n)]);
  return out;
}

/// A program cut in two: what does not depend on the late inputs, and the rest.
struct halves {
  graph early, late;  // late's inputs: residuals, then the late inputs
};

/// Cuts g, whose inputs from `first_late` on come later. Outputs of the early half: the first
/// `values` outputs of g, then the residuals; of the late half: the other outputs of g.
template <class = void>
constexpr halves partition(const graph& g, int first_late, std::size_t values) {
  halves h;
  auto middle = g.outputs.begin() + static_cast<std::ptrdiff_t>(values);
  node_list late_inputs(g.inputs.begin() + first_late, g.inputs.end());
  node_list late_outputs(middle, g.outputs.end());
  auto late = dependent(g, late_inputs), wanted = needed(g, late_outputs);
  auto is_free = [&](int n) { return g.at(n).arg_count == 0 && !is<input_t>(g, n); };
  h.early = g;
  h.early.outputs.assign(g.outputs.begin(), middle);
  h.late.symbols = g.symbols;
  node_list image(at(g.size()), -1), operands;
  auto residual = [&](int n) {
    if (late[at(n)] || image[at(n)] >= 0 || is_free(n)) return;
    image[at(n)] = input_t::emit(h.late, g.type(n));
    h.early.outputs.push_back(n);
  };
  for (int n = 0; n < g.size(); ++n)
    if (late[at(n)] && wanted[at(n)])
      for (int i = 0; i < g.at(n).arg_count; ++i) residual(g.arg(n, i));
  for (int n : late_outputs) residual(n);
  for (int n : late_inputs) image[at(n)] = input_t::emit(h.late, g.type(n));
  vec<dim> params;
  for (int n = 0; n < g.size(); ++n) {
    if (image[at(n)] >= 0 || !wanted[at(n)] || !(late[at(n)] || is_free(n))) continue;
    const node& d = g.at(n);
    operands.clear(), params.clear();
    for (int i = 0; i < d.arg_count; ++i) operands.push_back(image[at(g.arg(n, i))]);
    for (int i = 0; i < d.int_count; ++i) params.push_back(g.param(n, i));
    if (is<literal_t>(*d.op))
      image[at(n)] = literal_t::emit(h.late, g.type(n), g.literals[at(int(params[0]))]);
    else
      image[at(n)] = h.late.add(*d.op, h.late.intern(g.type(n)), operands.data(), d.arg_count,
                                params.data(), d.int_count);
  }
  for (int n : late_outputs) h.late.outputs.push_back(image[at(n)]);
  return h;
}

}  // namespace calx::inline CALX_ABI::passes
