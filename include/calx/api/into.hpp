// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results written into memory that the caller owns.
#pragma once

#include <calx/array/execute.hpp>

namespace calx::inline CALX_ABI {
/// A callable whose result goes into `out`: what `g.into(out)` returns. `out` is a number, a tensor,
/// a std::vector, an Eigen matrix, or a tree of those, with the shapes and dtypes of the result and
/// memory that does not overlap the arguments. Calling it allocates nothing for the result. Throws
/// shape_error or dtype_error before anything is written.
///
///     calx::grad(f).into(gradient)(x);
template <class G, class Out>
struct into_fn {
  const G& g;
  Out& out;

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
      int k = 0;
      tree::for_each(out, [&](const auto& leaf) {
        detail::require_destination(aval_of(leaf), runner::output(values, k++));
      });
      runner::run(leaves, values, out);
    } else {
      detail::run_time_trace<G>::run_into(out, g, a...);
    }
  }
};

}  // namespace calx::inline CALX_ABI
