// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A run-time array that a traced program refers to, kept alive by a type-erased handle.
#pragma once

#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// Elements in row-major order and a copy of what keeps them alive. Empty during constant
/// evaluation, where no such array can exist; its members are constexpr so that a graph may hold a
/// list of them.
class literal {
 public:
  constexpr literal() = default;
  /// Elements that live as long as `owner` or a copy of it, such as a buffer or a shared_ptr; if
  /// that is null, as long as somebody else says.
  template <class Owner>
  literal(const void* elements, Owner owner)
      : elements_(elements),
        owner_(owner ? new Owner(std::move(owner)) : nullptr),
        copy_([](const void* o) -> void* { return new Owner(*static_cast<const Owner*>(o)); }),
        destroy_([](void* o) { delete static_cast<Owner*>(o); }) {}
  constexpr literal(const literal& other)
      : elements_(other.elements_), copy_(other.copy_), destroy_(other.destroy_) {
    if (other.owner_) owner_ = copy_(other.owner_);
  }
  constexpr literal(literal&& other) noexcept { swap(other); }
  constexpr literal& operator=(literal other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~literal() {
    if (owner_) destroy_(owner_);
  }
  constexpr const void* data() const { return elements_; }
  /// True if the elements live as long as this.
  constexpr bool is_kept() const { return owner_ != nullptr; }

 private:
  constexpr void swap(literal& other) noexcept {
    std::swap(elements_, other.elements_);
    std::swap(owner_, other.owner_);
    std::swap(copy_, other.copy_);
    std::swap(destroy_, other.destroy_);
  }
  const void* elements_ = nullptr;
  void* owner_ = nullptr;
  void* (*copy_)(const void*) = nullptr;
  void (*destroy_)(void*) = nullptr;
};

}  // namespace calx::inline CALX_ABI
