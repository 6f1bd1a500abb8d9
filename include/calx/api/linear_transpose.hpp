// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// linear_transpose: the transpose of a linear function.
#pragma once

#include <calx/api/partial.hpp>
#include <calx/api/jvp.hpp>
#include <calx/passes/linearize.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
struct linear_transpose_rule {
  static constexpr std::string_view name = "linear_transpose";
  /// f is bound to arguments, of which types count only.
  template <class F, class... A, class C>
  static constexpr auto trace(graph& g, const partial_fn<F, A...>& f, const C& cotangent) {
    auto x = lifted(g, f.bound);
    require_floats(g, name, 0, x, true);
    passes::node_list in;
    for (int n : ids_of(x)) in.push_back(variable_t::emit(g, aval(g.type(n))));
    x = with_ids(g, x, in);
    const passes::node_list out = ids_of(lifted(g, call_with(f.f, x))),
                            given = ids_of(lifted(g, cotangent));
    require_float_results(g, name, out);
    if (g.failed != error_kind::none ||
        !require_like(g, name, cotangent_words, given, types_of(g, out)))
      return x;
    return with_ids(g, x, passes::vjp(g, {in, out}, given));
  }
};
}  // namespace detail

/// The callable that `linear_transpose` returns.
template <class F, class... A>
using linear_transpose_fn = transformed<detail::linear_transpose_rule, partial_fn<F, A...>>;

/// The transpose of f, which must be linear in all its arguments together: the function that takes
/// a cotangent of f's result to the tuple of the arguments' cotangents, so that
/// <ct, f(x)> = <transpose(ct), x>. Of x... only shapes and dtypes count. An op that is not linear
/// is named in an error.
///
///     auto scatter = calx::linear_transpose([](auto x) { return x(calx::slice(1, 3)); }, x);
///     auto [dx] = scatter(calx::array<double, 1>{5, 7});   // [0 5 7 0] for x of 4 elements
template <class F, class... A>
constexpr auto linear_transpose(F f, A... x) {
  return linear_transpose_fn<F, A...>{{std::move(f), std::tuple<A...>(std::move(x)...)}};
}

}  // namespace calx::inline CALX_ABI
