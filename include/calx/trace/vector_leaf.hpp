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

}  // namespace calx::inline CALX_ABI
