// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How an op that moves elements says where they go: each index of an operand as a sum.
#pragma once

#include <calx/base/vec.hpp>
#include <calx/graph/symbols.hpp>

namespace calx::inline CALX_ABI {

/// A summand of an operand's index: `stride` times the index along a result's axis.
struct index_term {
  int operand_axis = 0, result_axis = 0;
  dim stride = 1;
};

/// Where the elements of one operand lie in the result. `start`, `step` and `extent` are a box of
/// result elements, by default all of them. The element at index j of the box is the operand's
/// element whose index along axis k is offset[k] plus the terms of k, each its stride times j along
/// its result axis. A result axis without a term repeats the operand; two terms of one operand
/// axis overlap its elements. All numbers may be symbols. What no operand's box covers is 0.
struct index_map {
  bool has_box = false;
  dims start, step, extent;
  dim offset[max_rank] = {};
  vec<index_term> terms;

  /// The index along operand axis k also grows by `stride` along axis r of the result.
  constexpr void add(int k, int r, dim stride = 1) { terms.push_back({k, r, stride}); }
  /// The map of an operand that fills a box of the result as it is: from `low` on, each
  /// `spacing`-th element along each axis.
  static constexpr index_map part(const dims& low, const dims& spacing, const dims& shape) {
    index_map m;
    m.has_box = true, m.start = low, m.step = spacing, m.extent = shape;
    for (int i = 0; i < shape.rank; ++i) m.add(i, i);
    return m;
  }
  /// True if the box holds each element of an operand once: axes may be reordered and reversed.
  constexpr bool fills(symbol_table& t, const dims& operand) const {
    bool fed[2][max_rank] = {};
    for (const index_term& x : terms) {
      if ((x.stride != 1 && x.stride != -1) || fed[0][x.operand_axis] || fed[1][x.result_axis] ||
          t.canonical(extent[x.result_axis]) != t.canonical(operand[x.operand_axis]))
        return false;
      fed[0][x.operand_axis] = fed[1][x.result_axis] = true;
    }
    for (int k = 0; k < operand.rank; ++k)
      if (!fed[0][k]) return false;
    for (int r = 0; r < extent.rank; ++r)
      if (!fed[1][r] && extent[r] != 1) return false;
    return has_box;
  }
};

}  // namespace calx::inline CALX_ABI
