// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Common subexpression elimination: equal nodes become one.
#pragma once

#include <calx/passes/rebuild.hpp>

namespace calx::inline CALX_ABI::passes {

/// The same program with one node for each value that is computed alike: the same op of the same
/// operands and parameters. Extents that were assumed equal are equal here.
template <class = void>
constexpr graph cse(const graph& g) {
  vec<char> all(at(g.size()), 1);
  return rebuilding::rebuilt(g, all, [](graph& out, const op_info& op, auto... node) {
    return op.is_unique ? out.append(op, node...) : out.share(op, node...);
  });
}

}  // namespace calx::inline CALX_ABI::passes
