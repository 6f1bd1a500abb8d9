// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Puts one program into another.
#pragma once

#include <calx/passes/copy.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

/// Extents of one program as extents of another: symbols are found by the shapes of `leaves`,
/// which stand for the first program's inputs.
struct extent_map {
  graph& g;
  const graph& inner;
  const vec<dims>& leaves;

  constexpr dim operator()(dim d) const {
    d = inner.symbols.canonical(d);
    if (!is_symbol(d)) return d;
    const symbol s = inner.symbols.at(d);
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
  const int first = g.size();
  node_list image(at(inner.size()), -1);
  for (std::size_t i = 0; i < inner.inputs.size(); ++i) image[at(inner.inputs[i])] = args[i];
  copy_nodes(inner, g, needed(inner, inner.outputs), image, extent_map{g, inner, leaves},
             add_with_literals{inner});
  require_valid("inlined", g, first);
  node_list out;
  for (int n : inner.outputs) out.push_back(image[at(n)]);
  return out;
}

}  // namespace calx::inline CALX_ABI::passes
