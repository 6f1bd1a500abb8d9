// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shared memory of arrays: one aligned allocation that counts its owners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <calx/base/error.hpp>
#include <calx/base/memory.hpp>

namespace calx::inline CALX_ABI {

/// A handle to memory aligned to 64 bytes, shared by all copies of the handle and freed with the
/// last. Copying is O(1) and safe between threads; a default-constructed handle is null.
class buffer {
 public:
  static constexpr std::size_t alignment = memory_alignment;

  constexpr buffer() noexcept = default;
  /// Uninitialised memory. Throws `error` if the size is not representable.
  explicit buffer(std::size_t bytes) : header_(allocate(bytes)) {}
  constexpr buffer(const buffer& other) noexcept : header_(other.header_) {
    if (header_) __atomic_fetch_add(&header_->owners, 1, __ATOMIC_RELAXED);
  }
  constexpr buffer(buffer&& other) noexcept : header_(std::exchange(other.header_, nullptr)) {}
  constexpr buffer& operator=(buffer other) noexcept {
    std::swap(header_, other.header_);
    return *this;
  }
  constexpr ~buffer() {
    if (header_) release();
  }

  /// The first byte behind the header; null for a null handle.
  void* data() const noexcept { return header_ ? static_cast<void*>(header_ + 1) : nullptr; }
  /// The bytes asked for.
  std::size_t size() const noexcept { return header_ ? header_->bytes : 0; }
  /// The number of handles now; another thread may change it at any time.
  std::size_t use_count() const noexcept {
    return header_ ? __atomic_load_n(&header_->owners, __ATOMIC_ACQUIRE) : 0;
  }
  /// True if no other handle shares the memory: it may be written.
  bool unique() const noexcept { return use_count() == 1; }
  explicit constexpr operator bool() const noexcept { return header_ != nullptr; }

 private:
  // As large as its alignment, so that the elements behind it are aligned too.
  struct alignas(alignment) header {
    std::size_t owners;  // counted by builtins: <atomic> is a large header
    std::size_t bytes;
  };
  static header* allocate(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(-1) / 2 - sizeof(header))
      raise(error_kind::generic, text() << "buffer: " << static_cast<std::int64_t>(bytes >> 30)
                                        << " GiB are more than memory can hold");
    return ::new (allocate_aligned(sizeof(header) + bytes)) header{1, bytes};
  }
  void release() noexcept {
    if (__atomic_fetch_sub(&header_->owners, 1, __ATOMIC_ACQ_REL) != 1) return;
    header_->~header();
    free_aligned(header_);
  }

  header* header_ = nullptr;
};

}  // namespace calx::inline CALX_ABI
