// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What dce, cse and simplify share: a program copied node by node.
#pragma once

#include <calx/passes/copy.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

namespace rebuilding {
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
/// The outputs of g, and the nodes marked `wanted` that they need, made by
/// `make(graph& out, const op_info&, aval, args, arg_count, params, int_count)`, which returns an
/// id; operands and extents that were assumed equal are replaced before. Inputs stay, used or not.
template <class Make>
constexpr graph rebuilt(const graph& g, const vec<char>& wanted, const Make& make) {
  graph out = without_nodes(g);
  if (g.failed != error_kind::none) return out;
  out.reserve(g.nodes.size());
  auto canonical = [&](dim d) { return g.symbols.canonical(d); };
  node_list image(at(g.size()), -1);
  for (int n : g.inputs) {
    aval a = g.type(n);
    for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = canonical(a.shape[i]);
    image[at(n)] = input_t::emit(out, a);
  }
  copy_nodes(g, out, wanted, image, canonical, make);
  for (int n : g.outputs) out.outputs.push_back(image[at(n)]);
  require_valid("rebuilt", out);
  return out;
}
}  // namespace rebuilding

}  // namespace calx::inline CALX_ABI::passes
