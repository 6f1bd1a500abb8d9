// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The base of transforms, and what they do with arguments inside a trace: find the program, take
// leaves apart, give them fresh names, call.
#pragma once

#include <calx/passes/linearize.hpp>
#include <calx/passes/vmap.hpp>
#include <calx/api/problems.hpp>
#include <calx/run/into.hpp>

namespace calx::inline CALX_ABI {

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

/// Refuses an argument without a float; with `all`, one with any leaf that is none.
template <class T>
constexpr void require_floats(graph& g, std::string_view transform, int argument, const T& t,
                              bool all = false) {
  dtype other = dtype::f64;
  bool found = false;
  tree::for_each(t, [&](const tracer& x) {
    if (x.id < 0 || is_float(x.dtype())) found = true;
    else other = x.dtype();
  });
  if (!is_float(other) && (all || !found))
    g.fail(error_kind::dtype, text() << transform << ": argument " << argument << " has dtype "
                                     << other << ", which has no derivative; pass a float "
                                                 "or differentiate another argument");
}
/// The floats among `nodes`: with respect to other leaves of a tree nothing is differentiated.
template <class = void>
constexpr passes::node_list floats_of(const graph& g, const passes::node_list& nodes) {
  passes::node_list floats;
  for (int n : nodes)
    if (is_float(g.element(n))) floats.push_back(n);
  return floats;
}
/// Derivatives for all `nodes`: those of the floats among them, and zeros.
template <class = void>
constexpr passes::node_list with_zeros(graph& g, const passes::node_list& nodes,
                                       const passes::node_list& of_floats) {
  passes::node_list all;
  std::size_t k = 0;
  for (int n : nodes)
    all.push_back(is_float(g.element(n)) ? of_floats[k++] : zeros_like(g, n));
  return all;
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

/// The I-th arguments of a call as a tuple of lifted trees with fresh names; with `all`, every leaf
/// must be a float.
template <class Arguments, class... A>
constexpr auto differentiated(graph& g, std::string_view transform, const std::tuple<A...>& args,
                              bool all = false) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    return std::make_tuple([&] {
      constexpr std::size_t i = Arguments::template index<sizeof...(A)>(K);
      auto x = lifted(g, std::get<i>(args));
      require_floats(g, transform, static_cast<int>(i), x, all);
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
///     name                                             // of the transform, in sentences
///     using arguments = detail::argnums<I...>;         // optional: what is differentiated
///     using called_with<A...> = type_list<...>;        // optional: with what f is called
template <class Rule, class F>
struct transformed {
  using is_transform = void;
  F f;

  template <class... A>
  constexpr auto operator()(const A&... a) const {
    using arguments = detail::argument_problem<Rule, A...>;
    static_assert(detail::no_error<arguments>());
    if constexpr (arguments::error().length > 0) {
      return detail::no_result();
    } else {
      // First of all, so that compilers tell of little else around what is wrong in the function.
      using types = detail::call_types<Rule, F, A...>;
      using called = decltype(detail::called_with_traced_values<detail::shown_hint<>,
                                                                typename types::function>(
          typename types::list(), 0));
      static_assert(detail::no_error<detail::function_problem<Rule, types, called, A...>>());
      if constexpr (!detail::is_value_type<called>) return detail::no_result();
      else if constexpr (inside_trace<F, A...>)
        return Rule::trace(detail::program_in(a..., f), f, a...);
      else {
        // A result that nobody sees, as the program around this call has failed.
        if constexpr (!tree::is_static<F>())
          if constexpr (std::is_default_constructible_v<decltype(execute(*this, a...))>)
            if (std::is_constant_evaluated() && detail::uses_outer_values(*this, a...))
              return decltype(execute(*this, a...))();
        return execute(*this, a...);
      }
    }
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
