// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Other shapes: reshape, transpose, broadcast_to, concatenate, stack; indexing of traced values.
#pragma once

#include <calx/numpy/function.hpp>

namespace calx::inline CALX_ABI {

/// The same elements in row-major order with extents n..., one of which may be -1 to be filled in.
/// shape_error if the sizes differ.
///
///     calx::reshape(x, 3, -1)
struct reshape_fn {
  template <class A, std::integral... N>
  constexpr auto operator()(const A& x, N... n) const {
    if constexpr (std::is_same_v<A, tracer>)
      return detail::reshape(x, dims{static_cast<dim>(n)...});
    else if constexpr (detail::is_lazy<A> || std::is_same_v<A, dynamic_array>)
      return x.reshape(n...);
    else return asarray(x).reshape(n...);
  }
};
inline constexpr reshape_fn reshape{};

/// Axes in the order of `axes<A...>` (axis i of the result is axis A_i of x); reversed without.
struct transpose_fn : detail::array_function<transpose_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& x) { return detail::reversed_axes(x); }
  template <int... A>
  static constexpr tracer trace(const tracer& x, axes_t<A...>) {
    return detail::permute(x, {A...});
  }
};
inline constexpr transpose_fn transpose{};

namespace detail {
/// Broadcasts what it is called with to a shape; its data send the call to the run-time trace.
struct broadcaster {
  dims shape;
  template <class = void>
  constexpr tracer operator()(const tracer& x) const { return broadcast_to(x, shape); }
};
/// broadcast_to with extents that only run time knows.
struct broadcast_to_fn {
  template <class A, std::integral... N>
  constexpr auto operator()(const A& x, N... n) const {
    const dims shape{static_cast<dim>(n)...};
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
  static array<T, static_cast<int>(Rank)> repeated(const T* from, const dims& have,
                                                   const dims& want) {
    bool fits = have.rank <= want.rank;
    for (int i = 0; fits && i < have.rank; ++i)
      fits = have[i] == 1 || have[i] == want[want.rank - have.rank + i];
    if (!fits)
      raise(error_kind::shape, text() << "broadcast_to: shape " << have
                                      << " does not broadcast to " << want
                                      << "; axes must be equal, or 1 where the type says so");
    array<T, static_cast<int>(Rank)> out(want);
    gather(from, broadcast(have, want), out.mutable_data());
    return out;
  }
};
}  // namespace detail
/// x repeated to extents n... by NumPy's rule. shape_error if they do not fit.
inline constexpr detail::broadcast_to_fn broadcast_to{};

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
inline constexpr stack_fn stack{};

namespace detail {
/// A part of a tracer that is replaced in a new one.
template <class... E>
struct traced_update {
  tracer x;
  selection chosen;

  constexpr tracer get() const { return take(x, chosen); }
  template <class V>
  constexpr tracer set(const V& v) const {
    graph& g = *x.program;
    tracer yes(&g, constant_t::emit(g, chosen.result, calx::dtype::b1, true));
    tracer inside = put(yes, chosen, x.dimensions());
    return where(inside, put(part_of(v), chosen, x.dimensions()), x);
  }
  template <class V>
  constexpr tracer add(const V& v) const {
    if (!is_float(x.dtype())) return set(get() + v);  // v may be a float
    return x + put(part_of(v), chosen, x.dimensions());
  }
  template <class V>
  constexpr tracer mul(const V& v) const { return set(get() * v); }
  template <class V>
  constexpr tracer min(const V& v) const { return set(minimum(get(), v)); }
  template <class V>
  constexpr tracer max(const V& v) const { return set(maximum(get(), v)); }

 private:
  /// v in the dtype of x and the shape of the part.
  template <class V>
  constexpr tracer part_of(const V& v) const {
    graph& g = *x.program;
    tracer t = lifted_value(g, v);
    return broadcast_to(tracer(&g, convert_t::emit(g, t.id, x.dtype())), chosen.result);
  }
};
template <class... E>
constexpr selection selected(const tracer& x, E... e) {
  const index_entry entries[] = {index_entry(e)..., index_entry(none)};
  return resolve(*x.program, x.dimensions(), entries, static_cast<int>(sizeof...(E)));
}
}  // namespace detail

namespace value {
template <class... E>
constexpr tracer tracer::operator()(E... e) const {
  static_assert((std::constructible_from<index_entry, E> && ...),
                "calx: an index of a traced value consists of integers, slice, newaxis, ellipsis");
  if (detail::broken(*this) || is_weak()) return *this;
  auto chosen = detail::selected(*this, e...);
  return detail::broken(*this) ? *this : detail::take(*this, chosen);
}
template <class>
constexpr tracer tracer::operator[](dim i) const { return (*this)(i); }
template <class... E>
constexpr auto tracer::at(E... e) const {
  return detail::traced_update<E...>{*this, detail::selected(*this, e...)};
}
template <class>
constexpr tracer tracer::T() const { return detail::reversed_axes(*this); }
template <std::integral... N>
constexpr tracer tracer::reshape(N... n) const { return calx::reshape(*this, n...); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
