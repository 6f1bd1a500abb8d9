// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vjp and linearize: the value now, the derivative as a function for later.
#pragma once

#include <calx/api/jvp.hpp>
#include <calx/api/split.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// vjp and linearize by the run-time trace: in api/kept_split.hpp.
template <class F>
struct kept_split;

/// A pullback inside a trace: transposes the linear program each time it is called.
template <class Y, class X>
struct traced_pullback {
  graph* program;
  passes::linear_program linear;
  Y y;
  X x;
  template <class V>
  constexpr X operator()(const V& cotangent) const {
    graph& g = *program;
    auto ct = lifted(g, cotangent);
    check_tangents(g, "pullback", y, ct);
    if (g.failed != error_kind::none) return x;
    return with_ids(g, x, passes::vjp(g, linear, ids_of(ct)));
  }
};
/// The linear part of a function inside a trace, as a function of tangents.
template <class Y, class X>
struct traced_pushforward {
  graph* program;
  passes::node_list inputs;
  Y y;
  X x;
  template <class... V>
  constexpr Y operator()(const V&... tangents) const {
    graph& g = *program;
    auto v = lifted(g, std::make_tuple(tangents...));
    check_tangents(g, "linearize", x, v);
    if (g.failed != error_kind::none) return y;
    auto out = ids_of(y);
    return tangent_tree(g, y, out, passes::jvp(g, inputs, ids_of(v), out));
  }
};
}  // namespace detail

/// {f(a...), pullback}: pullback(cotangent of the value) is the tuple of the arguments'
/// cotangents, each like its argument. It holds the residuals and may be called any number of
/// times, also under vmap. All arguments must be floats; bind others with `partial`.
///
///     auto [y, pullback] = calx::vjp([](auto x) { return x * x; }, 3.0);
///     auto [dx] = pullback(1.0);   // 6.0
template <class F, class... A>
constexpr auto vjp(const F& f, const A&... a) {
  if constexpr (inside_trace<F, A...>) {
    graph& g = detail::program_in(a..., f);
    auto args = detail::lifted(g, std::make_tuple(a...));
    detail::require_floats(g, "vjp", 0, args);
    auto x = detail::renamed(g, args);
    auto y = detail::lifted(g, std::apply(f, x));
    passes::linear_program linear;
    if (g.failed == error_kind::none)
      linear = passes::linearize(g, detail::ids_of(x), detail::ids_of(y));
    return std::make_tuple(y, detail::traced_pullback<decltype(y), decltype(x)>{&g, linear, y, x});
  } else if constexpr ((detail::is_expr<A> || ...)) {
    return vjp(f, detail::settled(a)...);
  } else if constexpr (static_traceable<F, A...>) {
    return detail::split_now<detail::backward_half>(f, a...);
  } else {
    static_assert(detail::has_run_time_trace<F>, "calx: include calx/calx.hpp");
    return detail::kept_split<F>::backward(f, a...);
  }
}

/// {f(a...), f_jvp}: f_jvp(tangents...) is the derivative in their direction. It holds what the
/// value computed, and may be called any number of times.
///
///     auto [y, df] = calx::linearize([](auto x) { return x * x; }, 3.0);   // df(1.0) is 6.0
template <class F, class... A>
constexpr auto linearize(const F& f, const A&... a) {
  if constexpr (inside_trace<F, A...>) {
    graph& g = detail::program_in(a..., f);
    auto args = detail::lifted(g, std::make_tuple(a...));
    detail::require_floats(g, "linearize", 0, args);
    auto x = detail::renamed(g, args);
    auto y = detail::lifted(g, std::apply(f, x));
    return std::make_tuple(y, detail::traced_pushforward<decltype(y), decltype(x)>{
                             &g, detail::ids_of(x), y, x});
  } else if constexpr ((detail::is_expr<A> || ...)) {
    return linearize(f, detail::settled(a)...);
  } else if constexpr (static_traceable<F, A...>) {
    return detail::split_now<detail::forward_half>(f, a...);
  } else {
    static_assert(detail::has_run_time_trace<F>, "calx: include calx/calx.hpp");
    return detail::kept_split<F>::forward(f, a...);
  }
}

}  // namespace calx::inline CALX_ABI
