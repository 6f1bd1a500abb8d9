// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The clean-up after tracing and transforms: simplify, share, and drop what is not needed.
#pragma once

#include <calx/passes/cse.hpp>
#include <calx/passes/dce.hpp>
#include <calx/passes/merge.hpp>
#include <calx/passes/simplify.hpp>

namespace calx::inline CALX_ABI::passes {

/// dce(simplify(dce(g))), of which simplifying shares equal nodes: two sweeps over the nodes.
template <class = void>
constexpr graph compact(const graph& g) {
  if (!g.extended.empty() && g.failed == error_kind::none) return compact(merge(g));
  graph out = rebuilding::rebuilt(g, needed(g, g.outputs), rebuilding::simplest<>);
  for (char used : needed(out, out.outputs))
    if (!used) return dce(out);
  return out;
}

}  // namespace calx::inline CALX_ABI::passes
