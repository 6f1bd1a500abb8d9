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

/// Uninitialised elements of a trivial type T, freed with the owner; none if default-constructed.
template <class T>
class owned_elements {
 public:
  constexpr owned_elements() = default;
  explicit owned_elements(std::size_t n)
      : data_(static_cast<T*>(allocate_aligned(n * sizeof(T) + 1))) {}
  constexpr owned_elements(owned_elements&& other) noexcept : data_(other.data_) {
    other.data_ = nullptr;
  }
  owned_elements& operator=(owned_elements&& other) noexcept {
    T* mine = data_;
    data_ = other.data_, other.data_ = mine;
    return *this;
  }
  constexpr ~owned_elements() {
    if (data_) free_aligned(data_);
  }
  constexpr T* get() const { return data_; }

 private:
  T* data_ = nullptr;
};

}  // namespace calx::inline CALX_ABI
