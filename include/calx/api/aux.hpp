// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// has_aux: functions that return more than what is differentiated.
#pragma once

#include <calx/api/transform.hpp>

namespace calx::inline CALX_ABI {

/// Tells a transform that the function returns {value, auxiliary result}.
struct has_aux_t {};
/// `grad(f, has_aux)`, also of value_and_grad, jacfwd, jacrev, hessian and jvp: f returns a pair or
/// a tuple of two, the value, which is differentiated, and what comes out as it is.
///
///     auto f = [](auto w) { return std::pair{calx::sum(w * w), calx::max(w)}; };
///     auto [gradient, largest] = calx::grad(f, calx::has_aux)(w);
inline constexpr has_aux_t has_aux{};

namespace detail {
template <class R>
inline constexpr bool returns_two = false;
template <class A, class B>
inline constexpr bool returns_two<std::pair<A, B>> = true;
template <class A, class B>
inline constexpr bool returns_two<std::tuple<A, B>> = true;

/// What is wrong with the result R of a function for which has_aux is given.
template <class R>
struct aux_problem {
  static constexpr text error() {
    text t;
    if constexpr (!returns_two<R>)
      t << "has_aux: the function must return a pair or a tuple of two, the value and the rest";
    return t;
  }
};
/// What is differentiated of the result y of a function.
template <class Aux, class Y>
constexpr const auto& value_part(const Y& y) {
  if constexpr (std::is_void_v<Aux>) return y;
  else {
    static_assert(no_error<aux_problem<Y>>());
    if constexpr (returns_two<Y>) return std::get<0>(y);
    else return y;
  }
}
/// A derivative, with the rest of the result y of its function behind it.
template <class Aux, class D, class Y>
constexpr auto with_aux(const D& derivative, const Y& y) {
  if constexpr (std::is_void_v<Aux> || !returns_two<Y>) return derivative;
  else return std::make_tuple(derivative, std::get<1>(y));
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
