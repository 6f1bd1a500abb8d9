// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vjp and linearize: the value now, the derivative as a function for later.
#pragma once

#include <calx/api/jvp.hpp>
#include <calx/api/kept.hpp>
#include <calx/api/split.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
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

/// The pullback that `vjp` returns outside of traces: holds residuals, runs the backward part only.
template <class Y, class X, class... A>
class pullback_fn {
 public:
  pullback_fn(detail::kept_function<Y, X> f, std::shared_ptr<const std::tuple<A...>> arguments)
      : f_(std::move(f)), arguments_(std::move(arguments)) {}
  /// The cotangents of all arguments, as a tuple, from that of the value.
  template <class V>
  auto operator()(const V& cotangent) const {
    if constexpr (tree::is_traced<V>) return f_(detail::program_in(cotangent), cotangent);
    else return detail::run_traced(result_spec(cotangent), *this, cotangent);
  }
  template <class V>
  auto result_spec(const V&) const {
    return std::apply([](const A&... a) { return std::make_tuple(like<A>{&a}...); }, *arguments_);
  }

 private:
  detail::kept_function<Y, X> f_;
  std::shared_ptr<const std::tuple<A...>> arguments_;
};
/// The linear function that `linearize` returns outside of traces.
template <class Y, class X>
class pushforward_fn {
 public:
  explicit pushforward_fn(detail::kept_function<X, Y> f) : f_(std::move(f)) {}
  /// The tangent of the value from those of all arguments.
  template <class... V>
  auto operator()(const V&... tangents) const {
    if constexpr (tree::is_traced<V...>)
      return f_(detail::program_in(tangents...), std::make_tuple(tangents...));
    else return detail::run_traced(automatic(), *this, tangents...);
  }

 private:
  detail::kept_function<X, Y> f_;
};

namespace detail {
/// Traces f now, runs what does not depend on later inputs, and keeps the rest. `Later` adds the
/// late inputs to the program and emits what depends on them.
template <class F, class Later, class... A>
auto value_and_rest(std::string_view name, const F& f, const Later& later, const A&... a) {
  graph p;
  auto input = [&](const auto& leaf) { return tracer(&p, input_t::emit(p, aval_of(leaf))); };
  auto callee = tree::convert<tree::traced<F>>(f, input);
  std::tuple<tree::traced<A>...> args{tree::convert<tree::traced<A>>(a, input)...};
  require_floats(p, name, 0, args);
  auto x = renamed(p, args);
  auto y = traced_result(p, std::apply(callee, x));
  int early = static_cast<int>(p.inputs.size());
  p.outputs = ids_of(y);
  auto late = later(p, x, y);
  p.outputs.insert(p.outputs.end(), late.begin(), late.end());
  kept_values kept = run_early(passes::compact(p), early, ids_of(y).size(), f, a...);
  return std::make_tuple(y, x, std::move(kept));
}
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
    auto later = [](graph& p, const auto& x, const auto& y) {
      return detail::backward_half::emit(p, detail::ids_of(x), detail::ids_of(y));
    };
    auto [y, x, kept] = detail::value_and_rest("vjp", f, later, a...);
    using Y = decltype(y);
    using X = decltype(x);
    using leaves = detail::dynamic_leaves;
    auto value = detail::values_as<leaves>(y, *kept.values);
    return std::make_tuple(std::move(value),
                      pullback_fn<Y, X, A...>(
                          detail::kept_function<Y, X>("pullback", std::move(kept.rest), x),
                          std::make_shared<const std::tuple<A...>>(a...)));
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
    auto later = [](graph& p, const auto& x, const auto& y) {
      return detail::forward_half::emit(p, detail::ids_of(x), detail::ids_of(y));
    };
    auto [y, x, kept] = detail::value_and_rest("linearize", f, later, a...);
    using Y = decltype(y);
    using X = decltype(x);
    using leaves = detail::dynamic_leaves;
    auto value = detail::values_as<leaves>(y, *kept.values);
    return std::make_tuple(std::move(value), pushforward_fn<Y, X>(detail::kept_function<X, Y>(
                                            "linearize", std::move(kept.rest), y)));
  }
}

}  // namespace calx::inline CALX_ABI
