// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The value that user code computes with while it is traced.
#pragma once

#include <concepts>

#include <calx/base/static_error.hpp>
#include <calx/graph/indexing.hpp>
#include <calx/trace/extent_number.hpp>

namespace calx::inline CALX_ABI {
namespace detail {
/// Said of an assignment to a value that is gone behind it: to x(0), to a row, to a slice.
template <class V>
constexpr auto refuse_assignment() {
  static_assert(never<V>,
                "calx: this assigns to a copy, as arrays and traced values do not change: write "
                "x = x.at(0).set(v) instead of x(0) = v");
  return none;
}

/// Said where a constant of C++ would take a traced value. Its type is deduced, and constructors
/// call it as a default argument, so that it is said where compilers read the call.
template <class V>
constexpr auto refuse_traced() {
  static_assert(never<V>,
                "calx: a traced value cannot go into a C++ number or a constant array: where that "
                "begins, write auto s = x.like(v), which is traced as x is and holds v; traced "
                "numbers a and b become an array by pack(a, b)");
  return none;
}
/// The same as the operand of noexcept.
template <class V>
constexpr bool is_refused() {
  static_cast<void>(refuse_traced<V>());
  return true;
}

/// Said of a condition; in an exception specification, which is looked at where the call stands.
template <class B>
constexpr bool refuse_condition() {
  static_assert(never<B>, "calx: a traced value has no bool yet, so that `if` and `?:` cannot "
                          "branch on it: choose with where(c, a, b)");
  return true;
}
}  // namespace detail

namespace value {
/// Gives Self a max and a min that win over std::max<T> and std::min<T> after `using std::max`, as
/// they are no templates. As friends in a template they are compiled only where they are used.
template <class Self>
struct extrema {
  friend constexpr Self max(const Self& a, const Self& b) { return maximum(a, b); }
  friend constexpr Self min(const Self& a, const Self& b) { return minimum(a, b); }
};

/// A traced value: a node of a program, or a number that has met none yet. It has the methods and
/// operators of an array; `bool` is the one conversion it refuses, as its value is not known yet.
struct tracer : extrema<tracer> {
  graph* program = nullptr;
  int id = -1;
  calx::dtype weak_type = calx::dtype::f64;
  dim weak_bits = 0;

  constexpr tracer() = default;
  constexpr tracer(const tracer&) = default;
  constexpr tracer& operator=(const tracer&) & = default;
  template <class V>
  constexpr auto operator=(const V&) && { return detail::refuse_assignment<V>(); }
  // Not deduced: g++ asks whether assignments copy bytes, where containers move their elements.
  template <std::same_as<tracer> V>
  constexpr void operator=(const V&) && { detail::refuse_assignment<V>(); }
  constexpr tracer(graph* g, int n) : program(g), id(n) {}
  /// A number takes the dtype of what it meets; so `T f = 0` and `T(1)` work in generic code.
  template <number N>
  constexpr tracer(N v) {
    if constexpr (std::is_same_v<N, bool>) weak_type = calx::dtype::b1, weak_bits = v;
    else if constexpr (std::is_floating_point_v<N>) weak_bits = to_bits(static_cast<double>(v));
    else weak_type = calx::dtype::i64, weak_bits = static_cast<dim>(v);
    if constexpr (std::is_unsigned_v<N> && sizeof(N) == sizeof(dim))
      if (weak_bits < 0) weak_type = calx::dtype::u64;  // beyond int64
  }
  /// A number that follows from extents, which also takes the dtype of what it meets.
  template <class N>
  constexpr tracer(const detail::extent_number<N>& n) {
    if (n.is_known()) *this = tracer(n.number());
    else program = n.program(), id = n.node(), weak_bits = 1;
  }
  template <std::same_as<bool> B>
  explicit constexpr operator B() const noexcept(detail::refuse_condition<B>()) { return false; }
  template <number N>
    requires(!std::same_as<N, bool>)
  explicit constexpr operator N() const noexcept(detail::is_refused<N>()) { return N(); }

  constexpr bool is_weak() const { return id < 0; }
  /// True for a node that has no dtype of its own, as it follows from extents and C++ numbers.
  constexpr bool is_loose() const { return id >= 0 && weak_bits != 0; }
  constexpr operand as_operand() const {
    return id < 0 ? operand{-1, weak_type, weak_bits}
                  : operand{id, program->avals.items[program->nodes.items[id].aval].type, 0};
  }
  constexpr calx::dtype dtype() const { return is_weak() ? weak_type : program->element(id); }
  constexpr dims dimensions() const { return is_weak() ? dims() : program->shape(id); }
  constexpr int rank() const { return dimensions().rank; }
  /// An extent as a number; see `extent_number` for one that only run time knows.
  constexpr detail::extent_number<dim> shape(int axis) const {
    int a = normal_axis(axis, rank());
    if (a < 0 && program)
      program->fail(error_kind::index, text() << "shape: axis " << axis << " is outside rank "
                                              << rank());
    return detail::extent_number<dim>::of_extent(program, a < 0 ? 1 : dimensions()[a]);
  }
  /// The number of elements, likewise.
  constexpr detail::extent_number<dim> size() const {
    dim n = 1;
    for (dim d : dimensions()) n = program->symbols.mul(n, d);
    return detail::extent_number<dim>::of_extent(program, n);
  }
  /// A constant that later values may take the place of: the number v in every element of this
  /// value's shape, or the array v in its own shape, in this value's dtype.
  ///
  ///     auto s = x(0).like(0.0);
  ///     for (auto e : x) s += e;
  template <class V>
  constexpr tracer like(const V& v) const;

  /// Python's indexing; see `slice`, `newaxis`, `ellipsis`.
  template <class... E>
  constexpr tracer operator()(E... e) const;
  template <class = void>
  constexpr tracer operator[](dim i) const;
  template <detail::number_of_extents E>
  constexpr tracer operator[](const E& i) const { return (*this)(i); }
  /// The entries along axis 0, `for (auto row : x)`: numbers of a vector, rows of a matrix. Such a
  /// loop is unrolled; an extent that only run time knows sends the program to the run-time trace.
  /// Throws index_error without axes.
  template <class = void>
  constexpr auto begin() const;
  template <class = void>
  constexpr auto end() const;
  /// `.at(index...)`, then `.set(v)`, `.add(v)`, `.mul(v)`, `.min(v)`, `.max(v)` or `.get()`.
  template <class... E>
  constexpr auto at(E... e) const;
  template <class = void>
  constexpr tracer T() const;
  template <detail::extent_like... N>
  constexpr tracer reshape(N... extents) const;
  template <class... P> constexpr tracer sum(P... p) const;
  template <class... P> constexpr tracer mean(P... p) const;
  template <class... P> constexpr tracer prod(P... p) const;
  template <class... P> constexpr tracer max(P... p) const;
  template <class... P> constexpr tracer min(P... p) const;
  template <class... P> constexpr tracer any(P... p) const;
  template <class... P> constexpr tracer all(P... p) const;
};

}  // namespace value

/// What may stand beside a tracer: itself, numbers, and arrays that know how to be lifted.
template <class A>
concept liftable = std::same_as<A, tracer> || number<A> ||
                   requires(graph& g, const A& a) { { lift(g, a) } -> std::same_as<tracer>; };

namespace detail {
/// Operands that make a node: one is traced, or arrays meet numbers that follow from extents.
template <class... A>
inline constexpr bool any_tracer =
    (std::same_as<A, tracer> || ...) || ((is_extent_number<A> || ...) && !extent_operands<A...>);

/// Values of two programs have met: either fails, whichever is asked.
template <class = void>
constexpr void refuse_mixed(graph& g, graph& other, const char* why) {
  g.mixed = other.mixed = true;
  g.fail(error_kind::generic, text(why));
  other.fail(error_kind::generic, text(why));
}
/// Makes g the program of a value, unless it has none.
template <class = void>
constexpr void join_program(graph*& g, graph* own) {
  if (own && g && own != g)
    refuse_mixed(*g, *own,
                 "a value of one traced function is used in another: pass it as an argument of "
                 "the inner function instead of capturing it, or call that with a traced argument, "
                 "x.like(1.0) instead of 1.0");
  if (!g) g = own;
}
/// The program that the operands belong to.
template <class... A>
constexpr graph* program_of(const A&... a) {
  graph* g = nullptr;
  auto visit = [&](const auto& x) {
    using X = std::remove_cvref_t<decltype(x)>;
    graph* own = nullptr;
    if constexpr (std::is_same_v<X, tracer>) own = x.program;
    else if constexpr (is_extent_number<X>) own = x.is_known() ? nullptr : x.program();
    join_program(g, own);
  };
  (visit(a), ...);
  // An array beside a known extent.
  if constexpr (!((extent_operand<A> || std::same_as<A, tracer>) && ...))
    ((g = g ? g : program_of_extent(a)), ...);
  return g;
}
/// The program of which an array becomes a constant.
template <class = void>
constexpr graph& program_for_array(graph* g) {
  if (!g)
    raise(error_kind::generic, "an array met a traced number that belongs to no program yet; "
                               "give the function a traced argument");
  return *g;
}
template <class A>
constexpr operand operand_of(graph* g, const A& a) {
  if constexpr (std::is_same_v<A, tracer>) return a.as_operand();
  else if constexpr (extent_operand<A>) return tracer(a).as_operand();
  else return lift(program_for_array(g), a).as_operand();
}
/// Op on numbers that have met no program yet: another such number.
template <class Op>
constexpr tracer on_weak(const operand* x) {
  calx::dtype met = promoted(x + Op::conditions, Op::arity - Op::conditions);
  auto compute = [&]<class T>() {
    auto get = [&](int i) {
      return visit_dtype(x[i].type,
                         [&]<class U>() { return static_cast<T>(from_bits<U>(x[i].bits)); });
    };
    if constexpr (Op::arity == 1) return tracer(Op::eval(get(0)));
    else if constexpr (Op::arity == 2) return tracer(Op::eval(get(0), get(1)));
    else return tracer(Op::eval(get(0) != T(0), get(1), get(2)));
  };
  if (met == calx::dtype::f64 || Op::rule == dtype_rule::to_float) {
    if constexpr (Op::rule != dtype_rule::bitwise) return compute.template operator()<double>();
  }
  if constexpr (Op::rule != dtype_rule::to_float) {
    if (met == calx::dtype::b1) return compute.template operator()<bool>();
    return compute.template operator()<std::int64_t>();
  }
  return tracer(0.0);
}
template <class A>
constexpr bool is_loose(const A& a) {
  if constexpr (std::is_same_v<A, tracer>) return a.is_loose();
  else if constexpr (is_extent_number<A>) return !a.is_known();
  else return false;
}
/// Op on operands of which those that are loose take the dtype of the others.
template <class Op>
constexpr tracer on_loose(graph& g, operand* x, const bool* loose) {
  operand facts[Op::arity] = {};
  bool all = true;
  for (int i = 0; i < Op::arity; ++i) {
    facts[i] = x[i];
    if (loose[i]) facts[i].id = -1;
    all = all && facts[i].is_weak();
  }
  const calx::dtype met = promoted(facts + Op::conditions, Op::arity - Op::conditions);
  for (int i = Op::conditions; i < Op::arity; ++i)
    if (loose[i]) x[i] = {convert_t::emit(g, x[i].id, met), met, 0};
  tracer y(&g, Op::emit(g, x));
  y.weak_bits = all && y.dtype() != calx::dtype::b1;
  return y;
}
/// The node for op(a...).
template <class Op, class... A>
constexpr tracer trace_op(const A&... a) {
  // The usual case in few steps: nodes of one program and type, of which Op takes all elements.
  if constexpr (Op::conditions == 0 && (std::is_same_v<A, tracer> && ...) &&
                requires(graph& g, const int* x) { Op::emit(g, x); }) {
    graph* p = nullptr;
    ((p = a.program), ...);
    if (p != nullptr && ((a.program == p && a.id >= 0) && ...)) {
      const int ids[] = {a.id...};
      const int type = p->nodes.items[ids[0]].aval;
      if (((p->nodes.items[a.id].aval == type) && ...) && p->failed == error_kind::none &&
          Op::takes(p->avals.items[type].type))
        return {p, Op::emit(*p, ids)};
    }
  }
  graph* g = program_of(a...);
  if (g != nullptr && g->failed != error_kind::none) return {g, 0};
  operand x[] = {operand_of(g, a)...};
  if (g == nullptr) return on_weak<Op>(x);
  if ((is_loose(a) || ...)) {
    const bool loose[] = {is_loose(a)...};
    return on_loose<Op>(*g, x, loose);
  }
  return {g, Op::emit(*g, x)};
}
}  // namespace detail

template <class Op, class... A>
  requires(detail::any_tracer<A...>)
struct op_result<Op, A...> {
  using type = tracer;
};

template <class Op, class... A>
  requires(detail::any_tracer<A...> && (liftable<A> && ...))
constexpr tracer apply_op(const Op&, const A&... a) {
  return detail::trace_op<Op>(a...);
}

namespace extent_numbers {
/// The number as a node.
template <class T>
constexpr tracer lift(graph& g, const extent_number<T>& n) {
  return {&g, n.is_known() ? constant_t::emit(g, {}, dtype_of<T>(), n.number()) : n.node()};
}
}  // namespace extent_numbers

}  // namespace calx::inline CALX_ABI
