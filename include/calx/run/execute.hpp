// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Running a callable on concrete arguments: what the compiler can trace as generated code, the
// rest by the virtual machine.
#pragma once

#include <calx/codegen/cpu/control.hpp>
#include <calx/run/leaf_access.hpp>
#include <calx/run/result.hpp>
#include <calx/run/stretch.hpp>
#include <calx/run/way.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// The run-time path for callables of type G: in run/run_time.hpp.
template <class G>
struct run_time_trace;
template <class G>
concept has_run_time_trace = requires { sizeof(run_time_trace<G>); };
/// True for a call that the compiler does not trace; does not compile if it is refused, or without
/// that header.
template <class Build, class G, class... A>
constexpr bool takes_run_time_trace() {
  using refused = refusal<Build, only_static, G, A...>;
  if constexpr (refused::error().length > 0) {
    no_error<refused>();
    let_compiler_explain<Build, refused::why, G, A...>();
    return false;
  } else {
    constexpr bool found = has_run_time_trace<G>;
    static_assert(found,
                  "calx: this call takes the run-time trace, which needs the header "
                  "calx/run/run_time.hpp; include it, or calx/calx.hpp");
    return found;
  }
}

template <class... L>
constexpr auto readers_of(const std::tuple<L&...>& leaves) {
  return detail::spread(
      [](L&... x) { return std::tuple<leaf_reader<std::remove_const_t<L>>...>(x...); }, leaves);
}
template <class Readers>
constexpr auto pointers_of(const Readers& readers) {
  return detail::spread([](const auto&... r) { return std::make_tuple(r.data...); }, readers);
}

/// The type of output I of plan P. If not all extents of an array are known, its type has none.
template <class P, int I, class Axes>
struct leaf_type;
template <class P, int I, std::size_t... K>
struct leaf_type<P, I, std::index_sequence<K...>> {
  static constexpr aval output = P::output(I);
  static constexpr std::size_t extent(int axis) {
    return output.shape.is_static() ? static_cast<std::size_t>(output.shape[axis]) : dyn;
  }
  using type = basic_array<element_t<output.type>, extents<extent(static_cast<int>(K))...>>;
};
template <class P, int I>
struct leaf_type<P, I, std::index_sequence<>> {
  static constexpr aval output = P::output(I);
  using type = element_t<output.type>;
};
/// The leaves of a program that the compiler traced: numbers, tensors and arrays.
template <class P>
struct static_leaves {
  static constexpr aval output(int k) { return P::output(k); }
  template <int I>
  using at = typename leaf_type<
      P, I, std::make_index_sequence<static_cast<std::size_t>(P::output(I).shape.rank)>>::type;
};

template <class P, int First, class Sequence>
struct output_tuple;
template <class P, int First, int... I>
struct output_tuple<P, First, std::integer_sequence<int, I...>> {
  using type = std::tuple<typename static_leaves<P>::template at<First + I>...>;
};
/// Outputs First to First + Count - 1 of plan P as a tuple.
template <class P, int First, int Count>
using output_tuple_t =
    typename output_tuple<P, First, std::make_integer_sequence<int, Count>>::type;

template <class... L>
constexpr auto shapes_of(const std::tuple<L&...>& leaves) {
  return detail::spread(
      [](L&... x) {
        return std::array<dims, sizeof...(L)>{leaf_traits<std::remove_const_t<L>>::shape(x)...};
      },
      leaves);
}

/// What is wrong with a leaf for a result; empty if nothing is. Extents that only run time knows
/// fit any other. `who` is asking, `place` is what the leaf belongs to.
template <class = void>
constexpr text leaf_error(std::string_view who, std::string_view place, const aval& have,
                          const aval& want) {
  bool fits = have.shape.rank == want.shape.rank;
  for (int i = 0; fits && i < want.shape.rank; ++i)
    fits = have.shape[i] == want.shape[i] || have.shape[i] < 0 || want.shape[i] < 0;
  text t;
  if (!fits)
    t << who << ": the result has shape " << want.shape << ", but the " << place << " has shape "
      << have.shape << "; they must be equal";
  else if (have.type != want.type)
    t << who << ": the result has dtype " << want.type << ", but the " << place << " has "
      << have.type << "; they must be equal";
  return t;
}
template <class = void>
constexpr text destination_error(const aval& have, const aval& want) {
  return leaf_error("into", "destination", have, want);
}
/// An array with dynamic extents: copies of it see the same elements.
template <class L>
concept shares_elements = requires(L& x) { x.owner().unique(), x.mutable_data(); } &&
                          !requires { requires L::is_static; };
/// Throws unless a destination leaf has the type of the result and memory that may be written.
template <class L>
constexpr void require_destination(L& leaf, const aval& want) {
  const aval have = aval_of(leaf);
  const text wrong = destination_error(have, want);
  if (wrong.length > 0)
    raise(have.type == want.type ? error_kind::shape : error_kind::dtype, wrong);
  if constexpr (shares_elements<L>)
    if (leaf.size() > 0 && !leaf.owner())
      raise(error_kind::generic, "into: the destination is a view, which only reads its memory; "
                                 "give a std::span or a std::vector of it");
}
/// Makes an array safe to write: if other arrays share its elements, it gets new ones, which are
/// not initialised. Returns the array as it was, which keeps the old elements alive.
template <class L>
constexpr auto make_writable(L& leaf) {
  if constexpr (shares_elements<L>) {
    L before;
    if (leaf.size() == 0 || leaf.owner().unique()) return before;
    before = leaf;
    if constexpr (std::is_same_v<L, dynamic_array>) leaf = L(aval_of(leaf));
    else leaf = L(leaf.dimensions());
    return before;
  } else {
    return none;
  }
}

/// What is wrong with the leaves of a T for the results of plan P: no other leaf is ever written.
template <class P, class T>
struct written_problem {
  template <class... L>
  static constexpr text find(std::type_identity<std::tuple<L&...>>) {
    text t;
    if (static_cast<int>(sizeof...(L)) != P::outputs)
      return t << "the program has " << P::outputs << " results, but their type has "
               << static_cast<int>(sizeof...(L)) << " leaves";
    int k = 0;
    auto look = [&]<class E>(std::type_identity<E>) {
      if constexpr (!requires { leaf_traits<E>::dynamic; })
        if (t.length == 0) t = leaf_error("call", "type of the result", aval_of<E>(), P::output(k));
      ++k;
    };
    (look(std::type_identity<L>()), ...);
    return t;
  }
  static constexpr text error() {
    return find(std::type_identity<decltype(tree::leaves(std::declval<T&>()))>());
  }
};

/// Runs constant plan P on leaves of trees.
template <class P>
struct plan_runner {
  /// The values of the plan's symbols; throws what its assumptions say.
  template <class... L>
  static constexpr auto symbols(const std::tuple<L&...>& leaves) {
    if constexpr (P::is_static)
      return codegen::symbol_values<P>([](int, int) { return dim{0}; });
    else {
      const auto shapes = shapes_of(leaves);
      codegen::symbol_values<P> values(
          [&](int k, int axis) { return shapes[plan::at(k)][axis]; });
      codegen::check_assumptions<P>(values);
      return values;
    }
  }
  /// The type of output k in this call.
  template <class Values>
  static constexpr aval output(const Values& values, int k) {
    aval a = P::output(k);
    a.shape = values.of(a.shape);
    return a;
  }
  /// Runs the program on leaves; the results are written to the leaves of `result`.
  template <class Leaves, class Values, class Result>
  static constexpr void run(const Leaves& leaves, const Values& values, Result& result) {
    static_assert(no_error<written_problem<P, Result>>());
    const auto readers = readers_of(leaves);
    detail::spread(
        [&]<class... L>(L&... x) {
          std::tuple<leaf_writer<L>...> writers(x...);
          codegen::run<P>(pointers_of(readers), pointers_of(writers), values);
          detail::spread([&](const auto&... w) { (w.finish(x), ...); }, writers);
        },
        tree::leaves(result));
  }
  /// The same for leaves that the caller owns, which may overlap those that are read.
  template <class Leaves, class Values, class Result>
  static constexpr void run_into(const Leaves& leaves, const Values& values, Result& result) {
    static_assert(no_error<written_problem<P, Result>>());
    const auto readers = readers_of(leaves);
    detail::spread(
        [&]<class... L>(L&... x) {
          // What is read stays alive where a destination gets other elements.
          const std::tuple<decltype(make_writable(x))...> kept{make_writable(x)...};
          std::tuple<leaf_writer<L>...> writers(x...);
          detail::spread([&](auto&... w) { (move_apart(w, x, readers, leaves), ...); }, writers);
          codegen::run<P>(pointers_of(readers), pointers_of(writers), values);
          detail::spread([&](const auto&... w) { (w.finish(x), ...); }, writers);
        },
        tree::leaves(result));
  }

 private:
  /// Has results written elsewhere first if their place is read by the program.
  template <class L, class Readers, class Leaves>
  static constexpr void move_apart(leaf_writer<L>& w, const L& x, const Readers& readers,
                                   const Leaves& leaves) {
    const memory_range to = w.range(x);
    const bool is_read = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (std::get<I>(readers).range(std::get<I>(leaves)).overlaps(to) || ...);
    }(std::make_index_sequence<std::tuple_size_v<Leaves>>());
    if (is_read) w.take_apart(x);
  }
};

/// What is wrong with the type of the result that Spec asks for of a call with plan P.
template <class Spec, class R, class P>
struct result_problem {
  static constexpr text error() {
    if constexpr (P::failed) return P::error();
    else return spec_problem<Spec, R, static_leaves<P>, 0>::error();
  }
};
/// A call of g with a... as generated code.
template <class G, class... A>
struct compiled_call {
  using source = traced_call<G, A...>;
  using plan_type = plan::constant_plan<source>;
  using runner = plan_runner<plan_type>;

  /// All leaves that the program reads, in the order of its inputs.
  static constexpr auto inputs(const G& g, const A&... a) {
    return std::tuple_cat(tree::leaves(g), tree::leaves(a)...);
  }
  /// The result as Spec wants it.
  template <class Spec>
  static constexpr auto call(const Spec& spec, const G& g, const A&... a) {
    using result_type = result_of_t<Spec, typename source::result, static_leaves<plan_type>>;
    const auto leaves = inputs(g, a...);
    const auto values = runner::symbols(leaves);
    int k = 0;
    auto result =
        make_static<result_type>(spec, [&] { return runner::output(values, k++).shape; });
    runner::run(leaves, values, result);
    return result;
  }
};
/// Array expressions computed; all else as it is.
template <class A>
constexpr decltype(auto) settled(const A& a) {
  if constexpr (is_expr<A>) return a.eval();
  else return (a);
}

/// True for a call whose result may be like an argument, which then needs a value.
template <class G, class... A>
concept settles_first =
    (is_expr<A> || ...) && requires(const G& g, const A&... a) { g.result_spec(a...); };

/// Converts to anything, prints nothing, and may be called.
struct no_value {
  template <class T>
  operator T() const;
  template <class... A>
  no_value operator()(const A&...) const { return {}; }
  template <class Stream>
  friend Stream& operator<<(Stream& out, no_value) { return out; }
};
/// What a call returns that does not compile. The error has been shown; this keeps most code around
/// the call from causing further messages, also code that takes a pair.
struct no_result : no_value {
  no_value first, second;
};
}  // namespace detail

/// g(a...) on concrete arguments: the one way from a callable to numbers.
template <class G, class... A>
constexpr auto execute(const G& g, const A&... a) {
  if constexpr (detail::settles_first<G, A...>)
    return execute(g, detail::settled(a)...);
  else if constexpr (static_traceable<G, A...>) {
    using call = detail::compiled_call<G, A...>;
    using problem = detail::result_problem<decltype(detail::spec_of(g, a...)),
                                           typename call::source::result, typename call::plan_type>;
    if constexpr (problem::error().length > 0) {
      detail::no_error<problem>();
      return detail::no_result();
    } else {
      if constexpr ((detail::is_dynamic_expression<A> || ...))
        if (!(detail::ones_agree(a) && ...))
          return call::call(detail::spec_of(g, a...), g, detail::ones_repeated(a)...);
      return call::call(detail::spec_of(g, a...), g, a...);
    }
  } else if constexpr (detail::takes_run_time_trace<detail::whole_program, G, A...>()) {
    return detail::run_time_trace<G>::run(detail::spec_of(g, a...), g, a...);
  } else {
    return detail::no_result();
  }
}

namespace detail {
/// The callable behind an array expression: its argument, which a trace has computed.
struct identity_fn {
  template <class T>
  constexpr T operator()(const T& x) const { return x; }
};
template <class E>
constexpr auto evaluate(const E& e) {
  return execute(identity_fn(), e);
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
