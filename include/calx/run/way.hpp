// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which way a call takes, and why not the other: traced by the compiler, or at run time.
#pragma once

#include <calx/run/result_leaves.hpp>
#include <calx/run/traced_call.hpp>

namespace calx::inline CALX_ABI {

/// Why the compiler cannot trace a call: `nothing` if it can; `asked`, the user wants it traced at
/// run time; `captures`, the function holds data that the compiler cannot see; `argument` and
/// `result`, only run time knows the structure of one; `not_constexpr`, something that the function
/// calls is not; `budget`, the compiler gives up before the program is finished. Only the last one
/// is an error: all others send the call to the run-time trace.
enum class obstacle : unsigned char {
  nothing, asked, captures, argument, result, not_constexpr, budget
};

namespace detail {

/// A callable that asks for the run-time trace: calx does not look into it.
template <class F>
class by_run_time {
 public:
  using is_wrapper = void;
  explicit constexpr by_run_time(F f) : f_(std::move(f)) {}
  constexpr const F& inner() const { return f_; }
  template <class... A>
  constexpr auto operator()(const A&... a) const { return call(f_, a...); }
  template <class... A>
    requires(requires(const F& f, const A&... a) { f.result_spec(a...); })
  constexpr auto result_spec(const A&... a) const { return f_.result_spec(a...); }

 private:
  F f_;
};
template <class F>
inline constexpr bool is_by_run_time = false;
template <class F>
inline constexpr bool is_by_run_time<by_run_time<F>> = true;
/// What linearizing at run time keeps: in run/run_time.hpp.
template <class Result>
class stored_program;
/// True if F, or what it is made of, asks for the run-time trace, or comes from one.
template <class F>
inline constexpr bool asks_for_run_time = false;
template <class Result>
inline constexpr bool asks_for_run_time<stored_program<Result>> = true;
template <class F>
inline constexpr bool asks_for_run_time<by_run_time<F>> = true;
template <template <class...> class P, class... A>
inline constexpr bool asks_for_run_time<P<A...>> = (asks_for_run_time<A> || ...);

/// The first part of a T whose structure the type does not tell; void if there is none.
template <class T>
constexpr auto find_hidden() {
  constexpr auto k = tree::kind<T>;
  if constexpr (tree::is_static<T>()) return std::type_identity<void>();
  else if constexpr (tree::detail::has_fixed<T>) return std::type_identity<T>();
  else if constexpr (k == tree::shape_of::array) return find_hidden<typename T::value_type>();
  else if constexpr (k == tree::shape_of::tuple || k == tree::shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return std::type_identity<typename first_type<
          typename decltype(find_hidden<std::remove_const_t<E>>())::type...>::type>();
    }(tree::detail::children_of<T>());
  else return std::type_identity<T>();
}
template <class T>
using hidden_part = typename decltype(find_hidden<T>())::type;

/// Why the compiler does not trace a call of an F with As; Build::possible<F, A...> tells whether
/// it can evaluate the program, and is asked last.
template <class Build, class F, class... A>
constexpr obstacle find_obstacle() {
  if constexpr (!tree::is_static<F>())
    return asks_for_run_time<F> ? obstacle::asked : obstacle::captures;
  else if constexpr (!(tree::is_static<A>() && ...)) return obstacle::argument;
  else if constexpr (!tree::is_static<typename traced_call<F, A...>::result>())
    return obstacle::result;
  else if constexpr (Build::template possible<F, A...>) return obstacle::nothing;
  else if constexpr (rehearsable<traced_call<F, A...>>) return obstacle::budget;
  else return obstacle::not_constexpr;
}
#if defined(__clang__)
inline constexpr std::string_view usual_budget =
    "-fconstexpr-steps=100000000 -fbracket-depth=4096";
#else
inline constexpr std::string_view usual_budget = "-fconstexpr-ops-limit=2000000000";
#endif
/// True if transforms that take the run-time trace without being asked to are refused. What does
/// compile is the same code with the macro and without it, so that both kinds of objects may be
/// linked; what tells the two apart has a template argument for it.
#if defined(CALX_STATIC)
inline constexpr bool only_static = true;
#else
inline constexpr bool only_static = false;
#endif

/// How `execute` has a program built.
struct whole_program {
  /// True if CALX_STATIC is about calls of a G: not about functions on whole arrays.
  template <class G>
  static constexpr bool is_transform = requires { typename G::is_transform; };
  template <class F, class... A>
  static constexpr bool possible = plan::buildable<traced_call<F, A...>>;
  template <class F, class... A>
  static constexpr bool evaluated() {
    return (plan::frozen<traced_call<F, A...>, plan::usual_room::sizes>(), true);
  }
};
template <class Build, class F, class... A>
inline constexpr obstacle obstacle_of = find_obstacle<Build, F, A...>();

/// The name of T as the compiler writes it, without the name of the ABI, cut where it is long.
template <class T>
constexpr text name_of_type() {
  constexpr std::string_view all = __PRETTY_FUNCTION__, own = "::v0_";
  constexpr std::size_t from = all.find("T = ") + 4;
  std::string_view rest = all.substr(from, all.size() - 1 - from);
  text t;
  while (!rest.empty() && t.length < 150) {
    const bool is_own = rest.substr(0, own.size()) == own;
    t << rest.substr(0, is_own ? 0 : 1);
    rest.remove_prefix(is_own ? rest.find("::", own.size()) : 1);
  }
  return rest.empty() ? t : t << "...";
}
/// What keeps the type T from telling its structure, as the end of a sentence.
template <class T>
constexpr text& append_hidden(text& t) {
  using H = hidden_part<T>;
  if constexpr (is_option_t<H>)
    return t << name_of_type<H>().view() << ", whose value only run time knows; fixed<3> is one "
                                            "that the compiler knows";
  if constexpr (tree::kind<H> == tree::shape_of::leaf)
    return t << "dynamic_array, whose dtype and rank only run time knows; give an array or a "
                "tensor";
  t << name_of_type<H>().view();
  if constexpr (tree::kind<H> == tree::shape_of::sequence)
    return t << ", whose length only run time knows; use a std::array or a tuple";
  else return t << ", which calx cannot see into; list its members with CALX_PYTREE";
}
template <std::size_t I>
constexpr text& append_argument(text& t) { return t; }
/// The first of the arguments A, which begin with number I, whose type does not tell its structure.
template <std::size_t I, class A, class... Rest>
constexpr text& append_argument(text& t) {
  if constexpr (tree::is_static<A>()) return append_argument<I + 1, Rest...>(t);
  else return append_hidden<A>(t << "argument " << static_cast<int>(I) << " has a ");
}
/// What is in the way of the compiler, as a part of a sentence.
template <obstacle Why, class F, class... A>
constexpr text& append_obstacle(text& t) {
  if constexpr (Why == obstacle::captures) {
    using H = hidden_part<F>;
    if constexpr (tree::kind<H> != tree::shape_of::opaque)
      return append_hidden<F>(t << "the function holds a ");
    else
      return t << "the function has a capture, which the compiler cannot see; bind data with "
                  "partial. It is " << name_of_type<H>().view();
  } else if constexpr (Why == obstacle::argument) return append_argument<0, A...>(t);
  else if constexpr (Why == obstacle::result)
    return append_hidden<typename traced_call<F, A...>::result>(t << "the result has a ");
  else if constexpr (Why == obstacle::not_constexpr)
    return t << "something that the function calls is not constexpr, or an extent that only run "
                "time knows is taken as a C++ number";
  else if constexpr (Why == obstacle::budget)
    return t << "the compiler gives up before the program is finished; raise its limit, "
             << usual_budget;
  else if constexpr (is_by_run_time<hidden_part<F>>) return t << "at_run_time asks for it";
  else return t << "it is the derivative of a function that run time traced";
}

/// Why a call that the compiler does not trace is refused; empty if run time may trace it.
template <class Build, bool OnlyStatic, class F, class... A>
struct refusal {
  static constexpr obstacle why = obstacle_of<Build, F, A...>;
  static constexpr text error() {
    text t;
    if constexpr (why == obstacle::budget)
      append_obstacle<why, F, A...>(t << "call: ") << "; or have it traced at run time, by "
                                                      "at_run_time(f)";
    else if constexpr (OnlyStatic && Build::template is_transform<F> &&
                       why != obstacle::nothing && why != obstacle::asked)
      append_obstacle<why, F, A...>(t << "CALX_STATIC: ") << "; at_run_time(f) allows it";
    return t;
  }
};
/// Has the compiler say itself what it cannot evaluate.
template <class Build, obstacle Why, class F, class... A>
constexpr void let_compiler_explain() {
  if constexpr (Why == obstacle::not_constexpr) {
    constexpr bool evaluated = Build::template evaluated<F, A...>();
    static_cast<void>(evaluated);
  }
}
}  // namespace detail

/// True if the compiler can trace F called with arguments of types A: F holds no data that calx
/// cannot see, all it calls is constexpr, and its type tells the structure of its result.
template <class F, class... A>
concept static_traceable = detail::obstacle_of<detail::whole_program, F, A...> == obstacle::nothing;

}  // namespace calx::inline CALX_ABI
