// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ops that move elements, part by part: which part of an operand a part of the result is made of.
#pragma once

#include <calx/plan/scalarise.hpp>
#include <calx/plan/views.hpp>

namespace calx::inline CALX_ABI::plan {

/// An operand of a node that is rewritten part by part, and a part of its box.
template <class Graph>
struct scalariser<Graph>::source {
  index_map map;
  dims shape;
  dims box;            // the extents of its box
  axis_set split = 0;  // the axes along which it is split: their indices follow from a part of n
  part_list parts;
  // Of the part of n that is being made:
  dims index;                 // the indices in the box, along axes that are split
  dims first;                 // the index of the first element that is read
  int fed_by[max_rank] = {};  // by axis, the result axis that it follows, or -1
  dim steps[max_rank] = {};   // and how far apart the elements are that are read
};

/// Operand i of node n, split along axes whose index is known where n is split along s.
template <class Graph>
constexpr typename scalariser<Graph>::source scalariser<Graph>::source_of(int n, int i,
                                                                          axis_set s) {
  const int a = in.arg(n, i);
  source x;
  x.map = in.at(n).op->map(in, out.symbols, n, i);
  x.shape = in.shape(a), x.split = axes_of(a);
  x.box = x.map.has_box ? x.map.extent : in.shape(n);
  for (int k = 0; k < x.shape.rank; ++k)
    if (is_symbol(x.map.offset[k])) x.split &= ~(1u << k);
  for (const index_term& t : x.map.terms)
    if (!has(s, t.result_axis) || is_symbol(t.stride)) x.split &= ~(1u << t.operand_axis);
  x.parts = parts_along(a, x.split);
  return x;
}

/// Finds the indices in x's box of the part of a node at `index` along s. False if the part has
/// none of them; `known` becomes false if that depends on symbols.
template <class Graph>
constexpr bool scalariser<Graph>::locate(source& x, const dims& index, axis_set s, bool& known) {
  x.index = index;
  if (!x.map.has_box) return true;
  for (int r = 0; r < index.rank; ++r) {
    if (!has(s, r)) continue;
    const dim start = x.map.start[r], step = x.map.step[r];
    known = known && !is_symbol(start) && !is_symbol(step) && !is_symbol(x.box[r]);
    if (!known) return false;
    const dim beyond = index[r] - start;
    if (beyond < 0 || beyond % step != 0 || beyond / step >= x.box[r]) return false;
    x.index[r] = beyond / step;
  }
  return true;
}

/// Finds the result axis that each axis of operand x follows (-1: none), in what steps, and from
/// what index on. False if views do not say that: an axis follows two, or two follow one.
template <class Graph>
constexpr bool scalariser<Graph>::follow(source& x, axis_set s) {
  symbol_table& t = out.symbols;
  axis_set fed = 0;
  x.first.rank = x.shape.rank;
  for (int k = 0; k < x.shape.rank; ++k)
    x.first[k] = x.map.offset[k], x.fed_by[k] = -1, x.steps[k] = 1;
  for (const index_term& u : x.map.terms) {
    const int k = u.operand_axis, r = u.result_axis;
    if (has(s, r)) {
      x.first[k] = t.add(x.first[k], t.mul(u.stride, x.index[r]));
      continue;
    }
    if (x.fed_by[k] >= 0 || has(fed, r) || is_symbol(u.stride) || u.stride == 0) return false;
    x.fed_by[k] = r, x.steps[k] = u.stride, fed |= 1u << r;
  }
  return true;
}

/// What a part of a node reads in operand x, as a value over the axes of the box that are not in s;
/// -1 if no views of its parts say it.
template <class Graph>
constexpr int scalariser<Graph>::seen(source& x, axis_set s) {
  if (!follow(x, s)) return -1;
  symbol_table& t = out.symbols;
  const dims rest = without(x.box, s);
  int v = x.parts[at(part_at(x.shape, x.split, x.first))];
  if (rest.rank == 0 && out.shape(v).rank == 0) return v;
  dims start, stride, extent, kept;
  dim_list flipped, axes;
  for (int k = 0; k < x.shape.rank; ++k) {
    if (has(x.split, k)) continue;
    const bool moves = x.fed_by[k] >= 0, back = moves && x.steps[k] < 0;
    const dim count = moves ? x.box[x.fed_by[k]] : 1;
    if (back) flipped.push_back(start.rank);
    start.push(back ? t.add(x.first[k], t.mul(x.steps[k], t.add(count, -1))) : x.first[k]);
    stride.push(back ? -x.steps[k] : x.steps[k]), extent.push(count);
    if (moves) kept.push(count), axes.push_back(rest_position(s, x.fed_by[k]));
  }
  v = slice_t::emit(out, v, start, stride, extent);
  if (!flipped.empty()) v = rev_t::emit(out, v, flipped);
  v = reshape_t::emit(out, v, kept);
  if (kept.rank < rest.rank) return broadcast_in_dim_t::emit(out, v, rest, axes);
  dim_list order(axes.size(), 0);
  for (std::size_t k = 0; k < axes.size(); ++k)
    order[static_cast<std::size_t>(axes[k])] = static_cast<dim>(k);
  return transpose_t::emit(out, v, order);
}

/// A part of node n from the operands that have elements in it, side by side; -1 as for `seen`.
template <class Graph>
constexpr int scalariser<Graph>::placed(int n, vec<source>& found, axis_set s) {
  symbol_table& t = out.symbols;
  const dims rest = without(in.shape(n), s);
  part_list values;
  int axis = -1;
  dim next = 0;
  bool joined = true;
  for (source& x : found) {
    values.push_back(seen(x, s));
    if (values.back() < 0 || !x.map.has_box) return values.back();
    const dims low = without(x.map.start, s), step = without(x.map.step, s);
    const dims box = without(x.box, s);
    for (int r = 0; r < rest.rank; ++r) {
      const bool all = low[r] == 0 && t.sub(box[r], rest[r]) == 0;
      joined = joined && step[r] == 1 && (all || axis < 0 || axis == r);
      if (!all) axis = r;
    }
    if (axis < 0) return values.back();
    joined = joined && low[axis] == next;
    next = t.add(next, box[axis]);
  }
  if (found.size() == 1)
    return pad_t::emit(out, values[0], without(found[0].map.start, s),
                       without(found[0].map.step, s), rest);
  if (!joined || t.sub(next, rest[axis]) != 0) return -1;
  dim where = axis;
  return out.template add<concatenate_t>(type_of(n, rest), values.data(),
                                         static_cast<int>(values.size()), &where, 1);
}

/// Node n as it is, of whole operands.
template <class Graph>
constexpr part_list scalariser<Graph>::rewrite_whole(int n) {
  part_list operands;
  for (int i = 0; i < in.at(n).arg_count; ++i) operands.push_back(put_together(in.arg(n, i)));
  const dim_list params = calx::detail::params_of(in, n);
  int x = out.add(*in.at(n).op, type_of(n, in.shape(n)), operands.data(), in.at(n).arg_count,
                  params.data(), in.at(n).int_count);
  return take_apart(n, x);
}

template <class Graph>
constexpr part_list scalariser<Graph>::rewrite_moved(int n) {
  const axis_set s = axes_of(n);
  if (s == 0) return rewrite_whole(n);
  vec<source> operands, found;
  for (int i = 0; i < in.at(n).arg_count; ++i) operands.push_back(source_of(n, i, s));
  part_list list;
  const dims shape = in.shape(n), rest = without(shape, s);
  for (int q = 0; q < count_parts(shape, s); ++q) {
    const dims index = index_of(shape, s, q);
    bool known = true;
    found.clear();
    for (source& x : operands)
      if (locate(x, index, s, known)) found.push_back(x);
    int x = !known ? -1
            : found.empty() ? constant_t::emit(out, rest, in.element(n), 0)
                            : placed(n, found, s);
    if (x < 0) return rewrite_whole(n);
    list.push_back(x);
  }
  return list;
}

}  // namespace calx::inline CALX_ABI::plan
