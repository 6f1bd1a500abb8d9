// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Choice between two values by a condition: where.
#pragma once

#include <calx/ops/compare.hpp>

namespace calx::inline CALX_ABI {

/// a where c, else b; both sides are computed.
struct select_t : elementwise<select_t, 3> {
  static constexpr std::string_view name = "select";
  static constexpr int conditions = 1;
  static constexpr bool signless = true, on_masks = true;
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto& g, int n, const int* masks) {
    const int c = g.arg(n, 0);
    if (masks[1] < 0 && masks[2] < 0) return -1;
    const int other = detail::emit<bit_not_t>(g, c);
    // c and the first, or not c and the second; most are true or false everywhere.
    const int first = detail::both(g, c, masks[1]), second = detail::both(g, other, masks[2]);
    if (masks[1] < 0) return detail::emit<bit_or_t>(g, c, masks[2]);
    if (masks[2] < 0) return detail::emit<bit_or_t>(g, other, masks[1]);
    return detail::emit<bit_or_t>(g, first, second);
  }
  template <class T, class C>
  CALX_HD static constexpr T eval(C c, T a, T b) {
    using detail::select;
    return select(c, a, b);
  }
  static constexpr int simplify(auto& g, int, const int* args, const dim*) {
    if (args[1] == args[2]) return args[1];
    if (is<constant_t>(g, args[0])) return args[g.param(args[0], 0) != 0 ? 1 : 2];
    int x[] = {args[0], args[1], args[2]};
    bool changed = is<bit_not_t>(g, x[0]);
    if (changed) x[0] = g.arg(x[0], 0), x[1] = args[2], x[2] = args[1];
    // A choice by the same condition is decided already.
    for (int i : {1, 2})
      if (int d = decided(g, x[0], i, x[i], g.values_only ? 4 : 0); d != x[i])
        x[i] = d, changed = true;
    return changed ? emit(g, x) : -1;
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    if (tangents[1] < 0 && tangents[2] < 0) return -1;
    int x[] = {g.arg(n, 0), tangents[1], tangents[2]};
    for (int i : {1, 2})
      if (x[i] < 0) x[i] = detail::zeros_like(g, n);
    return emit(g, x);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    int c = g.arg(n, 0), zero = detail::zeros_like(g, n);
    int first[] = {c, ct, zero}, second[] = {c, zero, ct};
    if (linear[1]) out[1] = emit(g, first);
    if (linear[2]) out[2] = emit(g, second);
  }

 private:
  /// Node n where condition c chooses operand i; at most `depth` products down, in which the choice
  /// would be made for each factor.
  static constexpr int decided(auto& g, int c, int i, int n, int depth) {
    if (is<select_t>(g, n) && g.arg(n, 0) == c) return g.arg(n, i);
    if (depth == 0 || !(is<neg_t>(g, n) || is<mul_t>(g, n))) return n;
    int x[2] = {}, count = g.at(n).arg_count;
    bool same = true;
    for (int k = 0; k < count; ++k) {
      const int old = g.arg(n, k);
      x[k] = decided(g, c, i, old, depth - 1);
      same = same && x[k] == old;
    }
    return same ? n : g.add(*g.at(n).op, g.at(n).aval, x, count, nullptr, 0);
  }
};
/// where(c, a, b): a where c holds, b elsewhere; all three broadcast.
inline constexpr select_t where{};

constexpr int given_t::support(auto& g, int n, const int*) {
  return detail::emit<not_equal_t>(g, n, detail::zeros_like(g, n));
}
constexpr int detail::kept(auto& g, int c, int t) {
  int x[] = {c, t, detail::zeros_like(g, t)};
  return select_t::emit(g, x);
}

// The quotient of which y is the rest, a whole number but for rounding: a / b alone may round to
// the next one.
template <class X>
constexpr X rem_t::partial(arg<1>, X a, X b, X y) {
  return -where(equal_to(y, y), floor((a - y) / b + 0.5), trunc(a / b));
}

constexpr int detail::where_zero(auto& g, int y, int a, int b) {
  int x[] = {emit<equal_to_t>(g, y, zeros_like(g, y)), a, b};
  return select_t::emit(g, x);
}

constexpr int add_t::of_choices(auto& g, int a, int b) {
  if (!is<select_t>(g, a) || !is<select_t>(g, b) || g.arg(a, 0) != g.arg(b, 0) ||
      !detail::is_zero(g, g.arg(a, 2)) || !detail::is_zero(g, g.arg(b, 2)))
    return -1;
  int x[] = {g.arg(a, 0), detail::emit<add_t>(g, g.arg(a, 1), g.arg(b, 1)), g.arg(a, 2)};
  return select_t::emit(g, x);
}

using select_ops = type_list<select_t>;

}  // namespace calx::inline CALX_ABI
