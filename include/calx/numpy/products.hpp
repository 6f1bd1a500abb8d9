// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products: dot, vdot, inner, outer, matmul.
#pragma once

#include <calx/numpy/shape.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// NumPy's dot: the last axis of a against the second-to-last of b, or its only one.
template <class = void>
constexpr tracer dot(const tracer& a, const tracer& b) {
  graph* g = program_of(a, b);
  if (!g || a.is_weak() || b.is_weak() || a.rank() == 0 || b.rank() == 0) return a * b;
  if (g->failed != error_kind::none) return a;
  int ca = a.rank() - 1, cb = b.rank() == 1 ? 0 : b.rank() - 2;
  auto say = [&](text& t) {
    t << "dot: shapes " << a.dimensions() << " and " << b.dimensions() << " do not align: axis "
      << ca << " of the first must match axis " << cb << " of the second";
  };
  if (!g->require_equal(a.dimensions()[ca], b.dimensions()[cb], error_kind::shape, say)) return a;
  calx::dtype d = promote(a.dtype(), b.dtype());
  dot_axes axes{{}, {}, {ca}, {cb}};
  return {g, dot_general_t::emit(*g, convert_t::emit(*g, a.id, d), convert_t::emit(*g, b.id, d),
                                 axes)};
}
}  // namespace detail

/// NumPy's dot: the last axis of a against the second-to-last of b, or its only one; with a number
/// the product. shape_error if the extents differ.
///
///     calx::dot(A, x)
struct dot_fn : detail::array_function<dot_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& a, const tracer& b) { return detail::dot(a, b); }
};
/// dot(a, b): the product of vectors, matrices, or arrays by NumPy's rule.
inline constexpr dot_fn dot{};

/// The sum of products of all elements, in row-major order. shape_error if the sizes differ.
struct vdot_fn : detail::array_function<vdot_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& a, const tracer& b) {
    if (detail::broken(a) || a.is_weak() || b.is_weak()) return a * b;
    auto flat = [](const tracer& x) { return x.rank() == 1 ? x : detail::reshape(x, {-1}); };
    return detail::dot(flat(a), flat(b));
  }
};
/// vdot(a, b): the sum of products of all elements.
inline constexpr vdot_fn vdot{};

/// The products along the last axes of both. shape_error if they differ.
struct inner_fn : detail::array_function<inner_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& a, const tracer& b) {
    if (a.rank() == 0 || b.rank() < 2) return detail::dot(a, b);
    detail::dim_list order;
    for (int i = 0; i < b.rank() - 2; ++i) order.push_back(i);
    order.push_back(b.rank() - 1), order.push_back(b.rank() - 2);
    return detail::dot(a, detail::permute(b, order));
  }
};
/// inner(a, b): products along the last axes.
inline constexpr inner_fn inner{};

/// All products of an element of a and one of b, as a matrix.
struct outer_fn : detail::array_function<outer_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& a, const tracer& b) {
    if (detail::broken(a) || a.is_weak() || b.is_weak()) return a * b;
    return detail::reshape(a, {-1, 1}) * detail::reshape(b, {1, -1});
  }
};
/// outer(a, b): all products of two elements, as a matrix.
inline constexpr outer_fn outer{};

namespace detail {
/// Products of the matrices in the last two axes; the axes before them go along and must agree.
template <class = void>
constexpr tracer batched_product(const tracer& a, const tracer& b) {
  graph& g = *a.program;
  auto say = [&](text& t) {
    t << "matmul: shapes " << a.dimensions() << " and " << b.dimensions()
      << " do not fit: axes before the last two must agree, and columns must match rows";
  };
  int batch = a.rank() - 2;
  if (b.rank() != a.rank()) fail_with(g, error_kind::shape, say);
  dot_axes axes;
  for (int i = 0; i < batch && !broken(a); ++i) {
    g.require_equal(a.dimensions()[i], b.dimensions()[i], error_kind::shape, say);
    axes.lhs_batch.push_back(i), axes.rhs_batch.push_back(i);
  }
  if (broken(a)) return a;
  g.require_equal(a.dimensions()[batch + 1], b.dimensions()[batch], error_kind::shape, say);
  if (broken(a)) return a;
  axes.lhs_contract = {batch + 1}, axes.rhs_contract = {batch};
  calx::dtype d = promote(a.dtype(), b.dtype());
  return {&g, dot_general_t::emit(g, convert_t::emit(g, a.id, d), convert_t::emit(g, b.id, d),
                                  axes)};
}
}  // namespace detail

/// The matrix product; vectors count as a row on the left and a column on the right; with more
/// axes, products of the matrices in the last two. shape_error if extents do not fit or an operand
/// is a number.
struct matmul_fn : detail::array_function<matmul_fn> {
  template <class = void>
  static constexpr tracer trace(const tracer& a, const tracer& b) {
    if (detail::broken(a) || a.is_weak() || b.is_weak()) return a;
    if (a.rank() == 0 || b.rank() == 0)
      a.program->fail(error_kind::shape, text() << "matmul: takes arrays, but got shapes "
                                                << a.dimensions() << " and " << b.dimensions()
                                                << "; use * for numbers");
    if (detail::broken(a)) return a;
    return a.rank() <= 2 && b.rank() <= 2 ? detail::dot(a, b) : detail::batched_product(a, b);
  }
};
/// matmul(a, b): products of the matrices in the last two axes.
inline constexpr matmul_fn matmul{};

}  // namespace calx::inline CALX_ABI
