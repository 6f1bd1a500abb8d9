// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hvp: products of the second derivatives of a function with vectors.
#pragma once

#include <calx/api/jvp.hpp>

namespace calx::inline CALX_ABI {

/// The callable that `hvp` returns.
template <class F>
struct hvp_fn {
  F f;
  template <class X, class V>
  constexpr auto operator()(const X& x, const V& v) const {
    if constexpr (inside_trace<hvp_fn, X, V>)
      return std::get<1>(jvp_fn<grad_fn<F, detail::argnums<0>>>{{f}}.trace(std::make_tuple(x),
                                                                           std::make_tuple(v)));
    else return execute(*this, x, v);
  }
  /// The same call with the result written to `out`, which must have its shape; see `into`.
  template <class Memory>
  constexpr auto into(Memory& out) const { return into_fn<hvp_fn, Memory>{*this, out}; }
  template <class X, class V>
  constexpr auto result_spec(const X& x, const V&) const { return like<X>{&x}; }
};

/// The product of the Hessian of a scalar function with a vector: hvp(f)(x, v), without the
/// matrix. The result is like x.
///
///     calx::hvp([](auto x) { return x * x * x; })(2.0, 1.0);   // 12.0
template <class F>
constexpr auto hvp(F f) { return hvp_fn<F>{std::move(f)}; }

}  // namespace calx::inline CALX_ABI
