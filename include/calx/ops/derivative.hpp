// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of tangents and cotangents with partial derivatives.
#pragma once

#include <calx/ops/zeros.hpp>

namespace calx::inline CALX_ABI {

struct div_t;
struct mul_t;
struct neg_t;
struct masked_mul_t;

namespace detail {
/// True if the elements of node n are known, and neither infinite nor NaN.
constexpr bool is_finite(const auto& g, int n) {
  if (!is<constant_t>(g, n) && !is<table_t>(g, n)) return false;
  return visit_dtype(g.element(n), [&]<class T>() {
    using limits = std::numeric_limits<T>;
    for (int i = 0; i < g.at(n).int_count; ++i) {
      const T v = from_bits<T>(g.param(n, i));
      if (!(v >= limits::lowest() && v <= limits::max())) return false;
    }
    return true;
  });
}
/// True if an op that makes infinities of finite numbers is among the last ones behind node n.
constexpr bool has_pole(const auto& g, int n, int depth = 4) {
  const node& d = g.at(n);
  if (d.op->pole) return true;
  if (depth == 0 || d.op->kind != op_kind::elementwise) return false;
  for (int i = 0; i < d.arg_count; ++i)
    if (has_pole(g, g.arg(n, i), depth - 1)) return true;
  return false;
}
/// q where node t is q / y, by at most `depth` products that have that quotient as a factor: t with
/// the numerator in its place. -1 if there is none.
constexpr int undivided(auto& g, int t, int y, int depth = 4) {
  if (is<div_t>(g, t) && g.arg(t, 1) == y) return g.arg(t, 0);
  const int masks = is<masked_mul_t>(g, t) ? 1 : 0;
  if (depth == 0 || (masks == 0 && !is<mul_t>(g, t) && !is<neg_t>(g, t))) return -1;
  for (int i = masks; i < g.at(t).arg_count; ++i) {
    const int q = undivided(g, g.arg(t, i), y, depth - 1);
    if (q < 0) continue;
    int x[3] = {}, count = g.at(t).arg_count;
    for (int k = 0; k < count; ++k) x[k] = k == i ? q : g.arg(t, k);
    return g.add(*g.at(t).op, g.at(t).aval, x, count, nullptr, 0);
  }
  return -1;
}
/// a where node y is 0, else b.
constexpr int where_zero(auto& g, int y, int a, int b);  // in select.hpp

/// Tangent t times a factor that is no finite constant.
template <class Tracer>
constexpr int times(graph_for<Tracer>& g, int t, int factor) {
  const bool given = may_vanish(g, t, true) && has_pole(g, factor);
  const int mask = support(g, t, given);
  const Tracer tangent{&g, t}, by{&g, factor};
  return mask < 0 ? (tangent * by).id : masked_mul(Tracer{&g, mask}, tangent, by).id;
}
/// Tangent or cotangent t times a factor; -1 if it is zero everywhere. Zeros of structure stay
/// zero, those of a tangent that was given through poles only. Where a pole left a quotient in t
/// and the factor is its divisor, (s / y) y is s also where y is 0, of which numbers make a NaN:
/// the derivative of sqrt(x) sqrt(x) exists at 0.
template <class Tracer>
constexpr int derivative_product(graph_for<Tracer>& g, int t, const Tracer& factor) {
  const Tracer tangent{&g, t};
  // A factor that is always zero makes no derivative, even of a pole.
  if (!factor.is_weak() && is_zero(g, factor.id)) return -1;
  if (factor.is_weak() || is_finite(g, factor.id)) return (tangent * factor).id;
  int y = factor.id, scale = -1;
  if (is<mul_t>(g, y))
    for (int i : {0, 1})
      if (scale < 0 && is_finite(g, g.arg(factor.id, i)))
        scale = g.arg(factor.id, i), y = g.arg(factor.id, 1 - i);
  int q = undivided(g, t, y);
  const int product = times<Tracer>(g, t, factor.id);
  if (q < 0) return product;
  if (scale >= 0) q = (Tracer{&g, q} * Tracer{&g, scale}).id;
  return where_zero(g, y, q, product);
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
