// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vjp and linearize: the value now, and the derivative as a function that is called later.
#pragma once

#include <calx/api/cut.hpp>
#include <calx/passes/inline.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// An extent of an argument, kept for a late program: a leaf with a shape and no elements.
struct extent_leaf {
  dim extent = 0;
  friend constexpr tracer lift(graph& g, const extent_leaf& x) {
    return {&g, constant_t::emit(g, {x.extent}, dtype::b1, false)};
  }
};
}  // namespace detail

template <>
struct leaf_traits<detail::extent_leaf> {
  static constexpr calx::dtype type = dtype::b1;
  static constexpr dims extents{dynamic_extent};
  static constexpr dims shape(const detail::extent_leaf& x) { return {x.extent}; }
  static constexpr const bool* data(const detail::extent_leaf&) { return nullptr; }
};

namespace detail {
/// A late program that the compiler knows.
template <class Mode, class Source>
struct constant_program {
  static constexpr graph late() {
    auto both = constant_graphs<Source>::reader();
    both.skip();
    return both.next();
  }
  static constexpr int extents = static_cast<int>(extents_read(late()).size());

  /// The traced result with nodes `ids` as leaves.
  static constexpr auto result(graph& g, const passes::node_list& ids) {
    using type = std::remove_cvref_t<decltype(Mode::given(
        std::declval<typename Source::value>(), std::declval<typename Source::arguments>()))>;
    std::size_t k = 0;
    return tree::build<type, type>([&](auto) { return tracer(&g, ids[k++]); });
  }
};

/// Holds what transforms do not see and what they do not take along into a trace.
template <class T>
struct hidden {
  T value;
};
template <class T>
hidden(T) -> hidden<T>;
}  // namespace detail
template <class T>
struct pytree<detail::hidden<T>> {
  using is_pytree = void;
  template <class...>
  using rebound = detail::hidden<std::tuple<>>;
  static constexpr auto fields(const detail::hidden<T>&) { return std::tie(); }
};

namespace detail {
/// A late program with its residuals, the extents that it reads of the arguments, and what its
/// result is like.
template <class Mode, class Program, class Residuals, class Extents, class Hidden>
struct late_program {
  Program program;
  Residuals residuals;
  Extents extents;
  Hidden like;

  /// The derivative in program g, of what is passed in nodes `given`.
  constexpr auto add_to(graph& g, const passes::node_list& given) const {
    const graph& late = program.late();
    passes::node_list args = ids_of(lifted(g, residuals));
    const vec<dims> shapes = argument_shapes(g, late);
    const passes::extent_map map{g, late, shapes};
    vec<aval> wanted;
    for (std::size_t i = 0; i < late.inputs.size(); ++i) {
      const aval type = map(late.type(late.inputs[i]));
      if (i >= args.size()) wanted.push_back(type);
      else
        for (int k = 0; k < type.shape.rank; ++k)  // the same extents by other names
          g.require_equal(g.shape(args[i])[k], type.shape[k], error_kind::shape, [](text& t) {
            t << Mode::name << ": a residual has another shape than when it was computed";
          });
    }
    passes::node_list out(late.outputs.size(), 0);
    if (require_like(g, Mode::name, Mode::words, given, wanted)) {
      args.insert(args.end(), given.begin(), given.end());
      out = passes::inlined(g, late, args, shapes);
    }
    return program.result(g, out);
  }

 private:
  /// Shapes of the arguments in which the extents that the late program reads are filled in.
  constexpr vec<dims> argument_shapes(graph& g, const graph& late) const {
    const passes::node_list known = ids_of(lifted(g, extents));
    const vec<symbol> read = extents_read(late);
    vec<dims> shapes;
    for (std::size_t i = 0; i < read.size(); ++i) {
      const auto input = static_cast<std::size_t>(read[i].a);
      while (shapes.size() <= input) {
        shapes.push_back(dims());
        shapes.back().rank = max_rank;
      }
      shapes[input][static_cast<int>(read[i].b)] = g.shape(known[i])[0];
    }
    return shapes;
  }
};

/// The same inside a trace, where the derivative is added to the program at each call.
template <class Mode, class Y, class X>
struct open_derivative {
  passes::linear_program prepared;
  Y y;
  X x;
  constexpr auto add_to(graph& g, const passes::node_list& given) const {
    const auto& result = Mode::given(y, x);
    if (!require_like(g, Mode::name, Mode::words, given, types_of(g, ids_of(Mode::taken(y, x)))))
      return result;
    return with_ids(g, result, Mode::emit(g, prepared, given));
  }
};

/// Why the derivative of a traced function must not be rebuilt as a tree: its leaves are nodes that
/// the prepared program knows by number.
template <class Mode, class... M>
struct stays_in_trace {
  static constexpr text error() {
    return text() << "a " << Mode::name << " that a traced function makes stays in it: call it "
                  << "there and return what it gives; it is no result, and no argument of a "
                  << "transform";
  }
};
template <class Mode, class... M>
constexpr auto rebuilt_derivative() {
  static_assert(no_error<stays_in_trace<Mode, M...>>());
  return std::tuple<M...>();
}
}  // namespace detail
template <class Mode, class Y, class X>
struct pytree<detail::open_derivative<Mode, Y, X>> {
  using is_pytree = void;
  template <class... M>
  using rebound = decltype(detail::rebuilt_derivative<Mode, M...>());
  template <class T>
  static constexpr auto fields(T& t) { return std::tie(t.y, t.x); }
};

namespace detail {
/// The rule of pullbacks and pushforwards.
template <class Mode>
struct linearized_rule {
  static constexpr std::string_view name = Mode::name;
  template <class Late, class... V>
  static constexpr auto trace(graph& g, const Late& late, const V&... v) {
    return late.add_to(g, ids_of(lifted(g, std::make_tuple(v...))));
  }
  template <class Late, class... V>
    requires(requires(const Late& late) { late.like.value; })
  static constexpr auto result_spec(const Late& late, const V&...) {
    return spec_like(late.like.value);
  }
};
/// The callable that `vjp` and `linearize` return beside the value.
template <class Mode, class Late>
using linearized_call = transformed<linearized_rule<Mode>, Late>;

/// What the result of a late program is like: in reverse mode, the arguments.
template <class Mode, class... A>
constexpr auto likeness(const A&... a) {
  if constexpr (std::is_same_v<Mode, reverse_mode>)
    return hidden{std::make_tuple(likeness_of(a)...)};
  else return hidden{automatic()};
}

/// Runs the early program of a source now: {value, late program}.
template <class Mode, class Source, class F, class... A>
constexpr auto run_early(const F& f, const A&... a) {
  using plan_type = plan::constant_plan<typename Source::early>;
  using runner = plan_runner<plan_type>;
  using program = constant_program<Mode, Source>;
  using value = result_of_t<automatic, typename Source::value, static_leaves<plan_type>>;
  using residuals =
      output_tuple_t<plan_type, Source::values, plan_type::outputs - Source::values>;
  const auto leaves = std::tuple_cat(tree::leaves(f), tree::leaves(a)...);
  const auto symbols = runner::symbols(leaves);
  int k = 0;
  auto next = [&] { return runner::output(symbols, k++).shape; };
  auto y = make_static<value>(automatic(), next);
  auto kept = make_static<residuals>(automatic(), next);
  auto all = std::tie(y, kept);
  runner::run(leaves, symbols, all);
  std::array<extent_leaf, static_cast<std::size_t>(program::extents)> extents{};
  if constexpr (program::extents > 0) {
    const auto shapes = shapes_of(leaves);
    const vec<symbol> read = extents_read(program::late());
    for (std::size_t i = 0; i < read.size(); ++i)
      extents[i].extent = shapes[static_cast<std::size_t>(read[i].a)][static_cast<int>(read[i].b)];
  }
  auto like = likeness<Mode>(a...);
  using late = late_program<Mode, program, residuals, decltype(extents), decltype(like)>;
  return std::make_tuple(std::move(y), linearized_call<Mode, late>{
                                           {{}, std::move(kept), extents, std::move(like)}});
}

/// The same by the run-time trace, for programs that are values.
template <class Mode, class F, class... A>
auto run_early_now(const F& f, const A&... a) {
  using now = run_time_trace<F>;
  graph p;
  auto cut = linearize_and_cut<Mode>(p, now::enter(p, f, a...));
  auto [y, residuals] = now::run_early(cut.programs.early, cut.y, f, a...);
  auto program = now::stored(std::move(cut.programs.late), Mode::given(cut.y, cut.x));
  auto like = likeness<Mode>(a...);
  using late = late_program<Mode, decltype(program), decltype(residuals), std::tuple<>,
                            decltype(like)>;
  return std::make_tuple(
      std::move(y), linearized_call<Mode, late>{
                        {std::move(program), std::move(residuals), {}, std::move(like)}});
}

/// How vjp and linearize have a program built.
template <class Mode>
struct linearized_program {
  template <class F>
  static constexpr bool is_transform = true;
  template <class F, class... A>
  static constexpr bool possible = freezable<linearized_source<Mode, F, A...>>;
  template <class F, class... A>
  static constexpr bool evaluated() {
    return (freeze_graphs<linearized_source<Mode, F, A...>, first_graph_data, first_graph_ops>(),
            true);
  }
};
/// True if the compiler can trace and linearize F called with arguments of types A.
template <class Mode, class F, class... A>
concept linearizable = obstacle_of<linearized_program<Mode>, F, A...> == obstacle::nothing;

/// {value, derivative} of f at a..., in whichever way the call can be made.
template <class Mode, class F, class... A>
constexpr auto linearized(const F& f, const A&... a) {
  static_assert(!(is_option_t<A> || ...),
                "calx: vjp and linearize take no option: bind it, as in "
                "vjp(partial(f, calx::option(n)), x)");
  if constexpr (inside_trace<F, A...>) {
    graph& g = program_in(a..., f);
    auto args = lifted(g, std::make_tuple(a...));
    require_float_arguments(g, Mode::transform, args);
    const auto x = renamed(g, args);
    auto y = lifted(g, call_with(f, x));
    passes::linear_program prepared;
    if (g.failed == error_kind::none) prepared = Mode::prepare(g, ids_of(x), ids_of(y));
    using late = open_derivative<Mode, decltype(y), decltype(x)>;
    return std::make_tuple(y, linearized_call<Mode, late>{{prepared, y, x}});
  } else if constexpr ((is_expr<A> || ...)) {
    return linearized<Mode>(f, settled(a)...);
  } else if constexpr (linearizable<Mode, F, A...>) {
    using source = linearized_source<Mode, F, A...>;
    using early = plan::constant_plan<typename source::early>;
    if constexpr (early::failed) no_error<early>();
    else return run_early<Mode, source>(f, a...);
  } else if constexpr (takes_run_time_trace<linearized_program<Mode>, F, A...>()) {
    return run_early_now<Mode>(f, a...);
  }
}
}  // namespace detail

/// {f(a...), pullback}: pullback(cotangent of the value) is the tuple of the arguments'
/// cotangents, each like its argument. It holds the residuals and may be called any number of
/// times, also under vmap. All arguments must be floats; bind others with `partial`. A cotangent
/// must have the shape and dtype of the value: shape_error and dtype_error.
///
///     auto [y, pullback] = calx::vjp([](auto x) { return x * x; }, 3.0);
///     auto [dx] = pullback(1.0);   // 6.0
template <class F, class... A>
constexpr auto vjp(const F& f, const A&... a) {
  return detail::linearized<detail::reverse_mode>(f, a...);
}

/// {f(a...), pushforward}: pushforward(tangents...) is the derivative in their direction. It holds
/// the residuals and may be called any number of times. Each tangent must have the shape and dtype
/// of its argument: shape_error and dtype_error.
///
///     auto [y, df] = calx::linearize([](auto x) { return x * x; }, 3.0);   // df(1.0) is 6.0
template <class F, class... A>
constexpr auto linearize(const F& f, const A&... a) {
  return detail::linearized<detail::forward_mode>(f, a...);
}

}  // namespace calx::inline CALX_ABI
