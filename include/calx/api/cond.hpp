// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One of several functions, chosen by a traced value: cond, switch_.
#pragma once

#include <calx/api/scan.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// Fails unless all bodies return what the first one does.
template <class = void>
constexpr bool require_alike(graph& g, std::string_view who, const vec<passes::node_list>& bodies) {
  for (const passes::node_list& b : bodies) {
    if (g.failed == error_kind::none && b.size() != bodies[0].size())
      g.fail(error_kind::shape, text() << who << ": one body returns "
                                       << static_cast<int>(bodies[0].size()) << " leaves, another "
                                       << static_cast<int>(b.size())
                                       << "; all must return trees of the same types");
    require_same_types(g, bodies[0], b, [&](text& t, int i, const aval& x, const aval& y) {
      t << who << ": leaf " << i << " of the result is " << x.type << x.shape
        << " in one body, and " << y.type << y.shape << " in another; they must be equal";
    });
  }
  return g.failed == error_kind::none;
}
/// The results of the body of `fs` with number `index`, an int64 within them, called with x.
template <class... F, class... X>
constexpr auto branched(graph& g, std::string_view who, int index, const std::tuple<F...>& fs,
                        const X&... x) {
  const auto args = lifted(g, std::make_tuple(x...));
  const auto inner = variables_for(g, args);
  branch_t::choice c;
  c.index = index, c.bodies = static_cast<int>(sizeof...(F));
  c.in = ids_of(args), c.variables = ids_of(inner);
  const auto all = std::apply(
      [&](const F&... f) { return std::make_tuple(lifted(g, std::apply(f, inner))...); }, fs);
  const vec<passes::node_list> results =
      std::apply([](const auto&... r) { return vec<passes::node_list>{ids_of(r)...}; }, all);
  const auto& first = std::get<0>(all);
  if (!require_alike(g, who, results)) return first;
  for (const passes::node_list& r : results) c.out.append(r);
  const int node = branch_t::emit(g, c);
  int k = 0;
  return tree::convert<std::remove_cvref_t<decltype(first)>>(first, [&](const tracer& y) {
    return tracer(&g, result_t::emit(g, node, k++, aval(g.type(y.id))));
  });
}
struct cond_rule {
  static constexpr std::string_view name = "cond";
  template <class F, class P, class... X>
  static constexpr auto trace(graph& g, const F& fs, const P& p, const X&... x) {
    tracer condition = lifted(g, p);
    if (!require_condition(g, name, condition))
      condition = {&g, constant_t::emit(g, {}, dtype::b1, false)};
    return branched(g, name, convert_t::emit(g, condition.id, dtype::i64), fs, x...);
  }
};
struct switch_rule {
  static constexpr std::string_view name = "switch_";
  template <class F, class I, class... X>
  static constexpr auto trace(graph& g, const F& fs, const I& i, const X&... x) {
    const tracer index = lifted(g, i);
    if (g.failed == error_kind::none && (index.rank() != 0 || is_float(index.dtype())))
      g.fail(error_kind::dtype, text() << name << ": the index must be one integer, but it is "
                                       << index.dtype() << index.dimensions());
    if (g.failed != error_kind::none)
      return branched(g, name, constant_t::emit(g, {}, dtype::i64, 0), fs, x...);
    const tracer whole{&g, convert_t::emit(g, index.id, dtype::i64)};
    const int last = static_cast<int>(std::tuple_size_v<F>) - 1;
    return branched(g, name, minimum(maximum(whole, 0), last).id, fs, x...);
  }
};
}  // namespace detail

/// f(x...) where the condition p holds, else g(x...): a branch, of which one side runs. p is one
/// bool; f and g return trees of the same shapes and dtypes, and may use values of the function
/// around them. Every mode; where vmap makes the condition a batch, both sides run, and each
/// example chooses. A condition that is not one bool, results that differ: dtype_error and
/// shape_error.
///
///     auto y = calx::cond(x > 0.0, [](auto t) { return sqrt(t); }, [](auto t) { return -t; }, x);
template <class P, class F, class G, class... X>
constexpr auto cond(const P& p, F f, G g, const X&... x) {
  return transformed<detail::cond_rule, std::tuple<G, F>>{
      std::tuple<G, F>(std::move(g), std::move(f))}(p, x...);
}
/// The function with number i, clamped to those that there are, called with x.... i is one integer;
/// otherwise like `cond`.
///
///     auto y = calx::switch_(i, std::tuple{f, g, h}, x);
template <class I, class... F, class... X>
constexpr auto switch_(const I& i, std::tuple<F...> functions, const X&... x) {
  static_assert(sizeof...(F) <= plan::control_record::most_bodies,
                "calx: switch_: there may be at most 16 functions");
  return transformed<detail::switch_rule, std::tuple<F...>>{std::move(functions)}(i, x...);
}

}  // namespace calx::inline CALX_ABI
