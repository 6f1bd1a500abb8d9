// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Running a callable on concrete arguments: what the compiler can trace as generated code, the
// rest by the virtual machine.
#pragma once

#include <calx/codegen/cpu/run.hpp>
#include <calx/run/result.hpp>
#include <calx/run/stretch.hpp>
#include <calx/run/traced_call.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// The run-time path for callables of type G: in run/run_time.hpp.
template <class G>
struct run_time_trace;
template <class G>
concept has_run_time_trace = requires { sizeof(run_time_trace<G>); };

/// The row-major elements of a leaf; a copy of them where it has none.
template <class L>
struct leaf_reader {
  using T = element_t<leaf_traits<L>::type>;
  static constexpr bool may_copy = requires(const L& x, T* to) { leaf_traits<L>::copy(x, to); };
  const T* data = nullptr;
  std::conditional_t<may_copy, owned_elements<T>, none_t> copied;

  constexpr explicit leaf_reader(const L& x) : data(elements_of<T>(leaf_traits<L>::data(x))) {
    if constexpr (may_copy)
      if (!data) {
        copied = owned_elements<T>(static_cast<std::size_t>(leaf_traits<L>::shape(x).size()));
        leaf_traits<L>::copy(x, copied.get());
        data = copied.get();
      }
  }
  /// Integers of one width are read alike, whatever their C++ name.
  template <class To, class From>
  static constexpr const To* elements_of(const From* p) {
    if constexpr (std::is_same_v<To, From>) return p;
    else return reinterpret_cast<const To*>(p);
  }
};
/// Where the row-major elements of a result leaf are written; `finish` puts them in their order.
template <class L>
struct leaf_writer {
  using T = element_t<leaf_traits<L>::type>;
  static constexpr bool may_copy = requires(L& x, T* p) { leaf_traits<L>::assign(x, p); };
  T* data = nullptr;
  std::conditional_t<may_copy, owned_elements<T>, none_t> copied;

  constexpr explicit leaf_writer(L& x) : data(elements_of<T>(leaf_traits<L>::data(x))) {
    if constexpr (may_copy)
      if (!data) {
        copied = owned_elements<T>(static_cast<std::size_t>(leaf_traits<L>::shape(x).size()));
        data = copied.get();
      }
  }
  constexpr void finish(L& x) const {
    if constexpr (may_copy)
      if (copied.get()) leaf_traits<L>::assign(x, copied.get());
  }
  template <class To, class From>
  static constexpr To* elements_of(From* p) {
    if constexpr (std::is_same_v<To, From>) return p;
    else return reinterpret_cast<To*>(p);
  }
};
template <class... L>
constexpr auto readers_of(const std::tuple<L&...>& leaves) {
  return std::apply(
      [](L&... x) { return std::tuple<leaf_reader<std::remove_const_t<L>>...>(
                        leaf_reader<std::remove_const_t<L>>(x)...); }, leaves);
}
template <class Readers>
constexpr auto pointers_of(const Readers& readers) {
  return std::apply([](const auto&... r) { return std::make_tuple(r.data...); }, readers);
}

/// The type of output I of plan P. An array whose extents are not all known keeps none in its type.
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
  return std::apply(
      [](L&... x) {
        return std::array<dims, sizeof...(L)>{leaf_traits<std::remove_const_t<L>>::shape(x)...};
      },
      leaves);
}

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
    auto out = tree::leaves(result);
    const auto readers = readers_of(leaves);
    std::apply(
        [&]<class... L>(L&... x) {
          std::tuple<leaf_writer<L>...> writers(leaf_writer<L>{x}...);
          codegen::run<P>(pointers_of(readers), pointers_of(writers), values);
          std::apply([&](const auto&... w) { (w.finish(x), ...); }, writers);
        },
        out);
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
/// What is wrong with a destination leaf for a result; empty if nothing is. Extents that only run
/// time knows fit any other.
template <class = void>
constexpr text destination_error(const aval& have, const aval& want) {
  bool fits = have.shape.rank == want.shape.rank;
  for (int i = 0; fits && i < want.shape.rank; ++i)
    fits = have.shape[i] == want.shape[i] || have.shape[i] < 0 || want.shape[i] < 0;
  text t;
  if (!fits)
    t << "into: the result has shape " << want.shape << ", but the destination has shape "
      << have.shape << "; they must be equal";
  else if (have.type != want.type)
    t << "into: the result has dtype " << want.type << ", but the destination has " << have.type
      << "; they must be equal";
  return t;
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
/// Prepares a destination to be written: an array that shares its elements with copies gets new
/// memory of its own, uninitialised, so that the copies keep theirs.
template <class L>
constexpr void make_writable(L& leaf) {
  if constexpr (shares_elements<L>) {
    if (leaf.size() == 0 || leaf.owner().unique()) return;
    if constexpr (std::is_same_v<L, dynamic_array>) leaf = L(aval_of(leaf));
    else leaf = L(leaf.dimensions());
  }
}

/// Array expressions computed; all else as it is.
template <class A>
constexpr decltype(auto) settled(const A& a) {
  if constexpr (is_expr<A>) return a.eval();
  else return (a);
}

/// What a call returns that does not compile. The error has been shown; this converts to anything,
/// so that the code around the call causes no further messages.
struct no_result {
  template <class T>
  operator T() const;
  template <class Stream>
  friend Stream& operator<<(Stream& out, no_result) { return out; }
};
}  // namespace detail

/// g(a...) on concrete arguments: the one way from a callable to numbers.
template <class G, class... A>
constexpr auto execute(const G& g, const A&... a) {
  // A result that is like an argument needs one that has its value.
  if constexpr ((detail::is_expr<A> || ...) && requires { g.result_spec(a...); })
    return execute(g, detail::settled(a)...);
  else if constexpr (static_traceable<G, A...>) {
    using call = detail::compiled_call<G, A...>;
    if constexpr (call::plan_type::failed) {
      detail::no_error<typename call::plan_type>();
      return detail::no_result();
    } else {
      if constexpr ((detail::is_dynamic_expression<A> || ...))
        if (!(detail::ones_agree(a) && ...))
          return call::call(detail::spec_of(g, a...), g, detail::ones_repeated(a)...);
      return call::call(detail::spec_of(g, a...), g, a...);
    }
  } else {
    static_assert(detail::has_run_time_trace<G>,
                  "calx: this call takes the run-time trace, which calx/scalar.hpp leaves out; "
                  "include calx/calx.hpp");
    return detail::run_time_trace<G>::run(detail::spec_of(g, a...), g, a...);
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
