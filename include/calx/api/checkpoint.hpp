// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// checkpoint: a function of which derivatives keep the arguments and nothing else.
#pragma once

#include <calx/api/custom.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
struct checkpoint_rule {
  static constexpr std::string_view name = "checkpoint";
  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) {
    const auto x = lifted(g, std::make_tuple(a...));
    const auto open = opened(g, x), t = opened_floats(g, x);
    const auto y = lifted(g, call_with(f, open));
    const auto again = tree::convert<std::remove_const_t<decltype(open)>>(
        open, [&](const tracer& leaf) { return tracer(&g, again_t::emit(g, leaf.id)); });
    const auto y_again = lifted(g, call_with(f, again));
    const passes::node_list values = ids_of(y), repeated = ids_of(y_again);
    if (g.failed != error_kind::none) return y;
    passes::node_list tangents = ids_of(t);
    for (int& n : tangents)
      if (!is_float(g.element(n))) n = -1;
    const passes::node_list of_y = tangents_of(g, ids_of(again), tangents, repeated);
    return with_ids(g, y, custom_jvp_rule::nodes(g, values, of_y,
                                                 {ids_of(x), ids_of(open), ids_of(t)}, true));
  }
};
}  // namespace detail

/// The callable that `checkpoint` returns.
template <class F>
using checkpoint_fn = transformed<detail::checkpoint_rule, F>;

/// f, of whose values a pullback keeps the arguments alone: what its derivative needs is computed
/// again from them, at the cost of one more evaluation. It matters to `vjp`, `linearize` and
/// whatever keeps residuals; a program that holds both directions, as `grad` makes one, computes
/// everything once. f may capture traced values and may be differentiated by them; what it
/// computes from those alone is kept. The values, and derivatives of any mode and order, are those
/// of f.
///
///     auto [y, pullback] = calx::vjp([](auto x) { return calx::sum(calx::checkpoint(f)(x)); }, x);
template <class F>
constexpr auto checkpoint(F f) { return checkpoint_fn<F>{std::move(f)}; }

}  // namespace calx::inline CALX_ABI
