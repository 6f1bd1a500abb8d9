// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What each kind of op demands of its operands, parameters and result.
#pragma once

#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI::verifying {

/// How many operands and parameters an op has; negative: checked elsewhere.
struct counts {
  std::string_view op;
  int args, ints;
};
inline constexpr counts known_counts[] = {
    {"input", 0, 1},
    {"literal", 0, 1},
    {"constant", 0, 1},
    {"extent", 0, 1},
    {"variable", 0, 0},
    {"iota", 0, 1},
    {"alias", 1, 0},
    {"stop_gradient", 1, 0},
    {"convert", 1, 0},
    {"bits_to_float", 1, 0},
    {"neg", 1, 0},
    {"not", 1, 0},
    {"add", 2, 0},
    {"sub", 2, 0},
    {"mul", 2, 0},
    {"guarded_mul", 2, 0},
    {"div", 2, 0},
    {"select", 3, 0},
    {"reshape", 1, 0},
    {"broadcast_in_dim", 1, -1},
    {"transpose", 1, -1},
    {"rev", 1, -1},
    {"slice", 1, -1},
    {"pad", 1, -1},
    {"concatenate", -1, 1},
    {"dot_general", 2, -1}};

template <class = void>
constexpr const char* fault_of_counts(const graph& g, int n) {
  const node& d = g.at(n);
  if (d.op->kind == op_kind::leaf ? d.arg_count != 0 : d.arg_count == 0)
    return "has the wrong number of operands";
  if (d.op->kind == op_kind::elementwise && d.int_count != 0)
    return "has the wrong number of parameters";
  if (d.op->user_slot >= 0) return nullptr;
  for (const counts& c : known_counts) {
    if (c.op != d.op->name) continue;
    if (c.args >= 0 && c.args != d.arg_count) return "has the wrong number of operands";
    if (c.ints >= 0 && c.ints != d.int_count) return "has the wrong number of parameters";
  }
  return nullptr;
}

template <class = void>
constexpr bool same(const graph& g, dim a, dim b) {
  return g.symbols.canonical(a) == g.symbols.canonical(b);
}
template <class = void>
constexpr bool same(const graph& g, const dims& a, const dims& b) {
  if (a.rank != b.rank) return false;
  for (int i = 0; i < a.rank; ++i)
    if (!same(g, a[i], b[i])) return false;
  return true;
}
/// True if parameters [first, first + count) are different axes of a shape of this rank.
template <class = void>
constexpr bool are_axes(const graph& g, int n, int first, int count, int rank) {
  bool seen[max_rank] = {};
  for (int i = first; i < first + count; ++i) {
    dim a = g.param(n, i);
    if (a < 0 || a >= rank || seen[a]) return false;
    seen[a] = true;
  }
  return true;
}

template <class = void>
constexpr const char* fault_of_leaf(const graph& g, int n) {
  std::string_view op = g.at(n).op->name;
  dim p = g.at(n).int_count > 0 ? g.param(n, 0) : 0;
  bool outside = false;
  if (op == "input")
    outside = p < 0 || p >= static_cast<dim>(g.inputs.size()) ||
              g.inputs[static_cast<std::size_t>(p)] != n;
  if (op == "literal") outside = p < 0 || p >= static_cast<dim>(g.literals.size());
  if (op == "iota") outside = !are_axes(g, n, 0, 1, g.shape(n).rank);
  return outside ? "has a number that is out of range" : nullptr;
}

template <class = void>
constexpr const char* fault_of_elementwise(const graph& g, int n) {
  int count = g.at(n).arg_count, last = g.arg(n, count - 1);
  std::string_view op = g.at(n).op->name;
  for (int i = 0; i < count; ++i)
    if (!same(g, g.shape(g.arg(n, i)), g.shape(n))) return "has an operand of another shape";
  if (op == "convert" || g.at(n).op->user_slot >= 0) return nullptr;
  bool choice = op == "select";
  if (choice && g.element(g.arg(n, 0)) != dtype::b1) return "has a condition that is not bool";
  for (int i = choice ? 1 : 0; i < count; ++i)
    if (g.element(g.arg(n, i)) != g.element(last)) return "has operands of different dtypes";
  if (op == "bits_to_float")
    return size_of(g.element(n)) == size_of(g.element(last)) && is_float(g.element(n))
               ? nullptr : "has the wrong dtype";
  bool compares = op == "less" || op == "less_equal" || op == "greater" ||
                  op == "greater_equal" || op == "equal_to" || op == "not_equal";
  return g.element(n) == (compares ? dtype::b1 : g.element(last)) ? nullptr
                                                                   : "has the wrong dtype";
}

/// Whether elements `start`, `start + stride`, ... of a slice, or of a pad's result, exist.
template <class = void>
constexpr bool is_part(const graph& g, int n, const dims& part, const dims& whole) {
  for (int i = 0; i < part.rank; ++i) {
    dim start = g.param(n, i), stride = g.param(n, part.rank + i);
    if (!is_symbol(stride) && stride < 1) return false;
    if (is_symbol(start) || is_symbol(stride) || is_symbol(part[i]) || is_symbol(whole[i]))
      continue;
    if (start < 0 || (part[i] > 0 && start + (part[i] - 1) * stride >= whole[i])) return false;
  }
  return true;
}
template <class = void>
constexpr bool joins(const graph& g, int n) {
  if (!are_axes(g, n, 0, 1, g.shape(n).rank)) return false;
  int axis = static_cast<int>(g.param(n, 0));
  dims sum = g.shape(n);
  sum[axis] = 0;
  for (int i = 0; i < g.at(n).arg_count; ++i) {
    dims part = g.shape(g.arg(n, i));
    if (part.rank != sum.rank || g.element(g.arg(n, i)) != g.element(n)) return false;
    bool known = !is_symbol(sum[axis]) && !is_symbol(part[axis]);
    part[axis] = sum[axis] = known ? sum[axis] + part[axis] : first_symbol;
    for (int k = 0; k < sum.rank; ++k)
      if (k != axis && !same(g, sum[k], part[k])) return false;
  }
  return is_symbol(sum[axis]) || is_symbol(g.shape(n)[axis]) || sum[axis] == g.shape(n)[axis];
}
template <class = void>
constexpr const char* fault_of_structural(const graph& g, int n) {
  std::string_view op = g.at(n).op->name;
  const dims &from = g.shape(g.arg(n, 0)), &to = g.shape(n);
  int count = g.at(n).int_count;
  bool fits = g.element(n) == g.element(g.arg(n, 0));
  if (!fits) return "has the wrong dtype";
  if (op == "broadcast_in_dim" || op == "transpose") {
    bool moves = op == "transpose";
    fits = count == from.rank && are_axes(g, n, 0, count, to.rank) &&
           (!moves || from.rank == to.rank);
    for (int i = 0; fits && i < count; ++i) {
      int a = static_cast<int>(g.param(n, i));
      fits = moves ? same(g, from[a], to[i]) : same(g, from[i], to[a]);
    }
  } else if (op == "reshape") {
    fits = !from.is_static() || !to.is_static() || from.size() == to.size();
  } else if (op == "rev") {
    fits = same(g, from, to) && are_axes(g, n, 0, count, to.rank);
  } else if (op == "slice" || op == "pad") {
    fits = from.rank == to.rank && count == 2 * to.rank &&
           (op == "pad" ? is_part(g, n, from, to) : is_part(g, n, to, from));
  } else if (op == "concatenate") {
    fits = joins(g, n);
  }
  return fits ? nullptr : "has a shape or parameters that do not fit its operand";
}

template <class = void>
constexpr const char* fault_of_reduction(const graph& g, int n) {
  const dims &from = g.shape(g.arg(n, 0)), &to = g.shape(n);
  int count = g.at(n).int_count, axis = 0;
  if (g.at(n).arg_count != 1) return "has the wrong number of operands";
  if (count < 1 || !are_axes(g, n, 0, count, from.rank)) return "has parameters that are no axes";
  for (int i = 1; i < count; ++i)
    if (g.param(n, i) < g.param(n, i - 1)) return "has axes that do not increase";
  bool fits = to.rank == from.rank - count;
  for (int i = 0, k = 0; fits && i < from.rank; ++i) {
    if (k < count && g.param(n, k) == i) ++k;
    else fits = same(g, from[i], to[axis++]);
  }
  if (!fits) return "has a shape that is not its operand's without the axes";
  return g.at(n).op->user_slot >= 0 || g.element(n) == g.element(g.arg(n, 0))
             ? nullptr : "has the wrong dtype";
}

/// The four lists of axes in a contraction's parameters: batch left and right, then contracted.
struct contraction {
  const graph& g;
  int n, batch, contracted;
  constexpr int length(int k) const { return k < 2 ? batch : contracted; }
  constexpr int first(int k) const {
    return 2 + (k < 2 ? k * batch : 2 * batch + (k - 2) * contracted);
  }
  constexpr const dims& operand(int side) const { return g.shape(g.arg(n, side)); }
  constexpr int axis(int k, int i) const { return static_cast<int>(g.param(n, first(k) + i)); }
};
template <class = void>
constexpr bool contracts(const contraction& c) {
  bool used[2][max_rank] = {};
  for (int k = 0; k < 4; ++k)
    for (int i = 0; i < c.length(k); ++i) {
      dim a = c.g.param(c.n, c.first(k) + i);
      if (a < 0 || a >= c.operand(k % 2).rank || used[k % 2][a]) return false;
      used[k % 2][a] = true;
    }
  dims shape;
  for (int k = 0; k < 4; k += 2)
    for (int i = 0; i < c.length(k); ++i) {
      dim left = c.operand(0)[c.axis(k, i)], right = c.operand(1)[c.axis(k + 1, i)];
      if (!same(c.g, left, right)) return false;
      if (k == 0) shape.push(left);
    }
  for (int side = 0; side < 2; ++side)
    for (int i = 0; i < c.operand(side).rank; ++i)
      if (!used[side][i]) shape.push(c.operand(side)[i]);
  return same(c.g, shape, c.g.shape(c.n));
}
template <class = void>
constexpr const char* fault_of_contraction(const graph& g, int n) {
  int left = g.arg(n, 0), right = g.arg(n, 1), count = g.at(n).int_count;
  if (g.element(left) != g.element(right) || g.element(n) != g.element(left))
    return "has operands of different dtypes";
  dim b = count < 2 ? -1 : g.param(n, 0), c = count < 2 ? -1 : g.param(n, 1);
  bool fits = b >= 0 && b <= max_rank && c >= 0 && c <= max_rank && count == 2 + 2 * (b + c) &&
              contracts({g, n, static_cast<int>(b), static_cast<int>(c)});
  return fits ? nullptr : "has a shape or parameters that do not fit its operands";
}

}  // namespace calx::inline CALX_ABI::verifying
