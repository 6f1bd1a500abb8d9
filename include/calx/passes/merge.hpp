// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops that a derivative made longer take the place of the ones that they extend.
#pragma once

#include <calx/passes/rebuild.hpp>

namespace calx::inline CALX_ABI::passes {

namespace merging {
/// What each node is replaced by: the longest needed node that computes the same and more, unless
/// that depends on the node itself.
template <class = void>
constexpr node_list replacements(const graph& g) {
  node_list by;
  for (int n = 0; n < g.size(); ++n) by.push_back(n);
  const vec<char> wanted = needed(g, g.outputs);
  for (std::size_t i = g.extended.size(); i >= 2; i -= 2) {
    const int shorter = g.extended[i - 2], longer = by[at(g.extended[i - 1])];
    if (wanted[at(longer)] && !dependent(g, {shorter})[at(longer)]) by[at(shorter)] = longer;
  }
  return by;
}
/// Copies nodes in an order in which operands come first.
template <class = void>
class sorter {
 public:
  constexpr sorter(const graph& from, const node_list& replaced) : g(from), by(replaced) {
    out = rebuilding::without_nodes(g);
    image.assign(at(g.size()), -1);
    for (int n : g.inputs) image[at(n)] = input_t::emit(out, aval(g.type(n)));
    for (int n : g.outputs) out.outputs.push_back(made(n));
  }
  graph out;

 private:
  const graph& g;
  const node_list& by;
  node_list image;

  constexpr int made(int root) {
    node_list open{root};
    while (!open.empty()) {
      const int n = open.back();
      const bool waits = image[at(n)] < 0 && push_operands(n, open);
      if (waits) continue;
      open.pop_back();
      if (image[at(n)] < 0) image[at(n)] = copy(n);
    }
    return image[at(root)];
  }
  /// Puts the operands that are not made yet on the stack; true if there are any.
  constexpr bool push_operands(int n, node_list& open) const {
    bool any = false;
    for (int i = 0; i < g.at(n).arg_count; ++i)
      if (const int a = by[at(g.arg(n, i))]; image[at(a)] < 0) open.push_back(a), any = true;
    return any;
  }
  constexpr int copy(int n) {
    const node& d = g.at(n);
    const vec<dim> params = detail::params_of(g, n);
    node_list args;
    for (int i = 0; i < d.arg_count; ++i) args.push_back(image[at(by[at(g.arg(n, i))])]);
    return out.add_again(*d.op, out.intern(g.type(n)), args.data(), d.arg_count, params.data(),
                         d.int_count);
  }
};
}  // namespace merging

/// The same program with each loop, and those that its derivatives made longer, as one.
template <class = void>
constexpr graph merge(const graph& g) {
  const node_list by = merging::replacements(g);
  graph out = merging::sorter<>(g, by).out;
  require_valid("merge", out);
  return out;
}

}  // namespace calx::inline CALX_ABI::passes
