// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// partial: a function with data bound to its last parameters, which calx sees.
#pragma once

#include <tuple>
#include <utility>

#include <calx/trace/leaf.hpp>
#include <calx/tree/option.hpp>

namespace calx::inline CALX_ABI {

/// The callable that `partial` returns: f and what is bound to its last parameters.
template <class F, class... B>
struct partial_fn {
  using is_wrapper = void;
  F f;
  std::tuple<B...> bound;

  template <class... A>
  constexpr auto operator()(const A&... a) const {
    return tree::detail::spread(
        [&](const B&... b) { return detail::call(f, a..., b...); }, bound);
  }
};

namespace detail {
template <class F, class Bound>
struct rebound_partial;
template <class F, class... B>
struct rebound_partial<F, std::tuple<B...>> {
  using type = partial_fn<F, B...>;
};
/// What is stored of b: the value of an expression that would refer to other objects.
template <class B>
constexpr auto kept_value(B b) {
  using traits = leaf_traits<B>;
  if constexpr (requires { typename traits::result; } && !requires { traits::borrows; })
    return typename traits::result(b);
  else return b;
}
}  // namespace detail
// Told, as the members of such a struct cannot be counted: some types convert from a tuple of
// themselves.
template <class F, class... B>
struct pytree<partial_fn<F, B...>> {
  using is_pytree = void;
  template <class G, class Bound>
  using rebound = typename detail::rebound_partial<G, Bound>::type;
  template <class P>
  static constexpr auto fields(P& p) { return std::tie(p.f, p.bound); }
};

/// f with its trailing parameters bound to b...: partial(f, b...)(a...) is f(a..., b...). It stores
/// copies, which for arrays are handles (std::span and Eigen::Map stay as they are, other
/// expressions of Eigen are evaluated), and calx sees them: unlike a lambda's captures they keep
/// a program on the compile-time path.
///
///     calx::grad(calx::partial(loss, inputs, targets))(w)
template <class F, class... B>
constexpr auto partial(F f, B... b) {
  using detail::kept_value;
  using bound = std::tuple<decltype(kept_value(std::move(b)))...>;
  return typename detail::rebound_partial<F, bound>::type{
      std::move(f), bound{kept_value(std::move(b))...}};
}

}  // namespace calx::inline CALX_ABI
