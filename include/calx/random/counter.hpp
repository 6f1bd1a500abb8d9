// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What drives the cipher: the position of each element as a 64-bit counter, for loops and traces.
#pragma once

#include <concepts>
#include <cstdint>

#include <calx/trace/structure.hpp>

namespace calx::inline CALX_ABI::random::detail {

/// The row-major position of an element in two words: one number in a loop, a whole array of them
/// in a trace.
template <class W>
struct counter {
  W hi, lo;
};
template <class = void>
constexpr counter<std::uint32_t> position(std::uint64_t i) {
  return {static_cast<std::uint32_t>(i >> 32), static_cast<std::uint32_t>(i)};
}
/// All positions of an array of this shape, as traced values that broadcast to it.
template <class = void>
constexpr counter<tracer> positions(graph& g, const dims& shape) {
  tracer zero(&g, constant_t::emit(g, {}, dtype::u32, std::uint32_t{0}));
  if (shape.rank == 0) return {zero, zero};
  if (shape.size() > dim{1} << 32)
    g.fail(error_kind::shape, text() << "random: shape " << shape << " has more than 2^32 "
                                     << "elements; split the key and draw it in parts");
  int flat = iota_t::emit(g, {dtype::u32, {shape.size()}}, 0);
  return {zero, tracer(&g, reshape_t::emit(g, flat, shape))};
}

/// x as another element type; integers wrap.
template <element To, class X>
constexpr auto cast(const X& x) {
  if constexpr (!std::is_same_v<X, tracer>) return static_cast<To>(x);
  else return tracer(x.program, convert_t::emit(*x.program, x.id, dtype_of<To>()));
}
/// x as a word of the cipher: itself, or a traced uint32.
template <class = void>
constexpr std::uint32_t word(graph*, std::uint32_t x) { return x; }
template <class = void>
constexpr tracer word(graph* g, const tracer& x) {
  return cast<std::uint32_t>(calx::detail::strong(*g, x));
}

template <class = void>
constexpr void fail(graph* g, error_kind kind, const text& message) {
  if (g) g->fail(kind, message);
  else raise(kind, message);
}
/// The extents as a shape; none may be negative.
template <calx::detail::extent_like... N>
constexpr dims shape_of(graph* g, std::string_view op, N... n) {
  static_assert(sizeof...(N) <= max_rank, "calx: an array has at most 8 axes");
  dims shape{static_cast<dim>(n)...};
  for (int i = 0; i < shape.rank; ++i)
    if (shape[i] < 0) {
      fail(g, error_kind::shape, text() << op << ": extents must not be negative, but got shape "
                                        << shape);
      shape[i] = 0;
    }
  return shape;
}

}  // namespace calx::inline CALX_ABI::random::detail
