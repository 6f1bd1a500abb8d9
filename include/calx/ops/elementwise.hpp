// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kind of ops that work on each element alone: promotion, broadcasting, both derivatives.
#pragma once

#include <limits>
#include <type_traits>

#include <calx/ops/derivative.hpp>

namespace calx::inline CALX_ABI {

inline constexpr double inf = std::numeric_limits<double>::infinity();

/// How an elementwise op chooses its dtype from its operands': what they promote to; the same, but
/// no bool; the float of that; bool from operands of one dtype; integers and bool only.
enum class dtype_rule : unsigned char { promote, number, to_float, compare, bitwise };

/// An operand as written: a node, or a C++ number that takes the dtype of its neighbours.
struct operand {
  int id = -1;
  dtype type = dtype::f64;
  dim bits = 0;
  constexpr bool is_weak() const { return id < 0; }
};

namespace detail {
/// The dtype in which operands meet; weak ones count only beside each other.
constexpr dtype promoted(const operand* x, int n) {
  dtype d = dtype::b1;
  bool strong = false;
  for (int i = 0; i < n; ++i)
    if (!x[i].is_weak()) d = strong ? promote(d, x[i].type) : x[i].type, strong = true;
  for (int i = 0; i < n; ++i)
    if (x[i].is_weak()) d = strong ? promote_weak(d, x[i].type) : promote(d, x[i].type);
  return d;
}
/// The common shape by NumPy's rule, or an error that shows both.
constexpr dims broadcast_shapes(auto& g, std::string_view op, const dims& a, const dims& b) {
  dims out;
  int rank = a.rank > b.rank ? a.rank : b.rank;
  for (int i = 0; i < rank; ++i) {
    dim x = i < rank - a.rank ? 1 : a[i - rank + a.rank];
    dim y = i < rank - b.rank ? 1 : b[i - rank + b.rank];
    auto say = [&](text& t) {
      t << op << ": shapes " << a << " and " << b
        << " do not broadcast; axes must be equal, or 1 where the type says so";
    };
    if (x != 1 && y != 1 && !g.require_equal(x, y, error_kind::shape, say)) return a;
    out.push(x == 1 ? y : g.symbols.canonical(x));
  }
  return out;
}
constexpr int place(auto& g, const operand& x, dtype d, const dims& shape) {
  if (!x.is_weak()) return broadcast_in_dim_t::emit_numpy(g, convert_t::emit(g, x.id, d), shape);
  return visit_dtype(x.type, [&]<class T>() {
    return constant_t::emit(g, shape, d, from_bits<T>(x.bits));
  });
}
/// True if integer v is one of dtype d.
constexpr bool holds(dtype d, dim v) {
  return visit_dtype(d, [&]<class T>() {
    return static_cast<dim>(static_cast<T>(v)) == v && (!is_unsigned(d) || v >= 0);
  });
}
/// The same of an unsigned number of 64 bits with the bits of v.
constexpr bool holds_unsigned(dtype d, dim v) { return v < 0 ? d == dtype::u64 : holds(d, v); }
/// The same of a number that has met no program.
constexpr bool holds(dtype d, const operand& x) {
  return x.type == dtype::u64 ? holds_unsigned(d, x.bits) : holds(d, x.bits);
}
/// The dtype in which integers of dtype d are compared with the number v by value.
constexpr dtype compared_in(dtype d, const auto& v) {
  return holds(d, v) ? d : d == dtype::u64 ? dtype::f64 : dtype::i64;
}
/// Of a number v that is none of dtype d.
constexpr text no_element(std::string_view op, dim v, dtype d) {
  return text() << op << ": the number " << v << " is no " << d << ", the dtype of what it meets; "
                << "convert that to a wider dtype";
}
/// Brings operands to one shape, the first `conditions` to bool and the others to one dtype, which
/// is returned.
constexpr dtype prepare(auto& g, std::string_view op, dtype_rule rule, const operand* x, int n,
                        int* out, int conditions = 0) {
  dims shape;
  for (int i = 0; i < n; ++i)
    if (!x[i].is_weak()) shape = broadcast_shapes(g, op, shape, g.shape(x[i].id));
  dtype d = promoted(x + conditions, n - conditions);
  if (rule == dtype_rule::to_float) d = to_float(d);
  for (int i = 0; i < n && rule == dtype_rule::compare && conditions == 0; ++i)
    if (x[i].is_weak() && is_integer(d)) d = compared_in(d, x[i]);
  for (int i = conditions; i < n; ++i)
    if (x[i].is_weak() && is_integer(d) && !holds(d, x[i]))
      g.fail(error_kind::dtype, no_element(op, x[i].bits, d));
  if (rule == dtype_rule::bitwise && is_float(d))
    g.fail(error_kind::dtype, text() << op << ": takes integers and bool, but got " << d);
  if (rule == dtype_rule::number && d == dtype::b1)
    g.fail(error_kind::dtype, text() << op << ": takes numbers, but got bool; convert it to a "
                                           "number, or use the logical functions");
  if (g.failed != error_kind::none) {
    for (int i = 0; i < n; ++i) out[i] = x[i].is_weak() ? 0 : x[i].id;
    return d;
  }
  for (int i = 0; i < n; ++i) out[i] = place(g, x[i], i < conditions ? dtype::b1 : d, shape);
  return d;
}
/// The usual case in few steps: operands of one type, of which Op takes all elements, and numbers
/// beside floats; `out` gets their nodes. False if there is more to do.
template <class Op>
constexpr bool are_alike(auto& g, const operand* x, int n, int* out) {
  int type = -1;
  for (int i = 0; i < n; ++i) {
    if (x[i].id < 0) continue;
    int t = g.nodes.items[x[i].id].aval;
    if (type >= 0 && t != type) return false;
    type = t;
    out[i] = x[i].id;
  }
  const dtype d = type < 0 ? dtype::b1 : g.avals.items[type].type;
  if (!Op::takes(d)) return false;
  for (int i = 0; i < n; ++i) {
    if (x[i].id >= 0) continue;
    if (!is_float(d)) return false;
    out[i] = place(g, x[i], d, g.avals.items[type].shape);
  }
  return true;
}
}  // namespace detail

/// The type of op(a...): a number for numbers, a tracer if any is one, an expression of arrays.
/// Never deduced, as the rules of ops use each other's operators.
template <class Op, class... A>
struct op_result;
template <class Op, class... A>
using op_result_t = typename op_result<Op, A...>::type;

namespace detail {
/// Whether the constant evaluator can compute with v: nothing overflows, no NaN comes of it.
template <class T>
constexpr bool is_tame(T v) {
  if constexpr (std::is_floating_point_v<T>) {
    constexpr T big = sizeof(T) == 8 ? static_cast<T>(0x1p500) : static_cast<T>(0x1p60);
    T size = v < T(0) ? -v : v;
    return v == T(0) || (size <= big && size * big >= T(1));
  } else {
    return true;
  }
}
/// Computes Op on constants now; -1 if an operand is not one, or would trouble the compiler.
template <class Op, std::size_t... I>
constexpr int fold(auto& g, int type, const int* args, std::index_sequence<I...>) {
  if (!((g.nodes.items[args[I]].op->key == op_key<constant_t>) && ...)) return -1;
  const aval a = g.avals[static_cast<std::size_t>(type)];
  return visit_dtype(g.element(args[0]), [&]<class T>() -> int {
    if constexpr (!Op::takes(dtype_of<T>())) return -1;
    else {
      const T x[] = {from_bits<T>(g.param(args[I], 0))...};
      if (!Op::total && !(is_tame(x[I]) && ...)) return -1;
      return constant_t::emit(g, a.shape, a.type, Op::eval(x[I]...));
    }
  });
}
template <class Op>
constexpr int fold(auto& g, int type, const int* args) {
  return fold<Op>(g, type, args, std::make_index_sequence<Op::arity>());
}
/// Op, which does not mind the order of its two operands, with the older one first; -1 if it is.
template <class Op>
constexpr int in_order(auto& g, int type, const int* args) {
  if (args[0] <= args[1]) return -1;
  int swapped[] = {args[1], args[0]};
  return g.share(info_of<Op>, type, swapped, 2, nullptr, 0);
}
/// The element type in which op computes on numbers.
template <class Op, class... A>
constexpr dtype computed() {
  constexpr operand x[] = {{0, dtype_of<A>(), 0}...};
  constexpr dtype met = promoted(x + Op::conditions, Op::arity - Op::conditions);
  return Op::rule == dtype_rule::to_float ? to_float(met) : met;
}
}  // namespace detail
template <class Op, class... A>
  requires((std::is_arithmetic_v<A> && ...))
struct op_result<Op, A...> {
  using type = element_t<Op::result(detail::computed<Op, A...>())>;
};

namespace detail {
template <class T, int>
using same_for = T;
}
/// Base of ops on single elements. Codegen makes loops of `eval`; an Op supplies
///
///     template <class T> static constexpr T eval(T x...);
///
/// for T = every element type for which `takes` is true. For T = float and double it must also
/// work on packs of them: write `using std::exp; return exp(x);`, choose with
/// `using detail::select; return select(c, a, b);`, combine masks with & | !, and convert only
/// from numbers, `T(2)`. Comparisons return the mask, and the first `conditions` operands are
/// masks. An op whose `eval` works on masks in place of bool too has a member `on_masks`.
/// For derivatives it supplies `partial(arg<i>, x..., y)`, y being the value, for each operand on
/// which it depends smoothly, of traced values; or says `linear = true` as well. Where an operand
/// does not count whatever it is, `used(arg<i>, x..., y)` is false, and the derivative exactly 0.
/// The rest of the interface are the constants below, which Op may redefine.
template <class Op, int Arity>
struct elementwise {
  static constexpr op_kind kind = op_kind::elementwise;
  static constexpr int arity = Arity;
  static constexpr dtype_rule rule = dtype_rule::promote;
  static constexpr bool linear = false;
  static constexpr bool pole = false;        // it or a partial can be infinite for finite operands
  static constexpr bool total = false;       // eval never overflows, and never makes a NaN
  static constexpr bool signless = false;    // the same bits for signed as for unsigned integers
  static constexpr int conditions = 0;       // how many operands, the first ones, are bool
  static constexpr double lo = -inf, hi = inf;  // the domain of each operand
  static constexpr int ulp = 0;                 // the largest error of eval

  /// Whether `eval` is meant for elements of dtype d (of operands that are no conditions).
  static constexpr bool takes(dtype d) {
    if (Op::rule == dtype_rule::to_float) return is_float(d);
    if (Op::rule == dtype_rule::bitwise) return !is_float(d);
    return Op::rule != dtype_rule::number || d != dtype::b1;
  }
  /// The dtype of the result for operands of dtype d.
  static constexpr dtype result(dtype d) { return Op::rule == dtype_rule::compare ? dtype::b1 : d; }

  static constexpr aval type_of(const auto& g, int n) {
    const aval& last = g.type(g.arg(n, Arity - 1));
    return {Op::result(last.type), last.shape};
  }
  static constexpr const char* fault(const auto& g, int n) {
    const aval& last = g.type(g.arg(n, Arity - 1));
    for (int i = 0; i < Arity; ++i) {
      const aval& x = g.type(g.arg(n, i));
      if (!detail::same_shape(g, x.shape, last.shape)) return "has operands of different shapes";
      if (i < Op::conditions && x.type != dtype::b1) return "has a condition that is not bool";
      if (i >= Op::conditions && x.type != last.type) return "has operands of different dtypes";
    }
    return nullptr;
  }

  /// The node for operands already of one shape and dtype.
  static constexpr int emit(auto& g, const int* x) {
    int type = g.nodes.items[x[Arity - 1]].aval;
    const dtype from = g.avals.items[type].type, to = Op::result(from);
    if (to != from) type = g.intern({to, g.shape(x[Arity - 1])});
    return g.template add<Op>(type, x, Arity, nullptr, 0);
  }
  static constexpr int emit(auto& g, const operand* x) {
    int ready[static_cast<std::size_t>(Arity)] = {};
    if (Op::conditions == 0 && detail::are_alike<Op>(g, x, Arity, ready)) return emit(g, ready);
    detail::prepare(g, Op::name, Op::rule, x, Arity, ready, Op::conditions);
    return g.failed != error_kind::none ? ready[Arity - 1] < 0 ? 0 : ready[Arity - 1]
                                        : emit(g, ready);
  }

  /// Numbers are computed at once, everything else is a value that knows what to do.
  template <class... A>
    requires(sizeof...(A) == Arity)
  constexpr op_result_t<Op, A...> operator()(const A&... a) const {
    if constexpr ((std::is_arithmetic_v<A> && ...)) return on_numbers(a...);
    else return apply_op(static_cast<const Op&>(*this), a...);
  }

  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    return sum_of_products<Tracer>(g, n, tangents, std::make_integer_sequence<int, Arity>());
  }
  template <class Tracer, class Self = Op>
    requires(Self::linear)
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* is_linear,
                                  int* out) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      ((is_linear[I] ? void(out[I] = product<Tracer, I>(g, n, ct)) : void()), ...);
    }(std::make_integer_sequence<int, Arity>());
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int, const int* args, const bool* batched,
                             dim size) {
    int x[static_cast<std::size_t>(Arity)] = {};
    for (int i = 0; i < Arity; ++i)
      x[i] = batched[i] ? args[i] : detail::repeat(g, args[i], size);
    return emit(g, x);
  }

 private:
  template <class... A>
  static constexpr auto on_numbers(A... a) {
    using T = element_t<detail::computed<Op, A...>()>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Op::template eval<T>(
          static_cast<std::conditional_t<(I < std::size_t{Op::conditions}), bool, T>>(a)...);
    }(std::make_index_sequence<static_cast<std::size_t>(Arity)>());
  }
  /// t times the partial derivative of node n by operand I, or -1 if that is zero.
  template <class Tracer, int I>
  static constexpr int product(graph_for<Tracer>& g, int n, int t) {
    return product<Tracer, I>(g, n, t, std::make_integer_sequence<int, Arity>());
  }
  // A function of its own: in a lambda, nvcc looks up what `if constexpr` leaves out.
  template <class Tracer, int I, int... K, class Self = Op>
  static constexpr int product(graph_for<Tracer>& g, int n, int t,
                               std::integer_sequence<int, K...>) {
    constexpr bool smooth = requires {
      Self::partial(arg<I>(), std::declval<detail::same_for<Tracer, K>>()...,
                    std::declval<Tracer>());
    };
    if constexpr (!smooth) return -1;
    else {
      const Tracer y{&g, n};
      Tracer p = Self::partial(arg<I>(), Tracer{&g, g.arg(n, K)}..., y);
      const int dy = detail::derivative_product(g, t, p);
      if constexpr (!requires { Self::used(arg<I>(), y, y, y); }) return dy;
      else {
        Tracer used = Self::used(arg<I>(), Tracer{&g, g.arg(n, K)}..., y);
        return dy < 0 ? dy : detail::kept(g, used.id, dy);
      }
    }
  }
  template <class Tracer, int... I>
  static constexpr int sum_of_products(graph_for<Tracer>& g, int n, const int* tangents,
                                       std::integer_sequence<int, I...>) {
    int terms[] = {(tangents[I] < 0 ? -1 : product<Tracer, I>(g, n, tangents[I]))...};
    int sum = -1;
    for (int t : terms)
      if (t >= 0) sum = sum < 0 ? t : (Tracer{&g, sum} + Tracer{&g, t}).id;
    return sum;
  }
};

}  // namespace calx::inline CALX_ABI
