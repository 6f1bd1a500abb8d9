// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::vector and std::span of numbers as leaves of what is passed to a transformed function.
#pragma once

#include <span>
#include <vector>

#include <calx/array/leaf.hpp>

namespace calx::inline CALX_ABI {

/// A vector of numbers is one leaf with one axis.
template <element T>
  requires(!std::is_same_v<T, bool>)
struct leaf_traits<std::vector<T>> {
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents{dynamic_extent};
  static constexpr dims shape(const std::vector<T>& x) { return {static_cast<dim>(x.size())}; }
  static constexpr const T* data(const std::vector<T>& x) { return x.data(); }
  static std::vector<T> make(const dims& shape) {
    return std::vector<T>(static_cast<std::size_t>(shape[0]));
  }
  static constexpr T* data(std::vector<T>& x) { return x.data(); }
};

/// A span is read like a vector; it owns nothing, so a result is a vector, or, as a
/// vector of bool has no memory to write to, an array.
template <class T, std::size_t E>
  requires(element<std::remove_const_t<T>>)
struct leaf_traits<std::span<T, E>> {
  static constexpr calx::dtype type = dtype_of<std::remove_const_t<T>>();
  static constexpr bool borrows = true;  // a copy sees the same elements
  using result = std::conditional_t<std::is_same_v<std::remove_const_t<T>, bool>, array<bool, 1>,
                                    std::vector<std::remove_const_t<T>>>;
  static constexpr dims extents{E == std::dynamic_extent ? dynamic_extent : static_cast<dim>(E)};
  static constexpr dims shape(const std::span<T, E>& x) { return {static_cast<dim>(x.size())}; }
  static constexpr const T* data(const std::span<T, E>& x) { return x.data(); }
  static constexpr T* data(std::span<T, E>& x)
    requires(!std::is_const_v<T>)
  { return x.data(); }
};

}  // namespace calx::inline CALX_ABI
