// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the elements of leaves are read and written: in place, or in copies where that is not safe.
#pragma once

#include <cstdint>

#include <calx/base/memory.hpp>
#include <calx/trace/leaf.hpp>

namespace calx::inline CALX_ABI::detail {

/// The type of a leaf's elements in C++: long long is int64, but not std::int64_t.
template <class L>
using own_element = std::remove_cvref_t<decltype(*leaf_traits<L>::data(std::declval<const L&>()))>;
/// True if generated code has another type for these elements. It never reads them through a
/// pointer to that type, as compilers assume that nobody does: they are copied.
template <class L>
inline constexpr bool is_renamed =
    !std::is_same_v<own_element<L>, element_t<leaf_traits<L>::type>>;

/// Room for the elements of a leaf: in the object if the type tells that they are few.
template <class T, dims Extents, bool Known>
struct element_block {
  owned_elements<T> memory;
  constexpr T* room(std::size_t n) {
    memory = owned_elements<T>(n);
    return memory.get();
  }
};
template <class T, dims Extents>
struct element_block<T, Extents, true> {
  T memory[static_cast<std::size_t>(Extents.size() > 0 ? Extents.size() : 1)];
  constexpr element_block() {}
  constexpr T* room(std::size_t) { return memory; }
};
template <class = void>
constexpr bool are_few(const dims& shape) {
  for (dim d : shape)
    if (d < 0) return false;
  return shape.size() <= 512;
}
template <class L>
using block_of = element_block<element_t<leaf_traits<L>::type>, leaf_traits<L>::extents,
                               are_few(leaf_traits<L>::extents)>;
template <class L>
constexpr std::size_t element_count(const L& x) {
  return static_cast<std::size_t>(leaf_traits<L>::shape(x).size());
}

/// Addresses [begin, end) that a call reads or writes in place; empty if it does not.
struct memory_range {
  const void* begin = nullptr;
  std::size_t bytes = 0;
  /// True if both have some byte in common.
  constexpr bool overlaps(const memory_range& other) const {
    if (bytes == 0 || other.bytes == 0) return false;
    // The constant evaluator orders no addresses; there, parts of arrays are copies.
    if (std::is_constant_evaluated()) return begin == other.begin;
    const auto a = reinterpret_cast<std::uintptr_t>(begin);
    const auto b = reinterpret_cast<std::uintptr_t>(other.begin);
    return a < b + other.bytes && b < a + bytes;
  }
};

/// The row-major elements of a leaf; a copy of them where it has none, or none of that type.
template <class L>
struct leaf_reader {
  using E = own_element<L>;
  using T = element_t<leaf_traits<L>::type>;
  static constexpr bool may_copy = requires(const L& x, E* to) { leaf_traits<L>::copy(x, to); };
  const T* data = nullptr;
  [[no_unique_address]] std::conditional_t<may_copy, owned_elements<E>, none_t> ordered;
  [[no_unique_address]] std::conditional_t<is_renamed<L>, block_of<L>, newaxis_t> block;

  constexpr explicit leaf_reader(const L& x) {
    const E* from = leaf_traits<L>::data(x);
    if constexpr (may_copy)
      if (!from) {
        ordered = owned_elements<E>(element_count(x));
        leaf_traits<L>::copy(x, ordered.get());
        from = ordered.get();
      }
    if constexpr (is_renamed<L>) {
      const std::size_t n = element_count(x);
      T* to = block.room(n);
      for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<T>(from[i]);
      data = to;
    } else {
      data = from;
    }
  }
  leaf_reader(const leaf_reader&) = delete;  // `data` may point into it
  /// What is read in place.
  constexpr memory_range range(const L& x) const {
    if constexpr (is_renamed<L>) return {};
    else {
      if (data != leaf_traits<L>::data(x)) return {};
      return {data, element_count(x) * sizeof(T)};
    }
  }
};

/// Where the row-major elements of a result leaf are written; `finish` puts them in their place
/// where that is another one.
template <class L>
struct leaf_writer {
  using E = own_element<L>;
  using T = element_t<leaf_traits<L>::type>;
  static constexpr bool may_copy = requires(L& x, const E* p) { leaf_traits<L>::assign(x, p); };
  T* data = nullptr;
  block_of<L> block;

  constexpr explicit leaf_writer(L& x) {
    if constexpr (!is_renamed<L>) data = leaf_traits<L>::data(x);
    if constexpr (is_renamed<L> || may_copy)
      if (!data) take_apart(x);
  }
  leaf_writer(const leaf_writer&) = delete;
  /// Writes to memory of its own first.
  constexpr void take_apart(const L& x) { data = block.room(element_count(x)), apart_ = true; }
  /// What is written in place.
  constexpr memory_range range(const L& x) const {
    if (apart_) return {};
    return {data, element_count(x) * sizeof(T)};
  }
  constexpr void finish(L& x) const {
    if (!apart_) return;
    const std::size_t n = element_count(x);
    E* to = leaf_traits<L>::data(x);
    if constexpr (may_copy && is_renamed<L>) {
      if (!to) {
        const owned_elements<E> own(n);
        for (std::size_t i = 0; i < n; ++i) own.get()[i] = static_cast<E>(data[i]);
        return leaf_traits<L>::assign(x, own.get());
      }
    } else if constexpr (may_copy) {
      if (!to) return leaf_traits<L>::assign(x, data);
    }
    for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<E>(data[i]);
  }

 private:
  bool apart_ = false;
};

}  // namespace calx::inline CALX_ABI::detail
