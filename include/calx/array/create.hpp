// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that make arrays: zeros, ones, full, generate, arange, linspace, eye, view,
// asarray.
#pragma once

#include <calx/array/expr.hpp>
#include <calx/array/leaf.hpp>
#include <calx/array/made_nodes.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// An array with elements f(position in row-major order).
template <class A, class F>
constexpr A generated(const dims& shape, F f) {
  A out(shape);
  auto* to = out.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) to[i] = f(static_cast<dim>(i));
  return out;
}
/// The traits of a type of arrays or of containers that functions make.
template <class T>
struct made_traits : container_traits<T> {};
template <class T>
  requires(!is_array<T> && !made_container<T>)
struct made_traits<T> : container_traits<array<double, 1>> {
  static_assert(never<T>, "calx: arrays are made of an element type, or as an array, a tensor, or "
                          "a container that owns its elements");
};
/// What a maker returns for T and so many extents: the array that it fills, and the result that
/// this becomes. T is an element type, a type of arrays, or a container.
template <class T, int Extents>
struct made {
  static constexpr dims known = made_traits<T>::extents;
  static constexpr bool fits = Extents == 0 ? all_known(known) : Extents == known.rank;
  static_assert(fits, "calx: give one extent for each axis, or none if the type has them all, as "
                      "in zeros<array<double, 2>>(3, 4), zeros<tensor<double, 3, 4>>()");
  using element_type = element_t<made_traits<T>::type>;
  using filled_type = typename decltype([] {
    if constexpr (is_array<T>) return std::type_identity<T>();
    else return std::type_identity<container_array_t<T>>();
  }())::type;
  using type = T;
};
template <number T, int Extents>
struct made<T, Extents> {
  static constexpr dims known{};
  using element_type = T;
  using filled_type = array<T, Extents>;
  using type = filled_type;
};
template <number T>
struct made<T, 0> {
  static constexpr dims known{};
  using element_type = T;
  using type = T;
};
/// The result for T and extents n... with elements f(i) of type E, i the place in row-major order.
template <class T, class F, detail::extent_like... N>
constexpr auto made_by(const F& f, N... n) {
  using how = made<T, static_cast<int>(sizeof...(N))>;
  using E = typename how::element_type;
  auto element = [&](dim i) { return static_cast<E>(f(i)); };
  if constexpr (number<typename how::type>) return element(0);
  else {
    using A = typename how::filled_type;
    const dims shape = sizeof...(N) == 0 ? how::known : dims{static_cast<dim>(n)...};
    if constexpr (std::is_same_v<A, typename how::type>) return generated<A>(shape, element);
    else return container_from<typename how::type>(generated<A>(shape, element));
  }
}
}  // namespace detail

// In the following, T says what is made: an element type, with extents as arguments the elements
// of an array and without them a number; or a whole type: `tensor<double, 3, 4>` without extents,
// `array<double, 2>`, std::vector or an Eigen matrix with one for each axis it does not tell, or
// Eigen's fixed matrices and std::array without. Extents such as x.size() of a traced x make
// traced values, which may be extents that only run time knows.

/// An array of zeros, `zeros<T>(3, 4)`, or a tensor, `zeros<tensor<T, 3, 4>>()`; a number without
/// extents. Throws shape_error for a negative extent, as the functions below do.
template <class T = double, detail::extent_like... N>
constexpr auto zeros(N... n) {
  if constexpr (detail::makes_node<T, N...>) return detail::filled_node<T>(false, n...);
  else return detail::made_by<T>([](dim) { return false; }, n...);
}
/// An array of ones; see `zeros`.
template <class T = double, detail::extent_like... N>
constexpr auto ones(N... n) {
  if constexpr (detail::makes_node<T, N...>) return detail::filled_node<T>(true, n...);
  else return detail::made_by<T>([](dim) { return true; }, n...);
}
/// An array with `value` in every element; see `zeros`. Without T, integers are int64.
template <class T = void, number V, detail::extent_like... N>
constexpr auto full(V value, N... n) {
  using type = std::conditional_t<std::is_void_v<T>, detail::element_for<V>, T>;
  if constexpr (detail::makes_node<type, N...>) return detail::filled_node<type>(value, n...);
  else return detail::made_by<type>([&](dim) { return value; }, n...);
}

namespace detail {
/// f(index...) for the element at a place in row-major order.
template <class F, std::size_t... I>
constexpr auto at_index(const F& f, const dims& shape, dim place, std::index_sequence<I...>) {
  dim index[sizeof...(I) + 1] = {};
  for (int axis = static_cast<int>(sizeof...(I)); axis-- > 0; place /= shape[axis])
    index[axis] = place % shape[axis];
  return f(index[I]...);
}
}  // namespace detail
/// An array whose elements are f(i, j...) of their indices: `generate(f, 3, 4)` has the element
/// type that f returns (int becomes int64), `generate<T>(f, n...)` makes a T; see `zeros`.
///
///     auto hilbert = calx::generate([](auto i, auto j) { return 1.0 / double(i + j + 1); }, 4, 4);
template <class T = void, class F, detail::extent_like... N>
constexpr auto generate(const F& f, N... n) {
  constexpr auto rank = [] {
    if constexpr (std::is_void_v<T> || number<T>) return sizeof...(N);
    else return static_cast<std::size_t>(detail::made_traits<T>::extents.rank);
  }();
  using axes = std::make_index_sequence<rank>;
  using value = decltype(detail::at_index(f, dims(), dim(), axes()));
  using type = typename decltype([] {
    if constexpr (std::is_void_v<T>) return std::type_identity<detail::element_for<value>>();
    else return std::type_identity<T>();
  }())::type;
  const dims shape = [&] {
    if constexpr (sizeof...(N) == 0) return detail::made<type, 0>::known;
    else return dims{static_cast<dim>(n)...};
  }();
  return detail::made_by<type>([&](dim i) { return detail::at_index(f, shape, i, axes()); }, n...);
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
  return detail::made_by<type>([&](dim i) { return a + static_cast<wide>(i) * s; }, n);
}
/// 0, 1, ... before last: int64 for integers, double for double.
template <class T = void, number B>
constexpr auto arange(B last) {
  return arange<T>(detail::element_for<B>(0), last);
}
/// 0, 1, ... before the extent n of a traced value, such as x.size(): traced, int64 without T.
template <class T = std::int64_t>
constexpr tracer arange(const detail::extent_number<dim>& n) {
  return detail::counted_node<T>(0, n);
}
/// first, first + 1, ... before last, where an extent of a traced value is among them.
template <class T = std::int64_t, detail::extent_like A, detail::extent_like B>
  requires(detail::is_extent_number<A> || detail::is_extent_number<B>)
constexpr tracer arange(const A& first, const B& last) {
  return detail::trace_op<add_t>(detail::counted_node<T>(0, last - first), first);
}
/// n numbers evenly from a to b, both included.
template <class T = double, number A, number B>
constexpr auto linspace(A a, B b, detail::extent_like auto n) {
  double from = static_cast<double>(a), to = static_cast<double>(b);
  dim count = static_cast<dim>(n);
  double step = count > 1 ? (to - from) / static_cast<double>(count - 1) : 0.0;
  return detail::made_by<T>(
      [&](dim i) { return i > 0 && i == count - 1 ? to : from + static_cast<double>(i) * step; },
      count);
}
/// The identity matrix: `eye<T>(n)`, `eye<T>(rows, columns)` or `eye<tensor<T, N, N>>()`; see
/// `zeros`.
template <class T = double, detail::extent_like... N>
  requires(sizeof...(N) <= 2)
constexpr auto eye(N... n) {
  constexpr bool asks = !number<T> || sizeof...(N) > 0;
  static_assert(asks, "calx: eye takes the number of rows");
  constexpr bool flat = [] {
    if constexpr (number<T>) return false;
    else return detail::made_traits<T>::extents.rank != 2;
  }();
  static_assert(!flat, "calx: eye makes matrices");
  const auto is_diagonal = [](dim i, dim j) { return i == j; };
  if constexpr (!asks || flat) return T();
  else if constexpr (detail::makes_node<T, N...>) {
    auto along = [](int axis, const auto& rows, const auto& columns) {
      return detail::counted_node<std::int64_t>(axis, rows, columns);
    };
    auto same = [&](const auto& rows, const auto& columns) {
      const tracer x =
          detail::trace_op<equal_to_t>(along(0, rows, columns), along(1, rows, columns));
      return tracer(x.program, convert_t::emit(*x.program, x.id, dtype_of<T>()));
    };
    if constexpr (sizeof...(N) == 1) return same(n..., n...);
    else return same(n...);
  }
  else if constexpr (sizeof...(N) == 1) return generate<T>(is_diagonal, n..., n...);
  else return generate<T>(is_diagonal, n...);
}

/// An array that reads n... elements at p without owning them: they must outlive it.
template <element T, detail::extent_like... N>
  requires(sizeof...(N) > 0)
constexpr array<T, static_cast<int>(sizeof...(N))> view(const T* p, N... n) {
  return {buffer(), p, dims{static_cast<dim>(n)...}};
}

/// x as an array. A view, without a copy, of a std::span, an Eigen map, or an lvalue that is a
/// std::vector or an Eigen matrix in row-major order, if extents are dynamic: then x must outlive
/// the array and everything made of it, as a reference would (to copy it, make an array of it:
/// `array<double, 1> y = x`). Else a copy, as of every temporary, and of integers that are as wide
/// as std::int64_t and its kin but have other names (long long). Expressions are evaluated.
template <class X>
constexpr auto asarray(X&& x) {
  using A = std::remove_cvref_t<X>;
  if constexpr (std::is_same_v<A, tracer>) return x;
  else if constexpr (is_value<A>) return std::remove_cvref_t<decltype(x.eval())>(x.eval());
  else {
    constexpr bool readable = is_container<A> || concrete_leaf<A>;
    static_assert(readable, "calx: asarray takes arrays, ranges of numbers, Eigen");
    using traits = detail::container_traits<A>;
    using result = detail::container_array_t<A>;
    using T = typename result::value_type;
    constexpr bool reads = (std::is_lvalue_reference_v<X> || requires { traits::borrows; }) &&
                           !result::is_static &&
                           std::is_same_v<T, detail::container_element<A>>;
    if constexpr (reads)
      if (const T* from = traits::data(std::as_const(x)))
        return result(buffer(), from, traits::shape(x));
    result out(traits::shape(x));
    detail::copy_elements(std::as_const(x), out.mutable_data());
    return out;
  }
}
/// An array of the numbers in braces, of their type; int becomes int64, as in NumPy.
///
///     auto x = calx::asarray({1.0, 2.0});
template <number N>
constexpr auto asarray(std::initializer_list<N> list) {
  return detail::listed<array<detail::element_for<N>, 1>>(list);
}
/// A matrix of nested braces. Throws shape_error if its rows differ in length.
template <number N>
constexpr auto asarray(std::initializer_list<std::initializer_list<N>> list) {
  return detail::listed<array<detail::element_for<N>, 2>>(list);
}

namespace detail {
/// The array that x.like(v) is for an array x with elements T: its extents are those of v.
template <class T, class Extents, class V>
constexpr auto array_like(const V& v) {
  using result = std::conditional_t<Extents::is_static, basic_array<T, typename V::extents_type>,
                                    array<T, V::rank()>>;
  return generated<result>(v.dimensions(), [&](dim i) { return convert<T>(v.data()[i]); });
}
}  // namespace detail

namespace value {
template <class T, class X, class V>
constexpr auto method_like(const basic_array<T, X, host>& x, const V& v) {
  if constexpr (number<V>)
    return detail::generated<basic_array<T, X, host>>(
        x.dimensions(), [&](dim) { return detail::convert<T>(v); });
  else if constexpr (std::is_same_v<V, dynamic_array>) return V(x).like(v);
  else return detail::array_like<T, X>(v.eval());
}
template <class Op, class... A, class V>
constexpr auto method_like(const expr<Op, A...>& x, const V& v) {
  using T = typename expr<Op, A...>::value_type;
  if constexpr (expr<Op, A...>::rank() > 0) return x.eval().like(v);
  else return detail::convert<T>(v);
}
}  // namespace value

}  // namespace calx::inline CALX_ABI
