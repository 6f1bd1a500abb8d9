// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies nodes from one program into another: what every pass that makes a new program does.
#pragma once

#include <calx/passes/reach.hpp>

namespace calx::inline CALX_ABI::passes {

/// Copies the nodes of `from` that are marked and have no image yet. `image` holds nodes of `to`,
/// and in the end one for each marked node. Operands become their images, extents become
/// `extent(d)`, in types and in parameters that are extents; then
/// `make(to, const op_info&, type, args, arg_count, params, int_count)` says which node it is.
template <class Extent, class Make>
constexpr void copy_nodes(const graph& from, graph& to, const vec<char>& marked, node_list& image,
                          const Extent& extent, const Make& make) {
  node_list args, types(from.avals.size(), -1);
  vec<dim> params;
  for (int n = 0, size = from.size(); n < size; ++n) {
    if (!marked.items[n] || image.items[n] >= 0) continue;
    const node& d = from.nodes.items[n];
    args.resize(at(d.arg_count)), params.resize(at(d.int_count));
    const int* old = from.args.items + d.first_arg;
    for (int i = 0; i < d.arg_count; ++i) args.items[i] = image.items[old[i]];
    // Bits are no extent, though those of a negative float look like a symbol.
    const bool extents = d.op->parameters == param_kind::extents;
    const dim* written = from.ints.items + d.first_int;
    for (int i = 0; i < d.int_count; ++i)
      params.items[i] = extents ? extent(written[i]) : written[i];
    int& type = types.items[d.aval];
    if (type < 0) {
      aval a = from.type(n);
      for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = extent(a.shape[i]);
      type = to.intern(a);
    }
    image.items[n] =
        make(to, *d.op, type, args.items, d.arg_count, params.items, d.int_count);
  }
}

/// A `make` for copies to programs that do not know the literals of the first.
struct add_with_literals {
  const graph& from;
  constexpr int operator()(auto& to, const op_info& op, int type, const int* args, int arg_count,
                           const dim* params, int int_count) const {
    if (is<literal_t>(op))
      return literal_t::emit(to, to.avals[at(type)], from.literals[at(int(params[0]))]);
    return to.add_again(op, type, args, arg_count, params, int_count);
  }
};

}  // namespace calx::inline CALX_ABI::passes
