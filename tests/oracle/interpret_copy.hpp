// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ops that move elements, each as a copy from one strided box to another.
#pragma once

#include <cstring>

#include <calx/ops/all.hpp>

namespace calx::inline CALX_ABI::interpreting {

/// One node to compute: its operands' elements, and where its own go.
struct step {
  const graph& program;
  int node;
  const void* const* operands;
  void* result;

  const dims& shape() const { return program.shape(node); }
  const dims& shape(int i) const { return program.shape(program.arg(node, i)); }
  dtype type() const { return program.element(node); }
  dtype type(int i) const { return program.element(program.arg(node, i)); }
  dim param(int i) const { return program.param(node, i); }
  int operand_count() const { return program.at(node).arg_count; }
  int param_count() const { return program.at(node).int_count; }
};

/// A box of elements in memory; strides and start count elements.
struct view {
  dims shape, stride;
  dim start = 0;
};
template <class = void>
view row_major(const dims& shape) {
  view v{shape, shape, 0};
  dim step = 1;
  for (int i = shape.rank; i-- > 0; step *= shape[i]) v.stride[i] = step;
  return v;
}

/// Walks over the offsets of a view in row-major order.
struct walker {
  view over;
  dims index;
  dim offset;

  explicit walker(const view& v) : over(v), offset(v.start) { index.rank = v.shape.rank; }
  void next() {
    for (int i = over.shape.rank; i-- > 0;) {
      offset += over.stride[i];
      if (++index[i] < over.shape[i]) return;
      offset -= over.stride[i] * over.shape[i];
      index[i] = 0;
    }
  }
};

/// Copies between views of one shape, of elements of `Size` bytes.
template <std::size_t Size>
[[gnu::cold, gnu::noinline]] void copy_elements(view from, view to, const void* x, void* y) {
  if (from.shape.rank == 0)
    from.shape.push(1), from.stride.push(1), to.shape.push(1), to.stride.push(1);
  int last = from.shape.rank - 1;
  dim count = from.shape[last], a = from.stride[last], b = to.stride[last];
  dim size = from.shape.size(), width = static_cast<dim>(Size);
  from.shape.rank = to.shape.rank = last;
  walker p(from), q(to);
  for (dim done = 0; done < size; done += count, p.next(), q.next()) {
    auto* source = static_cast<const std::byte*>(x) + p.offset * width;
    auto* target = static_cast<std::byte*>(y) + q.offset * width;
    if (a == 1 && b == 1) std::memcpy(target, source, static_cast<std::size_t>(count) * Size);
    else
      for (dim i = 0; i < count; ++i)
        std::memcpy(target + i * b * width, source + i * a * width, Size);
  }
}
template <class = void>
void copy(dtype d, const view& from, const view& to, const void* x, void* y) {
  if (size_of(d) == 1) copy_elements<1>(from, to, x, y);
  else if (size_of(d) == 4) copy_elements<4>(from, to, x, y);
  else copy_elements<8>(from, to, x, y);
}
/// The elements of x, seen through `from`, in row-major order.
template <class = void>
void gather(const step& s, const view& from) {
  copy(s.type(), from, row_major(from.shape), s.operands[0], s.result);
}

/// Names an op among overloads.
template <class Op>
struct tag {};

template <class = void>
void run(tag<reshape_t>, const step& s) { gather(s, row_major(s.shape())); }
/// What is its first operand, whatever derivatives make of it.
template <class Op>
  requires requires { Op::is_renaming; }
void run(tag<Op>, const step& s) {
  gather(s, row_major(s.shape()));
}

template <class = void>
void run(tag<constant_t>, const step& s) {
  view splat = row_major(s.shape());
  for (int i = 0; i < splat.shape.rank; ++i) splat.stride[i] = 0;
  visit_dtype(s.type(), [&]<class T>() {
    T value = from_bits<T>(s.param(0));
    copy(s.type(), splat, row_major(s.shape()), &value, s.result);
  });
}
template <class = void>
void run(tag<table_t>, const step& s) {
  visit_dtype(s.type(), [&]<class T>() {
    for (dim i = 0; i < s.shape().size(); ++i)
      static_cast<T*>(s.result)[i] = from_bits<T>(s.param(static_cast<int>(i)));
  });
}
template <class = void>
void run(tag<extent_t>, const step& s) {
  std::int64_t value = s.param(0);
  std::memcpy(s.result, &value, sizeof value);
}
template <class = void>
void run(tag<broadcast_in_dim_t>, const step& s) {
  view x = row_major(s.shape(0)), v{s.shape(), s.shape(), 0};
  for (int i = 0; i < v.stride.rank; ++i) v.stride[i] = 0;
  for (int i = 0; i < x.shape.rank; ++i)
    if (x.shape[i] != 1) v.stride[static_cast<int>(s.param(i))] = x.stride[i];
  gather(s, v);
}
template <class = void>
void run(tag<transpose_t>, const step& s) {
  view x = row_major(s.shape(0)), v{s.shape(), s.shape(), 0};
  for (int i = 0; i < v.shape.rank; ++i) v.stride[i] = x.stride[static_cast<int>(s.param(i))];
  gather(s, v);
}
template <class = void>
void run(tag<rev_t>, const step& s) {
  view v = row_major(s.shape());
  for (int i = 0; i < s.param_count(); ++i) {
    int a = static_cast<int>(s.param(i));
    v.start += (v.shape[a] - 1) * v.stride[a];
    v.stride[a] *= -1;
  }
  gather(s, v);
}
/// The part of `whole` of a smaller shape that a slice cuts out or a pad fills.
template <class = void>
view part_of(const step& s, const dims& whole, const dims& shape) {
  view v = row_major(whole);
  v.shape = shape;
  for (int i = 0; i < shape.rank; ++i) {
    v.start += s.param(i) * v.stride[i];
    v.stride[i] *= s.param(shape.rank + i);
  }
  return v;
}
template <class = void>
void run(tag<slice_t>, const step& s) { gather(s, part_of(s, s.shape(0), s.shape())); }
template <class = void>
void run(tag<pad_t>, const step& s) {
  auto bytes = static_cast<std::size_t>(s.shape().size()) * size_of(s.type());
  if (bytes > 0) std::memset(s.result, 0, bytes);
  view inner = part_of(s, s.shape(), s.shape(0));
  copy(s.type(), row_major(s.shape(0)), inner, s.operands[0], s.result);
}
template <class = void>
void run(tag<concatenate_t>, const step& s) {
  int axis = static_cast<int>(s.param(0));
  view whole = row_major(s.shape());
  for (int i = 0; i < s.operand_count(); ++i) {
    view part = whole;
    part.shape = s.shape(i);
    copy(s.type(), row_major(part.shape), part, s.operands[i], s.result);
    whole.start += part.shape[axis] * whole.stride[axis];
  }
}

/// Any op that moves elements, by its index map.
template <class = void>
void run_moves(const step& s) {
  const op_info& op = *s.program.at(s.node).op;
  if (op.row_major) return gather(s, row_major(s.shape()));
  if (!op.has_map) raise(error_kind::generic, detail::without_map(op));
  symbol_table t = s.program.symbols;
  for (int i = 0; i < s.operand_count(); ++i) {
    const index_map m = op.map(s.program, t, s.node, i);
    view x = row_major(s.shape(i)), from{s.shape(), s.shape(), 0}, to = row_major(s.shape());
    if (m.has_box) {
      auto bytes = static_cast<std::size_t>(s.shape().size()) * size_of(s.type());
      if (i == 0 && bytes > 0) std::memset(s.result, 0, bytes);
      from.shape = from.stride = to.shape = m.extent;
      for (int r = 0; r < m.extent.rank; ++r) {
        to.start += m.start[r] * to.stride[r];
        to.stride[r] *= m.step[r];
      }
    }
    for (int r = 0; r < from.shape.rank; ++r) from.stride[r] = 0;
    for (int k = 0; k < x.shape.rank; ++k) from.start += m.offset[k] * x.stride[k];
    for (const index_term& u : m.terms)
      from.stride[u.result_axis] += u.stride * x.stride[u.operand_axis];
    copy(s.type(), from, to, s.operands[i], s.result);
  }
}

}  // namespace calx::inline CALX_ABI::interpreting
