// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hvp: products of the second derivatives of a function with vectors.
#pragma once

#include <calx/api/grad.hpp>
#include <calx/api/jvp.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
struct hvp_rule {
  static constexpr std::string_view name = "hvp";
  template <class X, class V>
  using called_with = type_list<traced_argument<X>>;
  template <class F, class X, class V>
  static constexpr auto trace(graph& g, const F& f, const X& x, const V& v) {
    const grad_fn<F, argnums<0>> gradient{f};
    return std::get<1>(jvp_rule<>::trace_as("hvp", g, gradient, std::make_tuple(x),
                                          std::make_tuple(v)));
  }
  template <class F, class X, class V>
  static constexpr auto result_spec(const F&, const X& x, const V&) { return like<X>{&x}; }
};
}  // namespace detail
/// The callable that `hvp` returns.
template <class F>
using hvp_fn = transformed<detail::hvp_rule, F>;

/// The product of the Hessian of a scalar function with a vector: hvp(f)(x, v), without the
/// matrix. The result is like x.
///
///     calx::hvp([](auto x) { return x * x * x; })(2.0, 1.0);   // 12.0
template <class F>
constexpr auto hvp(F f) { return hvp_fn<F>{std::move(f)}; }

}  // namespace calx::inline CALX_ABI
