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
///     static const void* data(const T&);         // row-major elements; null: not row-major
///     static T make(const dims& shape);          // uninitialised, of that shape
///     static void* data(T&);                     // of one just made
///
/// `data` of a const T may return null when the elements are not contiguous in row-major order;
/// then `copy(const T&, void* to)` must exist and write them in that order.
template <class T>
struct leaf_traits;

/// True if T is a leaf that holds numbers: not a tracer, not a node of a tree.
template <class T>
concept concrete_leaf = requires { leaf_traits<T>::extents; };

template <number T>
  requires element<T>
struct leaf_traits<T> {
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents{};
  static constexpr dims shape(const T&) { return {}; }
  static constexpr const void* data(const T& x) { return &x; }
  static constexpr T make(const dims&) { return T(); }
  static constexpr void* data(T& x) { return &x; }
};

/// The type of leaf T as far as compile time knows it; `axes` numbers the run-time extents.
template <concrete_leaf T>
constexpr aval aval_of() {
  return {leaf_traits<T>::type, leaf_traits<T>::extents};
}
/// The type of x now.
template <concrete_leaf T>
constexpr aval aval_of(const T& x) {
  return {leaf_traits<T>::type, leaf_traits<T>::shape(x)};
}

}  // namespace calx::inline CALX_ABI
