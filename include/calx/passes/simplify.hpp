// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Local algebra: each node becomes the cheapest equal one that its op knows.
#pragma once

#include <calx/passes/rebuild.hpp>

namespace calx::inline CALX_ABI::passes {

namespace rebuilding {
/// Adds a node with all that the rules of its op know. What is there for differentiation, as
/// aliases and cut-offs are, is its operand in a finished program.
template <class = void>
constexpr int simplest(graph& out, const op_info& op, int type, const int* args, int arg_count,
                       const dim* params, int int_count) {
  if (op.is_renaming || (op.is_late && out.values_only)) return args[0];
  return out.add_again(op, type, args, arg_count, params, int_count);
}
}  // namespace rebuilding

/// The same program by the rules of its ops, which lose no accuracy and keep infinities, NaN and
/// the signs of zeros that are computed; of no further use to differentiation. What the new nodes
/// replace is left behind, for `dce`.
template <class = void>
constexpr graph simplify(const graph& g) {
  vec<char> all(at(g.size()), 1);
  return rebuilding::rebuilt(g, all, rebuilding::simplest<>);
}

}  // namespace calx::inline CALX_ABI::passes
