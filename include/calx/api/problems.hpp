// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is wrong with a call of a transform, said before anything is traced.
#pragma once

#include <calx/base/static_error.hpp>
#include <calx/run/traced_call.hpp>
#include <calx/tree/unreadable.hpp>

namespace calx::inline CALX_ABI {

/// True for a call inside a trace: a leaf of the callable or of an argument is a tracer, and the
/// call adds to the program that the tracer belongs to. Where all leaves are concrete, the call is
/// computed.
template <class... A>
inline constexpr bool inside_trace = tree::is_traced<A...>;

namespace detail {

/// Which arguments a transform differentiates: `argnums_or<0, I...>` is the first if I is empty.
template <int... I>
struct argnums {
  static constexpr int count = sizeof...(I);
  static constexpr int at[sizeof...(I) + 1] = {I..., 0};
  template <std::size_t Arity>
  static constexpr bool fits = ((I < static_cast<int>(Arity) && I >= -static_cast<int>(Arity)) &&
                                ...);
  template <std::size_t Arity>
  static constexpr std::size_t index(int k) {
    return static_cast<std::size_t>(at[k] < 0 ? at[k] + static_cast<int>(Arity) : at[k]);
  }
};
template <int Default, int... I>
using argnums_or = std::conditional_t<sizeof...(I) == 0, argnums<Default>, argnums<I...>>;

/// The sentence for an argument number outside the call, or named twice; empty if all fit.
template <class Arguments, std::size_t Arity>
constexpr text argument_error(std::string_view transform) {
  text t;
  if constexpr (!Arguments::template fits<Arity>) {
    for (int k = 0; k < Arguments::count; ++k) {
      int i = Arguments::at[k];
      if (t.length == 0 && (i >= static_cast<int>(Arity) || i < -static_cast<int>(Arity)))
        t << transform << "<" << i << ">: the call has " << static_cast<int>(Arity)
          << " arguments; their numbers count from 0, or from -1 at the end";
    }
  } else {
    for (int k = 0; k < Arguments::count; ++k)
      for (int j = 0; j < k && t.length == 0; ++j)
        if (Arguments::template index<Arity>(j) == Arguments::template index<Arity>(k))
          t << transform << "<" << Arguments::at[j] << ", " << Arguments::at[k] << ">: argument "
            << static_cast<int>(Arguments::template index<Arity>(k))
            << " is named twice; name each argument once";
  }
  return t;
}

/// As inside a trace as a function gets them from a transform that traces Arguments of them.
template <class Arguments, class... A>
struct differentiated_types {
  static constexpr bool is_variable(std::size_t i) {
    if constexpr (Arguments::template fits<sizeof...(A)>)
      for (int k = 0; k < Arguments::count; ++k)
        if (Arguments::template index<sizeof...(A)>(k) == i) return true;
    return false;
  }
  template <std::size_t... I>
  static type_list<std::conditional_t<is_variable(I), traced_argument<A>, A>...> list(
      std::index_sequence<I...>);
  using type = decltype(list(std::index_sequence_for<A...>()));
};

/// What compilers show around whatever does not compile in a function that is transformed.
struct traced_hint {
  static constexpr text error() {
    return text("the function is called with traced values, which hold no numbers yet: write "
                "sin(x) for std::sin(x), auto for double, where(c, a, b) for if");
  }
};
template <class = void>
inline constexpr auto shown_hint = shown<traced_hint>();

/// No type of a result: the function cannot be called so, with values that others refer to.
struct no_call {};
template <auto Hint, class F, class... A>
auto called_with_traced_values(type_list<A...>, int)
    -> std::type_identity<decltype(std::declval<const F&>()(std::declval<const A&>()...))>;
template <auto Hint, class F>
no_call called_with_traced_values(...);

/// True for the type of a result that there is, and that is a value.
template <class Result>
inline constexpr bool is_value_type = false;
template <class R>
inline constexpr bool is_value_type<std::type_identity<R>> = !std::is_void_v<R>;

/// The function that a callable passes all its arguments to.
template <class F>
struct users_function {
  using type = F;
};
/// What F sees of such arguments: options are what they hold.
template <class F, class List>
struct seen_by {
  using type = List;
};
template <class F, class... A>
  requires(!passes_options<F>)
struct seen_by<F, type_list<A...>> {
  using type = type_list<std::remove_cvref_t<decltype(bare(std::declval<const A&>()))>...>;
};
/// What a transform calls its function with: the function in a trace, and the types of arguments.
template <class Rule, class F, class... A>
struct call_types {  // of rules of users, which need not say it
  using function = decltype([](auto) { return 0; });
  using list = type_list<int>;
};
template <class Rule, class... A>
concept says_types = requires { typename Rule::template called_with<A...>; };
template <class Rule, class F, class... A>
  requires(says_types<Rule, A...>)
struct call_types<Rule, F, A...> {
  using function = tree::traced<typename users_function<F>::type>;
  using list = typename seen_by<
      function, typename Rule::template called_with<traced_argument<A>...>>::type;
};
template <class Rule, class F, class... A>
  requires(says_types<Rule, A...> && inside_trace<F, A...>)
struct call_types<Rule, F, A...> {
  using function = F;
  using list = typename seen_by<F, typename Rule::template called_with<A...>>::type;
};

/// What is wrong with the arguments of a transform that differentiates some of them.
template <class Rule, class... A>
struct argument_problem {
  static constexpr text error() {
    text t;
    if constexpr (requires { typename Rule::arguments; }) {
      using Arguments = typename Rule::arguments;
      t = argument_error<Arguments, sizeof...(A)>(Rule::name);
      const text why[] = {reason_of<A>()..., text()};
      for (int k = 0; t.length == 0 && k < Arguments::count; ++k)
        if (std::size_t i = Arguments::template index<sizeof...(A)>(k); why[i].length > 0)
          t << Rule::name << ": argument " << static_cast<int>(i) << why[i].view();
    }
    return t;
  }

 private:
  /// The end of a sentence that begins "argument 0"; empty if T can be differentiated.
  template <class T>
  static constexpr text reason_of() {
    text why, found;
    if constexpr (!tree::is_static<T>() && !is_untraced<T>) found = tree::unreadable<T>();
    if constexpr (is_untraced<T>)
      why << " is an option, which has no derivative; differentiate another argument";
    else if (found.length > 0) why << " has " << found.view();
    else if constexpr (std::is_pointer_v<T>)
      why << " is a pointer, which does not tell its size; pass a std::span";
    else if constexpr (tree::kind<T> == tree::shape_of::opaque)
      why << " is a type that calx cannot see into; list its members with CALX_PYTREE, or make "
             << "it a class template whose parameters are the types of its members";
    return why;
  }
};

/// The first set of parameters, as bits of a number from Set on, for which F can be called with
/// arguments as they are, Given, and with Traced ones for the others; 0 if there is none.
template <class F, unsigned Set, class... Given, class... Traced>
constexpr unsigned plain_parameters(type_list<Given...> given, type_list<Traced...> traced) {
  if constexpr (sizeof...(Given) != sizeof...(Traced) || (Set >> sizeof...(Given)) != 0) return 0;
  else {
    constexpr bool found = []<std::size_t... I>(std::index_sequence<I...>) {
      return requires(const F& f) {
        f(std::declval<const std::conditional_t<(Set >> I) % 2 != 0, Given, Traced>&>()...);
      };
    }(std::index_sequence_for<Given...>());
    if constexpr (found) return Set;
    else return plain_parameters<F, Set + 1>(given, traced);
  }
}
/// Takes any so many arguments.
template <int>
struct takes_any {};
template <>
struct takes_any<1> {
  template <class A>
  void operator()(A) const;
};
template <>
struct takes_any<2> {
  template <class A, class B>
  void operator()(A, B) const;
};
template <>
struct takes_any<3> {
  template <class A, class B, class C>
  void operator()(A, B, C) const;
};
template <class F, int Count>
struct one_of_two : F, takes_any<Count> {
  using F::operator();
  using takes_any<Count>::operator();
};
/// In the place of a tracer, as compilers no longer count an F whose body failed for tracers.
struct unseen {};
/// True if F takes arguments of types A, asked without its body: then the call of one of two, F
/// and something like it, is ambiguous.
template <class F, class... A>
concept takes_without_body = std::is_class_v<F> && !std::is_final_v<F> && sizeof...(A) > 0 &&
                             sizeof...(A) <= 3 && !requires(const one_of_two<F, sizeof...(A)>& f) {
                               f(std::declval<A>()...);
                             };

/// What is wrong with a function that a transform calls, given the type of what it returns.
template <class Rule, class Types, class Result, class... A>
struct function_problem {
  static constexpr text error() {
    text t;
    if constexpr (std::is_same_v<Result, no_call>) return explained(typename Types::list());
    else if constexpr (std::is_void_v<typename Result::type>)
      t << Rule::name << ": the function returns nothing; return what it computes";
    return t;
  }
  /// Why the function cannot be called with Traced; nothing if the reason is in its body, of which
  /// the compiler has told.
  template <class... Traced>
  static constexpr text explained(type_list<Traced...>) {
    using F = typename Types::function;
    text t;
    if constexpr (takes_without_body<
                      F, std::conditional_t<std::is_same_v<Traced, tracer>, unseen, Traced>...>)
      return t;
    t << Rule::name << ": ";
    constexpr bool each = !(tree::detail::is_tuple<A> || ...) && !inside_trace<F, A...>;
    constexpr int n = sizeof...(Traced);
    constexpr unsigned plain = [] {
      if constexpr (each && n <= 5)
        return plain_parameters<F, 1>(type_list<A...>(), type_list<Traced...>());
      else return 0u;
    }();
    if (n > 0 && plain + 1 == 1u << n) {
      t << "the function takes C++ numbers only; make its parameters auto, so that calx can call "
        << "it with traced values";
    } else if (plain != 0) {
      int k = 0;
      while ((plain >> k) % 2 == 0) ++k;
      t << "parameter " << k << " of the function takes no traced value; make it auto, or pass "
        << "a number that stays a C++ number as calx::fixed<3> or calx::option(n)";
    } else {
      t << "the function cannot be called with " << n << (n == 1 ? " argument" : " arguments")
        << "; it needs as many parameters, "
        << "and they auto; a number that stays a C++ number is passed as calx::fixed<3> or "
        << "calx::option(n)";
    }
    return t;
  }
};
}  // namespace detail

}  // namespace calx::inline CALX_ABI
