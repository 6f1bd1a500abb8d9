// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions over axes: sum, max, min, any, all, argmax, argmin.
#pragma once

#include <calx/ops/extrema.hpp>
#include <calx/ops/slice.hpp>

namespace calx::inline CALX_ABI {

/// Base of reductions; the parameters are the axes that go, in increasing order. Codegen makes
/// loops of what Op supplies:
///
///     template <class T> static constexpr T identity();    // the result of no elements
///     template <class T> static constexpr T combine(T a, T b);
///     using combine_op = ...;                               // the elementwise op that this is
///
/// for T = every element type for which `takes` is true; `combine` on packs of floats too. It must
/// be associative and commutative but for rounding, as loops combine in an order of their own, and
/// combining with the identity must change nothing. `signless` as for elementwise ops; `repeats`
/// says that combining a value with itself changes nothing.
template <class Op>
struct reduction {
  static constexpr op_kind kind = op_kind::reduction;
  static constexpr bool signless = false, repeats = false;
  static constexpr bool takes(dtype) { return true; }
  static constexpr dtype result(dtype d) { return d; }
  static constexpr param_kind parameters = param_kind::axes;
  static constexpr aval type_of(const auto& g, int n) {
    const aval& from = g.type(g.arg(n, 0));
    aval to{Op::result(from.type), {}};
    for (int i = 0, k = 0; i < from.shape.rank; ++i)
      if (k < g.at(n).int_count && g.param(n, k) == i) ++k;
      else to.shape.push(from.shape[i]);
    return to;
  }
  static constexpr const char* fault(const auto& g, int n) {
    const int count = g.at(n).int_count;
    if (count < 1 || !detail::are_axes(g, n, 0, count, g.shape(g.arg(n, 0)).rank))
      return "has parameters that are no axes";
    for (int i = 1; i < count; ++i)
      if (g.param(n, i) < g.param(n, i - 1)) return "has axes that do not increase";
    return nullptr;
  }
  static constexpr int emit(auto& g, int x, const detail::dim_list& axes) {
    if (axes.empty()) return x;
    dims shape;
    for (int i = 0; i < g.shape(x).rank; ++i)
      if (!detail::contains(axes, i)) shape.push(g.shape(x)[i]);
    return g.template add<Op>(g.intern({Op::result(g.element(x)), shape}), &x, 1, axes.data(),
                 static_cast<int>(axes.size()));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim) {
    detail::dim_list axes;
    for (dim a : detail::params_of(g, n)) axes.push_back(a + 1);
    return emit(g, args[0], axes);
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim* axes) {
    const dims from = g.shape(args[0]);
    int count = from.rank - g.avals[static_cast<std::size_t>(type)].shape.rank;
    detail::dim_list all(axes, axes + count), several;
    for (dim a : all)
      if (from[static_cast<int>(a)] != 1) several.push_back(a);
    // One element is its own sum, product and extremum.
    if (several.size() < all.size()) return drop_ones(g, args[0], all);
    for (dim a : all)
      if (is_symbol(from[static_cast<int>(a)]) || from[static_cast<int>(a)] < 1) return -1;
    if (is<constant_t>(g, args[0])) return of_equals(g, args[0], all, all);
    if (!is<broadcast_in_dim_t>(g, args[0])) return -1;
    // Along axes on which elements repeat.
    detail::dim_list made, repeated;
    for (int i = 0; i < g.at(args[0]).int_count; ++i) made.push_back(g.param(args[0], i));
    for (dim a : all)
      if (!detail::contains(made, a)) repeated.push_back(a);
    return repeated.empty() ? -1 : of_equals(g, args[0], all, repeated);
  }

 protected:
  /// Node n, which reduced x, spread over x's shape again.
  static constexpr int spread(auto& g, int n, int value) {
    int x = g.arg(n, 0);
    detail::dim_list kept, gone = detail::params_of(g, n);
    for (int i = 0; i < g.shape(x).rank; ++i)
      if (!detail::contains(gone, i)) kept.push_back(i);
    return broadcast_in_dim_t::emit(g, value, dims(g.shape(x)), kept);
  }

 private:
  /// The axes `all` of x without those in `gone`, counted when those are gone.
  static constexpr detail::dim_list renumbered(const detail::dim_list& all,
                                               const detail::dim_list& gone) {
    detail::dim_list rest;
    for (dim a : all) {
      if (detail::contains(gone, a)) continue;
      dim before = 0;
      for (dim b : gone) before += b < a ? 1 : 0;
      rest.push_back(a - before);
    }
    return rest;
  }
  static constexpr int drop_ones(auto& g, int x, const detail::dim_list& all) {
    dims shape;
    detail::dim_list ones;
    for (int i = 0; i < g.shape(x).rank; ++i)
      if (g.shape(x)[i] == 1 && detail::contains(all, i)) ones.push_back(i);
      else shape.push(g.shape(x)[i]);
    return emit(g, reshape_t::emit(g, x, shape), renumbered(all, ones));
  }
  /// x reduced over `all`, where its elements are equal along the axes `repeated`; -1 if that is
  /// not known to be cheaper.
  static constexpr int of_equals(auto& g, int x, const detail::dim_list& all,
                                 const detail::dim_list& repeated) {
    dim count = 1;
    dims start, stride, part = g.shape(x), shape;
    for (int i = 0; i < part.rank; ++i) start.push(0), stride.push(1);
    for (dim a : repeated) count *= part[static_cast<int>(a)], part[static_cast<int>(a)] = 1;
    for (int i = 0; i < part.rank; ++i)
      if (!detail::contains(repeated, i)) shape.push(part[i]);
    if (!Op::repeats && !requires { Op::repeat(g, x, count); }) return -1;
    int one = reshape_t::emit(g, slice_t::emit(g, x, start, stride, part), shape);
    int rest = emit(g, one, renumbered(all, repeated));
    if constexpr (requires { Op::repeat(g, rest, count); }) return Op::repeat(g, rest, count);
    else return rest;
  }
};

/// The sum over axes; integers and bool are summed in 64 bits by the caller's conversion.
struct reduce_sum_t : reduction<reduce_sum_t> {
  static constexpr std::string_view name = "reduce_sum";
  using combine_op = add_t;
  static constexpr bool signless = true;
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto& g, int n, const int* masks);  // below
  template <class T>
  CALX_HD static constexpr T identity() { return T(0); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return add_t::eval(a, b); }
  /// The sum of `count` values that are all x.
  static constexpr int repeat(auto& g, int x, dim count) {
    return detail::emit<mul_t>(g, x, constant_t::emit(g, dims(g.shape(x)), g.element(x), count));
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    return detail::emit_like(g, n, tangents);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    out[0] = spread(g, n, ct);
  }
};

template <class Tracer>
constexpr int detail::sum_over(graph_for<Tracer>& g, int x, const dim_list& axes) {
  return reduce_sum_t::emit(g, x, axes);
}

/// Base of max and min: elements that tie for the extremum share the derivative equally, the others
/// are branches not taken, and if it is NaN all derivatives are. Op says by `beats(a, b)` whether a
/// is nearer to the extremum than b.
template <class Op>
struct extremum : reduction<Op> {
  static constexpr bool repeats = true;
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    auto axes = detail::params_of(g, n);
    const Tracer x{&g, g.arg(n, 0)}, y{&g, n};
    // True for what ties, and if y is NaN for all.
    const Tracer hit = !Op::beats(Tracer{&g, reduction<Op>::spread(g, n, n)}, x);
    const Tracer count{&g, reduce_sum_t::emit(g, convert_t::emit(g, hit.id, g.element(n)), axes)};
    const Tracer share = where(equal_to(y, y), 1.0 / count, y);
    const Tracer weight{&g, reduction<Op>::spread(g, n, share.id)};
    const int moved = detail::derivative_product(g, tangents[0], weight);
    return reduce_sum_t::emit(g, detail::kept(g, hit.id, moved), axes);
  }
};
/// The maximum over axes, which must not be empty; NaN if any element is.
struct reduce_max_t : extremum<reduce_max_t> {
  static constexpr std::string_view name = "reduce_max";
  using combine_op = max_t;
  template <class X>
  static constexpr X beats(X a, X b) { return a > b; }
  template <class T>
  CALX_HD static constexpr T identity() {
    using limits = std::numeric_limits<T>;
    return limits::has_infinity ? static_cast<T>(-limits::infinity()) : limits::lowest();
  }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return max_t::eval(a, b); }
};
/// The minimum over axes, which must not be empty; NaN if any element is.
struct reduce_min_t : extremum<reduce_min_t> {
  static constexpr std::string_view name = "reduce_min";
  using combine_op = min_t;
  template <class X>
  static constexpr X beats(X a, X b) { return a < b; }
  template <class T>
  CALX_HD static constexpr T identity() {
    using limits = std::numeric_limits<T>;
    return limits::has_infinity ? limits::infinity() : limits::max();
  }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return min_t::eval(a, b); }
};

/// Base of reductions of bits, and so of truth values.
template <class Op>
struct bit_reduction : reduction<Op> {
  static constexpr bool signless = true, repeats = true;
  static constexpr bool takes(dtype d) { return !is_float(d); }
};
/// True if any element is; of integers, all bits that any has.
struct reduce_or_t : bit_reduction<reduce_or_t> {
  static constexpr std::string_view name = "reduce_or";
  using combine_op = bit_or_t;
  template <class T>
  CALX_HD static constexpr T identity() { return T(0); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return bit_or_t::eval(a, b); }
};
constexpr int reduce_sum_t::support(auto& g, int n, const int* masks) {
  return masks[0] < 0 ? -1 : reduce_or_t::emit(g, masks[0], detail::params_of(g, n));
}
/// True if all elements are; of integers, the bits that all have.
struct reduce_and_t : bit_reduction<reduce_and_t> {
  static constexpr std::string_view name = "reduce_and";
  using combine_op = bit_and_t;
  template <class T>
  CALX_HD static constexpr T identity() { return static_cast<T>(~std::int64_t{0}); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return bit_and_t::eval(a, b); }
};

namespace detail {
/// argmax and argmin: the first index, as int64, at which Op, an extremum over one axis, is
/// reached; if an element is NaN that of the first NaN. The axis must not be empty.
template <class Op, class Tracer>
constexpr int first_index(graph_for<Tracer>& g, int x, int axis) {
  const dims shape = g.shape(x);
  dim_list gone{axis}, kept;
  for (int i = 0; i < shape.rank; ++i)
    if (i != axis) kept.push_back(i);
  Tracer value{&g, x};
  Tracer best{&g, broadcast_in_dim_t::emit(g, Op::emit(g, x, gone), shape, kept)};
  Tracer hit = equal_to(value, best);
  if (is_float(g.element(x))) hit = bit_or(hit, not_equal(value, value));
  Tracer index{&g, iota_t::emit(g, {dtype::i64, shape}, axis)};
  Tracer first = where(hit, index, std::numeric_limits<std::int64_t>::max());
  return reduce_min_t::emit(g, first.id, gone);
}
}  // namespace detail

using reduce_ops = type_list<reduce_sum_t, reduce_max_t, reduce_min_t, reduce_or_t, reduce_and_t>;

}  // namespace calx::inline CALX_ABI
