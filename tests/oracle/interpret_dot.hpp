// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter's dot_general: operands are brought to [batch, rows, columns], then multiplied.
#pragma once

#include "interpret_elementwise.hpp"

namespace calx::inline CALX_ABI::interpreting {

/// The product of `batch` matrices of `rows` by `inner` with matrices of `inner` by `columns`.
struct product_size {
  dim batch = 1, rows = 1, inner = 1, columns = 1;
};

/// Row by row, so that the inner loop runs along rows of b and c and is vectorised.
template <class T>
[[gnu::cold, gnu::noinline]] void multiply(const product_size& p, const T* a, const T* b, T* c) {
  for (dim i = 0; i < p.rows; ++i) {
    T* row = c + i * p.columns;
    for (dim j = 0; j < p.columns; ++j) row[j] = T(0);
    for (dim k = 0; k < p.inner; ++k) {
      const T x = a[i * p.inner + k];
      const T* from = b + k * p.columns;
      for (dim j = 0; j < p.columns; ++j) row[j] = add_t::eval(row[j], mul_t::eval(x, from[j]));
    }
  }
}

/// Operand i with its axes in the given order; `copied` holds the elements if that moves them.
template <class = void>
const void* permuted(const step& s, int i, const detail::dim_list& order,
                            vec<std::byte>& copied) {
  view x = row_major(s.shape(i)), v{s.shape(i), s.shape(i), 0};
  bool moves = false;
  dim latest = -1;  // axes of extent 1 may be anywhere
  for (int k = 0; k < x.shape.rank; ++k) {
    dim a = order[static_cast<std::size_t>(k)];
    v.shape[k] = x.shape[static_cast<int>(a)], v.stride[k] = x.stride[static_cast<int>(a)];
    if (v.shape[k] == 1) continue;
    moves = moves || a < latest;
    latest = a;
  }
  if (!moves) return s.operands[i];
  copied.resize(static_cast<std::size_t>(v.shape.size()) * size_of(s.type(i)));
  copy(s.type(i), v, row_major(v.shape), s.operands[i], copied.data());
  return copied.data();
}
template <class = void>
detail::dim_list joined(detail::dim_list a, const detail::dim_list& b,
                               const detail::dim_list& c) {
  a.insert(a.end(), b.begin(), b.end());
  a.insert(a.end(), c.begin(), c.end());
  return a;
}
template <class = void>
dim size_along(const dims& shape, const detail::dim_list& axes) {
  dim n = 1;
  for (dim a : axes) n *= shape[static_cast<int>(a)];
  return n;
}

template <class = void>
void run(tag<dot_general_t>, const step& s) {
  auto x = dot_general_t::axes_of(s.program, s.node);
  auto rows = dot_general_t::free_axes(s.shape(0).rank, x.lhs_batch, x.lhs_contract);
  auto columns = dot_general_t::free_axes(s.shape(1).rank, x.rhs_batch, x.rhs_contract);
  product_size p{size_along(s.shape(0), x.lhs_batch), size_along(s.shape(0), rows),
                 size_along(s.shape(0), x.lhs_contract), size_along(s.shape(1), columns)};
  vec<std::byte> left, right;
  const void* a = permuted(s, 0, joined(x.lhs_batch, rows, x.lhs_contract), left);
  const void* b = permuted(s, 1, joined(x.rhs_batch, x.rhs_contract, columns), right);
  if (s.shape().size() == 0) return;
  visit_dtype(s.type(), [&]<class Element>() {
    using T = decltype(compiled_type<reduce_sum_t, Element>());
    for (dim i = 0; i < p.batch; ++i)
      multiply(p, static_cast<const T*>(a) + i * p.rows * p.inner,
               static_cast<const T*>(b) + i * p.inner * p.columns,
               static_cast<T*>(s.result) + i * p.rows * p.columns);
  });
}

}  // namespace calx::inline CALX_ABI::interpreting
