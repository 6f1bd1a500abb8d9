// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions that are made of others: var, std, logsumexp.
#pragma once

#include <limits>

#include <calx/api/stop_gradient.hpp>
#include <calx/numpy/reductions.hpp>

namespace calx::inline CALX_ABI {

/// How many degrees of freedom `var` and `std` leave out of their divisor.
template <int N>
struct ddof_t {};
/// var(x, ddof<1>): the sum of squares divided by n - 1.
template <int N>
inline constexpr ddof_t<N> ddof{};

namespace detail {
/// What `var` is told beside the axes.
struct variance_options : reduction_options {
  int less = 0;
  using reduction_options::read;
  template <int N>
  constexpr void read(ddof_t<N>) { less = N; }
  template <class... O>
  static constexpr variance_options of(O... o) {
    variance_options r;
    (r.read(o), ...);
    return r;
  }
};
template <class = void>
constexpr tracer converted(const tracer& x, calx::dtype d) {
  return {x.program, convert_t::emit(*x.program, x.id, d)};
}
/// The mean square of what x is off its mean along axes, with n - less in place of n.
template <class = void>
constexpr tracer variance(std::string_view name, const tracer& x, const dim_list& axes, bool keep,
                          int less) {
  if (broken(x)) return x;
  if (x.is_weak()) return x - x;
  const calx::dtype d = to_float(x.dtype());
  const tracer total = reduce<reduce_sum_t>(name, x, d, axes, true);
  if (broken(x)) return x;
  const tracer n = converted(count_along(x, axes), d), off = converted(x, d) - total / n;
  const tracer squares = reduce<reduce_sum_t>(name, square(off), d, axes, keep);
  if (less == 0) return squares / n;
  const tracer left = n - static_cast<double>(less);
  return where(left > 0.0, squares / left, std::numeric_limits<double>::quiet_NaN());
}
/// m + log(sum(exp(x - m))), m the largest element where that is finite.
template <class = void>
constexpr tracer log_sum_exp(std::string_view name, const tracer& x, const dim_list& axes,
                             bool keep) {
  if (broken(x) || x.is_weak()) return x;
  const calx::dtype d = to_float(x.dtype());
  tracer m = reduce<reduce_max_t>(name, x, d, axes, true);
  if (broken(x)) return x;
  m = stop_gradient(where(abs(m) < inf, m, 0.0));
  const tracer y =
      m + calx::log(reduce<reduce_sum_t>(name, calx::exp(converted(x, d) - m), d, axes, true));
  if (keep) return y;
  dims shape;
  const dim_list gone = reduced_axes(*x.program, name, x.dimensions(), axes);
  std::size_t k = 0;
  for (int i = 0; i < x.rank(); ++i) {
    if (k < gone.size() && gone[k] == i) ++k;
    else shape.push(x.dimensions()[i]);
  }
  return {x.program, reshape_t::emit(*x.program, y.id, shape)};
}
}  // namespace detail

/// The variance, mean(|x - mean(x)|^2), over axes as `sum` takes them; with `ddof<k>` the sum is
/// divided by n - k, and the result is NaN where that is not positive. Integers become floats of
/// their width. The mean is taken first, so that nothing cancels. index_error as for `sum`.
///
///     calx::var(x, calx::axis<0>, calx::ddof<1>)
struct var_fn : detail::array_function<var_fn> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    const auto o = detail::variance_options::of(options...);
    return detail::variance("var", x, o.axes, o.keep, o.less);
  }
};
/// var(x), var(x, axis<0>, ddof<1>): the variance.
inline constexpr var_fn var{};

/// The standard deviation, the square root of `var`.
struct std_fn : detail::array_function<std_fn> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    const auto o = detail::variance_options::of(options...);
    return calx::sqrt(detail::variance("std", x, o.axes, o.keep, o.less));
  }
};
/// std(x), std(x, axis<0>, ddof<1>): the standard deviation. (In `std::sqrt` only a namespace is
/// looked for, so that nobody mistakes the two.)
inline constexpr std_fn std{};

/// The logarithm of the sum of e^x, over axes as `sum` takes them, without overflow: -inf of
/// nothing and of elements that are all -inf, inf if one is. Its gradient is the softmax of x.
/// Integers become floats of their width. index_error as for `sum`.
struct logsumexp_fn : detail::array_function<logsumexp_fn> {
  template <class... O>
  static constexpr tracer trace(const tracer& x, O... options) {
    const auto o = detail::reduction_options::of(options...);
    return detail::log_sum_exp("logsumexp", x, o.axes, o.keep);
  }
};
/// logsumexp(x), logsumexp(x, axis<0>): the logarithm of the sum of exponentials.
inline constexpr logsumexp_fn logsumexp{};

}  // namespace calx::inline CALX_ABI
