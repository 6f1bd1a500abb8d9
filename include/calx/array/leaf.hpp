// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays as leaves of what is passed to a transformed function.
#pragma once

#include <calx/array/basic_array.hpp>

namespace calx::inline CALX_ABI {

/// Arrays are read in place; results are made as they are, views as arrays with a buffer.
template <class T, class X>
struct leaf_traits<basic_array<T, X, host>> {
  using array_type = basic_array<T, X, host>;
  static constexpr calx::dtype type = dtype_of<T>();
  static constexpr dims extents = X::known;
  static constexpr dims shape(const array_type& x) { return x.dimensions(); }
  static constexpr const T* data(const array_type& x) { return x.data(); }
  static constexpr array_type make(const dims& shape) { return array_type(shape); }
  static constexpr T* data(array_type& x) { return x.mutable_data(); }
};

}  // namespace calx::inline CALX_ABI
