// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The run-time path: a callable is traced with the extents that its arguments have, and run by the
// virtual machine.
#pragma once

#include <memory>
#include <vector>

#include <calx/array/dynamic_array.hpp>
#include <calx/codegen/vm/machine.hpp>
#include <calx/run/execute.hpp>
#include <calx/run/kept.hpp>
#include <calx/run/leaf_pointers.hpp>
#include <calx/tree/sequences.hpp>

namespace calx::inline CALX_ABI::detail {

/// All leaves of a run-time trace are dynamic arrays.
struct dynamic_leaves {
  template <int>
  using at = dynamic_array;
};

/// A leaf for a result of type a; throws if an L cannot hold it. Floats of another width become
/// those of L.
template <class L>
L make_leaf(aval a) {
  if constexpr (std::is_same_v<L, dynamic_array>) return dynamic_array(a);
  else {
    if (is_float(a.type) && is_float(leaf_traits<L>::type)) a.type = leaf_traits<L>::type;
    text wrong = leaf_error("call", "type that follows from the arguments", aval_of<L>(), a);
    if (wrong.length > 0 && a.type != leaf_traits<L>::type) raise(error_kind::dtype, wrong);
    // No other rule tells ranks that a function may contradict.
    if (wrong.length > 0)
      raise(error_kind::shape, wrong << "; hessian takes a function that captures to return a "
                                        "scalar: write jacfwd(jacrev(f)) for an array");
    return leaf_traits<L>::make(a.shape);
  }
}
/// A result whose structure is that of `like_this`, which run time knows; next() tells the types.
template <class Result, class Spec, class R, class Next>
Result make_result(const Spec& spec, const R& like_this, Next&& next) {
  auto leaf = [&]<class L>(std::type_identity<L>) { return make_leaf<L>(next()); };
  if constexpr (tree::detail::is_tuple<Spec>) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Result{make_result<std::tuple_element_t<I, Result>>(std::get<I>(spec),
                                                                 std::get<I>(like_this), next)...};
    }(std::make_index_sequence<std::tuple_size_v<Spec>>());
  } else if constexpr (requires { spec.original; }) {
    return make_like<Result>(*spec.original, leaf);
  } else if constexpr (tree::kind<R> == tree::shape_of::leaf) {
    return leaf(std::type_identity<Result>());
  } else if constexpr (tree::detail::declared<Result>) {
    Result out = make_declared<Result>(leaf);
    tree::detail::keep_fixed(out, like_this);
    return out;
  } else if constexpr (tree::is_static<R>()) {
    return tree::build<Result, Result>(leaf);
  } else {
    return tree::convert<Result>(like_this,
                                 [&](const tracer&) { return make_leaf<dynamic_array>(next()); });
  }
}

template <class>
auto value_of(graph& g, const tracer& x) {
  g.outputs = {x.id};
  dynamic_array out(g.type(x.id));
  void* to = out.mutable_data();
  vm::run(vm::compile(g), nullptr, &to);
  return out;
}
/// Runs a program on the leaves of `in`, one for each input; inputs at the end that nothing reads
/// may be missing. The results go to the leaves of `out`.
template <class Out, class... In>
void run_program(const vm::compiled& program, Out& out, const In&... in) {
  input_pointers from;
  (from.add(in), ...);
  while (from.at.size() < program.plan.inputs.size()) from.at.push_back(nullptr);
  output_pointers to(out, program.plan.outputs);
  vm::run(program, from.at.data(), to.at.data());
  to.finish(out);
}

/// A program ready to run, and the traced tree that its results are.
template <class R>
struct ready_program {
  vm::compiled program;
  R like;
};
/// Traces g(a...) with the extents that the arguments have.
template <class G, class... A>
auto trace_now(const G& g, const A&... a) {
  graph p;
  p.reserve(100);
  auto values = trace_values(p, g, a...);
  set_outputs(p, values);
  p.values_only = true;
  if constexpr (keeping<G>) own_literals(p);
  // A program of numbers that runs once takes longer to compact than to run.
  if (!keeping<G> && plan::is_of_numbers(p))
    return ready_program<decltype(values)>{vm::compile(std::move(p)), values};
  return ready_program<decltype(values)>{vm::compile(passes::compact(p)), values};
}
template <class... T>
vec<aval> leaf_types(const T&... t) {
  vec<aval> types;
  (tree::for_each(t, [&](const auto& leaf) { types.push_back(aval_of(leaf)); }), ...);
  return types;
}
/// True if all that an A brings into a program is known of its leaves and of `add_key`.
template <class A>
constexpr bool is_keyed() {
  constexpr auto k = tree::kind<A>;
  if constexpr (k == tree::shape_of::opaque || tree::detail::has_fixed<A>) return false;
  else if constexpr (k == tree::shape_of::array || k == tree::shape_of::sequence)
    return is_keyed<typename A::value_type>();
  else if constexpr (k == tree::shape_of::tuple || k == tree::shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return (true && ... && is_keyed<std::remove_const_t<E>>());
    }(tree::detail::children_of<A>());
  else return true;
}
template <class A>
inline constexpr bool has_key = is_keyed<A>();
template <class T>
inline constexpr bool has_key<option_t<T>> = number<T> || std::is_enum_v<T>;
/// What a program is known by beside the leaves of its arguments: what an option holds, how many
/// entries a sequence has.
template <class A>
void add_key(vec<aval>& key, const A& a) {
  constexpr auto k = tree::kind<A>;
  if constexpr (is_option_t<A>) {
    using T = std::remove_cvref_t<decltype(a.get())>;
    if constexpr (std::is_floating_point_v<T>)
      key.push_back({dtype::f64, {to_bits(static_cast<double>(a.get()))}});
    else key.push_back({dtype::i64, {static_cast<dim>(a.get())}});
  } else if constexpr (tree::is_static<A>()) {
  } else if constexpr (k == tree::shape_of::array || k == tree::shape_of::sequence) {
    const std::size_t at = key.size();
    key.push_back({dtype::i64, {0}});
    auto one = [&](const auto& e) { ++key[at].shape[0], add_key(key, e); };
    if constexpr (requires { a.begin(); }) {
      for (const auto& e : a) one(e);
    } else if (a) {
      one(*a);
    }
  } else if constexpr (k == tree::shape_of::tuple || k == tree::shape_of::fields) {
    const auto members = tree::detail::references(a);
    tree::detail::spread([&](const auto&... e) { (add_key(key, e), ...); }, members);
  }
}
/// True if a G keeps its programs of calls with As.
template <class G, class... A>
concept keeps_calls = keeping<G> && (has_key<A> && ...);
/// Calls f with the program of g(a...): a new one, or one that g has kept.
template <class Use, class G, class... A>
auto with_program(const Use& use, const G& g, const A&... a) {
  if constexpr (!keeps_calls<G, A...>) return use(trace_now(g, a...));
  else {
    using ready = decltype(trace_now(g, a...));
    const void* call = &call_of<G, A...>;
    vec<aval> leaves = leaf_types(g, a...);
    (add_key(leaves, a), ...);
    auto kept = std::static_pointer_cast<const ready>(g.f.programs->find(call, leaves));
    if (!kept) {
      kept = std::make_shared<const ready>(trace_now(g, a...));
      g.f.programs->add(call, std::move(leaves), kept);
    }
    return use(*kept);
  }
}

/// Throws unless the program has that many results; with `more` it may have more.
template <class = void>
void require_leaves(const vec<aval>& results, std::size_t leaves, bool more) {
  const std::size_t have = results.size();
  if (leaves > have || (leaves < have && !more))
    raise(error_kind::shape, text() << "call: the function returned " << static_cast<int>(have)
                                    << " leaves, which is not what its result is said to have");
}
/// Traces with the extents that the arguments have, then runs.
template <class Spec, class G, class... A>
auto run_traced(const Spec& spec, const G& g, const A&... a) {
  return with_program(
      [&]<class R>(const ready_program<R>& ready) {
        using result = result_of_t<Spec, R, dynamic_leaves>;
        const vec<aval>& results = ready.program.plan.outputs;
        std::size_t k = 0;
        auto next = [&] {
          require_leaves(results, k + 1, true);
          return aval(results[k++]);
        };
        result out = make_result<result>(spec, ready.like, next);
        require_leaves(results, k, false);
        run_program(ready.program, out, g, a...);
        return out;
      },
      g, a...);
}

/// Throws unless the leaves of `out` have the types of a program's results. Its elements are not
/// read, hence no const reference: compilers take one for a promise that they are.
template <class Out>
void require_destinations(const vec<aval>& results, Out& out) {
  std::size_t leaves = 0, k = 0;
  tree::for_each(out, [&](auto&) { ++leaves; });
  if (leaves != results.size())
    raise(error_kind::shape, text() << "into: the result has "
                                    << static_cast<int>(results.size())
                                    << " leaves, but the destination has "
                                    << static_cast<int>(leaves) << "; give one for each");
  tree::for_each(out, [&](auto& leaf) { require_destination(leaf, results[k++]); });
}
/// The same with the result written to `out`, whose leaves must have the types of the result.
template <class Out, class G, class... A>
void run_traced_into(Out& out, const G& g, const A&... a) {
  with_program(
      [&](const auto& ready) {
        require_destinations(ready.program.plan.outputs, out);
        input_pointers in;
        in.add(g);
        (in.add(a), ...);
        in.add_literals(ready.program.plan);
        // What is read stays alive where a destination gets other elements.
        vec<buffer> kept;
        tree::for_each(out, [&](auto& leaf) {
          if constexpr (shares_elements<std::remove_cvref_t<decltype(leaf)>>)
            kept.push_back(make_writable(leaf).owner());
        });
        output_pointers to(out, ready.program.plan.outputs, in.read);
        vm::run(ready.program, in.at.data(), to.at.data());
        to.finish(out);
      },
      g, a...);
}

/// A program that a callable keeps, and the traced tree that its results are, of which only the
/// structure counts.
template <class Result>
class stored_program {
 public:
  stored_program(graph program, const Result& like)
      : kept_(std::make_shared<const kept>(kept{std::move(own_literals(program)), like})) {}
  const graph& late() const { return kept_->program; }
  /// The traced result with nodes `ids` as leaves.
  auto result(graph& g, const passes::node_list& ids) const {
    std::size_t k = 0;
    return tree::convert<Result>(kept_->like,
                                 [&](const tracer&) { return tracer(&g, ids[k++]); });
  }

 private:
  struct kept {
    graph program;
    Result like;
  };
  std::shared_ptr<const kept> kept_;
};

template <class G>
struct run_time_trace {
  template <class Spec, class... A>
  static auto run(const Spec& spec, const G& g, const A&... a) {
    return run_traced(spec, g, a...);
  }
  template <class Out, class... A>
  static void run_into(Out& out, const G& g, const A&... a) {
    run_traced_into(out, g, a...);
  }

  // What linearizing at run time needs.
  template <class... A>
  static auto enter(graph& p, const G& g, const A&... a) { return enter_now(p, g, a...); }
  /// The outputs of a program: the value, whose traced tree is `y`, and the residuals behind it.
  template <class Y, class... A>
  static auto run_early(const graph& program, const Y& y, const G& g, const A&... a) {
    using result = result_of_t<automatic, Y, dynamic_leaves>;
    std::size_t k = 0;
    auto next = [&] { return aval(program.type(program.outputs[k++])); };
    auto all = std::make_tuple(make_result<result>(automatic(), y, next),
                               std::vector<dynamic_array>());
    while (k < program.outputs.size()) std::get<1>(all).push_back(dynamic_array(next()));
    run_program(vm::compile(program), all, g, a...);
    return all;
  }
  template <class Result>
  static auto stored(graph program, const Result& like) {
    return stored_program<Result>(std::move(program), like);
  }
};

}  // namespace calx::inline CALX_ABI::detail
