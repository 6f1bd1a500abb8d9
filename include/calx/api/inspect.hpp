// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Looking at programs: explain says who traces them, graph_of and loops_of print them, cost_of
// counts what they do.
#pragma once

#include <calx/api/jit.hpp>
#include <calx/graph/print.hpp>
#include <calx/plan/print.hpp>
#include <calx/run/run_time.hpp>

namespace calx::inline CALX_ABI {

/// A traced program to look at: `std::cout << p` writes one node a line, `%4:f64[8] = mul %2 %3`,
/// and `dot()` is a drawing for Graphviz.
struct traced_program {
  graph program;

  template <class = void>
  std::string dot() const { return to_dot(program); }
  /// The number of nodes.
  int size() const { return program.size(); }
  template <std::same_as<traced_program> P>
  friend std::ostream& operator<<(std::ostream& out, const P& p) {
    return out << p.program;
  }
};

/// The program that calx runs for f(a...): traced, simplified, without dead nodes. Extents are
/// those of the arguments. Errors: those of the call.
///
///     std::cout << calx::graph_of(calx::grad(f), x);
template <class F, class... A>
traced_program graph_of(const F& f, const A&... a) {
  graph p;
  detail::set_outputs(p, detail::trace_values(p, f, a...));
  p.values_only = true;
  return {passes::compact(p)};
}

namespace detail {
template <class>
struct to_aval {
  using type = aval;
};
}  // namespace detail
/// The shapes and dtypes of f(a...), which is traced and not computed: a tree like the result with
/// `aval`s as leaves, which have a `shape` and a `type` and print as `f64[3,4]`. Errors: those of
/// the call.
///
///     auto t = calx::eval_shape([](auto x) { return calx::dot(x, x); }, calx::ones<double>(3, 3));
template <class F, class... A>
auto eval_shape(const F& f, const A&... a) {
  graph p;
  const auto y = detail::trace_values(p, f, a...);
  using tree_type = tree::rebind_t<std::remove_const_t<decltype(y)>, detail::to_aval>;
  return tree::convert<tree_type>(y, [&](const tracer& x) { return aval(p.type(x.id)); });
}

/// Which way a call takes: `std::cout << w` writes it as a sentence, with the reason.
struct way_of_call {
  obstacle why = obstacle::nothing;  // what keeps the compiler from tracing
  bool kept = false;                 // whether the function keeps what run time traces, as jit does
  bool refused = false;              // whether the call does not compile
  text reason;                       // why, in words; empty if the compiler traces the call
  template <class = void>
  std::string sentence() const {
    if (why == obstacle::nothing) return "the compiler traces it; generated code runs it";
    std::string s = "run time traces it at every call; the virtual machine runs it";
    if (kept)
      s = "run time traces it at the first call with arguments of these types and shapes, and "
          "keeps the program; the virtual machine runs it";
    if (refused) s = "it does not compile";
    s.append(", because ").append(reason.view());
    return kept || refused ? s : s + "; jit keeps the program for the next call";
  }
  template <std::same_as<way_of_call> W>
  friend std::ostream& operator<<(std::ostream& out, const W& w) {
    return out << w.sentence();
  }
};

/// Which way f(a...) takes, and why: the very decision by which f, a transform, is called. Of a
/// function that is no transform it tells the way of jit(f). The function is not run.
///
///     std::cout << calx::explain(calx::grad(f), x);
///     // run time traces it at every call; the virtual machine runs it, because the function ...
template <class F, class... A, bool OnlyStatic = detail::only_static>
way_of_call explain(const F& f, const A&... a) {
  if constexpr (detail::settles_first<F, A...>) return explain(f, detail::settled(a)...);
  else if constexpr (!requires { typename F::is_transform; }) return explain(jit(f), a...);
  else {
    using refusal = detail::refusal<detail::whole_program, OnlyStatic, F, A...>;
    constexpr obstacle why = refusal::why;
    way_of_call w{why, detail::keeps_calls<F, A...>, refusal::error().length > 0, text()};
    if constexpr (why != obstacle::nothing) detail::append_obstacle<why, F, A...>(w.reason);
    return w;
  }
}

/// A loop program to look at: buffers, then kernels, each with its loops; `std::cout << p`.
struct loop_program {
  plan::program program;
  template <std::same_as<loop_program> P>
  friend std::ostream& operator<<(std::ostream& out, const P& p) {
    return out << p.program;
  }
};

/// The loops that calx runs for f(a...): what is fused, kept in memory, accumulated, hoisted. Where
/// the compiler traces the call, extents that types do not tell are letters; else they are those
/// of the arguments. Errors: those of the call.
///
///     std::cout << calx::loops_of(calx::grad(f), x);
template <class F, class... A>
loop_program loops_of(const F& f, const A&... a) {
  if constexpr (static_traceable<F, A...>)
    return {plan::make(detail::traced_call<F, A...>::build())};
  else return {plan::make<false>(graph_of(f, a...).program)};
}

/// What one call of a program does: floating-point operations (a transcendental function counts as
/// one), bytes of its arguments and results, and bytes of values that are kept between its loops.
struct cost {
  std::int64_t flops = 0, bytes_read = 0, bytes_written = 0, residual_bytes = 0;
};

namespace detail {
template <class = void>
constexpr std::int64_t bytes_of(const aval& a) {
  return a.shape.size() * static_cast<std::int64_t>(size_of(a.type));
}
template <class = void>
constexpr std::int64_t operations(const graph& g, int n) {
  const op_info& op = *g.at(n).op;
  if (op.kind == op_kind::elementwise && is_float(g.element(n))) return g.shape(n).size();
  if (op.kind == op_kind::reduction && is_float(g.element(n)))
    return g.shape(g.arg(n, 0)).size() - g.shape(n).size();
  if (op.kind != op_kind::contraction) return 0;
  dim depth = 1;
  for (dim a : dot_general_t::axes_of(g, n).lhs_contract)
    depth *= g.shape(g.arg(n, 0))[static_cast<int>(a)];
  return 2 * depth * g.shape(n).size();
}
template <class Source>
constexpr cost count_cost() {
  const graph g = Source::build();
  const auto wanted = passes::needed(g, g.outputs);
  cost c;
  for (int n = 0; n < g.size(); ++n)
    if (wanted[passes::at(n)]) c.flops += operations(g, n);
  for (int n : g.inputs)
    if (wanted[passes::at(n)]) c.bytes_read += bytes_of(g.type(n));
  for (int n : g.outputs) c.bytes_written += bytes_of(g.type(n));
  const plan::program p = plan::make(g);
  for (const plan::temporary& t : p.temporaries)
    c.residual_bytes += t.size * static_cast<std::int64_t>(size_of(t.type));
  return c;
}
}  // namespace detail

namespace detail {
/// Why a call has no cost that the compiler knows.
template <class F, class... A>
struct cost_problem {
  static constexpr obstacle why = obstacle_of<whole_program, F, A...>;
  static constexpr text error() {
    text t;
    if constexpr (why != obstacle::nothing)
      append_obstacle<why, F, A...>(t << "cost_of: the compiler cannot trace the call: ");
    return t;
  }
};
}  // namespace detail

/// The cost of calling an F with As, all of whose extents must be static, as a constant.
///
///     constexpr auto c = calx::cost_of<decltype(f), calx::tensor<double, 8>>();
template <class F, class... A>
constexpr cost cost_of() {
  using problem = detail::cost_problem<F, A...>;
  detail::no_error<problem>();
  if constexpr (problem::why == obstacle::nothing) {
    using source = detail::traced_call<F, A...>;
    static_assert(plan::constant_plan<source>::is_static,
                  "calx: cost_of: dynamic extents have no cost yet; give tensors");
    return detail::count_cost<source>();
  } else {
    return {};
  }
}

}  // namespace calx::inline CALX_ABI
