// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dot_general: sums of products over shared axes, the form of every matrix product.
#pragma once

#include <calx/ops/reduce.hpp>

namespace calx::inline CALX_ABI {

/// The axes of a contraction: batch axes go along, contracted axes are summed over.
struct dot_axes {
  detail::dim_list lhs_batch, rhs_batch, lhs_contract, rhs_contract;
};

/// Result axes: batch, then the free axes of the left, then those of the right operand.
/// Parameters: number of batch axes, number of contracted axes, then the four lists.
struct dot_general_t {
  static constexpr std::string_view name = "dot_general";
  static constexpr op_kind kind = op_kind::contraction;
  static constexpr param_kind parameters = param_kind::axes;

  static constexpr dot_axes axes_of(const auto& g, int n) {
    auto p = detail::params_of(g, n);
    auto b = p[0], c = p[1];
    auto at = [&](dim from, dim count) {
      return detail::dim_list(p.begin() + 2 + from, p.begin() + 2 + from + count);
    };
    return {at(0, b), at(b, b), at(2 * b, c), at(2 * b + c, c)};
  }
  /// Axes of a rank-`rank` operand that are in neither list, in order.
  static constexpr detail::dim_list free_axes(int rank, const detail::dim_list& batch,
                                              const detail::dim_list& contract) {
    detail::dim_list free;
    for (dim i = 0; i < rank; ++i) {
      bool used = false;
      for (dim a : batch) used = used || a == i;
      for (dim a : contract) used = used || a == i;
      if (!used) free.push_back(i);
    }
    return free;
  }
  /// The result's shape for operands a and b.
  static constexpr dims shape_of(const auto& g, int a, int b, const dot_axes& x) {
    dims shape;
    auto push = [&](int x_id, const detail::dim_list& axes) {
      for (dim i : axes) shape.push(g.shape(x_id)[static_cast<int>(i)]);
    };
    push(a, x.lhs_batch);
    push(a, free_axes(g.shape(a).rank, x.lhs_batch, x.lhs_contract));
    push(b, free_axes(g.shape(b).rank, x.rhs_batch, x.rhs_contract));
    return shape;
  }
  static constexpr aval type_of(const auto& g, int n) {
    const int a = g.arg(n, 0);
    return {g.element(a), shape_of(g, a, g.arg(n, 1), axes_of(g, n))};
  }
  static constexpr const char* fault(const auto& g, int n) {
    const int a = g.arg(n, 0), b = g.arg(n, 1), count = g.at(n).int_count;
    if (g.element(a) != g.element(b)) return "has operands of different dtypes";
    const dim batches = count < 2 ? -1 : g.param(n, 0), sums = count < 2 ? -1 : g.param(n, 1);
    bool counted = batches >= 0 && batches <= max_rank && sums >= 0 && sums <= max_rank &&
                   count == 2 + 2 * (batches + sums);
    return counted && pairs(g, a, b, axes_of(g, n)) ? nullptr
                                                    : "has parameters that do not fit its operands";
  }
  static constexpr int emit(auto& g, int a, int b, const dot_axes& x) {
    const dims shape = shape_of(g, a, b, x);
    detail::dim_list params{static_cast<dim>(x.lhs_batch.size()),
                            static_cast<dim>(x.lhs_contract.size())};
    for (auto* list : {&x.lhs_batch, &x.rhs_batch, &x.lhs_contract, &x.rhs_contract})
      params.insert(params.end(), list->begin(), list->end());
    int args[] = {a, b};
    return g.template add<dot_general_t>(g.intern({g.element(a), shape}), args, 2, params.data(),
                 static_cast<int>(params.size()));
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    auto axes = axes_of(g, n);
    const int first[] = {tangents[0], g.arg(n, 1)}, second[] = {g.arg(n, 0), tangents[1]};
    int left = tangents[0] < 0 ? -1 : emit_linear(g, first, 0, axes);
    // Of x with itself the tangent is twice the one of the left, so that the two is applied to the
    // number, not to the array.
    bool squared = g.arg(n, 0) == g.arg(n, 1) && axes.lhs_batch == axes.rhs_batch &&
                   axes.lhs_contract == axes.rhs_contract &&
                   g.shape(n).rank == static_cast<int>(axes.lhs_batch.size());
    if (left >= 0 && squared) return detail::emit<add_t>(g, left, left);
    int right = tangents[1] < 0 ? -1 : emit_linear(g, second, 1, axes);
    if (left < 0 || right < 0) return left < 0 ? right : left;
    return detail::emit<add_t>(g, left, right);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    auto x = axes_of(g, n);
    if (linear[0]) out[0] = cotangent(g, g.arg(n, 0), g.arg(n, 1), ct, x, true);
    dot_axes swapped{x.rhs_batch, x.lhs_batch, x.rhs_contract, x.lhs_contract};
    if (linear[1]) out[1] = cotangent(g, g.arg(n, 1), g.arg(n, 0), ct, swapped, false);
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim) {
    auto x = axes_of(g, n);
    for (auto* list : {&x.lhs_batch, &x.lhs_contract})
      if (batched[0])
        for (dim& a : *list) ++a;
    for (auto* list : {&x.rhs_batch, &x.rhs_contract})
      if (batched[1])
        for (dim& a : *list) ++a;
    if (batched[0] && batched[1]) {
      x.lhs_batch.insert(x.lhs_batch.begin(), 0);
      x.rhs_batch.insert(x.rhs_batch.begin(), 0);
      return emit(g, args[0], args[1], x);
    }
    int result = emit(g, args[0], args[1], x);
    // The batch axis arrived among the free axes: first of the left's, or first of the right's.
    auto front = x.lhs_batch.size();
    if (!batched[0]) {
      auto free = free_axes(g.shape(args[0]).rank, x.lhs_batch, x.lhs_contract);
      front += free.size();
    }
    return detail::to_front(g, result, static_cast<int>(front));
  }

 private:
  /// The product of x[0] and x[1], of which x[side] is a tangent or cotangent. Its zeros of
  /// structure stay zero where an element of the result has one term, or the same zeros in all its
  /// terms. Else it is a sum of numbers, in which 0 times infinity is NaN.
  static constexpr int emit_linear(auto& g, const int (&x)[2], int side, const dot_axes& axes) {
    const int t = x[side];
    int mask = detail::support(g, t);
    if (mask < 0) return emit(g, x[0], x[1], axes);
    const detail::dim_list gone = side == 0 ? axes.lhs_contract : axes.rhs_contract;
    detail::dim_list kept;  // the mask's axes in t
    for (int i = 0; i < g.shape(t).rank; ++i) kept.push_back(i);
    if (is<broadcast_in_dim_t>(g, mask)) {
      kept = detail::params_of(g, mask);
      mask = g.arg(mask, 0);
    }
    for (dim a : gone)
      if (detail::contains(kept, a)) return emit(g, x[0], x[1], axes);
    const dims shape = shape_of(g, x[0], x[1], axes);
    mask = broadcast_in_dim_t::emit(g, mask, shape, places(g, x, side, axes, kept));
    if (!gone.empty()) return detail::kept(g, mask, emit(g, x[0], x[1], axes));
    int factors[] = {mask, 0, 0};
    for (int s : {0, 1}) {
      detail::dim_list all;
      for (int i = 0; i < g.shape(x[s]).rank; ++i) all.push_back(i);
      factors[s == side ? 1 : 2] =
          broadcast_in_dim_t::emit(g, x[s], shape, places(g, x, s, axes, all));
    }
    return masked_mul_t::emit(g, factors);
  }
  /// Where `some` axes of operand x[side], none of them contracted, are in the result.
  static constexpr detail::dim_list places(auto& g, const int (&x)[2], int side,
                                           const dot_axes& axes, const detail::dim_list& some) {
    detail::dim_list all, out;  // all: the operand's axes in the order of the result
    dim first = 0;
    const auto& batch = side == 0 ? axes.lhs_batch : axes.rhs_batch;
    const auto left = free_axes(g.shape(x[0]).rank, axes.lhs_batch, axes.lhs_contract);
    const auto right = free_axes(g.shape(x[1]).rank, axes.rhs_batch, axes.rhs_contract);
    for (dim a : batch) all.push_back(a);
    if (side == 1) first = static_cast<dim>(left.size());
    for (dim a : side == 0 ? left : right) all.push_back(a);
    for (dim a : some)
      for (std::size_t k = 0; k < all.size(); ++k)
        if (all[k] == a) out.push_back(static_cast<dim>(k) + (k < batch.size() ? 0 : first));
    return out;
  }
  /// True if the lists name different axes of a and b, and their pairs have one extent.
  static constexpr bool pairs(const auto& g, int a, int b, const dot_axes& x) {
    bool used[2][max_rank] = {};
    auto are_new = [&](int side, int operand, const detail::dim_list& list) {
      for (dim i : list) {
        if (i < 0 || i >= g.shape(operand).rank || used[side][i]) return false;
        used[side][i] = true;
      }
      return true;
    };
    if (!are_new(0, a, x.lhs_batch) || !are_new(0, a, x.lhs_contract) ||
        !are_new(1, b, x.rhs_batch) || !are_new(1, b, x.rhs_contract))
      return false;
    dims left, right;
    for (auto* list : {&x.lhs_batch, &x.lhs_contract})
      for (dim i : *list) left.push(g.shape(a)[static_cast<int>(i)]);
    for (auto* list : {&x.rhs_batch, &x.rhs_contract})
      for (dim i : *list) right.push(g.shape(b)[static_cast<int>(i)]);
    return detail::same_shape(g, left, right);
  }
  /// The cotangent of operand a, where `other` is the second operand in the axes x.
  static constexpr int cotangent(auto& g, int a, int other, int ct, const dot_axes& x,
                                 bool a_is_left) {
    dim batches = static_cast<dim>(x.lhs_batch.size());
    auto a_free = free_axes(g.shape(a).rank, x.lhs_batch, x.lhs_contract);
    auto o_free = free_axes(g.shape(other).rank, x.rhs_batch, x.rhs_contract);
    dot_axes y;
    dim first = batches + (a_is_left ? static_cast<dim>(a_free.size()) : 0);
    for (dim i = 0; i < batches; ++i) y.lhs_batch.push_back(i);
    for (std::size_t i = 0; i < o_free.size(); ++i)
      y.lhs_contract.push_back(first + static_cast<dim>(i));
    y.rhs_batch = x.rhs_batch, y.rhs_contract = o_free;
    const int factors[] = {ct, other};
    int product = emit_linear(g, factors, 0, y);
    // Its axes: batch, a's free axes, then `other`'s contracted ones in increasing order.
    detail::dim_list order(static_cast<std::size_t>(g.shape(a).rank), 0);
    dim position = 0;
    for (dim i : x.lhs_batch) order[static_cast<std::size_t>(i)] = position++;
    for (dim i : a_free) order[static_cast<std::size_t>(i)] = position++;
    for (std::size_t i = 0; i < x.rhs_contract.size(); ++i) {
      dim smaller = 0;
      for (dim c : x.rhs_contract) smaller += c < x.rhs_contract[i] ? 1 : 0;
      order[static_cast<std::size_t>(x.lhs_contract[i])] = position + smaller;
    }
    return transpose_t::emit(g, product, order);
  }
};

using contract_ops = type_list<dot_general_t>;

}  // namespace calx::inline CALX_ABI
