// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What passes ask of all nodes of a program.
#pragma once

#include <calx/graph/reach.hpp>
// The rules of ops are compiled with the first pass that uses them, for which tracers must exist.
#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI::passes {

using node_list = vec<int>;
constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

using detail::dependent;
using detail::needed;

/// Marks of the nodes that bodies compute: what depends on variables, but for the nodes that have
/// the bodies.
template <class = void>
constexpr vec<char> open_nodes(const graph& g) {
  vec<char> open(at(g.size()), 0);
  for (int n = 0; n < g.size(); ++n) {
    open[at(n)] = is<variable_t>(g, n);
    for (int i = 0; i < detail::outer_operands(g, n) && !open[at(n)]; ++i)
      open[at(n)] = open[at(g.arg(n, i))];
  }
  return open;
}

}  // namespace calx::inline CALX_ABI::passes
