// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// clip: values kept within bounds.
#pragma once

#include <calx/ops/all.hpp>

namespace calx::inline CALX_ABI {

/// x within [lo, hi]: minimum(maximum(x, lo), hi), so half the gradient passes at a bound.
struct clip_fn {
  template <class X, class L, class H>
  constexpr auto operator()(const X& x, const L& lo, const H& hi) const {
    return minimum(maximum(x, lo), hi);
  }
};
/// clip(x, lo, hi): x within bounds.
inline constexpr clip_fn clip{};

}  // namespace calx::inline CALX_ABI
