// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Eigen's dense matrices, arrays, maps and expressions as leaves; and arrays as matrices.
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
  /// Null also for what has no elements yet, as a sum.
  static const scalar* data(const M& x) {
    if constexpr (Eigen::internal::has_direct_access<M>::ret) {
      bool in_order = is_vector || M::IsRowMajor || x.rows() <= 1 || x.cols() <= 1;
      bool dense = x.innerStride() == 1 && (is_vector || x.outerStride() == x.innerSize());
      return in_order && dense ? x.data() : nullptr;
    } else {
      return nullptr;
    }
  }
  static void copy(const M& x, scalar* out) {
    auto write = [out](const auto& m) mutable {
      for (Eigen::Index i = 0; i < m.rows(); ++i)
        for (Eigen::Index j = 0; j < m.cols(); ++j) *out++ = m(i, j);
    };
    if constexpr (Eigen::internal::has_direct_access<M>::ret) write(x);
    else write(typename M::PlainObject(x));
  }
};
/// Maps, references and parts of matrices are read in place; they own nothing, so a result is a
/// plain matrix. What can be assigned to serves as the destination of `into`.
template <class M>
struct eigen_view : eigen_leaf<M> {
  using typename eigen_leaf<M>::scalar;
  using result = typename M::PlainObject;
  static constexpr bool writes = (Eigen::internal::traits<M>::Flags & Eigen::LvalueBit) != 0;
  using eigen_leaf<M>::data;
  static constexpr scalar* data(M& x)
    requires(writes)
  {
    return const_cast<scalar*>(eigen_leaf<M>::data(std::as_const(x)));
  }
  static constexpr void assign(M& x, const scalar* in)
    requires(writes)
  {
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      for (Eigen::Index j = 0; j < x.cols(); ++j) x(i, j) = *in++;
  }
};
template <class D>
std::type_identity<D> derived_of(const Eigen::DenseBase<D>&);
/// Dense expressions of Eigen: blocks, transposes, sums, products, and what has one as its base.
template <class M>
concept eigen_expression = std::is_class_v<M> && requires(const M& x) {
  typename M::PlainObject;
  requires element<typename M::Scalar>;
  detail::derived_of(x);
};
/// M, or the expression that is its base.
template <class M>
using eigen_derived = typename decltype(derived_of(std::declval<const M&>()))::type;
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
/// Expressions are evaluated where they are passed, if they do not name elements in memory.
template <detail::eigen_expression M>
struct leaf_traits<M> : detail::eigen_view<detail::eigen_derived<M>> {};
template <class P, int O, class Stride>
  requires(element<typename P::Scalar>)
struct leaf_traits<Eigen::Map<P, O, Stride>> : detail::eigen_view<Eigen::Map<P, O, Stride>> {
  static constexpr bool borrows = true;
};

template <detail::eigen_expression M>
  requires(std::is_base_of_v<Eigen::MatrixBase<detail::eigen_derived<M>>, M>)
inline constexpr bool has_matrix_product<M> = !M::IsVectorAtCompileTime;

namespace detail {
/// The Eigen matrix or vector for arrays of type A.
template <class A>
struct eigen_of {
  using T = typename A::value_type;
  static_assert(A::rank() == 1 || A::rank() == 2,
                "calx: to_eigen takes arrays with one or two axes; index or reshape it first");
  static constexpr int extent(int axis) {
    const dim d = A::known_extents()[axis];
    return d == dynamic_extent ? Eigen::Dynamic : static_cast<int>(d);
  }
  static auto find() {
    if constexpr (A::rank() == 1) return std::type_identity<Eigen::Matrix<T, extent(0), 1>>();
    // With one row or column by its type it would be a vector to Eigen.
    else if constexpr (extent(0) == 1 || extent(1) == 1)
      return std::type_identity<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>();
    else return std::type_identity<Eigen::Matrix<T, extent(0), extent(1)>>();
  }
  using type = typename decltype(find())::type;
};
}  // namespace detail

/// An array, tensor or expression as an Eigen matrix, with one axis as a column vector: of its
/// element type, fixed sizes where extents are known, elements copied.
///
///     auto J = calx::to_eigen(calx::jacfwd(f)(x));
template <class X>
auto to_eigen(const X& x) {
  static_assert(detail::is_lazy<X>, "calx: to_eigen takes arrays, tensors and expressions");
  using A = std::remove_cvref_t<decltype(x.eval())>;
  return static_cast<typename detail::eigen_of<A>::type>(x);
}

}  // namespace calx::inline CALX_ABI
