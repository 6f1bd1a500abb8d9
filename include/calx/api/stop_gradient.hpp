// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// stop_gradient: a value that derivatives take for a constant.
#pragma once

#include <calx/tree/build.hpp>

namespace calx::inline CALX_ABI {

/// The same value, for which derivatives are zero; of numbers, arrays and trees.
struct stop_gradient_fn {
  template <class X>
  constexpr auto operator()(const X& x) const {
    if constexpr (tree::is_traced<X>)
      return tree::convert<X>(x, [](const auto& leaf) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, tracer>)
          return leaf.is_weak()
                     ? leaf
                     : tracer(leaf.program, stop_gradient_op::emit(*leaf.program, leaf.id));
        else return leaf;
      });
    else return x;
  }
};
/// stop_gradient(x): x, which derivatives take for a constant.
inline constexpr stop_gradient_fn stop_gradient{};

}  // namespace calx::inline CALX_ABI
