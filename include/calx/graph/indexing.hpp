// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Python's indexing: integers, slices, newaxis, ellipsis; resolved against a shape.
#pragma once

#include <concepts>

#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI {

/// Python's None: an open end of a slice, an unmapped argument of vmap.
struct none_t {};
inline constexpr none_t none{};
/// A new axis of extent 1 in an index.
struct newaxis_t {};
inline constexpr newaxis_t newaxis{};
/// All axes that the other entries of an index leave.
struct ellipsis_t {};
inline constexpr ellipsis_t ellipsis{};

namespace detail {
/// An integer that follows from extents: of traced values, in a later layer.
template <class E>
concept number_of_extents = requires(const E& e) { e.is_extent(), e.extent(); };
struct slice_bound {
  dim at = 0;
  bool open = true;
  constexpr slice_bound() = default;
  constexpr slice_bound(none_t) {}
  constexpr slice_bound(std::integral auto i) : at(static_cast<dim>(i)), open(false) {}
  template <number_of_extents E>
  constexpr slice_bound(const E& i) : at(i.extent()), open(false) {}
};
}  // namespace detail

/// Python's slice(start, stop, step); `none` leaves an end open, negatives count from the end.
struct slice {
  using bound = detail::slice_bound;
  bound start, stop, step;

  constexpr slice() = default;
  constexpr explicit slice(bound last) : stop(last) {}
  constexpr slice(bound first, bound last, bound by = {}) : start(first), stop(last), step(by) {}
};

/// One entry of an index.
struct index_entry {
  enum kind_t : unsigned char { integer, part, new_axis, rest } kind;
  dim at = 0;
  slice range;
  constexpr index_entry(std::integral auto i) : kind(integer), at(static_cast<dim>(i)) {}
  template <detail::number_of_extents E>
  constexpr index_entry(const E& i) : kind(integer), at(i.extent()) {}
  constexpr index_entry(slice s) : kind(part), range(s) {}
  constexpr index_entry(newaxis_t) : kind(new_axis) {}
  constexpr index_entry(ellipsis_t) : kind(rest) {}
  constexpr index_entry(none_t) : kind(new_axis) {}
};

/// What an index selects: a strided box of the operand, axes to reverse, and the final shape.
struct selection {
  dims start, stride, box, result;
  vec<dim> reversed;
};

namespace detail {
/// The sentence for an integer outside its axis.
template <class = void>
constexpr void say_outside(text& t, dim at, int axis, const dims& shape) {
  append_dim(t << "index ", at) << " is outside axis " << axis << " of extent ";
  append_dim(t, shape[axis]) << " of shape " << shape;
}
/// Resolves one slice along an axis of extent n.
template <class = void>
constexpr void select_range(graph& g, const slice& s, dim n, int axis, selection& out) {
  auto& t = g.symbols;
  dim step = s.step.open ? 1 : s.step.at;
  if (step == 0) g.fail(error_kind::index, text("slice: the step must not be 0")), step = 1;
  // A bound within [lo, hi]; of a symbolic extent it is assumed to be inside.
  auto clamp = [&](const slice::bound& b, dim lo, dim hi, dim open) {
    if (b.open) return open;
    const bool from_end = b.at < 0 && !is_symbol(b.at);
    dim v = from_end ? t.add(n, b.at) : b.at;
    if (!is_symbol(n) && !is_symbol(v)) return v < lo ? lo : v > hi ? hi : v;
    auto say = [&](text& m) {
      append_dim(append_dim(m << "slice: bound ", b.at) << " is outside an axis of extent ", n)
          << "; bounds of a dynamic extent must be inside";
    };
    if (is_symbol(b.at)) g.require_non_negative(t.sub(v, lo), error_kind::index, say);
    g.require_non_negative(from_end ? v : t.sub(hi, v), error_kind::index, say);
    return v;
  };
  dim size = 0, first = 0;
  if (step > 0) {
    first = clamp(s.start, 0, n, 0);
    const dim last = clamp(s.stop, 0, n, n);
    size = t.div(t.add(t.sub(last, first), step - 1), step);
  } else {
    dim from = clamp(s.start, -1, t.add(n, -1), t.add(n, -1));
    dim to = clamp(s.stop, -1, t.add(n, -1), -1);
    size = t.div(t.add(t.sub(from, to), -step - 1), -step);
    first = t.add(from, t.mul(t.add(size, -1), step));
    out.reversed.push_back(axis);
  }
  if (is_symbol(size))
    g.require_non_negative(size, error_kind::index, [&](text& m) {
      append_dim(m << "slice: an axis of extent ", n)
          << " is too short; of a dynamic extent the start must not be behind the stop";
    });
  if (!is_symbol(size) && size <= 0) size = 0, first = 0;
  out.start.push(first), out.stride.push(step < 0 ? -step : step);
  out.box.push(size), out.result.push(size);
}
template <class = void>
constexpr void select_one(graph& g, dim at, const dims& shape, int axis, selection& out) {
  const dim n = shape[axis];
  auto say = [&](text& t) { say_outside(t, at, axis, shape); };
  const bool from_end = at < 0 && !is_symbol(at);
  dim i = from_end ? g.symbols.add(n, at) : at;
  if (!is_symbol(n) && !is_symbol(i) && (i < 0 || i >= n)) {
    text t;
    say(t);
    g.fail(error_kind::index, t);
    i = 0;
  } else if (is_symbol(n) || is_symbol(i)) {
    if (is_symbol(at)) g.require_non_negative(at, error_kind::index, say);
    g.require_non_negative(from_end ? i : g.symbols.add(g.symbols.sub(n, at), -1),
                           error_kind::index, say);
  }
  out.start.push(i), out.stride.push(1), out.box.push(1);
}
}  // namespace detail

/// Resolves an index against a shape; errors go to g.
template <class = void>
constexpr selection resolve(graph& g, const dims& shape, const index_entry* entries, int count) {
  selection out;
  int used = 0, axis = 0, rests = 0;
  for (int i = 0; i < count; ++i) {
    used += entries[i].kind == index_entry::integer || entries[i].kind == index_entry::part;
    rests += entries[i].kind == index_entry::rest;
  }
  if (rests > 1) {
    g.fail(error_kind::index, text() << "index: " << rests << " times ellipsis for shape " << shape
                                     << "; it may stand once");
    count = 0;
  }
  if (used > shape.rank) {
    g.fail(error_kind::index, text() << "index: " << used << " indices for shape " << shape
                                     << "; give at most one per axis");
    used = shape.rank;
    count = 0;
  }
  auto whole = [&](int n) {
    for (; n > 0; --n, ++axis) {
      out.start.push(0), out.stride.push(1);
      out.box.push(shape[axis]), out.result.push(shape[axis]);
    }
  };
  for (int i = 0; i < count; ++i) {
    const index_entry& e = entries[i];
    if (e.kind == index_entry::new_axis) out.result.push(1);
    else if (e.kind == index_entry::rest) whole(shape.rank - used);
    else if (e.kind == index_entry::part)
      detail::select_range(g, e.range, shape[axis], axis, out), ++axis;
    else detail::select_one(g, e.at, shape, axis, out), ++axis;
  }
  if (axis < shape.rank) whole(shape.rank - axis);
  return out;
}

}  // namespace calx::inline CALX_ABI
