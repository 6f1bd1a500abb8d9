// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The clean-up after tracing and transforms: dead code, aliases and duplicates go.
#pragma once

#include <calx/passes/reach.hpp>

namespace calx::inline CALX_ABI::passes {

namespace detail {
constexpr aval canonical(const graph& g, aval a) {
  for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = g.symbols.canonical(a.shape[i]);
  return a;
}
}  // namespace detail

/// The same program with only what its outputs need, simplified and shared again; extents that
/// were assumed equal become one. Inputs stay, used or not.
constexpr graph compact(const graph& g) {
  graph out;
  out.symbols = g.symbols;
  out.literals = g.literals;
  out.failed = g.failed;
  out.message = g.message;
  if (g.failed != error_kind::none) return out;
  auto wanted = needed(g, g.outputs);
  node_list image(at(g.size()), -1), args;
  for (int n : g.inputs) image[at(n)] = input_t::emit(out, detail::canonical(g, g.type(n)));
  std::vector<dim> params;
  for (int n = 0; n < g.size(); ++n) {
    if (!wanted[at(n)] || image[at(n)] >= 0) continue;
    const node& d = g.at(n);
    args.clear(), params.clear();
    for (int i = 0; i < d.arg_count; ++i) args.push_back(image[at(g.arg(n, i))]);
    if (d.op == &info_of<alias_t> || d.op == &info_of<stop_gradient_op>) {
      image[at(n)] = args[0];
      continue;
    }
    for (int i = 0; i < d.int_count; ++i) params.push_back(g.symbols.canonical(g.param(n, i)));
    image[at(n)] = out.add(*d.op, out.intern(detail::canonical(g, g.type(n))), args.data(),
                           d.arg_count, params.data(), d.int_count);
  }
  for (int n : g.outputs) out.outputs.push_back(image[at(n)]);
  return out;
}

}  // namespace calx::inline CALX_ABI::passes
