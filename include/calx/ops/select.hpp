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
      if (is<select_t>(g, x[i]) && g.arg(x[i], 0) == x[0]) x[i] = g.arg(x[i], i), changed = true;
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
};
/// NumPy's where(c, a, b).
inline constexpr select_t where{};

constexpr int guarded_mul_t::doubly_guarded(auto& g, int t, int a) {
  int zero = detail::zeros_like(g, a), product = detail::emit<guarded_mul_t>(g, t, a);
  int x[] = {detail::emit<equal_to_t>(g, a, zero), zero, product};
  return select_t::emit(g, x);
}

using select_ops = type_list<select_t>;

}  // namespace calx::inline CALX_ABI
