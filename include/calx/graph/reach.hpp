// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which nodes matter: what outputs need, and what depends on given nodes.
#pragma once

#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI::detail {

/// Marks of the nodes that `outputs` need, themselves included.
template <class = void>
constexpr vec<char> needed(const graph& g, const vec<int>& outputs) {
  vec<char> marked(static_cast<std::size_t>(g.size()), 0);
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
constexpr vec<char> dependent(const graph& g, const vec<int>& sources) {
  const int size = g.size();
  vec<char> marked(static_cast<std::size_t>(size), 0);
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

/// Marks of the nodes that `outputs` need and that depend on `from`, these included.
template <class = void>
constexpr vec<char> between(const graph& g, const vec<int>& from, const vec<int>& outputs) {
  const vec<char> wanted = needed(g, outputs);
  vec<char> found = dependent(g, from);
  for (std::size_t n = 0; n < found.size(); ++n) found.items[n] = found.items[n] && wanted.items[n];
  return found;
}

}  // namespace calx::inline CALX_ABI::detail
