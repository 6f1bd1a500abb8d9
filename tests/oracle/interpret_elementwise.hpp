// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter's loops of elementwise ops, made from each op's `eval`.
#pragma once

#include <utility>

#include <calx/codegen/semantics.hpp>

#include "interpret_copy.hpp"

namespace calx::inline CALX_ABI::interpreting {

/// A loop over n elements of operands x.
using element_loop = void (*)(dim n, const void* const* x, void* out);

using codegen::compiled_type;
using codegen::operand_type;

// Cold, so that they are compiled for size: there are hundreds, and speed is another backend's.
template <class Op, class T, std::size_t... I>
[[gnu::cold]] void each(dim n, const void* const* x, void* out) {
  using result = decltype(Op::template eval<T>(operand_type<Op, T, I>()...));
  auto* y = static_cast<result*>(out);
  for (dim i = 0; i < n; ++i)
    y[i] = Op::template eval<T>(static_cast<const operand_type<Op, T, I>*>(x[I])[i]...);
}
/// The loop of Op for elements of type T, or null.
template <class Op, class T>
constexpr element_loop loop_of() {
  if constexpr (!Op::takes(dtype_of<T>())) return nullptr;
  else
    return []<std::size_t... I>(std::index_sequence<I...>) -> element_loop {
      return &each<Op, decltype(compiled_type<Op, T>()), I...>;
    }(std::make_index_sequence<Op::arity>());
}

/// By the rules of `detail::convert`.
template <class From, class To>
[[gnu::cold]] void convert_each(dim n, const void* const* x, void* out) {
  for (dim i = 0; i < n; ++i)
    static_cast<To*>(out)[i] = detail::convert<To>(static_cast<const From*>(x[0])[i]);
}
template <class = void>
element_loop conversion(dtype from, dtype to) {
  return visit_dtype(from, [&]<class From>() -> element_loop {
    return visit_dtype(to, []<class To>() -> element_loop { return &convert_each<From, To>; });
  });
}
template <class = void>
void run(tag<convert_t>, const step& s) {
  conversion(s.type(0), s.type())(s.shape().size(), s.operands, s.result);
}

template <class = void>
void run(tag<iota_t>, const step& s) {
  int axis = static_cast<int>(s.param(0));
  vec<std::int64_t> count(static_cast<std::size_t>(s.shape()[axis]));
  vec<std::int64_t> line(count.size());  // wide enough for elements of any type
  for (std::size_t i = 0; i < count.size(); ++i) count[i] = static_cast<std::int64_t>(i);
  const void* from = count.data();
  conversion(dtype::i64, s.type())(s.shape()[axis], &from, line.data());
  view v = row_major(s.shape());
  for (int i = 0; i < v.shape.rank; ++i) v.stride[i] = i == axis ? 1 : 0;
  copy(s.type(), v, row_major(s.shape()), line.data(), s.result);
}

}  // namespace calx::inline CALX_ABI::interpreting
