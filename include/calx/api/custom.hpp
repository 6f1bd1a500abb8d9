// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// custom_jvp and custom_vjp: functions whose derivative the user states.
#pragma once

#include <calx/api/jvp.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
template <class T>
constexpr T opened(graph& g, const T& t) {
  return tree::convert<T>(t, [&](const tracer& x) { return tracer(&g, open_t::emit(g, x.id)); });
}
/// Like `opened` for tangents and cotangents; those of integers are zeros.
template <class T>
constexpr T opened_floats(graph& g, const T& t) {
  return tree::convert<T>(t, [&](const tracer& x) {
    return tracer(&g, is_float(x.dtype()) ? open_t::emit(g, x.id) : zeros_like(g, x.id));
  });
}
inline constexpr linear_argument stated_tangent_words{"tangent", "result"},
    stated_cotangent_words{"cotangent", "argument"}, stated_value_words{"value", "result"};

/// What is wrong with the structure R of what a rule of custom_jvp returned.
template <class R>
struct stated_tangent_problem {
  static constexpr text error() {
    text t;
    if constexpr (tree::detail::is_tuple<R>)
      if constexpr (std::tuple_size_v<R> == 2) return t;
    return t << "custom_jvp: the rule must return a tuple of two, the value and its tangent";
  }
};
/// What is wrong with the structure R of what `backward` of a custom_vjp of N arguments returned.
template <class R, std::size_t N>
struct stated_cotangent_problem {
  static constexpr text error() {
    text t;
    if constexpr (tree::detail::is_tuple<R>)
      if constexpr (std::tuple_size_v<R> == N) return t;
    return t << "custom_vjp: backward must return a tuple of one cotangent for each argument, and "
             << "none for one without; here of " << static_cast<int>(N);
  }
};
/// custom_jvp of a function and a rule, which gives {value, tangent}.
struct custom_jvp_rule {
  static constexpr std::string_view name = "custom_jvp";
  template <class Both, class... A>
  static constexpr auto trace(graph& g, const Both& both, const A&... a) {
    const auto x = lifted(g, std::make_tuple(a...));
    const auto open = opened(g, x), t = opened_floats(g, x);
    const auto y = lifted(g, call_with(std::get<0>(both), open));
    const auto stated = lifted(g, std::get<1>(both)(open, t));
    using problem = stated_tangent_problem<std::remove_const_t<decltype(stated)>>;
    static_assert(no_error<problem>());
    if constexpr (problem::error().length == 0) {
      const passes::node_list values = ids_of(y), tangents = ids_of(std::get<1>(stated));
      require_like(g, name, stated_value_words, ids_of(std::get<0>(stated)), types_of(g, values));
      require_like(g, name, stated_tangent_words, tangents, types_of(g, values));
      if (g.failed == error_kind::none)
        return with_ids(g, y,
                        nodes(g, values, tangents, {ids_of(x), ids_of(open), ids_of(t)}, false));
    }
    return y;
  }
  /// A node for each of the values, with its tangent; of[k] are the arguments, what stands for
  /// them, and for their tangents.
  static constexpr passes::node_list nodes(graph& g, const passes::node_list& values,
                                           const passes::node_list& tangents,
                                           const vec<passes::node_list>& of, bool adds_captured) {
    passes::node_list out;
    for (std::size_t k = 0; k < values.size(); ++k) {
      passes::node_list operands{values[k], tangents[k]};
      for (const passes::node_list& more : of) operands.append(more);
      const bool smooth = is_float(g.element(values[k]));
      out.push_back(smooth ? custom_jvp_op::emit(g, operands, static_cast<dim>(of[0].size()),
                                                 adds_captured)
                           : values[k]);
    }
    return out;
  }
};

/// The cotangent of an argument x from what a rule gives for it: zeros for `none`, and for what
/// has none.
template <class X, class C>
constexpr passes::node_list stated_cotangent(graph& g, const X& x, const C& c) {
  if constexpr (std::is_same_v<C, none_t>) {
    passes::node_list zeros;
    for (int n : ids_of(x)) zeros.push_back(zeros_like(g, n));
    return zeros;
  } else {
    passes::node_list ids = ids_of(lifted(g, c));
    const passes::node_list wanted = ids_of(x);
    for (std::size_t i = 0; i < wanted.size() && i < ids.size(); ++i)
      if (!is_float(g.element(wanted[i]))) ids[i] = zeros_like(g, wanted[i]);
    return ids;
  }
}
/// custom_vjp of a function, of `forward`, which gives {value, residuals}, and of `backward`, which
/// gives the cotangents of the arguments.
struct custom_vjp_rule {
  static constexpr std::string_view name = "custom_vjp";
  template <class Both, class... A>
  static constexpr auto trace(graph& g, const Both& both, const A&... a) {
    const auto x = lifted(g, std::make_tuple(a...));
    const auto open = opened(g, x);
    const auto y = lifted(g, call_with(std::get<0>(both), open));
    const auto [value, residuals] = call_with(std::get<1>(both), open);
    const passes::node_list values = ids_of(y);
    require_like(g, name, stated_value_words, ids_of(lifted(g, value)), types_of(g, values));
    const auto given = opened_floats(g, y);
    const auto stated = std::get<2>(both)(residuals, given);
    const passes::node_list cotangents = cotangents_of(g, x, stated);
    require_like(g, name, stated_cotangent_words, cotangents, types_of(g, ids_of(x)));
    if (g.failed != error_kind::none) return y;
    passes::node_list rest = cotangents, out;
    for (const auto& more : {ids_of(x), ids_of(open), ids_of(given)}) rest.append(more);
    for (std::size_t k = 0; k < values.size(); ++k) {
      passes::node_list operands{values[k]};
      operands.append(rest);
      const bool smooth = is_float(g.element(values[k]));
      out.push_back(smooth ? custom_vjp_op::emit(g, operands, static_cast<dim>(cotangents.size()),
                                                 static_cast<dim>(values.size()),
                                                 static_cast<dim>(k))
                           : values[k]);
    }
    return with_ids(g, y, out);
  }

 private:
  template <class... X, class C>
  static constexpr passes::node_list cotangents_of(graph& g, const std::tuple<X...>& x,
                                                   const C& stated) {
    using problem = stated_cotangent_problem<C, sizeof...(X)>;
    static_assert(no_error<problem>());
    passes::node_list all;
    if constexpr (problem::error().length == 0)
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        (all.append(stated_cotangent(g, std::get<I>(x), std::get<I>(stated))), ...);
      }(std::index_sequence_for<X...>());
    return all;
  }
};
}  // namespace detail

/// The callable that `custom_jvp` returns.
template <class F, class Rule>
using custom_jvp_fn = transformed<detail::custom_jvp_rule, std::tuple<F, Rule>>;
/// The callable that `custom_vjp` returns.
template <class F, class Forward, class Backward>
using custom_vjp_fn = transformed<detail::custom_vjp_rule, std::tuple<F, Forward, Backward>>;

/// f with the derivative that `rule` states: rule(primals, tangents) takes two tuples, as `jvp`
/// does, and returns {value, tangent of the value}, linear in the tangents. It holds in every
/// mode and to every order: reverse mode transposes it. f and the rule are called with traced
/// arguments, trees of any structure; tangents of integers are zeros. What they capture must not be
/// differentiated. Values and tangents that differ in shape or dtype from what f returns:
/// shape_error and dtype_error.
///
///     constexpr auto log1pexp = calx::custom_jvp(
///         [](auto x) { return calx::log(1.0 + calx::exp(x)); },
///         [](auto primals, auto tangents) {
///           auto [x] = primals;
///           auto [t] = tangents;
///           return std::tuple{calx::log(1.0 + calx::exp(x)), calx::logistic(x) * t};
///         });
template <class F, class Rule>
constexpr auto custom_jvp(F f, Rule rule) {
  return custom_jvp_fn<F, Rule>{{std::move(f), std::move(rule)}};
}

/// f with the derivative of reverse mode that two functions state: forward(x...) returns {value,
/// residuals}, any data that `backward` needs; backward(residuals, cotangent of the value) returns
/// the tuple of the arguments' cotangents, `none` for zeros. Cotangents of integers are zeros, what
/// `backward` gives for them is ignored. What the functions capture must not be differentiated.
/// Forward mode (jvp, jacfwd, linearize) is refused with a sentence; derivatives of `grad` in
/// forward mode, as `hessian` takes them, are those of `backward`.
///
///     constexpr auto clipped = calx::custom_vjp(   // the identity, with a clipped gradient
///         [](auto x) { return x; }, [](auto x) { return std::tuple{x, std::tuple{}}; },
///         [](auto, auto ct) { return std::tuple{calx::clip(ct, -0.5, 0.5)}; });
template <class F, class Forward, class Backward>
constexpr auto custom_vjp(F f, Forward forward, Backward backward) {
  return custom_vjp_fn<F, Forward, Backward>{
      {std::move(f), std::move(forward), std::move(backward)}};
}

}  // namespace calx::inline CALX_ABI
