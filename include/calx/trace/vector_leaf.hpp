// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::vector of numbers as a leaf of what is passed to a transformed function.
#pragma once

#include <vector>

#include <calx/trace/leaf.hpp>

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
/// A vector of bool has no elements in memory: they are copied in and out.
template <>
struct leaf_traits<std::vector<bool>> {
  static constexpr calx::dtype type = dtype::b1;
  static constexpr dims extents{dynamic_extent};
  static constexpr dims shape(const std::vector<bool>& x) { return {static_cast<dim>(x.size())}; }
  static constexpr const bool* data(const std::vector<bool>&) { return nullptr; }
  static void copy(const std::vector<bool>& x, bool* to) {
    for (const bool b : x) *to++ = b;
  }
  static std::vector<bool> make(const dims& shape) {
    return std::vector<bool>(static_cast<std::size_t>(shape[0]));
  }
  static constexpr bool* data(std::vector<bool>&) { return nullptr; }
  static void assign(std::vector<bool>& x, const bool* from) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = from[i];
  }
};

}  // namespace calx::inline CALX_ABI
