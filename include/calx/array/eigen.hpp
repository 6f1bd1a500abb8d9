// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Eigen's dense matrices, arrays and maps as leaves.
#pragma once

#include <calx/array/leaf.hpp>
#include <calx/base/eigen.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// What Eigen's plain types and maps share. Vectors by type have one axis, all else two; elements
/// in column-major order are copied where row-major ones are read in place.
template <class M>
struct eigen_leaf {
  using scalar = typename M::Scalar;
  static constexpr calx::dtype type = dtype_of<scalar>();
  static constexpr bool is_vector = M::IsVectorAtCompileTime;

  static constexpr dim known(int n) { return n == Eigen::Dynamic ? dynamic_extent : n; }
  static constexpr dims known_extents() {
    if (is_vector) return {known(M::SizeAtCompileTime)};
    return {known(M::RowsAtCompileTime), known(M::ColsAtCompileTime)};
  }
  static constexpr dims extents = known_extents();
  static dims shape(const M& x) {
    if (is_vector) return {x.size()};
    return {x.rows(), x.cols()};
  }
  static const scalar* data(const M& x) {
    bool in_order = is_vector || M::IsRowMajor || x.rows() <= 1 || x.cols() <= 1;
    bool dense = x.innerStride() == 1 && (is_vector || x.outerStride() == x.innerSize());
    return in_order && dense ? x.data() : nullptr;
  }
  static void copy(const M& x, scalar* out) {
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      for (Eigen::Index j = 0; j < x.cols(); ++j) *out++ = x(i, j);
  }
};
/// Plain matrices also serve as results. Column-major ones are written by `assign`.
template <class M>
struct eigen_result : eigen_leaf<M> {
  using typename eigen_leaf<M>::scalar;
  static M make(const dims& shape) {
    M out;
    if constexpr (eigen_leaf<M>::is_vector) out.resize(static_cast<Eigen::Index>(shape[0]));
    else
      out.resize(static_cast<Eigen::Index>(shape[0]), static_cast<Eigen::Index>(shape[1]));
    return out;
  }
  using eigen_leaf<M>::data;
  /// The elements, to be written in row-major order; null for a column-major matrix.
  static scalar* data(M& x) {
    return eigen_leaf<M>::data(std::as_const(x)) != nullptr ? x.data() : nullptr;
  }
  /// Fills x from elements in row-major order.
  static void assign(M& x, const scalar* in) {
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      for (Eigen::Index j = 0; j < x.cols(); ++j) x(i, j) = *in++;
  }
};
}  // namespace detail

template <element S, int R, int C, int O, int MR, int MC>
struct leaf_traits<Eigen::Matrix<S, R, C, O, MR, MC>>
    : detail::eigen_result<Eigen::Matrix<S, R, C, O, MR, MC>> {};
template <element S, int R, int C, int O, int MR, int MC>
struct leaf_traits<Eigen::Array<S, R, C, O, MR, MC>>
    : detail::eigen_result<Eigen::Array<S, R, C, O, MR, MC>> {};
/// Maps and references are read in place; they own nothing, so a result is a plain matrix.
template <class P, int O, class Stride>
  requires(element<typename P::Scalar>)
struct leaf_traits<Eigen::Map<P, O, Stride>> : detail::eigen_leaf<Eigen::Map<P, O, Stride>> {
  static constexpr bool borrows = true;
  using result = std::remove_const_t<P>;
};
template <class P, int O, class Stride>
  requires(element<typename P::Scalar>)
struct leaf_traits<Eigen::Ref<P, O, Stride>> : detail::eigen_leaf<Eigen::Ref<P, O, Stride>> {
  using result = std::remove_const_t<P>;
};

}  // namespace calx::inline CALX_ABI
