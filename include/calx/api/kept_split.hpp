// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vjp and linearize of functions that are traced at run time: residuals are kept, with the half of
// the program that comes later.
#pragma once

#include <calx/api/kept.hpp>
#include <calx/api/vjp.hpp>

namespace calx::inline CALX_ABI {

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

namespace detail {
template <class F>
struct kept_split {
  template <class... A>
  static auto backward(const F& f, const A&... a) {
    auto later = [](graph& p, const auto& x, const auto& y) {
      return detail::backward_half::emit(p, detail::ids_of(x), detail::ids_of(y));
    };
    auto [y, x, kept] = detail::value_and_rest("vjp", f, later, a...);
    using Y = decltype(y);
    using X = decltype(x);
    auto value = values_as<dynamic_leaves>(y, *kept.values);
    return std::make_tuple(std::move(value),
                      pullback_fn<Y, X, A...>(
                          detail::kept_function<Y, X>("pullback", std::move(kept.rest), x),
                          std::make_shared<const std::tuple<A...>>(a...)));
  }
  template <class... A>
  static auto forward(const F& f, const A&... a) {
    auto later = [](graph& p, const auto& x, const auto& y) {
      return detail::forward_half::emit(p, detail::ids_of(x), detail::ids_of(y));
    };
    auto [y, x, kept] = detail::value_and_rest("linearize", f, later, a...);
    using Y = decltype(y);
    using X = decltype(x);
    auto value = values_as<dynamic_leaves>(y, *kept.values);
    return std::make_tuple(std::move(value), pushforward_fn<Y, X>(detail::kept_function<X, Y>(
                                            "linearize", std::move(kept.rest), y)));
  }
};
}  // namespace detail

}  // namespace calx::inline CALX_ABI
