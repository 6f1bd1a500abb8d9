// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Splits values along small axes, so that small arrays become numbers in registers.
#pragma once

#include <calx/passes/verify.hpp>
#include <calx/plan/splits.hpp>

namespace calx::inline CALX_ABI::plan {

/// Rewrites a program part by part.
template <class Graph>
class scalariser {
 public:
  /// `chosen` are the axes by node; elementwise ops and their operands are split alike.
  constexpr scalariser(const Graph& program, vec<axis_set> chosen)
      : in(program), split_by(std::move(chosen)) {
    out.symbols = in.symbols, out.messages = in.messages;
    out.literals = in.literals;
    out.values_only = true;
    parts.resize(at(in.size()));
    whole.assign(at(in.size()), -1);
    auto wanted = passes::needed(in, in.outputs);
    for (int n : in.inputs) parts[at(n)] = take_apart(n, input_t::emit(out, in.type(n)));
    for (int n = 0; n < in.size(); ++n)
      if (wanted[at(n)] && parts[at(n)].empty()) parts[at(n)] = rewrite(n);
    for (int n : in.outputs) {
      // A copy of what exists is made part by part, as what is around it is.
      if (is<input_t>(in, n) || is<literal_t>(in, n) || is<table_t>(in, n)) whole[at(n)] = -1;
      out.outputs.push_back(put_together(n));
    }
  }
  Graph out;

 private:
  const Graph& in;
  vec<axis_set> split_by;  // by node
  vec<part_list> parts;
  vec<int> whole;        // by node: all of it in one piece, or -1

  constexpr axis_set axes_of(int n) const { return split_by.items[n]; }
  /// The parts of node n, which is x in one piece.
  constexpr part_list take_apart(int n, int x) {
    whole[at(n)] = x;
    return split(out, x, axes_of(n));
  }
  /// Node n in one piece.
  constexpr int put_together(int n) {
    int& x = whole[at(n)];
    if (x < 0) x = join(out, parts[at(n)], in.shape(n), axes_of(n));
    return x;
  }
  /// The parts of node n along other axes than its own.
  constexpr part_list parts_along(int n, axis_set s) {
    if (axes_of(n) == s) return parts[at(n)];
    return split(out, put_together(n), s);
  }
  /// A list of parts of node n along s as one along its own axes.
  constexpr part_list own(int n, part_list list, axis_set s) {
    if (axes_of(n) == s) return list;
    return take_apart(n, join(out, list, in.shape(n), s));
  }
  constexpr int type_of(int n, const dims& shape) {
    return out.intern({in.element(n), shape});
  }

  constexpr part_list rewrite(int n) {
    const op_info* op = in.at(n).op;
    if (is<literal_t>(in, n)) return rewrite_literal(n);
    if (is<table_t>(in, n)) return rewrite_table(n);
    if (in.at(n).arg_count == 0) return rewrite_leaf(n);
    if (op->kind == op_kind::control) return rewrite_control(n);
    if (op->kind == op_kind::elementwise) return rewrite_elementwise(n);
    if (op->kind == op_kind::reduction) return rewrite_reduction(n);
    if (op->kind == op_kind::contraction) return rewrite_contraction(n);
    if (op->row_major) return rewrite_reshape(n);  // g++ 12 destroys the results of ?: twice
    return rewrite_moved(n);
  }
  constexpr part_list rewrite_literal(int n) {
    dim index = in.param(n, 0);
    return take_apart(n, out.append(*in.at(n).op, type_of(n, in.shape(n)), nullptr, 0, &index, 1));
  }
  constexpr part_list rewrite_table(int n) {
    const dims& shape = in.shape(n);
    const axis_set s = axes_of(n);
    vec<dim> all;
    all.append(in.ints.items + in.at(n).first_int, at(in.at(n).int_count));
    if (s == 0) return take_apart(n, table_t::emit(out, in.type(n), all));
    whole[at(n)] = table_t::emit(out, in.type(n), all);
    vec<vec<dim>> bits(at(count_parts(shape, s)));
    dims index;
    index.rank = shape.rank;
    for (int i = 0; i < in.at(n).int_count; ++i) {
      dim rest = i;
      for (int axis = shape.rank; axis-- > 0; rest /= shape[axis]) index[axis] = rest % shape[axis];
      bits[at(part_at(shape, s, index))].push_back(all.items[i]);
    }
    part_list list;
    for (const vec<dim>& part : bits)
      list.push_back(table_t::emit(out, {in.element(n), without(shape, s)}, part));
    return list;
  }
  constexpr part_list rewrite_leaf(int n) {
    const dims shape = in.shape(n), rest = without(shape, axes_of(n));
    part_list list;
    for (int q = 0; q < count_parts(shape, axes_of(n)); ++q) {
      if (is<iota_t>(in, n)) {
        dim axis = in.param(n, 0);
        dim here = index_of(shape, axes_of(n), q)[static_cast<int>(axis)];
        list.push_back(has(axes_of(n), axis)
                           ? constant_t::emit(out, rest, in.element(n), here)
                           : iota_t::emit(out, {in.element(n), rest},
                                          static_cast<int>(rest_position(axes_of(n), axis))));
      } else {
        dim_list params = calx::detail::params_of(in, n);
        list.push_back(out.add(*in.at(n).op, type_of(n, rest), nullptr, 0, params.data(),
                               in.at(n).int_count));
      }
    }
    return list;
  }
  constexpr part_list rewrite_control(int n) {
    const node& d = in.at(n);
    vec<int> operands;
    for (int i = 0; i < d.arg_count; ++i) operands.push_back(put_together(in.arg(n, i)));
    const dim_list params = calx::detail::params_of(in, n);
    return take_apart(n, out.append(*d.op, type_of(n, in.shape(n)), operands.data(), d.arg_count,
                                    params.data(), d.int_count));
  }
  constexpr part_list rewrite_elementwise(int n) {
    const int count = in.at(n).arg_count, type = type_of(n, without(in.shape(n), axes_of(n)));
    part_list list;
    for (std::size_t q = 0; q < at(count_parts(in.shape(n), axes_of(n))); ++q) {
      int operands[3] = {};
      for (int i = 0; i < count; ++i) operands[i] = parts[at(in.arg(n, i))][q];
      list.push_back(out.add(*in.at(n).op, type, operands, count, nullptr, 0));
    }
    return list;
  }
  constexpr part_list rewrite_reshape(int n) {
    const int a = in.arg(n, 0);
    const dims from = in.shape(a), to = in.shape(n), rest = without(to, axes_of(n));
    // Parts in row-major order stay in that order if all elements, or all but axes of 1, are parts.
    const bool numbers = axes_of(a) == all_axes(from.rank) && axes_of(n) == all_axes(to.rank);
    if (!numbers && !moves_alike(from, axes_of(a), to, axes_of(n)))
      return take_apart(n, reshape_t::emit(out, put_together(a), to));
    part_list list;
    for (int x : parts[at(a)]) list.push_back(reshape_t::emit(out, x, rest));
    return list;
  }
  static constexpr bool moves_alike(const dims& from, axis_set f, const dims& to, axis_set t) {
    if (f == 0 && t == 0) return true;
    int i = 0, k = 0;
    for (;; ++i, ++k) {
      while (i < from.rank && from[i] == 1) ++i;
      while (k < to.rank && to[k] == 1) ++k;
      if (i == from.rank || k == to.rank) return i == from.rank && k == to.rank;
      if (from[i] != to[k] || has(f, i) != has(t, k)) return false;
    }
  }
  /// Combines values pairwise by a binary elementwise op.
  constexpr int combine(const op_info& op, part_list list) {
    while (list.size() > 1) {
      part_list half;
      for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        int pair[] = {list[i], list[i + 1]};
        half.push_back(out.add(op, out.at(list[i]).aval, pair, 2, nullptr, 0));
      }
      if (list.size() % 2 != 0) half.push_back(list.back());
      list = half;
    }
    return list[0];
  }
  constexpr part_list rewrite_reduction(int n) {
    const int a = in.arg(n, 0);
    const axis_set s = axes_of(a);
    const dims from = in.shape(a);
    axis_set goes = 0, kept = 0;
    dim_list axes;
    for (int i = 0; i < in.at(n).int_count; ++i) {
      goes |= 1u << in.param(n, i);
      if (!has(s, in.param(n, i))) axes.push_back(rest_position(s, in.param(n, i)));
    }
    for (int i = 0, k = 0; i < from.rank; ++i)
      if (!has(goes, i)) kept |= (has(s, i) ? 1u : 0u) << k, ++k;
    vec<part_list> groups(at(count_parts(in.shape(n), kept)));
    const dims rest = without(in.shape(n), kept);
    for (int q = 0; q < count_parts(from, s); ++q) {
      int x = parts[at(a)][at(q)];
      if (!axes.empty())
        x = out.add(*in.at(n).op, type_of(n, rest), &x, 1, axes.data(),
                    static_cast<int>(axes.size()));
      dims index = without(index_of(from, s, q), goes);
      groups[at(part_at(in.shape(n), kept, index))].push_back(x);
    }
    part_list list;
    for (const part_list& group : groups) list.push_back(combine(in.at(n).op->combine(), group));
    return own(n, list, kept);
  }
  struct source;  // in scalarise_moves.hpp, as what uses it
  constexpr source source_of(int n, int i, axis_set s);
  constexpr bool locate(source& x, const dims& index, axis_set s, bool& known);
  constexpr bool follow(source& x, axis_set s);
  constexpr int seen(source& x, axis_set s);
  constexpr int placed(int n, vec<source>& found, axis_set s);
  constexpr part_list rewrite_whole(int n);
  constexpr part_list rewrite_moved(int n);
  constexpr part_list rewrite_contraction(int n);  // in scalarise_dot.hpp
  constexpr int sum_of_products(int a, int b, const dot_axes& x);
  constexpr int product(int n, int a, int b, const dot_axes& x, const dims& shape);
};

/// True if it is known how values of an op are split.
constexpr bool can_split(const op_info& op) {
  if (op.kind == op_kind::structural) return op.has_map || op.row_major;
  if (op.kind == op_kind::reduction) return op.has_combine;
  return op.kind != op_kind::contraction || is<dot_general_t>(op);
}
/// True if no extent is 0 and every op can be split.
template <class Graph>
constexpr bool can_split(const Graph& g) {
  for (int n = 0; n < g.size(); ++n) {
    for (dim d : g.shape(n))
      if (d == 0) return false;
    if (!can_split(*g.at(n).op)) return false;
  }
  return true;
}
/// The same program with small values split into numbers, or along small axes beside large ones.
template <class Graph>
constexpr Graph scalarise(Graph g) {
  if (!can_split(g)) return g;
  Graph out = scalariser(g, choose_splits(g)).out;
  passes::require_valid("scalarise", out);
  return out;
}

}  // namespace calx::inline CALX_ABI::plan

#include <calx/plan/scalarise_dot.hpp>
#include <calx/plan/scalarise_moves.hpp>
