// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How far another executor's results may be from the oracle's, derived node by node.
#pragma once

#include <cmath>
#include <string>

#include "array.hpp"
#include "interpreter.hpp"

namespace programs {

/// Runs a program node by node, and beside each element a bound of its difference from what is
/// computed by the same operations with reductions and contractions in another order and with
/// functions within their `ulp`. A bound of 0 means the same bits.
///
/// With u the unit roundoff, the sum of n terms x has an error of at most (n - 1) u sum |x| in any
/// order, and a sum of n products n u sum |x y|: two orders differ by twice that, and eps = 2 u.
/// The sign of a sum that is 0 depends on whether it starts from 0: it is off by `least`.
/// Elementwise ops are evaluated at the ends of their operands' bounds.
template <class Ops = all_ops>
class bounded_run {
 public:
  bounded_run(const graph& program, const std::vector<array>& inputs)
      : g(program), in(inputs), wanted(passes::needed(g, g.outputs)) {
    for (int n = 0; n < g.size(); ++n) {
      value.emplace_back(g.element(n), wanted[index(n)] ? dims(g.shape(n)) : dims{0});
      off.emplace_back(static_cast<std::size_t>(value.back().size()), 0.0);
      if (wanted[index(n)]) run(n);
    }
  }
  const graph g;
  const std::vector<array>& in;
  std::vector<array> value;              // by node
  std::vector<std::vector<double>> off;  // likewise, by element

 private:
  vec<char> wanted;

  static std::size_t index(int n) { return static_cast<std::size_t>(n); }
  static double eps(dtype d) { return d == dtype::f32 ? 0x1p-23 : is_float(d) ? 0x1p-52 : 0; }
  static double least(dtype d) {
    return d == dtype::f32 ? 0x1p-149 : is_float(d) ? 0x1p-1074 : 0;
  }
  bool exact(int n) const {
    for (double e : off[index(n)])
      if (e != 0) return false;
    return true;
  }
  void evaluate(int n, const std::vector<const void*>& operands, array& result) const {
    interpreting::run_node(interpreting::find_kernels(g.at(n).op, Ops()),
                           {g, n, operands.data(), result.bytes.data()});
  }
  void run(int n) {
    array& y = value[index(n)];
    const auto bytes = y.bytes.size();
    const auto which = [&] { return index(static_cast<int>(g.param(n, 0))); };
    if (is<input_t>(g, n)) return void(y.bytes = in[which()].bytes);
    if (is<literal_t>(g, n)) {
      const void* from = g.literals[which()].data();
      return bytes > 0 ? void(std::memcpy(y.bytes.data(), from, bytes)) : void();
    }
    std::vector<const void*> operands;
    for (int i = 0; i < g.at(n).arg_count; ++i)
      operands.push_back(value[index(g.arg(n, i))].bytes.data());
    evaluate(n, operands, y);
    if (g.at(n).arg_count == 0) return;
    if (is<dot_general_t>(g, n)) bound_contraction(n);
    else if (g.at(n).op->kind == op_kind::reduction) bound_reduction(n);
    else if (g.at(n).op->kind == op_kind::elementwise) bound_elementwise(n, operands);
    else move_bounds(n);
  }

  /// What `make` makes of the elements of node n, as doubles.
  template <class F>
  array as_doubles(int n, F make) const {
    const array& x = value[index(n)];
    return array(dtype::f64, x.shape, [&](dim i) {
      return make(x.at(i), off[index(n)][static_cast<std::size_t>(i)]);
    });
  }
  /// The results of node n's op on doubles in the place of its operands.
  std::vector<double> on_doubles(int n, const std::vector<array>& operands) const {
    graph h;
    std::vector<int> x;
    std::vector<const void*> from;
    for (const array& a : operands)
      x.push_back(input_t::emit(h, {dtype::f64, a.shape})), from.push_back(a.bytes.data());
    const auto params = detail::params_of(g, n);
    const int out = h.add(*g.at(n).op, h.intern({dtype::f64, g.shape(n)}), x.data(),
                          static_cast<int>(x.size()), params.data(),
                          static_cast<int>(params.size()));
    array result(dtype::f64, g.shape(n));
    interpreting::run_node(interpreting::find_kernels(g.at(n).op, Ops()),
                           {h, out, from.data(), result.bytes.data()});
    std::vector<double> all;
    for (dim i = 0; i < result.size(); ++i) all.push_back(result.at(i));
    return all;
  }
  void move_bounds(int n) {
    std::vector<array> errors;
    bool none = true;
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      none = none && exact(g.arg(n, i));
      errors.push_back(as_doubles(g.arg(n, i), [](double, double e) { return e; }));
    }
    if (!none) off[index(n)] = on_doubles(n, errors);
  }
  void add_to_bounds(int n, const std::vector<double>& more, double factor) {
    for (std::size_t i = 0; i < more.size(); ++i) off[index(n)][i] += factor * more[i];
  }
  void bound_contraction(int n) {
    const int a = g.arg(n, 0), b = g.arg(n, 1);
    if (exact(a) && exact(b) && !is_float(g.element(n))) return;
    for (double& e : off[index(n)]) e = least(g.element(n));
    auto size = [](double x, double) { return std::abs(x); };
    auto most = [](double x, double e) { return std::abs(x) + e; };
    auto error = [](double, double e) { return e; };
    const auto x = dot_general_t::axes_of(g, n);
    double terms = 1;
    for (dim k : x.lhs_contract) terms *= static_cast<double>(g.shape(a)[static_cast<int>(k)]);
    const auto products = on_doubles(n, {as_doubles(a, most), as_doubles(b, most)});
    add_to_bounds(n, products, (terms + 1) * eps(g.element(n)));
    add_to_bounds(n, on_doubles(n, {as_doubles(a, error), as_doubles(b, most)}), 1);
    add_to_bounds(n, on_doubles(n, {as_doubles(a, size), as_doubles(b, error)}), 1);
  }
  void bound_reduction(int n) {
    const int a = g.arg(n, 0);
    const auto d = g.element(n);
    auto most = [](double x, double e) { return std::abs(x) + e; };
    auto error = [](double, double e) { return e; };
    double terms = 1;
    for (dim k : detail::params_of(g, n))
      terms *= static_cast<double>(g.shape(a)[static_cast<int>(k)]);
    if (is<reduce_sum_t>(g, n)) {
      for (double& e : off[index(n)]) e = least(d);
      if (is_float(d)) add_to_bounds(n, on_doubles(n, {as_doubles(a, most)}), (terms - 1) * eps(d));
      if (!exact(a)) add_to_bounds(n, on_doubles(n, {as_doubles(a, error)}), 1);
    } else if (is<reduce_prod_t>(g, n)) {
      auto size = [](double x, double) { return std::abs(x); };
      const auto above = on_doubles(n, {as_doubles(a, most)});
      if (is_float(d)) add_to_bounds(n, above, (terms - 1) * eps(d));
      if (exact(a)) return;
      add_to_bounds(n, above, 1);
      add_to_bounds(n, on_doubles(n, {as_doubles(a, size)}), -1);
    } else if (!exact(a)) {  // extrema, and any and all: as far off as an operand
      double worst = 0;
      for (double e : off[index(a)]) worst = e > worst || std::isnan(e) ? e : worst;
      for (double& e : off[index(n)]) e = worst;
    }
  }

  void bound_elementwise(int n, const std::vector<const void*>& operands) {
    std::vector<int> moving;
    for (int i = 0; i < g.at(n).arg_count; ++i)
      if (!exact(g.arg(n, i))) moving.push_back(i);
    const array& y = value[index(n)];
    int corners = 1;
    for (std::size_t k = 0; k < moving.size(); ++k) corners *= 3;
    for (int c = 0; c < corners; ++c) {
      auto moved = operands;
      std::vector<array> at_end;
      at_end.reserve(moving.size());
      for (int k = 0, digits = c; k < static_cast<int>(moving.size()); ++k, digits /= 3) {
        at_end.push_back(shifted(g.arg(n, moving[index(k)]), digits % 3 - 1));
        moved[index(moving[index(k)])] = at_end.back().bytes.data();
      }
      array there(y.type, y.shape);
      evaluate(n, moved, there);
      for (dim i = 0; i < y.size(); ++i) {
        double& e = off[index(n)][static_cast<std::size_t>(i)];
        e = std::fmax(e, distance(there, y, i));
      }
    }
    const double ulps = ulp_of(*g.at(n).op, Ops());
    if (!is_float(y.type) || (moving.empty() && ulps == 0)) return;
    for (dim i = 0; i < y.size(); ++i) {
      double& e = off[index(n)][static_cast<std::size_t>(i)];
      if ((!moving.empty() && e == 0 && ulps == 0) || !std::isfinite(y.at(i))) continue;
      e += (1 + 2 * ulps) * eps(y.type) * std::abs(y.at(i));
      e += least(y.type);
    }
  }
  static double distance(const array& a, const array& b, dim i) {
    const std::size_t size = size_of(a.type);
    const auto at = static_cast<std::size_t>(i) * size;
    if (std::memcmp(a.bytes.data() + at, b.bytes.data() + at, size) == 0) return 0;
    const double x = a.at(i), y = b.at(i);
    if (std::isnan(x) || std::isnan(y)) return std::isnan(x) && std::isnan(y) ? 0 : inf;
    if (x == y) return is_float(a.type) ? least(a.type) : 1;  // zeros; integers above 2^53
    return std::abs(x - y);
  }
  array shifted(int n, int way) const {
    const array& x = value[index(n)];
    array y = x;
    for (dim i = 0; i < x.size(); ++i) {
      const double e = off[index(n)][static_cast<std::size_t>(i)];
      if (e == 0 || way == 0) continue;
      if (x.type == dtype::b1) y.set(i, way > 0);
      else y.set(i, x.at(i) + way * e);
    }
    return y;
  }
  template <class... Op>
  static double ulp_of(const op_info& op, type_list<Op...>) {
    double ulps = 0;
    (([&] {
       if constexpr (requires { Op::ulp; })
         if (is<Op>(op)) ulps = Op::ulp;
     }()),
     ...);
    return ulps;
  }
};

/// Empty if results agree with those of a bounded run, which are the oracle's.
template <class Ops>
std::string disagreement(const bounded_run<Ops>& r, const std::vector<array>& got,
                         const char* whose) {
  for (std::size_t k = 0; k < got.size(); ++k) {
    const auto n = static_cast<std::size_t>(r.g.outputs[k]);
    const array& want = r.value[n];
    const std::size_t size = size_of(want.type);
    for (dim i = 0; i < want.size(); ++i) {
      const auto at = static_cast<std::size_t>(i) * size;
      if (std::memcmp(got[k].bytes.data() + at, want.bytes.data() + at, size) == 0) continue;
      const double x = got[k].at(i), y = want.at(i), off = r.off[n][static_cast<std::size_t>(i)];
      if (std::isnan(x) && std::isnan(y)) continue;
      if (off > 0 && (x == y || !(std::abs(x - y) > off))) continue;
      if (std::isnan(off)) continue;
      return std::string(whose) + ": element " + std::to_string(i) + " of output " +
             std::to_string(k) + " is " + std::to_string(x) + " for " + std::to_string(y) +
             ", off by " + std::to_string(std::abs(x - y) / off) + " times the bound";
    }
  }
  return {};
}
}  // namespace programs
