// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The order in which loops over bodies run, in every executor.
#pragma once

#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::codegen {

/// Runs loop x, a control statement `s` with its record: `x.begin()` puts carries where they come
/// in, `x.enter(step, position, last)` shows the elements of a step, `x.body(b)` runs a body,
/// `x.leave()` makes what was written the carry, `x.holds()` is the condition that body 0 computed,
/// and `x.deliver()` copies carries to the results, where the last step did not write them there.
template <class Loop>
CALX_INLINE void run_steps(const Loop& x, const plan::statement& s, bool backward, dim steps) {
  x.begin();
  if (s.kind == plan::statement::repeat) {
    for (dim step = 0; step < steps; ++step) {
      x.enter(step, backward ? steps - 1 - step : step, step + 1 == steps);
      x.body(std::integral_constant<int, 0>());
      x.leave();
    }
    if (steps <= 0) x.deliver();
    return;
  }
  for (dim step = 0;; ++step) {
    x.body(std::integral_constant<int, 0>());
    if (!x.holds()) break;
    x.enter(step, 0, false);
    x.body(std::integral_constant<int, 1>());
    x.leave();
  }
  x.deliver();
}

}  // namespace calx::inline CALX_ABI::codegen
