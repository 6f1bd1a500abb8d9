// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Extents (known, or symbols for what only run time knows), shapes, and the type of a value.
#pragma once

#include <cstdint>
#include <initializer_list>

#include <calx/base/dtype.hpp>
#include <calx/base/text.hpp>

namespace calx::inline CALX_ABI {

/// One extent: its value, or a symbol (see `symbol_table`), which is far below any extent.
using dim = std::int64_t;
inline constexpr int max_rank = 8;
inline constexpr dim first_symbol = -(dim{1} << 62);
constexpr bool is_symbol(dim d) { return d < -(dim{1} << 61); }
constexpr int symbol_index(dim d) { return static_cast<int>(d - first_symbol); }
constexpr dim symbol_at(int index) { return first_symbol + index; }

/// A shape: up to `max_rank` extents, outermost first.
struct dims {
  int rank = 0;
  dim extent[max_rank] = {};

  constexpr dims() = default;
  constexpr dims(std::initializer_list<dim> list) {
    for (dim d : list) push(d);
  }
  constexpr void push(dim d) {
    if (rank < max_rank) extent[rank] = d;
    ++rank;
  }
  CALX_NOINLINE constexpr void insert(int axis, dim d) {
    for (int i = rank < max_rank ? rank : max_rank - 1; i > axis; --i) extent[i] = extent[i - 1];
    if (axis < max_rank) extent[axis] = d;
    ++rank;
  }
  CALX_NOINLINE constexpr void erase(int axis) {
    for (int i = axis; i + 1 < rank; ++i) extent[i] = extent[i + 1];
    extent[--rank] = 0;
  }
  constexpr dim& operator[](int axis) { return extent[axis]; }
  constexpr dim operator[](int axis) const { return extent[axis]; }
  constexpr const dim* begin() const { return extent; }
  constexpr const dim* end() const { return extent + rank; }
  constexpr bool is_static() const {
    for (dim d : *this)
      if (is_symbol(d)) return false;
    return true;
  }
  /// The number of elements; meaningful for static shapes.
  CALX_NOINLINE constexpr dim size() const {
    dim n = 1;
    for (dim d : *this) n *= d;
    return n;
  }
  CALX_NOINLINE friend constexpr bool operator==(const dims& a, const dims& b) {
    if (a.rank != b.rank) return false;
    for (int i = 0; i < a.rank; ++i)
      if (a.extent[i] != b.extent[i]) return false;
    return true;
  }
};

/// What is known of a value before it exists: element type and shape.
struct aval {
  calx::dtype type = dtype::f64;
  dims shape;
  friend constexpr bool operator==(const aval&, const aval&) = default;
};

/// Around the index of a symbol in a text with marks.
inline constexpr char mark_begin = '\x01', mark_end = '\x02';

/// Appends an extent as messages show it; a symbol is a letter, or s<k> beyond 26, or a mark.
CALX_NOINLINE constexpr text& append_dim(text& t, dim d) {
  if (!is_symbol(d)) return t << d;
  int k = symbol_index(d);
  if (t.marks)
    return t << std::string_view(&mark_begin, 1) << k << std::string_view(&mark_end, 1);
  char letter = static_cast<char>('a' + k % 26);
  if (k < 26) return t << std::string_view(&letter, 1);
  return t << "s" << k;
}
CALX_NOINLINE constexpr text& operator<<(text& t, const dims& s) {
  t << "(";
  for (int i = 0; i < s.rank; ++i) {
    append_dim(t, s[i]);
    if (i + 1 < s.rank) t << ", ";
  }
  return t << (s.rank == 1 ? ",)" : ")");
}
constexpr text& operator<<(text& t, dtype d) { return t << name_of(d); }

/// An axis counted from the end becomes one counted from the front; -1 if it is outside.
constexpr int normal_axis(dim axis, int rank) {
  dim a = axis < 0 ? axis + rank : axis;
  return a < 0 || a >= rank ? -1 : static_cast<int>(a);
}

}  // namespace calx::inline CALX_ABI
