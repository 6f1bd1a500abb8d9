// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops whose number of steps is known: scan, map, fori_loop; and while_loop.
#pragma once

#include <calx/api/transform.hpp>

namespace calx::inline CALX_ABI {

/// Tells scan how many steps there are, where there are no arrays to step through.
struct length {
  dim steps = 0;
};
/// Tells scan to go from the last element to the first.
struct reverse_t {};
/// scan(f, init, xs, reverse): the steps go from the last element to the first.
inline constexpr reverse_t reverse{};

namespace detail {
/// Fails unless nodes a and b, as many of both, have the same types in pairs; say(text&, i, x, y)
/// writes of a pair i of types x and y.
template <class Say>
constexpr bool require_same_types(graph& g, const passes::node_list& a, const passes::node_list& b,
                                  const Say& say) {
  for (std::size_t i = 0; g.failed == error_kind::none && i < a.size(); ++i) {
    const aval x = g.type(a[i]), y = g.type(b[i]);
    auto say_pair = [&](text& t) { say(t, static_cast<int>(i), x, y); };
    bool same = x.type == y.type && x.shape.rank == y.shape.rank;
    if (!same) fail_with(g, x.type == y.type ? error_kind::shape : error_kind::dtype, say_pair);
    for (int k = 0; same && k < x.shape.rank; ++k)
      same = g.require_equal(x.shape[k], y.shape[k], error_kind::shape, say_pair);
  }
  return g.failed == error_kind::none;
}
/// Fails unless the carry that comes out of a body is like the one that goes in.
template <class = void>
constexpr bool require_carry(graph& g, std::string_view who, const passes::node_list& before,
                             const passes::node_list& after) {
  if (g.failed == error_kind::none && before.size() != after.size())
    g.fail(error_kind::shape, text() << who << ": the carry has "
                                     << static_cast<int>(before.size())
                                     << " leaves before the body, and "
                                     << static_cast<int>(after.size())
                                     << " after it; return what comes in");
  return require_same_types(g, before, after, [&](text& t, int i, const aval& a, const aval& b) {
    t << who << ": leaf " << i << " of the carry is " << a.type << a.shape
      << " before the body, and " << b.type << b.shape << " after it; they must be equal";
  });
}
/// The common first extent of arrays; `known` if -1 is not to be found out.
template <class = void>
constexpr dim steps_of(graph& g, const passes::node_list& arrays, dim known) {
  dim steps = known;
  for (std::size_t i = 0; i < arrays.size() && g.failed == error_kind::none; ++i) {
    const dims& shape = g.shape(arrays[i]);
    if (shape.rank == 0) {
      g.fail(error_kind::shape, text() << "scan: leaf " << static_cast<int>(i)
                                       << " of the arrays is a number; it needs an axis to step "
                                          "along");
    } else if (steps == -1) {
      steps = shape[0];
    } else {
      const dim here = shape[0];
      g.require_equal(steps, here, error_kind::shape, [&](text& t) {
        t << "scan: leaf " << static_cast<int>(i) << " of the arrays has ";
        append_dim(t, here) << " elements along its first axis, but there are ";
        append_dim(t, steps) << " steps; they must be equal";
      });
    }
  }
  if (steps == -1 && g.failed == error_kind::none)
    g.fail(error_kind::shape, text("scan: there is nothing to step through; give arrays, or "
                                   "length(n)"));
  return steps;
}
/// A tree like t with fresh variables, like its leaves or, with `stepped`, like their elements.
template <class T>
constexpr T variables_for(graph& g, const T& t, bool stepped = false) {
  return tree::convert<T>(t, [&](const tracer& x) {
    aval a = g.type(x.id);
    if (stepped && a.shape.rank > 0) a.shape.erase(0);
    return tracer(&g, variable_t::emit(g, a));
  });
}
template <class T>
constexpr T results_for(graph& g, const T& t, int node, int first, const scan_t::loop& l) {
  return tree::convert<T>(t, [&](const tracer&) {
    const tracer r(&g, result_t::emit(g, node, first, l.result(g, first)));
    ++first;
    return r;
  });
}

/// How often a body runs, beside it: as often as arrays have elements, or a `length`, which types
/// do not tell.
struct from_arrays {};
constexpr dim given_steps(const from_arrays&) { return -1; }
constexpr dim given_steps(const length& n) { return n.steps; }

/// What is wrong with what the body of a scan returned.
template <class R>
struct scan_body_problem {
  static constexpr text error() {
    text t;
    if constexpr (tree::detail::is_tuple<R>)
      if constexpr (std::tuple_size_v<R> == 2) return t;
    return t << "scan: the body must return a tuple of two: the next carry, and what is stacked";
  }
};
template <bool Backward>
struct scan_rule {
  static constexpr std::string_view name = "scan";
  template <class F, class C, class X>
  static constexpr auto trace(graph& g, const F& f, const C& init, const X& arrays) {
    const auto carry = lifted(g, init);
    const auto xs = [&] {
      if constexpr (std::is_same_v<X, none_t>) return std::make_tuple();
      else return lifted(g, arrays);
    }();
    scan_t::loop l;
    l.in = ids_of(carry), l.backward = Backward;
    l.carries = static_cast<int>(l.in.size());
    const passes::node_list x = ids_of(xs);
    l.length = steps_of(g, x, given_steps(std::get<1>(f)));
    const auto inner = variables_for(g, carry);
    const auto element = variables_for(g, xs, true);
    const auto stepped = lifted(g, [&] {
      if constexpr (std::is_same_v<X, none_t>) return std::get<0>(f)(inner, none);
      else return std::get<0>(f)(inner, element);
    }());
    using problem = scan_body_problem<std::remove_const_t<decltype(stepped)>>;
    static_assert(no_error<problem>());
    if constexpr (problem::error().length == 0) {
      l.in.append(x), l.arrays = static_cast<int>(x.size());
      l.variables = ids_of(inner), l.variables.append(ids_of(element));
      l.out = ids_of(std::get<0>(stepped));
      if (!require_carry(g, name, ids_of(carry), l.out))
        return std::make_tuple(carry, std::get<1>(stepped));
      l.out.append(ids_of(std::get<1>(stepped)));
      const int node = scan_t::emit(g, l);
      return std::make_tuple(results_for(g, carry, node, 0, l),
                             results_for(g, std::get<1>(stepped), node, l.carries, l));
    }
  }
};
struct map_rule {
  static constexpr std::string_view name = "map";
  template <class F, class X>
  static constexpr auto trace(graph& g, const F& f, const X& arrays) {
    const auto body = [&](const auto& carry, const auto& x) {
      return std::make_tuple(carry, f(x));
    };
    return std::get<1>(scan_rule<false>::trace(g, std::tuple{body, from_arrays()}, std::tuple<>(),
                                               arrays));
  }
};

/// The bounds of a loop, which types do not tell.
struct loop_bounds {
  dim first = 0, last = 0;
};
struct fori_rule {
  static constexpr std::string_view name = "fori_loop";
  template <class F, class C>
  static constexpr auto trace(graph& g, const F& f, const C& init) {
    const auto& [body, bounds] = f;
    const auto carry = lifted(g, init);
    const auto inner = variables_for(g, carry);
    const tracer first{&g, constant_t::emit(g, {}, dtype::i64, bounds.first)};
    const tracer i{&g, variable_t::emit(g, {dtype::i64, {}})};
    const auto next = lifted(g, body(i, inner));
    scan_t::loop l;
    l.length = bounds.last > bounds.first ? bounds.last - bounds.first : 0;
    l.in = {first.id}, l.variables = {i.id}, l.out = {(i + 1).id};
    l.in.append(ids_of(carry)), l.variables.append(ids_of(inner));
    l.out.append(ids_of(next));
    l.carries = static_cast<int>(l.in.size());
    if (!require_carry(g, name, ids_of(carry), ids_of(next))) return carry;
    return results_for(g, carry, scan_t::emit(g, l), 1, l);
  }
};

/// What is wrong with the condition of a while_loop; empty if nothing is.
template <class = void>
constexpr bool require_condition(graph& g, std::string_view who, const tracer& t) {
  if (g.failed == error_kind::none && (t.dtype() != dtype::b1 || t.rank() != 0))
    g.fail(error_kind::dtype, text() << who << ": the condition must be one bool, but it is "
                                     << t.dtype() << t.dimensions());
  return g.failed == error_kind::none;
}
struct while_rule {
  static constexpr std::string_view name = "while_loop";
  template <class F, class C>
  static constexpr auto trace(graph& g, const F& f, const C& init) {
    const auto carry = lifted(g, init);
    const auto inner = variables_for(g, carry);
    while_t::loop l;
    l.in = ids_of(carry), l.variables = ids_of(inner);
    l.carries = static_cast<int>(l.in.size());
    const tracer goes = lifted(g, std::get<0>(f)(inner));
    const passes::node_list next = ids_of(lifted(g, std::get<1>(f)(inner)));
    if (!require_carry(g, name, l.in, next) || !require_condition(g, name, goes)) return carry;
    l.out = {goes.id};
    l.out.append(next);
    const int node = while_t::emit(g, l);
    int k = 0;
    return tree::convert<std::remove_const_t<decltype(carry)>>(carry, [&](const tracer&) {
      const tracer r(&g, result_t::emit(g, node, k, l.result(g, k)));
      ++k;
      return r;
    });
  }
};
/// A fori_loop between bounds that are traced.
struct traced_fori_rule {
  static constexpr std::string_view name = "fori_loop";
  template <class F, class First, class Last, class C>
  static constexpr auto trace(graph& g, const F& f, const First& first, const Last& last,
                              const C& init) {
    const auto to_i64 = [&](const auto& x) {
      const tracer t = lifted(g, x);
      return tracer(&g, convert_t::emit(g, t.id, dtype::i64));
    };
    const tracer end = to_i64(last);
    auto test = [&](const auto& c) { return std::get<0>(c) < end; };
    auto body = [&](const auto& c) {
      return std::make_tuple(std::get<0>(c) + 1, f(std::get<0>(c), std::get<1>(c)));
    };
    return std::get<1>(
        while_rule::trace(g, std::tuple{test, body}, std::make_tuple(to_i64(first), init)));
  }
};
}  // namespace detail

/// Runs body(carry, x) -> {next carry, y} for each element x along the first axis of the arrays
/// `xs`, and returns {last carry, all y stacked along a new first axis}. Carries, elements and
/// stacked values are trees; a carry keeps its shapes and dtypes. Tags: `reverse` goes from the
/// last element to the first, `length(n)` says how many steps there are where xs is `none`. The
/// body is traced once, however many steps there are, and may use values of the function around
/// it. Every mode and order: reverse mode keeps of each step what its derivative reads. Arrays of
/// different lengths and carries that change: shape_error and dtype_error.
///
///     auto [last, all] = calx::scan([](auto c, auto x) {
///       auto next = 0.5 * c + x;
///       return std::tuple{next, next * x};
///     }, 1.0, xs);
template <class F, class C, class X, class... Options>
constexpr auto scan(F body, const C& init, const X& xs, const Options&... options) {
  constexpr bool backward = (std::is_same_v<Options, reverse_t> || ...);
  constexpr bool counted = (std::is_same_v<Options, length> || ...);
  static_assert(((std::is_same_v<Options, reverse_t> || std::is_same_v<Options, length>) && ...),
                "calx: scan: behind the arrays there may be reverse and length(n)");
  using steps = std::conditional_t<counted, length, detail::from_arrays>;
  steps n;
  if constexpr (counted)
    ([&] { if constexpr (std::is_same_v<Options, length>) n = options; }(), ...);
  return transformed<detail::scan_rule<backward>, std::tuple<F, steps>>{
      {std::move(body), n}}(init, xs);
}
/// What `map` is: an object, so that an unqualified call of `tree::map` never means it.
struct map_fn {
  template <class F, class X>
  constexpr auto operator()(F f, const X& xs) const {
    return transformed<detail::map_rule, F>{std::move(f)}(xs);
  }
};
/// map(f, xs): f applied to each element along the first axis of the arrays, one after the other,
/// and the results stacked: like `vmap`, with the memory of one call. Errors: those of `scan`.
///
///     auto norms = calx::map([](auto row) { return calx::sum(row * row); }, rows);
inline constexpr map_fn map{};

/// carry = body(i, carry) for i = first, ..., last - 1, from `init` on; `init` if there is no such
/// i. In every mode if the bounds are C++ integers; between traced bounds reverse mode is refused,
/// as it must know how many steps there are. A carry that changes its shape or dtype: shape_error
/// and dtype_error.
///
///     auto y = calx::fori_loop(0, 100, [x](auto, auto y) { return 0.5 * (y + x / y); }, x);
template <class First, class Last, class F, class C>
constexpr auto fori_loop(const First& first, const Last& last, F body, const C& init) {
  if constexpr (std::is_integral_v<First> && std::is_integral_v<Last>)
    return transformed<detail::fori_rule, std::tuple<F, detail::loop_bounds>>{
        {std::move(body), {static_cast<dim>(first), static_cast<dim>(last)}}}(init);
  else
    return transformed<detail::traced_fori_rule, F>{std::move(body)}(first, last, init);
}
/// carry = body(carry) as long as test(carry) holds, from `init` on. Forward mode and vmap;
/// reverse mode is refused, as it must know the number of steps before: use `fori_loop` or `scan`.
/// In a batch whose examples end at different steps, those that have ended keep their carry. A
/// condition that is not one bool, a carry that changes its shape or dtype: dtype_error and
/// shape_error.
///
///     auto small = [](auto c) { return c < 10.0; };
///     auto y = calx::while_loop(small, [](auto c) { return 2.0 * c; }, x);
template <class Test, class F, class C>
constexpr auto while_loop(Test test, F body, const C& init) {
  return transformed<detail::while_rule, std::tuple<Test, F>>{
      {std::move(test), std::move(body)}}(init);
}

}  // namespace calx::inline CALX_ABI
