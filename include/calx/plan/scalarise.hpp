// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Splits values along small axes, so that small arrays become numbers in registers.
#pragma once

#include <calx/passes/verify.hpp>
#include <calx/plan/parts.hpp>

namespace calx::inline CALX_ABI::plan {

/// How far values are split: not at all, along axes of at most 8, or down to numbers.
enum class splitting { none, small_axes, all };

/// The largest value that is split down to numbers; larger ones are worth a loop in lanes.
inline constexpr dim most_numbers = 64;

/// The axes along which a value of a shape is split. The shape alone decides, so that operands of
/// one elementwise op are split alike.
constexpr axis_set split_axes(const dims& shape, splitting how) {
  if (how == splitting::all) return all_axes(shape.rank);
  axis_set s = 0;
  if (how == splitting::none) return s;
  dim product = 1;
  for (int i = 0; i < shape.rank; ++i)
    if (!is_symbol(shape[i]) && shape[i] <= 8) s |= 1u << i, product *= shape[i];
  return product <= most_numbers ? s : 0;
}

/// Rewrites a program part by part.
template <class Graph>
class scalariser {
 public:
  constexpr scalariser(const Graph& program, splitting s) : in(program), how(s) {
    out.symbols = in.symbols, out.messages = in.messages;
    out.literals = in.literals;
    out.values_only = true;
    parts.resize(at(in.size()));
    auto wanted = passes::needed(in, in.outputs);
    for (int n : in.inputs)
      parts[at(n)] = split(out, input_t::emit(out, in.type(n)), axes_of(n));
    for (int n = 0; n < in.size(); ++n)
      if (wanted[at(n)] && parts[at(n)].empty()) parts[at(n)] = rewrite(n);
    for (int n : in.outputs)
      out.outputs.push_back(join(out, parts[at(n)], in.shape(n), axes_of(n)));
  }
  Graph out;

 private:
  const Graph& in;
  splitting how;
  vec<part_list> parts;

  constexpr axis_set axes_of(int n) const { return split_axes(in.shape(n), how); }
  /// The parts of node n along other axes than its own.
  constexpr part_list parts_along(int n, axis_set s) {
    if (axes_of(n) == s) return parts[at(n)];
    return split(out, join(out, parts[at(n)], in.shape(n), axes_of(n)), s);
  }
  /// A list of parts of node n along s as one along its own axes.
  constexpr part_list own(int n, part_list list, axis_set s) {
    if (axes_of(n) == s) return list;
    return split(out, join(out, list, in.shape(n), s), axes_of(n));
  }
  constexpr int type_of(int n, const dims& shape) {
    return out.intern({in.element(n), shape});
  }

  constexpr part_list rewrite(int n) {
    const op_info* op = in.at(n).op;
    if (is<literal_t>(in, n)) return rewrite_literal(n);
    if (in.at(n).arg_count == 0) return rewrite_leaf(n);
    if (op->kind == op_kind::elementwise) return rewrite_elementwise(n);
    if (op->kind == op_kind::reduction) return rewrite_reduction(n);
    if (op->kind == op_kind::contraction) return rewrite_contraction(n);
    if (op->row_major) return rewrite_reshape(n);  // g++ 12 destroys the results of ?: twice
    return rewrite_moved(n);
  }
  constexpr part_list rewrite_literal(int n) {
    dim index = in.param(n, 0);
    return split(out, out.append(*in.at(n).op, type_of(n, in.shape(n)), nullptr, 0, &index, 1),
                 axes_of(n));
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
    bool same = how == splitting::all || moves_alike(from, axes_of(a), to, axes_of(n));
    if (!same) {
      int whole = join(out, parts[at(a)], from, axes_of(a));
      return split(out, reshape_t::emit(out, whole, to), axes_of(n));
    }
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

/// How many operations on numbers a program is when split completely; -1 if that is not possible.
template <class Graph>
constexpr dim count_operations(const Graph& g) {
  auto wanted = passes::needed(g, g.outputs);
  dim total = 0;
  for (int n = 0; n < g.size(); ++n) {
    if (!wanted[at(n)] && !is<input_t>(g, n)) continue;
    if (!g.shape(n).is_static() || g.shape(n).size() == 0) return -1;
    if (g.shape(n).size() > most_numbers) return -1;
    const op_info* op = g.at(n).op;
    dim work = g.shape(n).size();
    if (op->kind == op_kind::reduction) {
      work = g.shape(g.arg(n, 0)).size();
    }
    if (op->kind == op_kind::contraction) {
      work *= 2;
      for (dim i : dot_general_t::axes_of(g, n).lhs_contract)
        work *= g.shape(g.arg(n, 0))[static_cast<int>(i)];
    }
    total += op->kind == op_kind::structural || g.at(n).arg_count == 0 ? work / 8 : work;
  }
  return total;
}
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
/// How much work programs are split into.
inline constexpr dim most_operations = 1200;

template <class Graph>
constexpr Graph split_program(const Graph& g, splitting how) {
  Graph out = scalariser(g, how).out;
  passes::check("scalarise", out);
  return out;
}
/// The same program with small values split into numbers, or along small axes beside large ones.
template <class Graph>
constexpr Graph scalarise(Graph g) {
  if (!can_split(g)) return g;
  dim work = count_operations(g);
  if (work >= 0 && work <= most_operations) return split_program(g, splitting::all);
  dim parts = 0;  // the same count along small axes
  for (int n = 0; n < g.size(); ++n)
    parts += count_parts(g.shape(n), split_axes(g.shape(n), splitting::small_axes));
  return split_program(g, parts <= most_operations ? splitting::small_axes : splitting::none);
}

}  // namespace calx::inline CALX_ABI::plan

#include <calx/plan/scalarise_dot.hpp>
#include <calx/plan/scalarise_moves.hpp>
