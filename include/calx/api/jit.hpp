// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// jit: a function run as one program; require_static and at_run_time: by whom it is traced.
#pragma once

#include <calx/api/transform.hpp>
#include <calx/run/kept.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
struct jit_rule {
  static constexpr std::string_view name = "jit";
  template <class... A>
  using called_with = type_list<A...>;
  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) {
    return lifted(g, call(f, a...));
  }
  template <class F, class... A>
  static constexpr auto result_spec(const F& f, const A&... a) { return spec_of(f, a...); }
};
template <class F>
struct users_function<may_keep_programs<F>> {
  using type = F;
};
template <class F>
struct users_function<keeps_programs<F>> {
  using type = F;
};
}  // namespace detail

/// The callable that `jit` returns.
template <class F>
using jit_fn = transformed<detail::jit_rule, F>;

/// f itself, but traced as a whole, simplified, fused and run as one program. Where run time traces
/// f, as one that captures, the object keeps the program of its first call with arguments of some
/// types and shapes, which copies of the object share and any number of threads may call: what f
/// captured then is what it computes with from then on. Arrays are kept by handle,
/// and views of memory (`asarray`, `view`) as copies.
///
///     calx::jit([](auto x) { return calx::sum(calx::sin(x) * x); })(x)
///     auto g = calx::jit(calx::grad([&](auto w) { return loss(w, data); }));   // traced once
template <class F>
constexpr auto jit(F f) {
  if constexpr (tree::is_static<F>()) return jit_fn<detail::may_keep_programs<F>>{{std::move(f)}};
  else return jit_fn<detail::keeps_programs<F>>{{std::move(f)}};
}

namespace detail {
template <class F, class... A>
struct static_problem {
  // In a trace the call around decides, and is right but for what F captures.
  static constexpr obstacle why = [] {
    if constexpr (!tree::is_traced<A...>) return obstacle_of<whole_program, F, A...>;
    else return tree::is_static<F>() ? obstacle::nothing : obstacle::captures;
  }();
  static constexpr text error() {
    text t;
    if constexpr (why != obstacle::nothing) append_obstacle<why, F, A...>(t << "require_static: ");
    return t;
  }
};
}  // namespace detail

/// The callable that `require_static` returns.
template <class F>
struct require_static_fn {
  F f;
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    using problem = detail::static_problem<F, A...>;
    static_assert(detail::no_error<problem>());
    if constexpr (problem::why == obstacle::nothing) return f(a...);
    else detail::let_compiler_explain<detail::whole_program, problem::why, F, A...>();
  }
};
/// f, which refuses to compile where a call would take the run-time trace, and says why: the
/// function captures; only run time knows the structure of an argument or of the result; something
/// that it calls is not constexpr, which the compiler then names; the limits of the compiler end
/// before the program does. Around a transform it sees all of that; in one, as in
/// `grad(require_static(f))`, it sees captures only. With the macro CALX_STATIC every transform is
/// as strict, but for `at_run_time`.
///
///     calx::require_static(calx::grad(f))(x)
template <class F>
constexpr auto require_static(F f) { return require_static_fn<F>{std::move(f)}; }

/// The callable that `at_run_time` returns.
template <class F>
using at_run_time_fn = jit_fn<detail::by_run_time<F>>;

/// f, traced at run time: at every call, or once for each list of types and shapes if `jit` keeps
/// the program (`at_run_time(jit(f))` is the same). For programs so large that the compiler
/// should not build them, and to allow that
/// way where CALX_STATIC forbids it. Data bound to f are captures then.
///
///     auto g = calx::jit(calx::at_run_time(calx::grad(f)));
template <class F>
constexpr auto at_run_time(F f) {
  return at_run_time_fn<F>{detail::by_run_time<F>(std::move(f))};
}
template <class F>
constexpr auto at_run_time(const jit_fn<detail::may_keep_programs<F>>& f) {
  return jit(at_run_time(f.f.f));
}
template <class F>
constexpr auto at_run_time(const jit_fn<detail::keeps_programs<F>>& f) {
  return jit_fn<detail::keeps_programs<detail::by_run_time<F>>>{
      {detail::by_run_time<F>(f.f.f), f.f.programs}};
}

}  // namespace calx::inline CALX_ABI
