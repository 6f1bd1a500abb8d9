// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The base of transforms, and what they do with arguments inside a trace: find the program, take
// leaves apart, give them fresh names, call.
#pragma once

#include <calx/passes/linearize.hpp>
#include <calx/passes/vmap.hpp>
#include <calx/run/into.hpp>
#include <calx/tree/unreadable.hpp>

namespace calx::inline CALX_ABI {

template <class Rule, class F>
struct transformed;

/// True for a call inside a trace: a leaf of the callable or of an argument is a tracer, and the
/// call adds to the program that the tracer belongs to. Where all leaves are concrete, the call is
/// computed.
template <class... A>
inline constexpr bool inside_trace = tree::is_traced<A...>;

namespace detail {

template <class T>
constexpr void find_program(graph*& g, const T& t) {
  tree::for_each(t, [&](const auto& leaf) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf)>, tracer>)
      if (!g) g = leaf.program;
  });
}
/// The program that the tracers among the arguments belong to.
template <class... T>
constexpr graph& program_in(const T&... t) {
  graph* g = nullptr;
  (find_program(g, t), ...);
  if (!g) raise(error_kind::generic, "a transform was called on numbers that belong to no program; "
                                     "give it at least one traced argument");
  return *g;
}

/// x as a node of program g: numbers and arrays become constants of it.
template <class A>
constexpr tracer lifted_value(graph& g, const A& x) {
  if constexpr (std::is_same_v<A, tracer>) return strong(g, x);
  else if constexpr (number<A>) return strong(g, tracer(x));
  else return lift(g, x);
}
/// t with every leaf lifted into program g.
template <class T>
constexpr auto lifted(graph& g, const T& t) {
  return traced_result(g, t);
}
template <class T>
constexpr passes::node_list ids_of(const T& t) {
  passes::node_list ids;
  tree::for_each(t, [&](const tracer& x) { ids.push_back(x.id); });
  return ids;
}
/// A tree like t with the nodes `ids` of g as leaves.
template <class T>
constexpr T with_ids(graph& g, const T& t, const passes::node_list& ids) {
  std::size_t k = 0;
  return tree::convert<T>(t, [&](const tracer&) { return tracer(&g, ids[k++]); });
}
/// A tree like t whose leaves are fresh names for those of t.
template <class T>
constexpr T renamed(graph& g, const T& t) {
  return tree::convert<T>(t, [&](const tracer& x) { return tracer(&g, alias_t::emit(g, x.id)); });
}

/// Refuses leaves that have no derivative.
template <class T>
constexpr void require_floats(graph& g, std::string_view transform, int argument, const T& t) {
  tree::for_each(t, [&](const tracer& x) {
    if (x.id >= 0 && !is_float(x.dtype()))
      g.fail(error_kind::dtype, text() << transform << ": argument " << argument << " has dtype "
                                       << x.dtype() << ", which has no derivative; pass a float "
                                                       "or differentiate another argument");
  });
}

/// Refuses results that have no derivative.
template <class = void>
constexpr void require_float_results(graph& g, std::string_view transform,
                                     const passes::node_list& outputs) {
  for (int n : outputs)
    if (g.failed == error_kind::none && !is_float(g.element(n)))
      g.fail(error_kind::dtype, text() << transform << ": the function must return floats, but it "
                                       << "returned dtype " << g.element(n)
                                       << ", which has no derivative");
}

/// Which arguments a transform differentiates: `argnums_or<0, I...>` is the first if I is empty.
template <int... I>
struct argnums {
  static constexpr int count = sizeof...(I);
  static constexpr int at[count + 1] = {I..., 0};
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

/// The sentence for an argument number outside the call; empty if all fit.
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
  }
  return t;
}

/// True if F is no template and its parameters take no tracers A: a lambda without auto, a function
/// pointer. Generic callables are not asked, as the answer would compile their bodies.
template <class F, class... A>
constexpr bool takes_numbers_only() {
  if constexpr (requires { &F::operator(); } || std::is_pointer_v<F>)
    return !std::is_invocable_v<const F&, A...>;
  else return false;
}

/// The function that a transform by Rule of F calls with the arguments of its own call; void if it
/// calls it with others.
template <class Rule, class F>
struct called_function {
  using type = void;
};
template <class Rule, class F>
  requires(Rule::passes_arguments)
struct called_function<Rule, F> {
  using type = F;
};
template <class Rule, class Inner, class F>
  requires(Rule::passes_arguments)
struct called_function<Rule, transformed<Inner, F>> : called_function<Inner, F> {};

/// True for an argument that calx cannot see into.
template <class A>
inline constexpr bool is_opaque = tree::kind<A> == tree::shape_of::opaque && !is_untraced<A>;
template <class F, class... A>
concept callable_with = requires(const F& f, const A&... a) { f(a...); };
/// False if F, the function of a user, cannot be called with traced arguments. The answer compiles
/// its body, which the call does anyway; asked first, the way from a mistake in it is short.
template <class F, class... A>
concept takes_traced = std::is_void_v<F> ||
                       (false || ... || is_opaque<A>) ||
                       callable_with<tree::traced<F>, bare_argument<A>...>;

/// What is wrong with a call of a transform of function F, as a type that a message can be made of.
/// `Takes` is `takes_traced` of the arguments.
template <bool Takes, class Rule, class F, class... A>
struct argument_problem {
  static constexpr text error() {
    text t;
    if constexpr (requires { typename Rule::arguments; }) t = find();
    if (!Takes && t.length == 0)
      t << "the function cannot be called with " << static_cast<int>(sizeof...(A)) << " traced "
        << "values: it needs as many parameters, and they auto; a number that stays a C++ "
        << "number is passed as calx::fixed<3> or calx::option(n)";
    return t;
  }
  static constexpr text find() {
    using Arguments = typename Rule::arguments;
    text t = argument_error<Arguments, sizeof...(A)>(Rule::name);
    constexpr bool opaque[] = {is_opaque<A>..., false}, untraced[] = {is_untraced<A>..., false};
    const text unreadable[] = {reason<A>()..., text()};
    for (int k = 0; t.length == 0 && k < Arguments::count; ++k)
      if (std::size_t i = Arguments::template index<sizeof...(A)>(k); untraced[i])
        t << Rule::name << ": argument " << static_cast<int>(i) << " is an option, which has no "
          << "derivative; differentiate another argument";
      else if (unreadable[i].length > 0)
        t << Rule::name << ": argument " << static_cast<int>(i) << " has " << unreadable[i].view();
      else if (opaque[i])
        t << Rule::name << ": argument " << static_cast<int>(i) << " is a type that calx "
          << "cannot see into; list its members with CALX_PYTREE, or make it a class template "
          << "whose parameters are the types of its members";
    if (t.length == 0 && takes_numbers_only<F, bare_argument<A>...>())
      t << Rule::name << ": the function takes C++ numbers only; make its parameters auto, so "
        << "that calx can call it with traced values";
    return t;
  }

 private:
  template <class T>
  static constexpr text reason() {
    if constexpr (tree::is_static<T>() || is_untraced<T>) return text();
    else return tree::unreadable<T>();
  }
};

/// The I-th arguments of a call as a tuple of lifted trees with fresh names.
template <class Arguments, class... A>
constexpr auto differentiated(graph& g, std::string_view transform, const std::tuple<A...>& args) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    return std::make_tuple([&] {
      constexpr std::size_t i = Arguments::template index<sizeof...(A)>(K);
      auto x = lifted(g, std::get<i>(args));
      require_floats(g, transform, static_cast<int>(i), x);
      return renamed(g, x);
    }()...);
  }(std::make_index_sequence<Arguments::count>());
}
/// The arguments of a call with the differentiated ones replaced by `variables`.
template <class Arguments, class... A, class V>
constexpr auto with_variables(const std::tuple<A...>& args, const V& variables) {
  constexpr auto position = [](std::size_t i) {
    for (int k = 0; k < Arguments::count; ++k)
      if (Arguments::template index<sizeof...(A)>(k) == i) return k;
    return -1;
  };
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    auto choose = [&]<std::size_t J>(std::integral_constant<std::size_t, J>) {
      constexpr int k = position(J);
      if constexpr (k >= 0) return std::get<static_cast<std::size_t>(k)>(variables);
      else return std::get<J>(args);
    };
    return std::make_tuple(choose(std::integral_constant<std::size_t, I>())...);
  }(std::index_sequence_for<A...>());
}

/// The one float scalar that a function to be differentiated must return.
template <class Y>
constexpr int scalar_output(graph& g, std::string_view transform, const Y& y) {
  auto ids = ids_of(y);
  if (g.failed != error_kind::none) return -1;
  if (ids.size() != 1) {
    g.fail(error_kind::shape, text() << transform << ": the function must return one scalar, but "
                                     << "it returned " << static_cast<int>(ids.size())
                                     << " values; use jacrev or vjp, or has_aux for extras");
    return -1;
  }
  if (g.shape(ids[0]).rank != 0) {
    g.fail(error_kind::shape, text() << transform << ": the function must return a scalar, but it "
                                     << "returned shape " << g.shape(ids[0])
                                     << "; use jacrev or vjp for arrays");
    return -1;
  }
  if (!is_float(g.element(ids[0]))) {
    g.fail(error_kind::dtype, text() << transform << ": the function must return a float, but it "
                                     << "returned dtype " << g.element(ids[0]));
    return -1;
  }
  return ids[0];
}
}  // namespace detail

/// The callable that a transform returns: f, and an empty Rule that says what becomes of a call.
/// A transform is its rule, with these static members:
///
///     trace(graph& g, const F& f, const A&... a)       // adds the call to program g
///     result_spec(const F& f, const A&... a)           // optional: the type of the result
///     using arguments = detail::argnums<I...>; name    // optional: what is checked before a call
///     passes_arguments = true                          // optional: f gets those of the call
template <class Rule, class F>
struct transformed {
  using is_transform = void;
  F f;

  template <class... A>
  constexpr auto operator()(const A&... a) const {
    using function = typename detail::called_function<Rule, F>::type;
    constexpr bool takes = inside_trace<F, A...> || detail::takes_traced<function, A...>;
    using problem = detail::argument_problem<takes, Rule, F, A...>;
    static_assert(detail::no_error<problem>());
    if constexpr (problem::error().length > 0) return;
    else if constexpr (inside_trace<F, A...>)
      return Rule::trace(detail::program_in(a..., f), f, a...);
    else return execute(*this, a...);
  }
  /// The same call with the result written to `out`, which must have its shape; see `into_fn`.
  template <class Memory>
  constexpr auto into(Memory& out) const { return into_fn<transformed, Memory>{*this, out}; }
  template <class... Leaf>
  constexpr auto into(const std::tuple<Leaf&...>& out) const {
    return into_fn<transformed, std::tuple<Leaf&...>>{*this, out};
  }
  template <class... A>
    requires(requires(const F& g, const A&... a) { Rule::result_spec(g, a...); })
  constexpr auto result_spec(const A&... a) const { return Rule::result_spec(f, a...); }
};

}  // namespace calx::inline CALX_ABI
