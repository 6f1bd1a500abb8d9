// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results written into memory that the caller owns.
#pragma once

#include <calx/run/execute.hpp>

namespace calx::inline CALX_ABI {
namespace detail {
/// What the compiler knows to be wrong with an Out as the destination of plan P's results.
template <class P, class Out>
struct destination_problem {
  template <class... L>
  static constexpr text find(std::type_identity<std::tuple<L&...>>) {
    text t;
    int k = 0;
    auto look = [&]<class E>(std::type_identity<E>) {
      if constexpr (!requires { leaf_traits<E>::dynamic; })
        if (t.length == 0) t = destination_error(aval_of<E>(), P::output(k));
      ++k;
    };
    (look(std::type_identity<L>()), ...);
    return t;
  }
  static constexpr text error() {
    return find(std::type_identity<decltype(tree::leaves(std::declval<Out&>()))>());
  }
};
}  // namespace detail

namespace detail {
/// What `into` keeps of a destination: a reference, or a tuple of references that std::tie made.
template <class Out>
struct kept_destination {
  using type = Out&;
};
template <class... Leaf>
struct kept_destination<std::tuple<Leaf&...>> {
  using type = std::tuple<Leaf&...>;
};
}  // namespace detail

/// A callable whose result goes into `out`: what `g.into(out)` returns. `out` is a number, a
/// tensor, an array, a std::vector, a std::span, an Eigen matrix, or a tree of those, with the
/// shapes and dtypes of the result. Its memory may be that of arguments or captured data, also in
/// part: then the result is computed elsewhere and copied. But for that, calling it allocates
/// nothing for the result, unless an array shares its elements with others, which keep theirs.
/// The leaves of one destination must not overlap each other. What the compiler can see not to fit
/// does not compile; the rest throws shape_error or dtype_error before anything is written, and
/// calx::error for a view, which only reads.
///
///     calx::grad(f).into(gradient)(x);
template <class G, class Out>
struct into_fn {
  G g;
  typename detail::kept_destination<Out>::type out;

  template <class... A>
  constexpr void operator()(const A&... a) const {
    if constexpr (static_traceable<G, A...>) {
      using call = detail::compiled_call<G, A...>;
      using plan_type = typename call::plan_type;
      static_assert(detail::no_error<plan_type>());
      const auto leaves = call::inputs(g, a...);
      using runner = typename call::runner;
      const auto values = runner::symbols(leaves);
      static_assert(plan_type::outputs ==
                        static_cast<int>(std::tuple_size_v<decltype(tree::leaves(out))>),
                    "calx: into: the destination has another number of leaves than the result");
      static_assert(detail::no_error<detail::destination_problem<plan_type, Out>>());
      int k = 0;
      tree::for_each(out, [&](auto& leaf) {
        detail::require_destination(leaf, runner::output(values, k++));
      });
      runner::run_into(leaves, values, out);
    } else if constexpr (detail::takes_run_time_trace<detail::whole_program, G, A...>()) {
      detail::run_time_trace<G>::run_into(out, g, a...);
    }
  }
};

}  // namespace calx::inline CALX_ABI
