// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks over boxes of elements that lie some stride apart.
#pragma once

#include <calx/array/extents.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// A box of elements: where the first lies, and how far along each axis the next.
struct strided {
  dims extent;
  dim stride[max_rank] = {};
  dim offset = 0;
};

/// All elements of a row-major array.
template <class = void>
constexpr strided whole(const dims& shape) {
  strided s{shape, {}, 0};
  dim step = 1;
  for (int i = shape.rank; i-- > 0; step *= shape[i]) s.stride[i] = step;
  return s;
}
/// The elements that an index selects of a row-major array.
template <class = void>
constexpr strided part(const selection& chosen, const dims& shape) {
  strided s = whole(shape);
  s.extent = chosen.box;
  for (int i = 0; i < shape.rank; ++i) {
    s.offset += chosen.start[i] * s.stride[i];
    s.stride[i] *= chosen.stride[i];
  }
  for (dim a : chosen.reversed) {
    int i = static_cast<int>(a);
    s.offset += (chosen.box[i] - 1) * s.stride[i];
    s.stride[i] = -s.stride[i];
  }
  return s;
}
/// The same elements with the axes in reverse order.
template <class = void>
constexpr strided reversed(const strided& from) {
  strided s{{}, {}, from.offset};
  for (int i = from.extent.rank; i-- > 0;) {
    s.stride[s.extent.rank] = from.stride[i];
    s.extent.push(from.extent[i]);
  }
  return s;
}
/// True if the elements lie one behind the other, in order.
template <class = void>
constexpr bool is_contiguous(const strided& s) {
  dim step = 1;
  for (int i = s.extent.rank; i-- > 0; step *= s.extent[i])
    if (s.extent[i] != 1 && s.stride[i] != step) return false;
  return true;
}
/// Calls f(offset) for each element in row-major order.
template <class F>
constexpr void for_each_offset(const strided& s, F f) {
  int rank = s.extent.rank;
  if (s.extent.size() == 0) return;
  if (rank == 0) return f(s.offset);
  dim position[max_rank] = {}, n = s.extent[rank - 1], step = s.stride[rank - 1];
  for (dim at = s.offset;;) {
    for (dim i = 0; i < n; ++i) f(at + i * step);
    int axis = rank - 2;
    for (; axis >= 0; --axis) {
      at += s.stride[axis];
      if (++position[axis] < s.extent[axis]) break;
      at -= s.stride[axis] * s.extent[axis];
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}
/// The elements of a row-major array of shape `from`, repeated so that they fill shape `to`, which
/// must be possible.
template <class = void>
constexpr strided broadcast(const dims& from, const dims& to) {
  strided elements = whole(from), s{to, {}, 0};
  for (int i = 0; i < from.rank; ++i)
    s.stride[to.rank - from.rank + i] = from[i] == 1 ? 0 : elements.stride[i];
  return s;
}
/// Goes through the offsets of a box one by one, in row-major order.
class offset_walker {
 public:
  explicit constexpr offset_walker(const strided& box) : box_(box), at_(box.offset) {}
  constexpr dim at() const { return at_; }
  constexpr void next() {
    for (int axis = box_.extent.rank; axis-- > 0;) {
      at_ += box_.stride[axis];
      if (++position_[axis] < box_.extent[axis]) return;
      at_ -= box_.stride[axis] * box_.extent[axis];
      position_[axis] = 0;
    }
  }

 private:
  strided box_;
  dim at_;
  dim position_[max_rank] = {};
};
/// Copies the box to contiguous memory.
template <class T>
constexpr void gather(const T* from, const strided& s, T* to) {
  for_each_offset(s, [&](dim at) { *to++ = from[at]; });
}

}  // namespace detail
}  // namespace calx::inline CALX_ABI
