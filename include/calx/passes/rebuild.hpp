// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What dce, cse and simplify share: a program copied node by node.
#pragma once

#include <calx/passes/reach.hpp>

namespace calx::inline CALX_ABI::passes {

namespace rebuilding {
template <class = void>
constexpr aval canonical(const graph& g, aval a) {
  for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = g.symbols.canonical(a.shape[i]);
  return a;
}
/// A program without nodes that knows the extents, literals and messages of g.
template <class = void>
constexpr graph without_nodes(const graph& g) {
  graph out;
  out.symbols = g.symbols;
  out.literals = g.literals;
  out.messages = g.messages;
  out.values_only = g.values_only;
  out.failed = g.failed;
  out.message = g.message;
  return out;
}
/// True for nodes that are themselves even where they equal another: inputs, variables, aliases.
template <class = void>
constexpr bool is_unique(const op_info* op) {
  return is<input_t>(*op) || is<variable_t>(*op) || is<alias_t>(*op);
}

/// The outputs of g, and the nodes marked `wanted` that they need, made by
/// `make(graph& out, const op_info&, aval, args, arg_count, params, int_count)`, which returns an
/// id; operands and extents that were assumed equal are replaced before. Inputs stay, used or not.
template <class Make>
constexpr graph rebuilt(const graph& g, const vec<char>& wanted, const Make& make) {
  graph out = without_nodes(g);
  if (g.failed != error_kind::none) return out;
  node_list image(at(g.size()), -1), args, types;
  for (int n : g.inputs) image[at(n)] = input_t::emit(out, canonical(g, g.type(n)));
  for (const aval& a : g.avals) types.push_back(out.intern(canonical(g, a)));
  vec<dim> params;
  for (int n = 0; n < g.size(); ++n) {
    if (!wanted[at(n)] || image[at(n)] >= 0) continue;
    const node& d = g.at(n);
    args.clear(), params.clear();
    for (int i = 0; i < d.arg_count; ++i) args.push_back(image[at(g.arg(n, i))]);
    // The bits of a constant are no extent, though those of a negative float look like a symbol.
    bool bits = is<constant_t>(*d.op);
    for (int i = 0; i < d.int_count; ++i)
      params.push_back(bits ? g.param(n, i) : g.symbols.canonical(g.param(n, i)));
    image[at(n)] = make(out, *d.op, types[at(d.aval)], args.data(), d.arg_count, params.data(),
                        d.int_count);
  }
  for (int n : g.outputs) out.outputs.push_back(image[at(n)]);
  return out;
}
}  // namespace rebuilding

}  // namespace calx::inline CALX_ABI::passes
