// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A growable list for programs and passes: quick to compile, and quick to evaluate at compile time.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// The part of std::vector that passes need, with the same names. The constant evaluator runs it
/// in fewer steps and the compiler reads it in less time; T must be default-constructible.
template <class T>
class vec {
 public:
  using value_type = T;
  using iterator = T*;
  using const_iterator = const T*;

  // Open to those who read a great deal: the constant evaluator pays for every call, `data()` too.
  T* items = nullptr;

  constexpr vec() = default;
  constexpr explicit vec(std::size_t n, const T& value = T()) { assign(n, value); }
  template <class It>
    requires(!std::is_integral_v<It>)
  constexpr vec(It first, It last) { assign(first, last); }
  constexpr vec(std::initializer_list<T> list) { assign(list.begin(), list.end()); }
  constexpr vec(const vec& other) { assign(other.begin(), other.end()); }
  constexpr vec(vec&& other) noexcept { swap(other); }
  constexpr vec& operator=(const vec& other) {
    if (this != &other) assign(other.begin(), other.end());
    return *this;
  }
  constexpr vec& operator=(vec&& other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~vec() { delete[] items; }

  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T* data() { return items; }
  constexpr const T* data() const { return items; }
  constexpr T& operator[](std::size_t i) { return items[i]; }
  constexpr const T& operator[](std::size_t i) const { return items[i]; }
  constexpr T& back() { return items[size_ - 1]; }
  constexpr const T& back() const { return items[size_ - 1]; }
  constexpr T* begin() { return items; }
  constexpr T* end() { return items + size_; }
  constexpr const T* begin() const { return items; }
  constexpr const T* end() const { return items + size_; }

  CALX_NOINLINE constexpr void reserve(std::size_t n) {
    if (n <= capacity_) return;
    T* fresh = new T[n];
    for (std::size_t i = 0; i < size_; ++i) fresh[i] = static_cast<T&&>(items[i]);
    delete[] items;
    items = fresh, capacity_ = n;
  }
  constexpr void push_back(T value) {
    if (size_ == capacity_) reserve(capacity_ < 4 ? 8 : capacity_ * 2);
    items[size_++] = static_cast<T&&>(value);
  }
  /// The n values at `from` behind the others.
  constexpr void append(const T* from, std::size_t n) {
    if (size_ + n > capacity_) reserve(size_ + n < 2 * capacity_ ? 2 * capacity_ : size_ + n);
    for (std::size_t i = 0; i < n; ++i) items[size_ + i] = from[i];
    size_ += n;
  }
  constexpr void append(const vec& more) { append(more.items, more.size_); }
  constexpr void pop_back() { --size_; }
  constexpr void clear() { size_ = 0; }
  CALX_NOINLINE constexpr void resize(std::size_t n, const T& value = T()) {
    if (n > capacity_) reserve(n < 2 * capacity_ ? 2 * capacity_ : n);
    for (std::size_t i = size_; i < n; ++i) items[i] = value;
    size_ = n;
  }
  constexpr void assign(std::size_t n, const T& value) {
    size_ = 0;
    resize(n, value);
  }
  template <class It>
    requires(!std::is_integral_v<It>)
  CALX_NOINLINE constexpr void assign(It first, It last) {
    size_ = 0;
    reserve(static_cast<std::size_t>(last - first));
    for (; first != last; ++first) items[size_++] = *first;
  }
  /// Inserts before `where` and returns the position of what was inserted.
  CALX_NOINLINE constexpr T* insert(const T* where, T value) {
    std::size_t at = static_cast<std::size_t>(where - items);
    push_back(T());
    for (std::size_t i = size_ - 1; i > at; --i) items[i] = static_cast<T&&>(items[i - 1]);
    items[at] = static_cast<T&&>(value);
    return items + at;
  }
  template <class It>
  CALX_NOINLINE constexpr void insert(const T* where, It first, It last) {
    std::size_t at = static_cast<std::size_t>(where - items);
    for (; first != last; ++first) insert(items + at++, *first);
  }
  CALX_NOINLINE constexpr T* erase(const T* where) {
    std::size_t at = static_cast<std::size_t>(where - items);
    for (std::size_t i = at; i + 1 < size_; ++i) items[i] = static_cast<T&&>(items[i + 1]);
    --size_;
    return items + at;
  }
  CALX_NOINLINE friend constexpr bool operator==(const vec& a, const vec& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (!(a.items[i] == b.items[i])) return false;
    return true;
  }

 private:
  constexpr void swap(vec& other) noexcept {
    std::swap(items, other.items);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace calx::inline CALX_ABI
