// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements between memory and the blocks of the virtual machine, by their size alone.
#pragma once

#include <cstring>

#include <calx/base/convert.hpp>
#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI::vm {

/// An element of some bytes, whatever it means.
template <std::size_t Size>
struct bytes_of_element {
  std::byte b[Size];
};
/// Calls f with an element of a size.
template <class F>
void visit_size(std::size_t size, F&& f) {
  static_assert([] {
    bool known = true;
    for (int d = 0; d < dtype_count; ++d) {
      const std::size_t n = size_of(static_cast<dtype>(d));
      known = known && (n == 1 || n == 4 || n == 8);
    }
    return known;
  }());
  if (size == 8) f(bytes_of_element<8>());
  else if (size == 4) f(bytes_of_element<4>());
  else f(bytes_of_element<1>());
}

/// Copies n elements that lie `stride` apart to contiguous memory.
template <class = void>
void gather(std::size_t size, dim n, const void* from, dim stride, void* to) {
  visit_size(size, [&]<class E>(E) {
    auto* x = static_cast<const E*>(from);
    auto* y = static_cast<E*>(to);
    for (dim k = 0; k < n; ++k) std::memcpy(y + k, x + k * stride, sizeof(E));
  });
}
/// Copies n contiguous elements to places that lie `stride` apart.
template <class = void>
void scatter(std::size_t size, dim n, const void* from, void* to, dim stride) {
  if (stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * size);
    return;
  }
  visit_size(size, [&]<class E>(E) {
    auto* x = static_cast<const E*>(from);
    auto* y = static_cast<E*>(to);
    for (dim k = 0; k < n; ++k) std::memcpy(y + k * stride, x + k, sizeof(E));
  });
}
/// n times the element at `from`, which may be the first of them.
template <class = void>
void splat(std::size_t size, dim n, const void* from, void* to) {
  auto* y = static_cast<std::byte*>(to);
  if (from != to) std::memcpy(y, from, size);
  const std::size_t all = static_cast<std::size_t>(n) * size;
  for (std::size_t done = size; done < all; done *= 2)  // what is there, once more
    std::memcpy(y + done, y, done < all - done ? done : all - done);
}
/// A constant's bits as an element of dtype d.
template <class = void>
void put_constant(dtype d, dim bits, void* to) {
  visit_dtype(d, [&]<class T>() { *static_cast<T*>(to) = from_bits<T>(bits); });
}
/// start, start + 1, ... as elements of dtype d.
template <class = void>
void count(dtype d, dim n, dim start, void* to) {
  visit_dtype(d, [&]<class T>() {
    auto* y = static_cast<T*>(to);
    for (dim k = 0; k < n; ++k) y[k] = static_cast<T>(start + k);
  });
}

}  // namespace calx::inline CALX_ABI::vm
