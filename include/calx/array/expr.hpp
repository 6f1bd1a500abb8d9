// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lazy expressions on arrays: an op and its operands by value, evaluated as one traced program.
#pragma once

#include <tuple>

#include <calx/array/containers.hpp>
#include <calx/array/methods.hpp>
#include <calx/tree/build.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// What an expression stores of an operand: numbers as weak ones, by kind; containers as arrays;
/// all else by value.
template <class A>
struct stored {
  using type = A;
};
template <number N>
struct stored<N> {
  using type = weak<std::conditional_t<
      std::is_same_v<N, bool>, bool,
      std::conditional_t<std::is_floating_point_v<N>, double, std::int64_t>>>;
};
template <class C>
  requires(is_container<C>)
struct stored<C> {
  using type = container_array_t<C>;
};
template <class A>
using stored_t = typename stored<A>::type;

/// The static facts of an operand of type A: a node with a dtype, or a weak number.
template <class A>
constexpr operand operand_type() {
  if constexpr (is_weak<A>) return {-1, dtype_of<typename A::value_type>(), 0};
  else return {0, A::dtype(), 0};
}
/// The dtype of Op's result on operands of types A.
template <class Op, class... A>
constexpr dtype result_dtype() {
  constexpr operand x[] = {operand_type<A>()...};
  constexpr dtype met = promoted(x + Op::conditions, Op::arity - Op::conditions);
  return Op::result(Op::rule == dtype_rule::to_float ? to_float(met) : met);
}
template <class... A>
constexpr int highest_rank() {
  const int ranks[] = {A::rank()...};
  int highest = 0;
  for (int r : ranks) highest = r > highest ? r : highest;
  return highest;
}
/// The same as a constant: each expression is asked once, however deep it lies in others.
template <class... A>
inline constexpr int highest_rank_of = highest_rank<A...>();
/// A traced operand, and whether it is weak.
struct applied_operand {
  tracer value;
  bool weak = false;
};
template <class A>
constexpr applied_operand applied(const A& a) {
  if constexpr (std::is_same_v<A, tracer>) return {a, false};
  else if constexpr (is_weak<A>) return {a.value, true};
  else return {a.apply(), false};
}
/// A comparison of integers of dtype `met` with a number, an int64 that only the call knows: in
/// 64 bits, and of uint64, which no other integers hold, as floats where the number is negative.
template <class Op>
constexpr tracer compared_by_value(const applied_operand& a, const applied_operand& b, dtype met) {
  graph& g = *a.value.program;
  auto in = [&](dtype d) {
    return trace_op<Op>(tracer{&g, convert_t::emit(g, a.value.id, d)},
                        tracer{&g, convert_t::emit(g, b.value.id, d)});
  };
  if (met != dtype::u64) return in(dtype::i64);
  const tracer number = a.weak ? a.value : b.value;
  return where(less(number, 0), in(dtype::f64), in(dtype::u64));
}
/// Op on traced operands of which weak ones take the dtype of the others.
template <class Op, class... A>
constexpr tracer apply_traced(const A&... a) {
  applied_operand x[] = {a...};
  operand facts[sizeof...(A)] = {};
  for (std::size_t i = 0; i < sizeof...(A); ++i) {
    facts[i] = x[i].value.as_operand();
    if (x[i].weak) facts[i].id = -1;
  }
  dtype met = promoted(facts + Op::conditions, Op::arity - Op::conditions);
  if constexpr (Op::rule == dtype_rule::compare && Op::conditions == 0 && sizeof...(A) == 2)
    if (is_integer(met) && x[0].value.program && x[1].value.program && x[0].weak != x[1].weak)
      return compared_by_value<Op>(x[0], x[1], met);
  for (applied_operand& y : x)
    if (y.weak && y.value.program)
      y.value = {y.value.program, convert_t::emit(*y.value.program, y.value.id, met)};
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return trace_op<Op>(x[I].value...);
  }(std::index_sequence_for<A...>());
}
/// The nodes of an expression in program g.
template <class E>
constexpr tracer lift_nodes(graph& g, const E& e) {
  auto leaf = [&](const auto& x) {
    if constexpr (requires { x.value; }) return tracer(x.value);
    else return lift(g, x);
  };
  return tree::resolved(tree::convert<tree::traced<E>>(e, leaf));
}
/// The value of an expression: in run/execute.hpp.
template <class E>
constexpr auto evaluate(const E& e);
}  // namespace detail

/// An expression whose operands have become tracers; `apply` computes with them.
template <class Op, class... A>
struct traced_expr {
  std::tuple<A...> operands;
  explicit constexpr traced_expr(const A&... a) : operands(a...) {}
  constexpr tracer apply() const {
    return tree::detail::spread(
        [](const auto&... a) { return detail::apply_traced<Op>(detail::applied(a)...); }, operands);
  }
};

namespace value {
/// Op on operands that it owns, not computed yet: numbers, arrays (handles) and expressions.
/// Assigning it to an array, `eval()`, reading an element or passing it on computes it, as one
/// loop. Shapes are checked then: at compile time where the types tell them, else by shape_error.
template <class Op, class... A>
struct expr : public reductions<expr<Op, A...>>, public to_containers<expr<Op, A...>> {
  std::tuple<A...> operands;

  explicit constexpr expr(const A&... a) : operands(a...) {}
  constexpr expr(const expr&) = default;
  constexpr expr(expr&&) = default;
  constexpr expr& operator=(const expr&) & = default;
  constexpr expr& operator=(expr&&) & = default;
  template <class V>
  constexpr auto operator=(const V&) && { return detail::refuse_assignment<V>(); }
  template <class V>
  constexpr auto operator=(const V&) & {
    static_assert(detail::never<V>,
                  "calx: an expression, not computed yet, takes no other value: name the type "
                  "where it begins, as in calx::array<double, 1> c = a * b, or write .eval()");
  }

  using value_type = element_t<detail::result_dtype<Op, A...>()>;
  static constexpr int rank() { return detail::highest_rank_of<A...>; }
  static constexpr calx::dtype dtype() { return dtype_of<value_type>(); }

  /// The array, tensor or number that this expression is.
  constexpr auto eval() const { return detail::evaluate(*this); }
  constexpr dim shape(dim axis) const { return eval().shape(axis); }
  constexpr std::size_t size() const { return eval().size(); }
  constexpr dims dimensions() const { return eval().dimensions(); }
  /// An element or a part of the value; see the same of arrays.
  template <class... E>
  constexpr auto operator()(E... e) const { return eval()(e...); }
  constexpr auto operator[](std::integral auto i) const { return eval()[i]; }
  template <class... E>
  constexpr auto at(E... e) const { return eval().at(e...); }
  constexpr auto T() const { return eval().T(); }
  template <detail::extent_like... N>
  constexpr auto reshape(N... n) const { return eval().reshape(n...); }

  friend constexpr auto max(const expr& a, const expr& b) { return maximum(a, b); }
  friend constexpr auto min(const expr& a, const expr& b) { return minimum(a, b); }
  /// The expression as a constant of a program; if the compiler traces, as nodes of it.
  friend constexpr tracer lift(graph& g, const expr& e) {
    if (std::is_constant_evaluated()) return detail::lift_nodes(g, e);
    return lift(g, e.eval());
  }
};
}  // namespace value

namespace detail {
/// Expressions are trees whose children are their operands.
struct expression_tree {
  using is_pytree = void;
  template <class E>
  static constexpr auto fields(E& e) {
    return tree::detail::spread([](auto&... a) { return std::tie(a...); }, e.operands);
  }
};
}  // namespace detail
template <class Op, class... A>
struct pytree<expr<Op, A...>> : detail::expression_tree {
  template <class... M>
  using rebound = traced_expr<Op, M...>;
};
template <class Op, class... A>
struct pytree<traced_expr<Op, A...>> : detail::expression_tree {
  template <class... M>
  using rebound = traced_expr<Op, M...>;
  static constexpr tracer resolve(const traced_expr<Op, A...>& e) { return e.apply(); }
};

template <class Op, class... A>
  requires(detail::lazy_operands<A...>)
struct op_result<Op, A...> {
  using type = expr<Op, detail::stored_t<A>...>;
};
namespace detail {
/// Refuses a number among the operands of Op that is none of the integers that it meets.
template <class Op, dtype Met, class A>
constexpr void require_element(const A& v) {
  if constexpr (std::is_integral_v<A> && is_integer(Met) && Op::rule != dtype_rule::compare)
    if (std::is_unsigned_v<A> ? !holds_unsigned(Met, static_cast<dim>(v))
                              : !holds(Met, static_cast<dim>(v)))
      raise(error_kind::dtype, no_element(Op::name, static_cast<dim>(v), Met));
}
}  // namespace detail
template <class Op, class... A>
  requires(detail::lazy_operands<A...>)
constexpr auto apply_op(const Op&, const A&... a) {
  constexpr operand x[] = {detail::operand_type<detail::stored_t<A>>()...};
  constexpr dtype met = detail::promoted(x + Op::conditions, Op::arity - Op::conditions);
  (detail::require_element<Op, met>(a), ...);
  return expr<Op, detail::stored_t<A>...>(detail::stored_t<A>(a)...);
}

}  // namespace calx::inline CALX_ABI
