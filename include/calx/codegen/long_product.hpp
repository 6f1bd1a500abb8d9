// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products over long axes as sums in pairs of products over parts of them, as in any executor.
#pragma once

#include <calx/base/memory.hpp>
#include <calx/ops/arith.hpp>

namespace calx::inline CALX_ABI::codegen {

/// A matrix of T with any strides.
template <class T>
struct strided_matrix {
  T* data;
  dim rows, columns, row, column;  // extents, strides
};
/// So many products may be summed one after the other.
inline constexpr dim longest_product = 512;
/// Results of up to so many elements have the sum of their second half on the stack.
inline constexpr dim few_elements = 128;

/// Calls multiply(first, count, result) for parts of an axis of length `depth`, `first` being where
/// a part begins; multiply adds to the result. Sums of parts are added in pairs, so that the error
/// grows with the logarithm of the length.
template <class T, class Multiply>
void multiply_long(dim first, dim depth, const strided_matrix<T>& result,
                   const Multiply& multiply) {
  if (depth <= longest_product) return multiply(first, depth, result);
  const dim parts = (depth + longest_product - 1) / longest_product;
  const dim half = (parts + 1) / 2 * longest_product;
  multiply_long(first, half, result, multiply);
  const dim size = result.rows * result.columns;
  alignas(64) T few[few_elements];
  const auto many =
      size > few_elements ? owned_elements<T>(static_cast<std::size_t>(size)) : owned_elements<T>();
  T* const rest = size > few_elements ? many.get() : few;
  for (dim i = 0; i < size; ++i) rest[i] = T(0);
  const strided_matrix<T> sum{rest, result.rows, result.columns, result.columns, 1};
  multiply_long(first + half, depth - half, sum, multiply);
  for (dim i = 0; i < result.rows; ++i)
    for (dim j = 0; j < result.columns; ++j) {
      T& y = result.data[i * result.row + j * result.column];
      y = add_t::eval(y, sum.data[i * sum.row + j]);
    }
}

}  // namespace calx::inline CALX_ABI::codegen
