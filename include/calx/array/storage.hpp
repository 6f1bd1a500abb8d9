// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where elements lie: in the object if all extents are known, else in a shared buffer or a view.
#pragma once

#include <calx/array/buffer.hpp>
#include <calx/array/extents.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

template <class T, class Extents>
class array_storage;

/// Elements in the object. From 64 bytes on they are aligned for any SIMD width, whichever the
/// compiler was told to use, so that the layout is the same in every translation unit.
template <class T, std::size_t... E>
  requires(extents<E...>::is_static)
class array_storage<T, extents<E...>> {
  static constexpr std::size_t count = (std::size_t{1} * ... * E);
  static constexpr std::size_t align = count * sizeof(T) >= 64 ? 64 : alignof(T);

 public:
  constexpr array_storage() = default;
  explicit constexpr array_storage(const dims& shape) {
    if (!is(shape))
      raise(error_kind::shape, text() << "tensor: shape " << shape << " is not the extents "
                                      << dimensions());
  }
  static constexpr dims dimensions() { return extents<E...>::known; }
  static constexpr dim extent(int axis) { return extents<E...>::known.extent[axis]; }
  static constexpr std::size_t size() { return count; }
  constexpr const T* data() const { return elements_; }
  constexpr T* mutable_data() { return elements_; }
  static constexpr buffer owner() { return {}; }

 private:
  /// Compares in place, so that the check of a shape known to the compiler costs nothing.
  static constexpr bool is(const dims& shape) {
    [[maybe_unused]] int axis = 0;
    return shape.rank == static_cast<int>(sizeof...(E)) &&
           (... && (shape.extent[axis++] == static_cast<dim>(E)));
  }
  alignas(align) T elements_[count == 0 ? 1 : count] = {};
};

/// A handle, the first element, and the extents. Without a buffer behind it the memory is somebody
/// else's. In constant evaluation, where there are no buffers, each owns a copy of its elements.
template <class T, std::size_t... E>
  requires(!extents<E...>::is_static)
class array_storage<T, extents<E...>> {
  static constexpr int rank = static_cast<int>(sizeof...(E));

 public:
  constexpr array_storage() = default;
  explicit constexpr array_storage(const dims& shape) {
    set_extents(shape);
    std::size_t n = checked_size("array", shape);
    if (n == 0) return;
    if (std::is_constant_evaluated()) {
      elements_ = new T[n];
    } else {
      owner_ = buffer(n * sizeof(T));
      elements_ = static_cast<const T*>(owner_.data());
    }
  }
  constexpr array_storage(buffer owner, const T* elements, const dims& shape)
      : owner_(std::move(owner)), elements_(elements) {
    checked_size("array", shape);
    set_extents(shape);
    if (std::is_constant_evaluated()) own_copy();
  }
  constexpr array_storage(const array_storage& other)
      : owner_(other.owner_), elements_(other.elements_) {
    for (int i = 0; i < rank; ++i) extent_[i] = other.extent_[i];
    if (std::is_constant_evaluated()) own_copy();
  }
  constexpr array_storage& operator=(const array_storage& other) {
    array_storage copy(other);
    swap(copy);
    return *this;
  }
  // What is moved from is empty, not a view of memory that it no longer owns.
  constexpr array_storage(array_storage&& other) noexcept { swap(other); }
  constexpr array_storage& operator=(array_storage&& other) noexcept {
    array_storage gone;
    gone.swap(other);
    swap(gone);
    return *this;
  }
  constexpr ~array_storage() {
    if (std::is_constant_evaluated()) delete[] elements_;
  }

  constexpr dims dimensions() const {
    dims shape;
    for (dim d : extent_) shape.push(d);
    return shape;
  }
  constexpr dim extent(int axis) const { return extent_[axis]; }
  constexpr std::size_t size() const {
    dim n = 1;
    for (dim d : extent_) n *= d;
    return static_cast<std::size_t>(n);
  }
  constexpr const T* data() const { return elements_; }
  constexpr T* mutable_data() { return const_cast<T*>(elements_); }
  constexpr const buffer& owner() const { return owner_; }

 private:
  constexpr void own_copy() {
    const std::size_t n = size();
    const T* from = elements_;
    elements_ = nullptr;
    if (n == 0) return;
    T* to = new T[n];
    for (std::size_t i = 0; i < n; ++i) to[i] = from[i];
    elements_ = to;
  }
  constexpr void set_extents(const dims& shape) {
    constexpr dims known = extents<E...>::known;
    bool fits = shape.rank == rank;
    for (int i = 0; fits && i < rank; ++i)
      fits = known[i] == dynamic_extent || known[i] == shape[i];
    if (!fits)
      raise(error_kind::shape, text() << "array: shape " << shape << " does not fit the extents "
                                      << known << " of its type, where -1 is any");
    for (int i = 0; i < rank; ++i) extent_[i] = shape[i];
  }
  constexpr void swap(array_storage& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(elements_, other.elements_);
    std::swap(extent_, other.extent_);
  }

  buffer owner_;
  const T* elements_ = nullptr;
  dim extent_[sizeof...(E)] = {(E == dyn ? 0 : static_cast<dim>(E))...};
};

}  // namespace detail
}  // namespace calx::inline CALX_ABI
