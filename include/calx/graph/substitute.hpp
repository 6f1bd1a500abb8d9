// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes of a program again, with other nodes in the place of some that they depend on.
#pragma once

#include <calx/graph/reach.hpp>

namespace calx::inline CALX_ABI::detail {

/// The `outputs` again, with `to[i]` in the place of node `from[i]`, which has the same type.
/// Appends to g; -1 stays -1.
template <class = void>
constexpr vec<int> substituted(graph& g, const vec<int>& from, const vec<int>& to,
                               const vec<int>& outputs) {
  const vec<char> again = between(g, from, outputs);
  vec<int> image(again.size(), -1);
  for (std::size_t i = 0; i < from.size(); ++i) image.items[from[i]] = to[i];
  vec<int> args;
  vec<dim> params;
  for (int n = 0; n < static_cast<int>(again.size()); ++n) {
    if (!again.items[n] || image.items[n] >= 0) continue;
    const node d = g.at(n);
    args.clear(), params.clear();
    for (int i = 0; i < d.arg_count; ++i) {
      const int a = g.arg(n, i);
      args.push_back(image.items[a] >= 0 ? image.items[a] : a);
    }
    for (int i = 0; i < d.int_count; ++i) params.push_back(g.param(n, i));
    image.items[n] = g.add_again(*d.op, d.aval, args.data(), d.arg_count, params.data(),
                                 d.int_count);
  }
  vec<int> out;
  for (int n : outputs) out.push_back(n >= 0 && image.items[n] >= 0 ? image.items[n] : n);
  return out;
}

}  // namespace calx::inline CALX_ABI::detail
