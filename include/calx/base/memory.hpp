// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Aligned memory from the heap.
#pragma once

#include <cstddef>
#include <new>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// Enough for every SIMD register, and a cache line.
inline constexpr std::size_t memory_alignment = 64;

// Not inlined: a program that replaces operator new must see each of the pair as it is, and the
// compiler must not see one of them through the other.
[[gnu::noinline]] inline void* allocate_aligned(std::size_t bytes) {
  return ::operator new(bytes, std::align_val_t{memory_alignment});
}
[[gnu::noinline]] inline void free_aligned(void* p) noexcept {
  ::operator delete(p, std::align_val_t{memory_alignment});
}

}  // namespace calx::inline CALX_ABI
