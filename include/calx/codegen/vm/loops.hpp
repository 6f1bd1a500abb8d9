// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loops of ops over blocks of elements, made from each op's own description.
#pragma once

#include <utility>

#include <calx/codegen/cpu/vector.hpp>
#include <calx/codegen/long_product.hpp>
#include <calx/codegen/semantics.hpp>

namespace calx::inline CALX_ABI {

namespace vm {
/// y[k] = op(x[0][k], x[1][k], ...) for k < n; of a number alone if n is 1, and of one lane among
/// others if n is -1, as functions can differ in the last digit.
using element_loop = void (*)(dim n, const void* const* x, void* y);
/// *y = x[0] combined with x[1] ... x[n - 1].
using fold_loop = void (*)(dim n, const void* x, void* y);
/// An axis of a product: how often, and the strides of left operand, right operand and result.
struct product_axis {
  dim extent = 1, left = 0, right = 0, result = 0;
};
/// result[i, j] += sum over k of left[i, k] * right[k, j].
using product_loop = void (*)(const product_axis& i, const product_axis& j, const product_axis& k,
                              const void* left, const void* right, void* result);
}  // namespace vm

/// What runs an op, for each dtype of its last operand; null where it has no meaning.
struct block_loops {
  vm::element_loop apply[dtype_count] = {};
  vm::fold_loop fold[dtype_count] = {};
  dim identity[dtype_count] = {};  // of a reduction, as the bits of a constant
  vm::product_loop product[dtype_count] = {};
};

namespace vm {
using codegen::compiled_type;
using codegen::operand_type;

template <class Op, class T, std::size_t... I>
void each(dim n, const void* const* x, void* out) {
  using result = decltype(Op::template eval<T>(operand_type<Op, T, I>()...));
  auto* y = static_cast<result*>(out);
  const auto from = std::make_tuple(static_cast<const operand_type<Op, T, I>*>(x[I])...);
  constexpr int W = simd::native_lanes<T>;
  const bool alone = n == 1;
  if (n < 0) n = -n;
  dim k = 0;
  if constexpr (W > 1 && codegen::works_on_packs<Op>(dtype_of<T>())) {
    using ops = codegen::vector_ops<W>;
    auto some = [&](int count) CALX_ALWAYS_INLINE {
      ops::template store<result>(
          y + k,
          codegen::apply<Op, dtype_of<T>(), W>(ops::load(std::get<I>(from) + k, count)...), count);
    };
    for (; k + W <= n; k += W) some(W);
    if (k < n && !alone) return some(static_cast<int>(n - k));
  }
  for (; k < n; ++k) y[k] = Op::template eval<T>(std::get<I>(from)[k]...);
}
/// The loop of Op for elements of type T, or null.
template <class Op, class T>
constexpr element_loop element_loop_of() {
  if constexpr (!Op::takes(dtype_of<T>())) return nullptr;
  else
    return []<std::size_t... I>(std::index_sequence<I...>) -> element_loop {
      return &each<Op, decltype(compiled_type<Op, T>()), I...>;
    }(std::make_index_sequence<Op::arity>());
}

/// Combines with four accumulators, to which lanes belong in turns.
template <class Op, class T>
void fold_each(dim n, const void* x, void* out) {
  auto* v = static_cast<const T*>(x);
  T sum = v[0];
  dim k = 1;
  constexpr int W = simd::native_lanes<T>;
  if constexpr (W > 1 && std::is_floating_point_v<T>) {
    using ops = codegen::vector_ops<W>;
    if (n >= W) {
      constexpr int files = 4;
      const auto none = ops::template splat<T>(Op::template identity<T>());
      simd::lanes<T, W> a[files] = {none, none, none, none};
      auto pair = [](const auto& p, const auto& q) { return Op::combine(p, q); };
      for (k = 0; k + files * W <= n; k += files * W)
        for (int f = 0; f < files; ++f) a[f] = pair(a[f], ops::load(v + k + f * W, W));
      for (; k + W <= n; k += W) a[0] = pair(a[0], ops::load(v + k, W));
      sum = codegen::fold<Op, T, W>(pair(pair(a[0], a[1]), pair(a[2], a[3])));
    }
  }
  for (; k < n; ++k) sum = Op::combine(sum, v[k]);
  *static_cast<T*>(out) = sum;
}
template <class Op, class T>
constexpr fold_loop fold_loop_of() {
  if constexpr (!Op::takes(dtype_of<T>())) return nullptr;
  else return &fold_each<Op, decltype(compiled_type<Op, T>())>;
}

/// The value of a reduction of no elements, as the bits of a constant.
template <class Op>
constexpr dim identity_bits(dtype d) {
  return visit_dtype(d, []<class T>() -> dim {
    if constexpr (!Op::takes(dtype_of<T>())) return 0;
    else return to_bits(Op::template identity<T>());
  });
}

/// y[j] += x * v[j], contiguous.
template <class T>
CALX_INLINE void add_scaled(dim n, T x, const T* v, T* y) {
  constexpr int W = simd::native_lanes<T>;
  using ops = codegen::vector_ops<W>;
  dim j = 0;
  if constexpr (W > 1 && std::is_floating_point_v<T>)
    for (; j + W <= n; j += W)
      ops::store(y + j, ops::load(y + j, W) + ops::template splat<T>(x) * ops::load(v + j, W), W);
  for (; j < n; ++j) y[j] = add_t::eval(y[j], mul_t::eval(x, v[j]));
}
/// The inner product of contiguous elements.
template <class T>
CALX_INLINE T inner_product(dim n, const T* a, const T* b) {
  constexpr int W = simd::native_lanes<T>;
  using ops = codegen::vector_ops<W>;
  T sum = T(0);
  dim k = 0;
  if constexpr (W > 1 && std::is_floating_point_v<T>) {
    const auto zero = ops::template splat<T>(T(0));
    simd::lanes<T, W> s[4] = {zero, zero, zero, zero};
    for (; k + 4 * W <= n; k += 4 * W)
      for (int f = 0; f < 4; ++f)
        s[f] = s[f] + ops::load(a + k + f * W, W) * ops::load(b + k + f * W, W);
    for (; k < n; k += W) {
      const int count = n - k < W ? static_cast<int>(n - k) : W;
      s[0] = s[0] + ops::load(a + k, count) * ops::load(b + k, count);
    }
    sum = codegen::fold<reduce_sum_t, T, W>((s[0] + s[1]) + (s[2] + s[3]));
  }
  for (; k < n; ++k) sum = add_t::eval(sum, mul_t::eval(a[k], b[k]));
  return sum;
}
/// The same over a part of axis k.
template <class T>
void multiply_add_part(const product_axis& i, const product_axis& j, const product_axis& k,
                       const T* a, const T* b, T* c) {
  const bool inner = (k.left == 1 || k.extent == 1) && (k.right == 1 || k.extent == 1);
  const bool along = j.right == 1 && j.result == 1;
  for (dim r = 0; r < i.extent; ++r)
    if (inner && !(along && j.extent > 1)) {
      for (dim s = 0; s < j.extent; ++s) {
        T& y = c[r * i.result + s * j.result];
        y = add_t::eval(y, inner_product(k.extent, a + r * i.left, b + s * j.right));
      }
    } else {
      for (dim t = 0; t < k.extent; ++t) {
        const T x = a[r * i.left + t * k.left];
        const T* v = b + t * k.right;
        T* y = c + r * i.result;
        if (along) add_scaled(j.extent, x, v, y);
        else
          for (dim s = 0; s < j.extent; ++s)
            y[s * j.result] = add_t::eval(y[s * j.result], mul_t::eval(x, v[s * j.right]));
      }
    }
}
template <class T>
void multiply_add(const product_axis& i, const product_axis& j, const product_axis& k,
                  const void* left, const void* right, void* result) {
  auto *a = static_cast<const T*>(left), *b = static_cast<const T*>(right);
  using matrix = codegen::strided_matrix<T>;
  codegen::multiply_long(
      0, k.extent, matrix{static_cast<T*>(result), i.extent, j.extent, i.result, j.result},
      [&](dim first, dim count, const matrix& to) {
        product_axis rows = i, columns = j, part = k;
        rows.result = to.row, columns.result = to.column, part.extent = count;
        multiply_add_part(rows, columns, part, a + first * k.left, b + first * k.right, to.data);
      });
}
}  // namespace vm

namespace detail {
template <class Op>
constexpr block_loops make_loops() {
  block_loops l;
  for (int i = 0; i < dtype_count; ++i)
    visit_dtype(static_cast<dtype>(i), [&]<class T>() {
      if constexpr (requires { Op::arity; }) l.apply[i] = vm::element_loop_of<Op, T>();
      if constexpr (Op::kind == op_kind::reduction)
        l.fold[i] = vm::fold_loop_of<Op, T>(),
        l.identity[i] = vm::identity_bits<Op>(static_cast<dtype>(i));
      if constexpr (Op::kind == op_kind::contraction)
        l.product[i] = &vm::multiply_add<decltype(vm::compiled_type<reduce_sum_t, T>())>;
    });
  return l;
}
template <class Op>
const block_loops& loops_of() {
  static constexpr block_loops loops = make_loops<Op>();
  return loops;
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
