// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that make arrays: zeros, ones, full, arange, linspace, eye, view, asarray.
#pragma once

#include <calx/array/expr.hpp>
#include <calx/array/leaf.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
template <class A, class F>
constexpr A generated(const dims& shape, F f) {
  A out(shape);
  auto* to = out.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) to[i] = f(static_cast<dim>(i));
  return out;
}
/// `T` or, with extents, an array of it; `T` may itself be a tensor type.
template <class T, number V, std::integral... N>
constexpr auto filled(V value, N... n) {
  if constexpr (is_array<T>) {
    static_assert(T::is_static && sizeof...(N) == 0,
                  "calx: give the extents in the type of a tensor, or as arguments");
    using type = typename T::value_type;
    return generated<T>(T::known_extents(), [&](dim) { return static_cast<type>(value); });
  } else if constexpr (sizeof...(N) == 0) {
    return static_cast<T>(value);
  } else {
    return generated<array<T, static_cast<int>(sizeof...(N))>>(
        dims{static_cast<dim>(n)...}, [&](dim) { return static_cast<T>(value); });
  }
}
}  // namespace detail

/// An array of zeros, `zeros<T>(3, 4)`, or a tensor, `zeros<tensor<T, 3, 4>>()`; a number without
/// extents. Throws shape_error for a negative extent, as the functions below do.
template <class T = double, std::integral... N>
constexpr auto zeros(N... n) { return detail::filled<T>(false, n...); }
/// An array of ones; see `zeros`.
template <class T = double, std::integral... N>
constexpr auto ones(N... n) { return detail::filled<T>(true, n...); }
/// An array with `value` in every element; see `zeros`. Without T, integers are int64.
template <class T = void, number V, std::integral... N>
constexpr auto full(V value, N... n) {
  using type = std::conditional_t<std::is_void_v<T>, detail::element_for<V>, T>;
  return detail::filled<type>(value, n...);
}

/// first, first + step, ... before last. Throws `error` if step is 0, shape_error if a bound is
/// infinite or NaN.
template <class T = void, number A, number B, number S = int>
constexpr auto arange(A first, B last, S step = 1) {
  using met = std::common_type_t<detail::element_for<A>, detail::element_for<B>,
                                 detail::element_for<S>>;
  using type = std::conditional_t<std::is_void_v<T>, met, T>;
  using wide = std::conditional_t<std::is_floating_point_v<met>, double, met>;
  wide a = static_cast<wide>(first), b = static_cast<wide>(last), s = static_cast<wide>(step);
  if (s == 0) raise(error_kind::generic, text("arange: the step must not be 0"));
  dim n = 0;
  if constexpr (std::is_floating_point_v<wide>) {
    double count = (b - a) / s;
    if (!(count < 1e18))
      raise(error_kind::shape, text("arange: the range has no end, or too many elements"));
    n = count > 0 ? static_cast<dim>(count) : 0;
    n += static_cast<double>(n) < count;
  } else if (s > 0 ? a < b : b < a) {
    n = static_cast<dim>(s > 0 ? (b - a - 1) / s + 1 : (a - b - 1) / (wide(0) - s) + 1);
  }
  return detail::generated<array<type, 1>>(
      dims{n}, [&](dim i) { return static_cast<type>(a + static_cast<wide>(i) * s); });
}
/// 0, 1, ... before last: int64 for integers, double for double.
template <class T = void, number B>
constexpr auto arange(B last) {
  return arange<T>(detail::element_for<B>(0), last);
}
/// n numbers evenly from a to b, both included.
template <class T = double, number A, number B>
constexpr array<T, 1> linspace(A a, B b, std::integral auto n) {
  double from = static_cast<double>(a), to = static_cast<double>(b);
  dim count = static_cast<dim>(n);
  double step = count > 1 ? (to - from) / static_cast<double>(count - 1) : 0.0;
  return detail::generated<array<T, 1>>(dims{count}, [&](dim i) {
    return static_cast<T>(i > 0 && i == count - 1 ? to : from + static_cast<double>(i) * step);
  });
}
/// The identity matrix: `eye<T>(n)`, `eye<T>(rows, columns)` or `eye<tensor<T, N, N>>()`.
template <class T = double, std::integral... N>
  requires(sizeof...(N) <= 2)
constexpr auto eye(N... n) {
  auto at = [](dim columns) {
    return [columns](dim i) { return i / columns == i % columns; };
  };
  if constexpr (is_value<T>) {
    static_assert(T::is_static && T::rank() == 2, "calx: eye makes matrices");
    return detail::generated<T>(T::known_extents(), at(T::known_extents()[1]));
  } else {
    static_assert(sizeof...(N) > 0, "calx: eye takes the number of rows");
    const dim extent[] = {static_cast<dim>(n)...};
    dims shape{extent[0], extent[sizeof...(N) - 1]};
    return detail::generated<array<T, 2>>(shape, at(shape[1]));
  }
}

/// An array that reads n... elements at p without owning them: they must outlive it.
template <element T, std::integral... N>
  requires(sizeof...(N) > 0)
constexpr array<T, static_cast<int>(sizeof...(N))> view(const T* p, N... n) {
  return {buffer(), p, dims{static_cast<dim>(n)...}};
}

namespace detail {
/// The array type that holds the elements T of a leaf of these traits.
template <class Traits, class T, class Axes>
struct leaf_array;
template <class Traits, class T, std::size_t... I>
struct leaf_array<Traits, T, std::index_sequence<I...>> {
  static constexpr std::size_t extent(int axis) {
    dim d = Traits::extents[axis];
    return d == dynamic_extent ? dyn : static_cast<std::size_t>(d);
  }
  using type = basic_array<T, extents<extent(static_cast<int>(I))...>>;
};
}  // namespace detail

/// x as an array. A view, without a copy, of a std::span, an Eigen map, or an lvalue that is a
/// std::vector or an Eigen matrix in row-major order, if extents are dynamic; else a copy, also of
/// integers that are as wide as std::int64_t and its kin but have other names (long long).
/// Expressions are evaluated.
template <class X>
auto asarray(X&& x) {
  using A = std::remove_cvref_t<X>;
  if constexpr (std::is_same_v<A, tracer>) return x;
  else if constexpr (is_value<A>) return std::remove_cvref_t<decltype(x.eval())>(x.eval());
  else {
    static_assert(concrete_leaf<A>, "calx: asarray takes arrays, ranges of numbers, Eigen");
    using traits = leaf_traits<A>;
    using T = element_t<traits::type>;
    // The elements as they are in C++: integers of one width have several names there.
    using E = std::remove_cvref_t<decltype(*traits::data(std::as_const(x)))>;
    constexpr bool reads = (std::is_lvalue_reference_v<X> || requires { traits::borrows; }) &&
                           !detail::all_known(traits::extents) && std::is_same_v<T, E>;
    const E* from = traits::data(std::as_const(x));
    dims shape = traits::shape(x);
    if constexpr (reads) {
      using view_type = array<T, traits::extents.rank>;
      if (from) return view_type(buffer(), from, shape);
    }
    using axes = std::make_index_sequence<traits::extents.rank>;
    using result = typename detail::leaf_array<traits, E, axes>::type;
    using copy_type = std::conditional_t<detail::all_known(traits::extents), result,
                                         array<E, traits::extents.rank>>;
    copy_type out(shape);
    if constexpr (requires(E* to) { traits::copy(x, to); }) {
      if (!from) traits::copy(x, out.mutable_data());
    }
    if (from)
      for (std::size_t i = 0; i < out.size(); ++i) out.mutable_data()[i] = from[i];
    if constexpr (std::is_same_v<T, E>) return out;
    else return basic_array<T, typename copy_type::extents_type>(out);
  }
}

}  // namespace calx::inline CALX_ABI
