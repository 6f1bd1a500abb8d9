// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter's reductions: fixed blocks, combined in pairs, so that sums are accurate.
#pragma once

#include "interpret_elementwise.hpp"

namespace calx::inline CALX_ABI::interpreting {

/// Combines n adjacent elements of x into the one at `out`, which may be the first of them.
using fold_loop = void (*)(dim n, const void* x, void* out);

template <class Op, class T>
[[gnu::cold]] void fold_each(dim n, const void* x, void* out) {
  auto* v = static_cast<const T*>(x);
  T sum = Op::template identity<T>();
  for (dim i = 0; i < n; ++i) sum = Op::combine(sum, v[i]);
  *static_cast<T*>(out) = sum;
}
/// The loop of a reduction for elements of type T, or null.
template <class Op, class T>
constexpr fold_loop fold_of() {
  if constexpr (!Op::takes(dtype_of<T>())) return nullptr;
  else return &fold_each<Op, decltype(compiled_type<Op, T>())>;
}

/// How many elements are combined one by one before pairs are.
inline constexpr dim fold_block = 128;

/// Copies n elements at the offsets of p, which moves on, to `out`.
template <std::size_t Size>
[[gnu::cold]] void take_elements(walker& p, dim n, const std::byte* x, std::byte* out) {
  for (dim i = 0; i < n; ++i, p.next(), out += Size)
    std::memcpy(out, x + p.offset * static_cast<dim>(Size), Size);
}
template <class = void>
void take(std::size_t size, walker& p, dim n, const std::byte* x, std::byte* out) {
  if (size == 1) take_elements<1>(p, n, x, out);
  else if (size == 4) take_elements<4>(p, n, x, out);
  else take_elements<8>(p, n, x, out);
}

/// Reduces the elements of x at the offsets of p. The order depends on their number only: the
/// result of block i is combined with those before it as the carries of i + 1 say.
template <class = void>
void fold_pairwise(fold_loop fold, std::size_t size, walker p, const std::byte* x,
                          void* out) {
  alignas(8) std::byte block[fold_block * 8], partial[64 * 8];
  dim n = p.over.shape.size(), blocks = 0;
  std::byte* top = partial;  // behind the last partial result
  for (dim first = 0; first < n; first += fold_block, ++blocks) {
    dim count = n - first < fold_block ? n - first : fold_block;
    take(size, p, count, x, block);
    fold(count, block, top);
    top += size;
    for (dim carry = blocks; carry % 2 != 0; carry /= 2)
      top -= size, fold(2, top - size, top - size);
  }
  for (; top - partial > static_cast<std::ptrdiff_t>(size); top -= size)
    fold(2, top - 2 * size, top - 2 * size);
  if (n > 0) std::memcpy(out, partial, size);
  else fold(0, nullptr, out);
}

template <class = void>
void run_reduction(fold_loop fold, const step& s) {
  view x = row_major(s.shape(0)), kept, gone;
  bool goes[max_rank] = {};
  for (int i = 0; i < s.param_count(); ++i) goes[s.param(i)] = true;
  for (int i = 0; i < x.shape.rank; ++i) {
    view& v = goes[i] ? gone : kept;
    v.shape.push(x.shape[i]), v.stride.push(x.stride[i]);
  }
  auto* elements = static_cast<const std::byte*>(s.operands[0]);
  auto* out = static_cast<std::byte*>(s.result);
  std::size_t size = size_of(s.type());
  walker p(kept);
  for (dim i = 0, n = kept.shape.size(); i < n; ++i, p.next(), out += size)
    fold_pairwise(fold, size, walker(gone), elements + p.offset * static_cast<dim>(size), out);
}

}  // namespace calx::inline CALX_ABI::interpreting
