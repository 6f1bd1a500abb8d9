// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A traced call cut in two: the value with what the derivative needs of it, and the derivative.
#pragma once

#include <calx/api/jvp.hpp>
#include <calx/passes/inline.hpp>
#include <calx/passes/partition.hpp>

namespace calx::inline CALX_ABI::detail {

/// Reverse: the late half takes cotangents of the value to those of the arguments.
struct backward_half {
  static constexpr std::string_view name = "vjp", argument = "cotangent";
  template <class Split>
  using result = typename Split::arguments;
  template <class... A>
  static constexpr auto spec(const std::tuple<A...>& arguments) {
    return std::apply([](const A&... x) { return std::make_tuple(like<A>{&x}...); }, arguments);
  }
  template <class Graph>  // compiled only where it is used
  static constexpr passes::node_list emit(Graph& p, const passes::node_list& in,
                                          const passes::node_list& out) {
    auto linear = passes::linearize(p, in, out);
    passes::node_list cts;
    for (int n : out) cts.push_back(input_t::emit(p, aval(p.type(n))));
    return passes::vjp(p, linear, cts);
  }
};
/// Forward: the late half takes tangents of the arguments to those of the value.
struct forward_half {
  static constexpr std::string_view name = "linearize", argument = "tangent";
  template <class Split>
  using result = typename Split::value;
  template <class X>
  static constexpr auto spec(const X&) { return automatic(); }
  template <class Graph>  // compiled only where it is used
  static constexpr passes::node_list emit(Graph& p, const passes::node_list& in,
                                          const passes::node_list& out) {
    passes::node_list tangents;
    for (int n : in) tangents.push_back(input_t::emit(p, aval(p.type(n))));
    auto dy = passes::jvp(p, in, tangents, out);
    for (std::size_t i = 0; i < dy.size(); ++i)
      if (dy[i] < 0) dy[i] = zeros_like(p, out[i]);
    return dy;
  }
};

/// The call of an F with As, cut in two; Half says which derivative comes late.
template <class Half, class F, class... A>
struct split_call {
  using call = traced_call<F, A...>;
  using value = typename call::result;
  using arguments = typename call::arguments;

  static constexpr int values = tree::leaf_count<value>();

  static constexpr passes::halves cut() {
    graph p;
    const auto [callee, args] = call::enter(p);
    require_floats(p, Half::name, 0, args);
    auto x = renamed(p, args);
    auto y = traced_result(p, std::apply(callee, x));
    const int early = static_cast<int>(p.inputs.size());
    p.outputs = ids_of(y);
    if (p.failed == error_kind::none)
      for (int n : Half::emit(p, ids_of(x), ids_of(y))) p.outputs.push_back(n);
    graph clean = passes::compact(p);
    if (clean.failed != error_kind::none) return {clean, clean};
    return passes::partition(clean, early, plan::at(values));
  }
  struct early {
    static constexpr graph build() { return passes::compact(cut().early); }
  };
};

/// The late half with the residuals that it needs, callable any number of times, also in traces:
/// a tree whose leaves are the residuals and what the function was called with.
template <class Split, class Half, class Residuals, class F, class Arguments>
struct late_half {
  Residuals residuals;
  F f;
  Arguments arguments;

  template <class... V>
  constexpr auto operator()(const V&... v) const {
    if constexpr (tree::is_traced<late_half, V...>) return trace(v...);
    else return execute(*this, v...);
  }
  template <class... V>
  constexpr auto result_spec(const V&...) const { return Half::spec(arguments); }
  /// The same call with the result written to `out`; see `into`.
  template <class Memory>
  constexpr auto into(Memory& out) const { return into_fn<late_half, Memory>{*this, out}; }

  template <class... V>
  constexpr auto trace(const V&... v) const {
    using result = typename Half::template result<Split>;
    graph& g = program_in(v..., residuals, f, arguments);
    const graph late = Split::cut().late;
    passes::node_list args = ids_of(lifted(g, residuals));
    vec<dims> leaves;
    auto shape = [&](const auto& leaf) { leaves.push_back(lifted_value(g, leaf).dimensions()); };
    tree::for_each(f, shape), tree::for_each(arguments, shape);
    for (int n : ids_of(lifted(g, std::make_tuple(v...)))) args.push_back(n);
    require_inputs(g, late, args, leaves);
    passes::node_list out(plan::at(tree::leaf_count<result>()), 0);
    if (g.failed == error_kind::none) out = passes::inlined(g, late, args, leaves);
    std::size_t k = 0;
    return tree::build<result, result>([&](auto) { return tracer(&g, out[k++]); });
  }

 private:
  /// What is passed must have the types that the late half was traced with.
  static constexpr void require_inputs(graph& g, const graph& late, const passes::node_list& args,
                                       const vec<dims>& leaves) {
    const int have = static_cast<int>(args.size()), want = static_cast<int>(late.inputs.size());
    if (late.failed != error_kind::none) return g.fail(late.failed, late.message);
    if (have != want)
      return g.fail(error_kind::shape, text() << Half::name << ": the number of " << Half::argument
                                              << " leaves is off by " << have - want
                                              << "; give one for each");
    const passes::extent_map map{g, late, leaves};
    for (std::size_t i = 0; i < args.size() && g.failed == error_kind::none; ++i)
      require_type(g, args[i], map(late.type(late.inputs[i])));
  }
  static constexpr void require_type(graph& g, int n, const aval& want) {
    const aval have = g.type(n);
    auto say = [&](text& t) {
      t << Half::name << ": the " << Half::argument << " has shape " << have.shape
        << ", but shape " << want.shape << " is wanted; they must be equal";
    };
    if (have.shape.rank != want.shape.rank) fail_with(g, error_kind::shape, say);
    for (int k = 0; k < want.shape.rank && g.failed == error_kind::none; ++k)
      g.require_equal(have.shape[k], want.shape[k], error_kind::shape, say);
    if (have.type != want.type && g.failed == error_kind::none)
      g.fail(error_kind::dtype, text() << Half::name << ": the " << Half::argument << " has dtype "
                                       << have.type << ", but " << want.type
                                       << " is wanted; they must be equal");
  }
};

template <class P, int First, class Sequence>
struct output_tuple;
template <class P, int First, int... I>
struct output_tuple<P, First, std::integer_sequence<int, I...>> {
  using type = std::tuple<typename static_leaves<P>::template at<First + I>...>;
};

/// Runs plan Early of a split call: {value, late half}.
template <class Split, class Half, class Early, class F, class... A>
constexpr auto run_early_half(const F& f, const A&... a) {
  using runner = plan_runner<Early>;
  using value = result_of_t<automatic, typename Split::value, static_leaves<Early>>;
  using residuals = typename output_tuple<
      Early, Split::values, std::make_integer_sequence<int, Early::outputs - Split::values>>::type;
  const auto leaves = std::tuple_cat(tree::leaves(f), tree::leaves(a)...);
  const auto symbols = runner::symbols(leaves);
  int k = 0;
  auto next = [&] { return runner::output(symbols, k++).shape; };
  auto y = make_static<value>(automatic(), next);
  auto rest = make_static<residuals>(automatic(), next);
  auto all = std::tie(y, rest);
  runner::run(leaves, symbols, all);
  return std::make_tuple(std::move(y),
                    late_half<Split, Half, residuals, F, std::tuple<A...>>{
                        std::move(rest), f, std::tuple<A...>(a...)});
}

/// Runs the early half now: {value, late half}.
template <class Half, class F, class... A>
constexpr auto split_now(const F& f, const A&... a) {
  using split = split_call<Half, F, A...>;
  using early = plan::constant_plan<typename split::early>;
  if constexpr (early::failed) no_error<early>();
  else return run_early_half<split, Half, early>(f, a...);
}

}  // namespace calx::inline CALX_ABI::detail
