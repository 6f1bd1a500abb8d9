// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Other shapes: reshape, transpose, broadcast_to, concatenate, stack.
#pragma once

#include <calx/numpy/function.hpp>

namespace calx::inline CALX_ABI {

/// The same elements in row-major order with extents n..., one of which may be -1 to be filled in.
/// shape_error if the sizes differ.
///
///     calx::reshape(x, 3, -1)
struct reshape_fn {
  template <class A, detail::extent_like... N>
  constexpr auto operator()(const A& x, N... n) const {
    if constexpr (std::is_same_v<A, tracer>)
      return detail::reshape(x, dims{detail::extent_of(n)...});
    else if constexpr (detail::is_lazy<A> || std::is_same_v<A, dynamic_array>)
      return x.reshape(n...);
    else return asarray(x).reshape(n...);
  }
};
/// reshape(x, 3, -1): the same elements in another shape.
inline constexpr reshape_fn reshape{};

namespace detail {
template <class = void>
constexpr tracer permute(const tracer& x, dim_list order) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  bool seen[max_rank] = {}, fits = static_cast<int>(order.size()) == x.rank();
  for (dim& a : order) {
    int n = normal_axis(a, x.rank());
    fits = fits && n >= 0 && !seen[n];
    if (fits) seen[n] = true, a = n;
  }
  if (!fits) {
    g.fail(error_kind::shape, text() << "transpose: the axes must name each axis of shape "
                                     << x.dimensions() << " once");
    return x;
  }
  return {&g, transpose_t::emit(g, x.id, order)};
}
template <class = void>
constexpr tracer reversed_axes(const tracer& x) {
  dim_list order;
  for (int i = x.rank(); i-- > 0;) order.push_back(i);
  return permute(x, order);
}
}  // namespace detail

/// Axes in the order of `axes<A...>` (axis i of the result is axis A_i of x); reversed without.
struct transpose_fn : detail::array_function<transpose_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& x) { return detail::reversed_axes(x); }
  template <int... A>
  static constexpr tracer trace(const tracer& x, axes_t<A...>) {
    return detail::permute(x, {A...});
  }
};
/// transpose(x), transpose(x, axes<1, 0>): the axes in another order.
inline constexpr transpose_fn transpose{};

namespace detail {
/// Broadcasts what it is called with to a shape; its data send the call to the run-time trace.
struct broadcaster {
  dims shape;
  template <class = void>
  constexpr tracer operator()(const tracer& x) const { return broadcast_to(x, shape); }
};
/// broadcast_to with dynamic extents.
struct broadcast_to_fn {
  template <class A, extent_like... N>
  constexpr auto operator()(const A& x, N... n) const {
    const dims shape{extent_of(n)...};
    if constexpr (std::is_same_v<A, tracer>) return detail::broadcast_to(x, shape);
    else if constexpr (std::is_same_v<A, dynamic_array>) return execute(broadcaster{shape}, x);
    else if constexpr (number<A>) return repeated<A, sizeof...(N)>(&x, {}, shape);
    else {
      const auto source = asarray(x);
      using S = std::remove_cvref_t<decltype(source)>;
      if constexpr (std::is_same_v<S, dynamic_array>) return (*this)(source, n...);
      else
        return repeated<typename S::value_type, sizeof...(N)>(source.data(), source.dimensions(),
                                                              shape);
    }
  }

 private:
  template <class T, std::size_t Rank>
  static constexpr array<T, static_cast<int>(Rank)> repeated(const T* from, const dims& have,
                                                   const dims& want) {
    checked_now([&](graph& g) { return require_broadcast(g, "broadcast_to", have, want); });
    array<T, static_cast<int>(Rank)> out(want);
    gather(from, broadcast(have, want), out.mutable_data());
    return out;
  }
};
}  // namespace detail
/// broadcast_to(x, n...): x repeated to extents n... by NumPy's rule. shape_error if they do not
/// fit.
inline constexpr detail::broadcast_to_fn broadcast_to{};

namespace detail {
template <class = void>
constexpr tracer concatenate(int axis, const tracer* parts, int count) {
  graph* g = nullptr;
  for (int i = 0; i < count; ++i) g = g ? g : parts[i].program;
  if (!g || g->failed != error_kind::none) return parts[0];
  calx::dtype d = parts[0].dtype();
  for (int i = 1; i < count; ++i) d = promote(d, parts[i].dtype());
  vec<int> ids;
  dims first = strong(*g, parts[0]).dimensions();
  int a = normal_axis(axis, first.rank);
  for (int i = 0; i < count; ++i) {
    tracer x = strong(*g, parts[i]);
    dims s = x.dimensions();
    auto say = [&](text& t) {
      t << "concatenate: shapes " << first << " and " << s << " must agree but along axis " << axis;
    };
    bool fits = s.rank == first.rank && a >= 0;
    if (!fits) fail_with(*g, error_kind::shape, say);
    for (int k = 0; fits && k < s.rank; ++k)
      fits = k == a || g->require_equal(s[k], first[k], error_kind::shape, say);
    if (!fits) return parts[0];
    ids.push_back(convert_t::emit(*g, x.id, d));
  }
  return {g, concatenate_t::emit(*g, ids, a)};
}
}  // namespace detail

/// Arrays one after the other along `axis<A>`. shape_error if other extents differ.
///
///     calx::concatenate(calx::axis<0>, a, b)
struct concatenate_fn : detail::array_function<concatenate_fn> {
  template <int A, class... X>
  static constexpr tracer trace(axis_t<A>, const X&... x) {
    const tracer parts[] = {x...};
    return detail::concatenate(A, parts, static_cast<int>(sizeof...(X)));
  }
};
/// concatenate(axis<0>, a, b): arrays one after the other along an axis.
inline constexpr concatenate_fn concatenate{};

/// Arrays of one shape, or numbers, side by side along a new axis. shape_error if shapes differ.
struct stack_fn : detail::array_function<stack_fn> {
  template <int A, class... X>
  static constexpr tracer trace(axis_t<A>, const X&... x) {
    auto widened = [](const tracer& t) {
      dims shape = t.dimensions();
      int a = normal_axis(A, shape.rank + 1);
      if (a < 0 && t.program)
        t.program->fail(error_kind::index, text() << "stack: axis " << A << " is outside rank "
                                                  << shape.rank + 1 << " of the result");
      shape.insert(a < 0 ? 0 : a, 1);
      return detail::reshape(t, shape);
    };
    const tracer parts[] = {widened(x)...};
    return detail::concatenate(A, parts, static_cast<int>(sizeof...(X)));
  }
};
/// stack(axis<0>, a, b): arrays one after the other along a new axis.
inline constexpr stack_fn stack{};

namespace value {
template <class>
constexpr tracer tracer::T() const { return detail::reversed_axes(*this); }
template <detail::extent_like... N>
constexpr tracer tracer::reshape(N... n) const { return calx::reshape(*this, n...); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
