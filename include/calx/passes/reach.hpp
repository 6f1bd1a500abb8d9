// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which nodes matter: what outputs need, and what depends on given nodes.
#pragma once

// The rules of ops are compiled with the first pass that uses them, for which tracers must exist.
#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI::passes {

using node_list = vec<int>;
constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Marks of the nodes that `outputs` need, themselves included.
template <class = void>
constexpr vec<char> needed(const graph& g, const node_list& outputs) {
  vec<char> marked(at(g.size()), 0);
  char* const mark = marked.items;
  int last = -1;
  for (int n : outputs)
    if (n >= 0) mark[n] = 1, last = n > last ? n : last;
  for (int n = last; n >= 0; --n) {
    if (!mark[n]) continue;
    const node& d = g.nodes.items[n];
    const int* args = g.args.items + d.first_arg;
    for (int i = 0; i < d.arg_count; ++i) mark[args[i]] = 1;
  }
  return marked;
}

/// Marks of the nodes that depend on `sources`, themselves included.
template <class = void>
constexpr vec<char> dependent(const graph& g, const node_list& sources) {
  const int size = g.size();
  vec<char> marked(at(size), 0);
  char* const mark = marked.items;
  int first = size;
  for (int n : sources) mark[n] = 1, first = n < first ? n : first;
  for (int n = first; n < size; ++n) {
    const node& d = g.nodes.items[n];
    const int* args = g.args.items + d.first_arg;
    for (int i = 0; i < d.arg_count && !mark[n]; ++i) mark[n] = mark[args[i]];
  }
  return marked;
}

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
