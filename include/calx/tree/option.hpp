// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fixed and option: arguments that stay C++ values in a traced function, as a number of steps does.
#pragma once

#include <utility>

#include <calx/tree/tree.hpp>

namespace calx::inline CALX_ABI {

/// The type of `fixed<V>`: V, which the type tells, so that it is a constant wherever it goes.
template <auto V>
struct fixed_t {
  using value_type = decltype(V);
  static constexpr value_type value = V;
  constexpr operator value_type() const { return V; }
};
/// An argument that the compiler knows and calx does not trace. The function sees an object that
/// converts to V's type, also where a constant is needed: take it as `int n`, or as `auto n` for
/// `std::get<n>` and `if constexpr (n > 2)`. Each value is a program of its own, traced by the
/// compiler as any other. It has no derivative, and vmap gives it to all examples.
///
///     auto power = [](auto x, int n) { auto y = x; while (--n > 0) y = y * x; return y; };
///     calx::grad(power)(2.0, calx::fixed<3>);   // 12.0
template <auto V>
inline constexpr fixed_t<V> fixed{};

/// The type of `option(v)`: a value that calx does not look into.
template <class T>
class option_t {
 public:
  explicit constexpr option_t(T v) : value_(std::move(v)) {}
  constexpr const T& get() const { return value_; }
  constexpr operator const T&() const { return value_; }

 private:
  T value_;
};
/// An argument that only run time knows and calx does not trace: an int, a flag, an enum, a string,
/// anything. The function sees v itself. As its value decides about the program, the call takes the
/// run-time trace; `jit` keeps a program for each value of a number or enum, and traces anew for
/// options of other types. It has no derivative, and vmap gives it to all examples.
///
///     calx::grad(power)(2.0, calx::option(n));
template <class T>
constexpr option_t<T> option(T v) {
  return option_t<T>(std::move(v));
}

namespace detail {
template <class T>
inline constexpr bool is_option_t = false;
template <class T>
inline constexpr bool is_option_t<option_t<T>> = true;
/// True for arguments that are not traced.
template <class T>
inline constexpr bool is_untraced = is_option_t<T>;
template <auto V>
inline constexpr bool is_untraced<fixed_t<V>> = true;

/// An argument as a function of the user sees it: options are what they hold.
template <class A>
constexpr const auto& bare(const A& a) {
  if constexpr (is_option_t<A>) return a.get();
  else return a;
}
/// True for callables of calx, which pass options on to the function of the user.
template <class F>
concept passes_options = requires { typename F::is_transform; } ||
                         requires { typename F::is_wrapper; };
/// f(a...), where f sees what options hold.
template <class F, class... A>
constexpr decltype(auto) call(const F& f, const A&... a) {
  if constexpr (passes_options<F>) return f(a...);
  else return f(bare(a)...);
}
/// The same with the arguments in a tuple.
template <class F, class Args>
constexpr decltype(auto) call_with(const F& f, const Args& args) {
  return tree::detail::spread(
      [&](const auto&... a) -> decltype(auto) { return detail::call(f, a...); }, args);
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
