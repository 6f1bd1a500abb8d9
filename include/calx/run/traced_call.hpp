// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs that the compiler traces, from the types of a callable and its arguments alone.
#pragma once

#include <calx/base/static_error.hpp>
#include <calx/passes/compact.hpp>
#include <calx/plan/freeze.hpp>
#include <calx/trace/structure.hpp>
#include <calx/tree/groups.hpp>
#include <calx/tree/option.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// Makes nodes of the numbers in a tree that have met no program. Beside leaves that have their
/// type by the tree they take the dtype of those, as T(0) is a T in C++. So do numbers that follow
/// from extents, which are nodes already.
template <class T>
constexpr void settle_constants(graph& p, T& t) {
  bool all_settled = true;
  auto is_open = [](const tracer& x) { return x.is_weak() || x.is_loose(); };
  tree::for_each(t, [&](const tracer& x) { all_settled = all_settled && !is_open(x); });
  if (all_settled) return;
  const vec<int> group = tree::leaf_groups(t);
  struct met {
    bool strong = false, weak = false;
    dtype type = dtype::b1, number = dtype::b1;
  };
  vec<met> of(group.size() + 1);
  std::size_t k = 0;
  tree::for_each(t, [&](const tracer& x) {
    met& m = of[static_cast<std::size_t>(group[k++])];
    if (is_open(x)) {
      m.number = m.weak ? promote(m.number, x.dtype()) : x.dtype();
      m.weak = true;
    }
    if (!is_open(x)) m.type = m.strong ? promote(m.type, x.dtype()) : x.dtype(), m.strong = true;
  });
  k = 0;
  tree::for_each(t, [&](tracer& x) {
    const met& m = of[static_cast<std::size_t>(group[k++])];
    if (!is_open(x)) return;
    const dtype to = m.strong ? promote_weak(m.type, x.dtype()) : m.number;
    if (x.is_loose()) {
      x = tracer(&p, convert_t::emit(p, x.id, to));
      return;
    }
    x = visit_dtype(x.weak_type, [&]<class N>() {
      return tracer(&p, constant_t::emit(p, {}, to, from_bits<N>(x.weak_bits)));
    });
  });
}
/// Any result of a traced function as a tree of tracers of program p.
template <class R>
constexpr auto traced_result(graph& p, const R& r) {
  auto lifted = tree::convert<tree::traced<R>>(r, [&](const auto& leaf) {
    using L = std::remove_cvref_t<decltype(leaf)>;
    if constexpr (std::is_same_v<L, tracer>) {
      if (leaf.program && leaf.program != &p)
        refuse_mixed(p, *leaf.program,
                     "a traced value of another function was returned; pass it as an argument "
                     "instead of capturing it, or call the function that returns it with a traced "
                     "argument, x.like(1.0) instead of 1.0");
      return leaf;
    } else if constexpr (extent_operand<L>) {
      return tracer(leaf);
    } else if constexpr (is_weak<L>) {
      return tracer(leaf.value);
    } else {
      return lift(p, leaf);
    }
  });
  auto result = tree::resolved(lifted);
  settle_constants(p, result);
  return result;
}
template <class R>
constexpr void set_outputs(graph& p, const R& result) {
  tree::for_each(result, [&](const tracer& t) { p.outputs.push_back(t.id); });
}

/// How many nodes are rehearsed: all, or what any compiler does within its usual limits.
inline constexpr int max_rehearsal = 1 << 30, short_rehearsal = 1000;

/// A traced argument as a callable sees it; the function of a user sees what options hold.
template <class A>
using traced_argument = decltype(tree::resolved(std::declval<const tree::traced<A>&>()));
template <class A>
using bare_argument =
    std::remove_cvref_t<decltype(bare(std::declval<const traced_argument<A>&>()))>;

/// A call of a G with As as a program: extents that the types do not tell are symbols.
template <class G, class... A>
struct traced_call {
  /// The traced arguments as the callable sees them.
  using arguments = std::tuple<traced_argument<A>...>;
  using result = decltype(traced_result(
      std::declval<graph&>(), tree::detail::spread(std::declval<const tree::traced<G>&>(),
                                                   std::declval<const arguments&>())));

  /// The traced callable and arguments, whose leaves are the inputs of a program.
  struct entered {
    tree::traced<G> callee;
    arguments args;
  };
  static constexpr entered enter(graph& p) {
    auto input = [&]<class L>(std::type_identity<L>) {
      aval type = aval_of<L>();
      dim leaf = static_cast<dim>(p.inputs.size());
      for (int i = 0; i < type.shape.rank; ++i)
        if (type.shape[i] == dynamic_extent)
          type.shape[i] = p.symbols.make({symbol_kind::input, leaf, i});
      return tracer(&p, input_t::emit(p, type));
    };
    return {tree::build<tree::traced<G>, G>(input),
            arguments{tree::resolved(tree::build<tree::traced<A>, A>(input))...}};
  }
  static constexpr graph build() {
    graph p;
    const entered e = enter(p);
    set_outputs(p, traced_result(p, tree::detail::spread(e.callee, e.args)));
    p.values_only = true;
    return passes::compact(p);
  }
  /// Traces the types of the first `nodes` nodes, which is quick; true if there are more.
  template <int nodes>
  static constexpr bool rehearse() {
    graph p;
    p.rehearsal = nodes;
    const entered e = enter(p);
    static_cast<void>(traced_result(p, tree::detail::spread(e.callee, e.args)));
    return p.size() >= nodes;
  }
};

/// True if all that is called is constexpr, so that only the size of the program can keep the
/// compiler from building it. If even the types of all nodes are too many for it, those behind the
/// first ones are taken to be as the first.
template <class Call>
concept rehearsable =
    requires { typename std::bool_constant<Call::template rehearse<max_rehearsal>()>; } ||
    requires { typename std::enable_if_t<Call::template rehearse<short_rehearsal>()>; };
/// g and a... with tracers for all leaves, inputs of program p.
template <class G, class... A>
constexpr auto enter_now(graph& p, const G& g, const A&... a) {
  auto input = [&](const auto& leaf) {
    return tracer(&p, input_t::emit(p, aval_of(leaf)));
  };
  // In braces, so that the inputs are numbered from left to right.
  using call = traced_call<G, A...>;
  return typename call::entered{
      tree::convert<tree::traced<G>>(g, input),
      typename call::arguments{tree::resolved(tree::convert<tree::traced<A>>(a, input))...}};
}
template <class G, class... A>
constexpr auto trace_values(graph& p, const G& g, const A&... a) {
  const auto call = enter_now(p, g, a...);
  return traced_result(p, tree::detail::spread(call.callee, call.args));
}
/// True if g, which holds what calx cannot see, computes with values of the trace around the call
/// g(a...); both programs say so. Told while the compiler traces.
template <class G, class... A>
constexpr bool uses_outer_values(const G& g, const A&... a) {
  graph p;
  static_cast<void>(trace_values(p, g, a...));
  return p.mixed;
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
