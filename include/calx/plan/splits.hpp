// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decides which values are split, and along which axes: by what each of them gains.
#pragma once

#include <calx/plan/parts.hpp>

namespace calx::inline CALX_ABI::plan {

/// The largest value that is split down to numbers; larger ones are worth a loop in lanes.
inline constexpr dim most_numbers = 64;
/// Programs of no more operations than this are split wherever they can be.
inline constexpr dim most_operations = 1200;

/// The axes of at most 8 of a shape, unless they make more parts than is worth it.
constexpr axis_set small_axes(const dims& shape) {
  axis_set s = 0;
  dim product = 1;
  for (int i = 0; i < shape.rank; ++i)
    if (!is_symbol(shape[i]) && shape[i] <= 8) s |= 1u << i, product *= shape[i];
  return product <= most_numbers ? s : 0;
}
/// All axes of a value that is small enough to be numbers, the small axes of others.
constexpr axis_set axes_worth_splitting(const dims& shape) {
  const bool numbers = shape.is_static() && shape.size() <= most_numbers;
  return numbers ? all_axes(shape.rank) : small_axes(shape);
}

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

namespace detail {
/// Axes that both operands are split along are those of `a`'s list whose partners are split too.
constexpr void match(axis_set& a, const dim_list& la, axis_set& b, const dim_list& lb) {
  for (std::size_t i = 0; i < la.size(); ++i) {
    if (has(a, la[i]) == has(b, lb[i])) continue;
    a &= ~(1u << la[i]);
    b &= ~(1u << lb[i]);
  }
}
}  // namespace detail

/// Chooses the axes along which each value of a long program is split. Values that elementwise ops
/// join are a family, which is split or not as one. What a family loses is an instruction for each
/// part beyond the first; what it gains are the kernels that its contractions and moves would be.
/// Both grow with the program alike, so that a long one is split as a short one is.
template <class Graph>
class split_choice {
 public:
  constexpr explicit split_choice(const Graph& program)
      : g(program), wanted(passes::needed(program, program.outputs)) {
    dim parts = 0;
    for (int n = 0; n < g.size(); ++n) {
      axes.push_back(axes_worth_splitting(g.shape(n)));
      parent.push_back(n);
      parts += count_parts(g.shape(n), small_axes(g.shape(n)));
    }
    few = parts <= most_operations;
    for (int n = 0; n < g.size(); ++n)
      for (int i = 0; wanted[at(n)] && is_elementwise(n) && i < g.at(n).arg_count; ++i)
        parent[at(family_of(g.arg(n, i)))] = family_of(n);
    for (int round = 0; round < 4 && drop_losers(); ++round) {}
  }
  vec<axis_set> axes;  // by node

 private:
  // What kernels are worth, in instructions: they cost time to compile and to run.
  static constexpr dim contraction_kernel = 500, other_kernel = 50;

  const Graph& g;
  vec<char> wanted;
  vec<int> parent;  // by node: another of its family, or itself
  vec<dim> gains;   // by node: of the family that it stands for
  bool few = false;

  constexpr bool is_elementwise(int n) const {
    return g.at(n).op->kind == op_kind::elementwise;
  }
  constexpr int family_of(int n) {
    while (parent.items[n] != n) n = parent.items[n] = parent.items[parent.items[n]];
    return n;
  }
  constexpr dim parts(int n) const { return count_parts(g.shape(n), axes[at(n)]); }
  constexpr bool is_split(int n) const { return axes[at(n)] != 0; }
  constexpr bool is_number(int n) const { return g.shape(n).rank == 0; }
  constexpr void gain(int n, dim x) {
    if (is_split(n)) gains[at(family_of(n))] += x;
  }

  constexpr bool drop_losers() {
    gains.assign(at(g.size()), 0);
    for (int n = 0; n < g.size(); ++n)
      if (wanted[at(n)] && g.at(n).arg_count > 0) weigh(n);
    bool dropped = false;
    for (int n = 0; n < g.size(); ++n) {
      if (!is_split(n) || gains[at(family_of(n))] >= 0) continue;
      const axis_set kept = few ? small_axes(g.shape(n)) : 0;
      dropped = dropped || kept != axes[at(n)];
      axes[at(n)] = kept;
    }
    return dropped;
  }
  constexpr void weigh(int n) {
    const op_kind kind = g.at(n).op->kind;
    if (kind == op_kind::elementwise) gain(n, 1 - parts(n));
    else if (kind == op_kind::contraction) weigh_contraction(n);
    else if (kind == op_kind::control) weigh_control(n);
    else weigh_moved(n);
  }
  /// What bodies read and write lies in memory.
  constexpr void weigh_control(int n) {
    gain(n, -parts(n));
    for (int i = 0; i < g.at(n).arg_count; ++i) gain(g.arg(n, i), -parts(g.arg(n, i)));
  }
  /// Reductions and moves: a kernel less if both sides are split, or copies between them.
  constexpr void weigh_moved(int n) {
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      const int a = g.arg(n, i);
      if (is_number(a)) continue;
      const bool alike = is_split(a) && (is_split(n) || is_number(n));
      gain(a, alike ? other_kernel : -parts(a));
      if (!is<input_t>(g, a)) gain(n, alike ? other_kernel : -parts(n));
    }
  }
  constexpr void weigh_contraction(int n) {
    const int a = g.arg(n, 0), b = g.arg(n, 1);
    const auto x = dot_general_t::axes_of(g, n);
    axis_set left = axes[at(a)], right = axes[at(b)];
    detail::match(left, x.lhs_batch, right, x.rhs_batch);
    detail::match(left, x.lhs_contract, right, x.rhs_contract);
    dim work = count_parts(g.shape(n), axes[at(n)]);
    bool unrolled = is_split(n) || is_number(n);
    for (dim i : x.lhs_contract) {
      unrolled = unrolled && has(left, i);
      work *= has(left, i) ? g.shape(a)[static_cast<int>(i)] : 1;
    }
    if (unrolled) {
      for (int k : {a, b, n}) gain(k, contraction_kernel - 2 * work);
      return;
    }
    if (left != axes[at(a)]) gain(a, -parts(a));
    if (right != axes[at(b)]) gain(b, -parts(b));
    if (left == 0 && right == 0) gain(n, -parts(n));
  }
};

/// The axes along which each value of a program is split.
template <class Graph>
constexpr vec<axis_set> choose_splits(const Graph& g) {
  const dim work = count_operations(g);
  if (work < 0 || work > most_operations) return split_choice(g).axes;
  vec<axis_set> all;
  for (int n = 0; n < g.size(); ++n) all.push_back(all_axes(g.shape(n).rank));
  return all;
}

}  // namespace calx::inline CALX_ABI::plan
