// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A run-time array that a traced program refers to, kept alive by a type-erased handle.
#pragma once

#include <memory>
#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// Elements in row-major order and what keeps them alive. Empty during constant evaluation, where
/// no such array can exist; its members are constexpr so that a graph may hold a vector of them.
class literal {
 public:
  constexpr literal() = default;
  literal(const void* elements, std::shared_ptr<const void> owner)
      : elements_(elements), owner_(new std::shared_ptr<const void>(std::move(owner))) {}
  constexpr literal(const literal& other) : elements_(other.elements_) {
    if (other.owner_) owner_ = copy(other.owner_);
  }
  constexpr literal(literal&& other) noexcept
      : elements_(other.elements_), owner_(std::exchange(other.owner_, nullptr)) {}
  constexpr literal& operator=(literal other) noexcept {
    std::swap(elements_, other.elements_);
    std::swap(owner_, other.owner_);
    return *this;
  }
  constexpr ~literal() {
    if (owner_) destroy(owner_);
  }
  constexpr const void* data() const { return elements_; }

 private:
  using owner_type = std::shared_ptr<const void>;
  static owner_type* copy(const owner_type* o) { return new owner_type(*o); }
  static void destroy(owner_type* o) { delete o; }

  const void* elements_ = nullptr;
  owner_type* owner_ = nullptr;
};

}  // namespace calx::inline CALX_ABI
