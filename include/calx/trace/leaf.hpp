// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a type must tell to be a leaf: element type, extents, where its elements lie.
#pragma once

#include <calx/trace/tracer.hpp>

namespace calx::inline CALX_ABI {

/// An extent that only run time knows, in `leaf_traits::extents`.
inline constexpr dim dynamic_extent = -1;

/// How calx reads a value of type T from outside, and makes one as a result. Specialised for
/// numbers, arrays, tensors, std::vector, std::span and Eigen's matrices; users may add their own.
///
///     static constexpr dtype type;               // of the elements
///     static constexpr dims extents;             // dynamic_extent where run time decides
///     static dims shape(const T&);               // the extents now
///     static const E* data(const T&);            // row-major elements; null: not row-major
///     static T make(const dims& shape);          // uninitialised, of that shape
///     static E* data(T&);                        // of one just made; null: not row-major
///
/// `data` of a const T may return null when the elements are not contiguous in row-major order;
/// then `copy(const T&, E* to)` must exist and write them in that order, and where `data` of a made
/// one is null, `assign(T&, const E* from)` must read them. A type whose dtype and
/// rank only run time knows has `dynamic = true` and `type_of(const T&)` instead of the first two.
template <class T>
struct leaf_traits;

/// True if T is a leaf that holds numbers: not a tracer, not a node of a tree.
template <class T>
concept concrete_leaf =
    requires { leaf_traits<T>::extents; } || requires { leaf_traits<T>::dynamic; };

template <number T>
  requires element<T>
struct leaf_traits<T> {
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents{};
  static constexpr dims shape(const T&) { return {}; }
  static constexpr const T* data(const T& x) { return &x; }
  static constexpr T make(const dims&) { return T(); }
  static constexpr T* data(T& x) { return &x; }
};

/// A number of an array expression, which takes the dtype of what it meets: `2.0 * x` is float for
/// a float x. Inside a trace T is a tracer.
template <class T>
struct weak {
  T value{};
  using value_type = T;
  constexpr weak() = default;
  constexpr weak(const T& v) : value(v) {}
  static constexpr int rank() { return 0; }
};
template <class A>
inline constexpr bool is_weak = false;
template <class T>
inline constexpr bool is_weak<weak<T>> = true;

template <number T>
struct leaf_traits<weak<T>> {
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents{};
  static constexpr dims shape(const weak<T>&) { return {}; }
  static constexpr const T* data(const weak<T>& x) { return &x.value; }
};

// Numbers of extents may be arguments and results of what is called in a trace.
template <class T>
struct leaf_traits<detail::extent_number<T>> {
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents{};
  static constexpr dims shape(const detail::extent_number<T>&) { return {}; }
  static constexpr const T* data(const detail::extent_number<T>& x) { return x.data(); }
};

/// The type of leaf T as far as compile time knows it: dynamic extents are `dynamic_extent`.
template <concrete_leaf T>
constexpr aval aval_of() {
  return {leaf_traits<T>::type, leaf_traits<T>::extents};
}
/// The type of x now.
template <concrete_leaf T>
constexpr aval aval_of(const T& x) {
  if constexpr (requires { leaf_traits<T>::dynamic; })
    return {leaf_traits<T>::type_of(x), leaf_traits<T>::shape(x)};
  else return {leaf_traits<T>::type, leaf_traits<T>::shape(x)};
}

}  // namespace calx::inline CALX_ABI
