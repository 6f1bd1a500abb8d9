// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions: sum, mean, prod, max, min, any, all, argmax, argmin.
#pragma once

#include <calx/numpy/function.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// The axes of a reduction, sorted; empty list given: all.
template <class = void>
constexpr dim_list reduced_axes(graph& g, std::string_view op, const dims& shape,
                                const dim_list& given) {
  bool goes[max_rank] = {};
  for (dim a : given) {
    int n = normal_axis(a, shape.rank);
    if (n < 0 || goes[n]) {
      g.fail(error_kind::index, text() << op << ": axis " << a << " is outside shape " << shape
                                       << ", or named twice");
      return {};
    }
    goes[n] = true;
  }
  dim_list sorted;
  for (int i = 0; i < shape.rank; ++i)
    if (goes[i] || given.empty()) sorted.push_back(i);
  return sorted;
}
template <class = void>
constexpr dims kept_shape(dims shape, const dim_list& axes) {
  for (dim a : axes) shape[static_cast<int>(a)] = 1;
  return shape;
}
/// A reduction of x, which is first converted to `type`.
template <class Op>
constexpr tracer reduce(std::string_view name, const tracer& x, calx::dtype type,
                        const dim_list& given, bool keep) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  dims shape = x.dimensions();
  auto list = reduced_axes(g, name, shape, given);
  if (broken(x)) return x;
  int n = Op::emit(g, convert_t::emit(g, x.id, type), list);
  return {&g, keep ? reshape_t::emit(g, n, kept_shape(shape, list)) : n};
}
/// Extrema of nothing do not exist.
template <class = void>
constexpr void require_elements(std::string_view name, const tracer& x, const dim_list& given) {
  if (broken(x) || x.is_weak()) return;
  graph& g = *x.program;
  for (dim a : reduced_axes(g, name, x.dimensions(), given)) {
    dim n = x.dimensions()[static_cast<int>(a)];
    g.require_non_negative(g.symbols.add(n, -1), error_kind::shape, [&](text& t) {
      t << name << ": shape " << x.dimensions() << " is empty along axis " << a
        << "; there is no element to choose";
    });
  }
}

/// sum and its kin. Kind::prepare gives the dtype to reduce in.
template <class Op, class Kind>
struct reduction_fn : array_function<Kind> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    auto o = reduction_options::of(options...);
    if constexpr (Kind::needs_elements) require_elements(Kind::name, x, o.axes);
    return reduce<Op>(Kind::name, x, Kind::prepare(x.dtype()), o.axes, o.keep);
  }
  static constexpr bool needs_elements = false;
};
/// How many elements a reduction of x over `axes` combines, as a node.
template <class = void>
constexpr tracer count_along(const tracer& x, const dim_list& axes) {
  graph& g = *x.program;
  dim n = 1;
  for (dim a : reduced_axes(g, "mean", x.dimensions(), axes))
    n = g.symbols.mul(n, x.dimensions()[static_cast<int>(a)]);
  return {&g, extent_t::emit(g, n)};
}
/// The least index along an axis at which x is the extremum, or NaN.
template <class Op>
constexpr tracer arg_extremum(std::string_view name, const tracer& x, const reduction_options& o) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  require_elements(name, x, o.axes);
  tracer flat = o.all ? reshape(x, {-1}) : x;
  const dim_list first{0};  // named, as g++ 12 destroys a temporary of `?:` that it never made
  dim_list axes = reduced_axes(g, name, flat.dimensions(), o.all ? first : o.axes);
  if (axes.size() > 1)
    g.fail(error_kind::index, text() << name << ": takes one axis or none, but got "
                                     << static_cast<int>(axes.size()));
  if (broken(x)) return x;
  tracer index(&g, first_index<Op, tracer>(g, flat.id, static_cast<int>(axes[0])));
  if (!o.keep) return index;
  return reshape(index, kept_shape(x.dimensions(), reduced_axes(g, name, x.dimensions(), o.axes)));
}
}  // namespace detail

/// The sum over `axis<A>`, `axes<A...>` or, without them, all elements; with `keepdims` reduced
/// axes stay with extent 1. Integers and bool are summed in 64 bits. The sum of nothing is 0.
/// index_error if an axis is outside the shape or named twice, as for all reductions.
///
///     calx::sum(x, calx::axis<0>)
struct sum_fn : detail::reduction_fn<reduce_sum_t, sum_fn> {
  static constexpr std::string_view name = "sum";
  static constexpr calx::dtype prepare(calx::dtype d) { return sum_dtype(d); }
};
/// sum(x), sum(x, axis<0>), sum(x, axes<0, 1>, keepdims): the sum.
inline constexpr sum_fn sum{};
/// The product; see `sum`. The product of nothing is 1.
struct prod_fn : detail::reduction_fn<reduce_prod_t, prod_fn> {
  static constexpr std::string_view name = "prod";
  static constexpr calx::dtype prepare(calx::dtype d) { return sum_dtype(d); }
};
/// prod(x), prod(x, axis<0>): the product.
inline constexpr prod_fn prod{};
/// The largest element, NaN if any is; ties share the gradient. shape_error if there is none.
struct max_fn : detail::reduction_fn<reduce_max_t, max_fn> {
  static constexpr std::string_view name = "max";
  static constexpr bool needs_elements = true;
  static constexpr calx::dtype prepare(calx::dtype d) { return d; }
};
/// max(x), max(x, axis<0>): the largest element; of two values, `maximum`.
inline constexpr max_fn max{};
/// The smallest element; see `max`.
struct min_fn : detail::reduction_fn<reduce_min_t, min_fn> {
  static constexpr std::string_view name = "min";
  static constexpr bool needs_elements = true;
  static constexpr calx::dtype prepare(calx::dtype d) { return d; }
};
/// min(x), min(x, axis<0>): the smallest element; of two values, `minimum`.
inline constexpr min_fn min{};
/// True if any element is nonzero; NaN counts as nonzero.
struct any_fn : detail::reduction_fn<reduce_or_t, any_fn> {
  static constexpr std::string_view name = "any";
  static constexpr calx::dtype prepare(calx::dtype) { return calx::dtype::b1; }
};
/// any(x), any(x, axis<0>): true if an element is nonzero.
inline constexpr any_fn any{};
/// True if all elements are nonzero.
struct all_fn : detail::reduction_fn<reduce_and_t, all_fn> {
  static constexpr std::string_view name = "all";
  static constexpr calx::dtype prepare(calx::dtype) { return calx::dtype::b1; }
};
/// all(x), all(x, axis<0>): true if no element is zero.
inline constexpr all_fn all{};

/// The arithmetic mean; integers become floats of their width. The mean of nothing is NaN.
struct mean_fn : detail::array_function<mean_fn> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    auto o = detail::reduction_options::of(options...);
    if (detail::broken(x) || x.is_weak()) return x;
    calx::dtype d = to_float(x.dtype());
    tracer total = detail::reduce<reduce_sum_t>("mean", x, d, o.axes, o.keep);
    if (detail::broken(x)) return x;
    tracer n = detail::count_along(x, o.axes);
    return div(total, tracer(n.program, convert_t::emit(*n.program, n.id, d)));
  }
};
/// mean(x), mean(x, axis<0>): the arithmetic mean.
inline constexpr mean_fn mean{};

/// The index of the largest element along one axis, or in the flattened array: the first of equal
/// ones, the first NaN if there is one. int64. shape_error if there is no element.
struct argmax_fn : detail::array_function<argmax_fn> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    return detail::arg_extremum<reduce_max_t>("argmax", x,
                                              detail::reduction_options::of(options...));
  }
};
/// argmax(x), argmax(x, axis<0>): the index of the largest element.
inline constexpr argmax_fn argmax{};
/// The index of the smallest element; see `argmax`.
struct argmin_fn : detail::array_function<argmin_fn> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    return detail::arg_extremum<reduce_min_t>("argmin", x,
                                              detail::reduction_options::of(options...));
  }
};
/// argmin(x), argmin(x, axis<0>): the index of the smallest element.
inline constexpr argmin_fn argmin{};

namespace value {
// What the methods of arrays call.
template <class A, class... P>
constexpr auto method_sum(const A& a, P... p) { return calx::sum(a, p...); }
template <class A, class... P>
constexpr auto method_mean(const A& a, P... p) { return calx::mean(a, p...); }
template <class A, class... P>
constexpr auto method_prod(const A& a, P... p) { return calx::prod(a, p...); }
template <class A, class... P>
constexpr auto method_max(const A& a, P... p) { return calx::max(a, p...); }
template <class A, class... P>
constexpr auto method_min(const A& a, P... p) { return calx::min(a, p...); }
template <class A, class... P>
constexpr auto method_any(const A& a, P... p) { return calx::any(a, p...); }
template <class A, class... P>
constexpr auto method_all(const A& a, P... p) { return calx::all(a, p...); }

template <class... P>
constexpr tracer tracer::sum(P... p) const { return calx::sum(*this, p...); }
template <class... P>
constexpr tracer tracer::mean(P... p) const { return calx::mean(*this, p...); }
template <class... P>
constexpr tracer tracer::prod(P... p) const { return calx::prod(*this, p...); }
template <class... P>
constexpr tracer tracer::max(P... p) const { return calx::max(*this, p...); }
template <class... P>
constexpr tracer tracer::min(P... p) const { return calx::min(*this, p...); }
template <class... P>
constexpr tracer tracer::any(P... p) const { return calx::any(*this, p...); }
template <class... P>
constexpr tracer tracer::all(P... p) const { return calx::all(*this, p...); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
