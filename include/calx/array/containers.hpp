// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Containers of others beside arrays: std::vector, std::array, std::span, Eigen's matrices, in and
// out.
#pragma once

#include <array>

#include <calx/array/extents.hpp>
#include <calx/base/convert.hpp>
#include <calx/base/memory.hpp>

namespace calx::inline CALX_ABI {

// To transforms a std::array is a tree of numbers; beside an array it is one with one axis.
template <element T, std::size_t N>
inline constexpr bool is_container<std::array<T, N>> = true;

namespace detail {
/// How containers are read and made: as leaves are, and std::array likewise.
template <class C>
struct container_traits : leaf_traits<C> {};
template <element T, std::size_t N>
struct container_traits<std::array<T, N>> {
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents{static_cast<dim>(N)};
  static constexpr dims shape(const std::array<T, N>&) { return extents; }
  static constexpr const T* data(const std::array<T, N>& x) { return x.data(); }
  static constexpr std::array<T, N> make(const dims&) { return {}; }
  static constexpr T* data(std::array<T, N>& x) { return x.data(); }
};
/// A container's dtype and extents, as far as its type tells them.
template <class C>
constexpr aval container_type() {
  return {container_traits<C>::type, container_traits<C>::extents};
}
/// True for containers of that dtype; clang asks before it looks whether C is one.
template <class C>
constexpr bool holds_dtype(dtype d) {
  if constexpr (is_container<C>) return container_traits<C>::type == d;
  else return false;
}
/// The type of a container's elements in C++.
template <class C>
using container_element =
    std::remove_cvref_t<decltype(*container_traits<C>::data(std::declval<const C&>()))>;
/// Containers that own their elements, so that an array can become one.
template <class C>
concept made_container =
    is_container<C> && requires(const dims& shape) { container_traits<C>::make(shape); };

/// Writes the elements of x in row-major order, converted.
template <class C, class To>
constexpr void copy_elements(const C& x, To* to) {
  using traits = container_traits<C>;
  using E = container_element<C>;
  const E* from = traits::data(x);
  const auto n = static_cast<std::size_t>(traits::shape(x).size());
  auto convert_all = [&](const E* p) {
    for (std::size_t i = 0; i < n; ++i) to[i] = convert<To>(p[i]);
  };
  if constexpr (requires(E* p) { traits::copy(x, p); }) {
    if (!from && n > 0) {
      if constexpr (std::is_same_v<E, To>) return traits::copy(x, to);
      else {
        const owned_elements<E> ordered(n);
        traits::copy(x, ordered.get());
        return convert_all(ordered.get());
      }
    }
  }
  convert_all(from);
}
/// Fills a container that was just made from elements in row-major order.
template <class C, class From>
constexpr void fill_container(C& x, const From* from) {
  using traits = container_traits<C>;
  using E = container_element<C>;
  const auto n = static_cast<std::size_t>(traits::shape(std::as_const(x)).size());
  auto* to = traits::data(x);
  if constexpr (requires(const E* p) { traits::assign(x, p); }) {
    if (!to && n > 0) {
      if constexpr (std::is_same_v<E, From>) return traits::assign(x, from);
      else {
        const owned_elements<E> ordered(n);
        for (std::size_t i = 0; i < n; ++i) ordered.get()[i] = convert<E>(from[i]);
        return traits::assign(x, ordered.get());
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) to[i] = convert<E>(from[i]);
}

/// What is wrong with making something of type `to` of what has type `from`, as far as types tell.
template <class = void>
constexpr text conversion_error(const aval& from, const aval& to) {
  bool fits = from.type == to.type && from.shape.rank == to.shape.rank;
  for (int i = 0; fits && i < to.shape.rank; ++i)
    fits = from.shape[i] == to.shape[i] || from.shape[i] < 0 || to.shape[i] < 0;
  text t;
  if (!fits)
    t << "conversion: " << from.type << " of shape " << from.shape << " does not become "
      << to.type << " of shape " << to.shape << ", where -1 is any: convert the elements with "
      << "calx::array<T, N>(x), the shape with reshape";
  return t;
}
template <aval From, aval To>
struct conversion_problem {
  static constexpr text error() { return conversion_error(From, To); }
};
/// The container M with the elements of array x. Throws shape_error where extents differ.
template <class M, class A>
constexpr M container_from_array(const A& x) {
  using T = typename A::value_type;
  constexpr aval from{dtype_of<T>(), A::known_extents()}, to = container_type<M>();
  static_assert(no_error<conversion_problem<from, to>>());
  const dims shape = x.dimensions();
  if (const text wrong = conversion_error({from.type, shape}, to); wrong.length > 0)
    raise(error_kind::shape, wrong);
  M out = container_traits<M>::make(shape);
  fill_container(out, x.data());
  return out;
}
/// The same of any array, one of dtype and rank of run time included.
template <class M, class A>
constexpr M container_from(const A& x) {
  if constexpr (std::is_same_v<A, dynamic_array>)
    return container_from<M>(
        array<element_t<container_traits<M>::type>, container_traits<M>::extents.rank>(x));
  else return container_from_array<M>(x);
}

/// The array that takes a copy of a container: a tensor if the type tells all extents.
template <class C>
struct array_of_container {
  using T = element_t<container_traits<C>::type>;
  static constexpr dims known = container_traits<C>::extents;
  static auto find() {
    if constexpr (all_known(known)) return std::type_identity<basic_array<T, extents_t<known>>>();
    else return std::type_identity<array<T, known.rank>>();
  }
  using type = typename decltype(find())::type;
};
template <class C>
using container_array_t = typename array_of_container<C>::type;
}  // namespace detail

namespace value {
/// Gives Self, a value of arrays, the conversion to containers that own their elements: to
/// std::vector, std::array and Eigen's matrices and arrays of its dtype and rank. What types tell
/// not to fit does not compile; shape_error where an extent differs.
///
///     Eigen::MatrixXd J = calx::jacfwd(residual)(p);
template <class Self>
struct to_containers {
  template <class M>
    requires(detail::made_container<M>)
  constexpr operator M() const {
    return detail::container_from<M>(static_cast<const Self&>(*this).eval());
  }
};
}  // namespace value

/// A container as a constant of a traced program, which gets a copy of its elements.
template <class C>
  requires(is_container<C>)
constexpr tracer lift(graph& g, const C& x) {
  return lift(g, detail::container_array_t<C>(x));
}

}  // namespace calx::inline CALX_ABI
