// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// grad and value_and_grad.
#pragma once

#include <calx/api/aux.hpp>
#include <calx/run/known_leaves.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
template <class Arguments, class Aux = void>
struct value_and_grad_rule {
  using arguments = Arguments;
  static constexpr std::string_view name = "value_and_grad";
  template <class... A>
  using called_with = typename differentiated_types<Arguments, A...>::type;

  template <class F, class... A>
  static constexpr auto result_spec(const F&, const A&... a) {
    const auto all = std::tie(a...);
    auto gradient = [&]<std::size_t... K>(std::index_sequence<K...>) {
      auto spec = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
        constexpr std::size_t i = Arguments::template index<sizeof...(A)>(int{J});
        return like<std::remove_cvref_t<std::tuple_element_t<i, std::tuple<A...>>>>{
            &std::get<i>(all)};
      };
      return std::make_tuple(spec(std::integral_constant<std::size_t, K>())...);
    }(std::make_index_sequence<Arguments::count>());
    const auto value = value_spec<F, A...>();
    if constexpr (Arguments::count == 1) return std::make_tuple(value, std::get<0>(gradient));
    else return std::make_tuple(value, gradient);
  }

  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) {
    return trace_as(name, g, f, a...);
  }
  /// {value, gradient} of f at traced arguments, for transform `who`: linearize, then transpose.
  template <class F, class... A>
  static constexpr auto trace_as(std::string_view who, graph& g, const F& f, const A&... a) {
    std::tuple<A...> args{a...};
    auto variables = differentiated<Arguments>(g, who, args);
    const auto x = with_variables<Arguments>(args, variables);
    auto y = lifted(g, call_with(f, x));
    int out = scalar_output(g, who, value_part<Aux>(y));
    auto inputs = ids_of(variables);
    if (out < 0) return result(y, variables);
    auto linear = passes::linearize(g, floats_of(g, inputs), {out});
    int one = constant_t::emit(g, {}, g.element(out), 1.0);
    const auto slopes = with_zeros(g, inputs, passes::vjp(g, linear, {one}));
    return result(y, with_ids(g, variables, slopes));
  }

 private:
  template <class F, class... A>
  static constexpr auto value_spec() {
    if constexpr (std::is_void_v<Aux>) return detail::loss_spec<A...>();
    else if constexpr (returns_two<decltype(call_with(
                           std::declval<const tree::traced<F>&>(),
                           std::declval<const std::tuple<traced_argument<A>...>&>()))>)
      return std::make_tuple(detail::loss_spec<A...>(), automatic());
    else return automatic();
  }
  template <class Y, class V>
  static constexpr auto result(const Y& y, const V& gradient) {
    if constexpr (Arguments::count == 1) return std::make_tuple(y, std::get<0>(gradient));
    else return std::make_tuple(y, gradient);
  }
};

template <class Arguments, class Aux = void>
struct grad_rule {
  using arguments = Arguments;
  static constexpr std::string_view name = "grad";
  template <class... A>
  using called_with = typename differentiated_types<Arguments, A...>::type;

  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) {
    const auto both = value_and_grad_rule<Arguments, Aux>::trace_as(name, g, f, a...);
    return with_aux<Aux>(std::get<1>(both), std::get<0>(both));
  }
  template <class F, class... A>
  static constexpr auto result_spec(const F& f, const A&... a) {
    const auto gradient = std::get<1>(value_and_grad_rule<Arguments, Aux>::result_spec(f, a...));
    if constexpr (std::is_void_v<Aux>) return gradient;
    else return std::make_tuple(gradient, automatic());
  }
};
}  // namespace detail

/// The callable that `grad` returns.
template <class F, class Arguments, class Aux = void>
using grad_fn = transformed<detail::grad_rule<Arguments, Aux>, F>;
/// The callable that `value_and_grad` returns.
template <class F, class Arguments, class Aux = void>
using value_and_grad_fn = transformed<detail::value_and_grad_rule<Arguments, Aux>, F>;

/// The gradient of a scalar function by its arguments I (default: the first; negatives count from
/// the end), in the shape and type of those arguments; a tuple for several. f must return one
/// float scalar and the arguments must be floats: a compile-time sentence, or shape_error and
/// dtype_error, says otherwise. With `has_aux` the function returns {value, aux}, and this
/// {gradient, aux}.
/// Its array is made at each call; where that is large and often, `into` writes to one that is
/// there: calx::grad(f).into(g)(x).
///
///     calx::grad([](auto x) { return x * x; })(3.0);   // 6.0
template <int... I, class F>
constexpr auto grad(F f) { return grad_fn<F, detail::argnums_or<0, I...>>{std::move(f)}; }
template <int... I, class F>
constexpr auto grad(F f, has_aux_t) {
  return grad_fn<F, detail::argnums_or<0, I...>, has_aux_t>{std::move(f)};
}

/// {value, gradient}, the gradient as `grad` gives it; with `has_aux` the function returns
/// {value, aux}, and this {{value, aux}, gradient}. The value is of the float in which the
/// arguments meet where the function captures, whatever is computed with inside.
///
///     auto [v, g] = calx::value_and_grad([](auto x) { return x * x; })(3.0);   // 9.0, 6.0
template <int... I, class F>
constexpr auto value_and_grad(F f) {
  return value_and_grad_fn<F, detail::argnums_or<0, I...>>{std::move(f)};
}
template <int... I, class F>
constexpr auto value_and_grad(F f, has_aux_t) {
  return value_and_grad_fn<F, detail::argnums_or<0, I...>, has_aux_t>{std::move(f)};
}

}  // namespace calx::inline CALX_ABI
