// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// jvp: a function and its derivative in one direction.
#pragma once

#include <calx/api/grad.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// Tangents must have the type of their primals.
template <class P, class T>
constexpr void check_tangents(graph& g, std::string_view transform, const P& primals,
                              const T& tangents) {
  auto p = ids_of(primals), t = ids_of(tangents);
  if (p.size() != t.size()) {
    g.fail(error_kind::shape, text() << transform << ": " << static_cast<int>(t.size())
                                     << " tangents for " << static_cast<int>(p.size())
                                     << " primals; give one for each");
    return;
  }
  for (std::size_t i = 0; i < p.size() && g.failed == error_kind::none; ++i) {
    const dims a = g.shape(p[i]), b = g.shape(t[i]);
    auto say = [&](text& m) {
      m << transform << ": tangent " << static_cast<int>(i) << " has shape " << b
        << ", but its primal has shape " << a << "; they must be equal";
    };
    bool same = a.rank == b.rank;
    if (!same) fail_with(g, error_kind::shape, say);
    for (int k = 0; same && k < a.rank; ++k)
      same = g.require_equal(a[k], b[k], error_kind::shape, say);
    if (same && g.element(p[i]) != g.element(t[i]))
      g.fail(error_kind::dtype, text() << transform << ": tangent " << static_cast<int>(i)
                                       << " has dtype " << g.element(t[i])
                                       << ", but its primal has " << g.element(p[i])
                                       << "; they must be equal");
  }
}
/// y's tangents, zeros written out, as a tree like y.
template <class Y>
constexpr Y tangent_tree(graph& g, const Y& y, const passes::node_list& outputs,
                         passes::node_list tangents) {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (tangents[i] < 0) tangents[i] = zeros_like(g, outputs[i]);
  return with_ids(g, y, tangents);
}
}  // namespace detail

/// The callable behind `jvp`: takes the tuples of primals and tangents.
template <class F>
struct jvp_fn {
  F f;
  template <class P, class T>
  constexpr auto operator()(const P& primals, const T& tangents) const {
    if constexpr (inside_trace<jvp_fn, P, T>) return trace(primals, tangents);
    else return execute(*this, primals, tangents);
  }
  template <class P, class T>
  constexpr auto trace(const P& primals, const T& tangents) const {
    graph& g = detail::program_in(primals, tangents, f);
    auto x = detail::renamed(g, detail::lifted(g, primals));
    auto v = detail::lifted(g, tangents);
    detail::require_floats(g, "jvp", 0, x);
    detail::check_tangents(g, "jvp", x, v);
    auto y = detail::lifted(g, std::apply(f, x));
    if (g.failed != error_kind::none) return std::make_tuple(y, y);
    auto out = detail::ids_of(y);
    auto dy = passes::jvp(g, detail::ids_of(x), detail::ids_of(v), out);
    return std::make_tuple(y, detail::tangent_tree(g, y, out, dy));
  }
};

/// {f(primals...), its derivative in the direction of the tangents}. Both arguments are tuples;
/// each tangent has the shape and dtype of its primal.
///
///     auto [y, dy] = calx::jvp([](auto x) { return x * x; }, std::tuple{3.0}, std::tuple{1.0});
template <class F, class... P, class... T>
constexpr auto jvp(F f, const std::tuple<P...>& primals, const std::tuple<T...>& tangents) {
  return jvp_fn<F>{std::move(f)}(primals, tangents);
}

}  // namespace calx::inline CALX_ABI
