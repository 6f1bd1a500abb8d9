// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// partial: a function with data bound to its last parameters, which calx sees.
#pragma once

#include <tuple>
#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// The callable that `partial` returns: f and what is bound to its last parameters.
template <class F, class... B>
struct partial_fn {
  F f;
  std::tuple<B...> bound;

  template <class... A>
  constexpr auto operator()(const A&... a) const {
    return std::apply([&](const B&... b) { return f(a..., b...); }, bound);
  }
};

/// f with its trailing parameters bound to b...: partial(f, b...)(a...) is f(a..., b...). It stores
/// copies, which for arrays are handles, and calx sees them: unlike a lambda's captures they keep
/// a program on the compile-time path.
///
///     calx::grad(calx::partial(loss, inputs, targets))(w)
template <class F, class... B>
constexpr auto partial(F f, B... b) {
  return partial_fn<F, B...>{std::move(f), std::tuple<B...>(std::move(b)...)};
}

}  // namespace calx::inline CALX_ABI
