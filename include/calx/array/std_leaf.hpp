// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::span of numbers as a leaf of what is passed to a transformed function; and std::vector.
#pragma once

#include <span>

#include <calx/array/leaf.hpp>
#include <calx/trace/vector_leaf.hpp>

namespace calx::inline CALX_ABI {

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
