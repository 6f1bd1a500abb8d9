// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A contraction as calls of Eigen's products, or as plain loops for other elements than floats.
#pragma once

#include <calx/base/eigen.hpp>
#include <calx/codegen/cpu/registers.hpp>
#include <calx/codegen/long_product.hpp>

namespace calx::inline CALX_ABI::codegen {

/// A matrix product or a part of one: extents of rows, columns and contracted axis, and the
/// strides of the operands along them.
struct product_shape {
  dim rows, columns, depth;
  dim left_row, left_depth, right_depth, right_column, result_row, result_column;
};

namespace detail {
template <class T, int Order>
using mapped = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Order>, 0,
                          Eigen::OuterStride<>>;
/// result += left * right by loops, for any element type and strides.
template <class T>
void multiply_add_loops(const T* left, const T* right, T* result, const product_shape& s) {
  for (dim i = 0; i < s.rows; ++i)
    for (dim k = 0; k < s.depth; ++k) {
      T x = left[i * s.left_row + k * s.left_depth];
      for (dim j = 0; j < s.columns; ++j) {
        T& y = result[i * s.result_row + j * s.result_column];
        y = add_t::eval(y, mul_t::eval(x, right[k * s.right_depth + j * s.right_column]));
      }
    }
}
/// y += matrix * x, the matrix having a stride of 1 along one of its axes.
template <class T>
void multiply_add_vector(const T* matrix, dim rows, dim depth, dim row_stride, dim depth_stride,
                         const T* x, dim x_stride, T* y, dim y_stride) {
  using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  Eigen::Map<const vector, 0, Eigen::InnerStride<>> from(x, depth, Eigen::InnerStride<>(x_stride));
  Eigen::Map<vector, 0, Eigen::InnerStride<>> to(y, rows, Eigen::InnerStride<>(y_stride));
  if (depth_stride == 1)
    to.noalias() +=
        mapped<T, Eigen::RowMajor>(matrix, rows, depth, Eigen::OuterStride<>(row_stride)) * from;
  else
    to.noalias() +=
        mapped<T, Eigen::ColMajor>(matrix, rows, depth, Eigen::OuterStride<>(depth_stride)) * from;
}
template <class T, int Left, int Right>
void multiply_add_matrices(const T* left, const T* right, T* result, const product_shape& s) {
  mapped<T, Left> a(left, s.rows, s.depth,
                    Eigen::OuterStride<>(Left == Eigen::RowMajor ? s.left_row : s.left_depth));
  mapped<T, Right> b(
      right, s.depth, s.columns,
      Eigen::OuterStride<>(Right == Eigen::RowMajor ? s.right_depth : s.right_column));
  Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0,
             Eigen::OuterStride<>>
      c(result, s.rows, s.columns, Eigen::OuterStride<>(s.result_row));
  c.noalias() += a * b;
}
}  // namespace detail

/// result += left * right. `Vector`: one of rows and columns is known to be 1, so that no code for
/// products of matrices is made.
template <class T, bool Vector>
void multiply_add(const T* left, const T* right, T* result, const product_shape& s) {
  constexpr int row = Eigen::RowMajor, column = Eigen::ColMajor;
  if constexpr (std::is_floating_point_v<T>) {
    bool left_fits = s.left_depth == 1 || s.left_row == 1;
    bool right_fits = s.right_column == 1 || s.right_depth == 1;
    if (s.columns == 1 && left_fits)
      return detail::multiply_add_vector(left, s.rows, s.depth, s.left_row, s.left_depth, right,
                                         s.right_depth, result, s.result_row);
    if (s.rows == 1 && right_fits)
      return detail::multiply_add_vector(right, s.columns, s.depth, s.right_column, s.right_depth,
                                         left, s.left_depth, result, s.result_column);
    if constexpr (!Vector)
      if (left_fits && right_fits && s.result_column == 1) {
        if (s.left_depth == 1)
          return s.right_column == 1
                     ? detail::multiply_add_matrices<T, row, row>(left, right, result, s)
                     : detail::multiply_add_matrices<T, row, column>(left, right, result, s);
        return s.right_column == 1
                   ? detail::multiply_add_matrices<T, column, row>(left, right, result, s)
                   : detail::multiply_add_matrices<T, column, column>(left, right, result, s);
      }
  }
  detail::multiply_add_loops(left, right, result, s);
}

/// Runs contraction kernel K: the last axis of each group in one product, others in loops outside.
template <class P, int S, class Frame>
struct contraction_runner {
  static constexpr plan::kernel kernel = P::data.kernels[S];
  static constexpr plan::statement step = P::data.statements[kernel.first];
  using axis = plan::contraction_axis;

  /// The last axis of a group, or one of extent 1.
  static constexpr int last_of(axis::group_t group) {
    int found = -1;
    for (int k = step.first; k < step.last; ++k)
      if (P::data.axes[k].group == group) found = k;
    return found;
  }
  static constexpr int rows = last_of(axis::rows), columns = last_of(axis::columns),
                       depth = last_of(axis::contracted);

  template <int K>
  static constexpr axis at() {
    if constexpr (K < 0) return {};
    else return P::data.axes[K];
  }
  static void run(const Frame& f) {
    constexpr plan::access a = P::data.accesses[kernel.first_access],
                           b = P::data.accesses[kernel.first_access + 1],
                           c = P::data.accesses[kernel.first_access + 2];
    // Arrays without elements have no address to count from.
    if (is_empty<step.first>(f, false)) return;
    auto* result = f.template data<c.buffer>() + f.template value<c.offset>();
    clear<step.first>(f, result);
    if (is_empty<step.first>(f, true)) return;
    run_axis<step.first>(f, f.template data<a.buffer>() + f.template value<a.offset>(),
                         f.template data<b.buffer>() + f.template value<b.offset>(), result);
  }

 private:
  /// True if an axis that is contracted, or one that is not, has no extent.
  template <int K>
  static bool is_empty(const Frame& f, bool contracted) {
    if constexpr (K == step.last) return false;
    else {
      constexpr axis x = P::data.axes[K];
      bool here = f.template value<x.extent>() == 0 && (x.group == axis::contracted) == contracted;
      return here || is_empty<K + 1>(f, contracted);
    }
  }
  /// Zeros in all elements of the result.
  template <int K, class T>
  static void clear(const Frame& f, T* result) {
    if constexpr (K == step.last) *result = T(0);
    else {
      constexpr axis x = P::data.axes[K];
      if constexpr (x.group == axis::contracted) clear<K + 1>(f, result);
      else
        for (dim i = 0; i < f.template value<x.extent>(); ++i)
          clear<K + 1>(f, result + i * f.template value<x.result>());
    }
  }
  template <int K, class A, class B, class T>
  static void run_axis(const Frame& f, A* left, B* right, T* result) {
    if constexpr (K == step.last) run_product(f, left, right, result);
    else if constexpr (K == rows || K == columns || K == depth)
      run_axis<K + 1>(f, left, right, result);
    else {
      constexpr axis x = P::data.axes[K];
      for (dim i = 0; i < f.template value<x.extent>(); ++i)
        run_axis<K + 1>(f, left + i * f.template value<x.left>(),
                        right + i * f.template value<x.right>(),
                        result + i * f.template value<x.result>());
    }
  }
  template <class A, class B, class T>
  static void run_product(const Frame& f, A* left, B* right, T* result) {
    constexpr axis r = at<rows>(), c = at<columns>(), d = at<depth>();
    const product_shape s{f.template value<r.extent>(), f.template value<c.extent>(),
                          f.template value<d.extent>(), f.template value<r.left>(),
                          f.template value<d.left>(),   f.template value<d.right>(),
                          f.template value<c.right>(),  f.template value<r.result>(),
                          f.template value<c.result>()};
    multiply_long(0, s.depth,
                  strided_matrix<T>{result, s.rows, s.columns, s.result_row, s.result_column},
                  [&](dim first, dim count, const strided_matrix<T>& to) {
                    product_shape part = s;
                    part.depth = count, part.result_row = to.row, part.result_column = to.column;
                    multiply_add<T, rows < 0 || columns < 0>(left + first * s.left_depth,
                                                             right + first * s.right_depth,
                                                             to.data, part);
                  });
  }
};

}  // namespace calx::inline CALX_ABI::codegen
