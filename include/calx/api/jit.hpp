// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// jit: a function run as one program; and require_static, which refuses any other way.
#pragma once

#include <calx/api/transform.hpp>
#include <calx/run/kept.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
struct jit_rule {
  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) { return lifted(g, f(a...)); }
  template <class F, class... A>
  static constexpr auto result_spec(const F& f, const A&... a) { return spec_of(f, a...); }
};
}  // namespace detail
/// The callable that `jit` returns.
template <class F>
using jit_fn = transformed<detail::jit_rule, F>;

/// f itself, but traced as a whole, simplified, fused and run as one program. Of a function that
/// captures, the object keeps the program of its first call with arguments of some types and
/// shapes, which copies of the object share and any number of threads may call: what f captured
/// then is what it computes with from then on. Arrays are kept by handle.
///
///     calx::jit([](auto x) { return calx::sum(calx::sin(x) * x); })(x)
///     auto g = calx::jit(calx::grad([&](auto w) { return loss(w, data); }));   // traced once
template <class F>
constexpr auto jit(F f) {
  if constexpr (tree::is_static<F>()) return jit_fn<F>{std::move(f)};
  else return jit_fn<detail::keeps_programs<F>>{{std::move(f)}};
}

namespace detail {
/// Why a callable takes the run-time trace.
template <class F, class... A>
constexpr text why_not_static() {
  text t("require_static: ");
  if constexpr (static_traceable<F, A...>) return text();
  else if constexpr (!tree::is_static<F>())
    return t << "the function has a capture, which the compiler cannot see; bind data with partial";
  else
    return t << "the compiler cannot trace the call: something in it is not constexpr, or an "
                "argument's structure is known only at run time";
}
template <class F, class... A>
struct static_problem {
  static constexpr text error() { return why_not_static<F, A...>(); }
};
}  // namespace detail

/// The callable that `require_static` returns.
template <class F>
struct require_static_fn {
  F f;
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    static_assert(detail::no_error<detail::static_problem<F, A...>>());
    if constexpr (static_traceable<F, A...>) return f(a...);
  }
};
/// f, which refuses to compile where a call would take the run-time trace, and says why: a lambda
/// that captures, a helper that is not constexpr.
///
///     calx::require_static(calx::grad(f))(x)
template <class F>
constexpr auto require_static(F f) { return require_static_fn<F>{std::move(f)}; }

}  // namespace calx::inline CALX_ABI
