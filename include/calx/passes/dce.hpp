// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dead code elimination: what no output needs goes.
#pragma once

#include <calx/passes/rebuild.hpp>

namespace calx::inline CALX_ABI::passes {

/// The same program with only the nodes that its outputs need, as they are; inputs stay.
template <class = void>
constexpr graph dce(const graph& g) {
  return rebuilding::rebuilt(
      g, needed(g, g.outputs), [](graph& out, const op_info& op, auto... node) {
        return op.is_unique ? out.append(op, node...) : out.share(op, node...);
      });
}

}  // namespace calx::inline CALX_ABI::passes
