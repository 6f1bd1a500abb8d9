// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions over axes: sum, prod, max, min, any, all, argmax, argmin.
#pragma once

#include <calx/ops/select.hpp>
#include <calx/ops/slice.hpp>

namespace calx::inline CALX_ABI {

/// Base of reductions; the parameters are the axes that go, in increasing order. Op supplies
/// `identity<T>()` and `combine(a, b)`, which must be associative.
template <class Op>
struct reduction {
  static constexpr op_kind kind = op_kind::reduction;
  static constexpr int emit(auto& g, int x, const detail::dim_list& axes) {
    if (axes.empty()) return x;
    dims shape;
    for (int i = 0; i < g.shape(x).rank; ++i) {
      bool goes = false;
      for (dim a : axes) goes = goes || a == i;
      if (!goes) shape.push(g.shape(x)[i]);
    }
    return g.template add<Op>(g.intern({Op::result(g.element(x)), shape}), &x, 1, axes.data(),
                 static_cast<int>(axes.size()));
  }
  static constexpr dtype result(dtype d) { return d; }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim) {
    detail::dim_list axes;
    for (dim a : detail::params_of(g, n)) axes.push_back(a + 1);
    return emit(g, args[0], axes);
  }

 protected:
  /// Node n, which reduced x, spread over x's shape again.
  static constexpr int spread(auto& g, int n, int value) {
    int x = g.arg(n, 0);
    detail::dim_list kept;
    for (int i = 0; i < g.shape(x).rank; ++i) {
      bool goes = false;
      for (dim a : detail::params_of(g, n)) goes = goes || a == i;
      if (!goes) kept.push_back(i);
    }
    return broadcast_in_dim_t::emit(g, value, dims(g.shape(x)), kept);
  }
};

/// The sum over axes; integers and bool are summed in 64 bits by the caller's conversion.
struct reduce_sum_t : reduction<reduce_sum_t> {
  static constexpr std::string_view name = "reduce_sum";
  template <class T>
  CALX_HD static constexpr T identity() { return T(0); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return add_t::eval(a, b); }
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

/// Base of max and min: elements that tie for the extremum share the tangent equally.
template <class Op>
struct extremum : reduction<Op> {
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    auto axes = detail::params_of(g, n);
    Tracer x{&g, g.arg(n, 0)}, y{&g, reduction<Op>::spread(g, n, n)}, t{&g, tangents[0]};
    Tracer hit = equal_to(x, y), zero = x.like(0.0);
    Tracer count{&g, reduce_sum_t::emit(g, where(hit, x.like(1.0), zero).id, axes)};
    Tracer total{&g, reduce_sum_t::emit(g, where(hit, t, zero).id, axes)};
    return (total * (1.0 / count)).id;
  }
};
/// The maximum over axes, which must not be empty; NaN if any element is.
struct reduce_max_t : extremum<reduce_max_t> {
  static constexpr std::string_view name = "reduce_max";
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
  template <class T>
  CALX_HD static constexpr T identity() {
    using limits = std::numeric_limits<T>;
    return limits::has_infinity ? limits::infinity() : limits::max();
  }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return min_t::eval(a, b); }
};

/// The product over axes. Its derivative by one element is the product of the others, written as
/// a product again: exact at zeros, to any order.
struct reduce_prod_t : reduction<reduce_prod_t> {
  static constexpr std::string_view name = "reduce_prod";
  template <class T>
  CALX_HD static constexpr T identity() { return T(1); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return mul_t::eval(a, b); }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    auto axes = detail::params_of(g, n);
    int x = g.arg(n, 0), t = tangents[0], rank = g.shape(x).rank;
    // Tangents by one axis at a time; the others are multiplied up first.
    while (axes.size() > 1) {
      detail::dim_list last{axes.back()};
      int one = g.template add<reduce_prod_t>(g.intern(without(g, x, last)), &x, 1, last.data(), 1);
      int ts[] = {t};
      t = jvp<Tracer>(g, one, ts);
      x = one, rank = g.shape(x).rank;
      axes.pop_back();
    }
    int axis = static_cast<int>(axes[0]);
    dims table = g.shape(x);
    table.insert(axis, table[axis]);
    detail::dim_list keep;
    for (int i = 0; i < rank; ++i) keep.push_back(i < axis ? i : i + 1);
    Tracer all{&g, broadcast_in_dim_t::emit(g, x, table, keep)};
    Tracer i{&g, iota_t::emit(g, {dtype::i64, table}, axis)};
    Tracer j{&g, iota_t::emit(g, {dtype::i64, table}, axis + 1)};
    Tracer rest = where(equal_to(i, j), all.like(1.0), all);
    Tracer others{&g, emit(g, rest.id, {axis + 1})};
    return reduce_sum_t::emit(g, (Tracer{&g, t} * others).id, axes);
  }

 private:
  static constexpr aval without(const auto& g, int x, const detail::dim_list& axis) {
    aval a = g.type(x);
    a.shape.erase(static_cast<int>(axis[0]));
    return a;
  }
};

/// True if any element is; of bools.
struct reduce_or_t : reduction<reduce_or_t> {
  static constexpr std::string_view name = "reduce_or";
  template <class T>
  CALX_HD static constexpr T identity() { return T(0); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return bit_or_t::eval(a, b); }
};
/// True if all elements are; of bools.
struct reduce_and_t : reduction<reduce_and_t> {
  static constexpr std::string_view name = "reduce_and";
  template <class T>
  CALX_HD static constexpr T identity() { return static_cast<T>(~std::int64_t{0}); }
  template <class T>
  CALX_HD static constexpr T combine(T a, T b) { return bit_and_t::eval(a, b); }
};

// argmax and argmin are written with these: the least index that reaches the extremum.
using reduce_ops = type_list<reduce_sum_t, reduce_max_t, reduce_min_t, reduce_prod_t, reduce_or_t,
                             reduce_and_t>;

}  // namespace calx::inline CALX_ABI
