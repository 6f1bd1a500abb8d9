// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contractions of split values: sums of products of parts; inner products become fused sums.
#pragma once

#include <calx/plan/scalarise.hpp>

namespace calx::inline CALX_ABI::plan {

namespace detail {
constexpr dim_list rest_of(axis_set s, const dim_list& axes) {
  dim_list rest;
  for (dim a : axes)
    if (!has(s, a)) rest.push_back(rest_position(s, a));
  return rest;
}
constexpr bool increases(const dim_list& axes) {
  for (std::size_t i = 1; i < axes.size(); ++i)
    if (axes[i] <= axes[i - 1]) return false;
  return true;
}
}  // namespace detail

/// The contraction of two values that have no axes of their own.
template <class Graph>
constexpr int scalariser<Graph>::sum_of_products(int a, int b, const dot_axes& x) {
  dim_list order(at(out.shape(a).rank));  // b's axes in the order of a's
  for (std::size_t i = 0; i < x.lhs_batch.size(); ++i)
    order[static_cast<std::size_t>(x.lhs_batch[i])] = x.rhs_batch[i];
  for (std::size_t i = 0; i < x.lhs_contract.size(); ++i)
    order[static_cast<std::size_t>(x.lhs_contract[i])] = x.rhs_contract[i];
  int pair[] = {a, transpose_t::emit(out, b, order)};
  dim_list axes = x.lhs_contract;
  for (std::size_t i = 1; i < axes.size(); ++i)
    for (std::size_t k = i; k > 0 && axes[k] < axes[k - 1]; --k) {
      dim swapped = axes[k];
      axes[k] = axes[k - 1], axes[k - 1] = swapped;
    }
  int m = out.template add<mul_t>(out.at(a).aval, pair, 2, nullptr, 0);
  return reduce_sum_t::emit(out, m, axes);
}

/// The contraction of two parts of n's operands, with axes x, of the given shape.
template <class Graph>
constexpr int scalariser<Graph>::product(int n, int a, int b, const dot_axes& x,
                                         const dims& shape) {
  using dot = dot_general_t;
  auto rows = dot::free_axes(out.shape(a).rank, x.lhs_batch, x.lhs_contract);
  auto columns = dot::free_axes(out.shape(b).rank, x.rhs_batch, x.rhs_contract);
  const dim batches = static_cast<dim>(x.lhs_batch.size());
  bool plain = detail::increases(x.lhs_batch) && detail::increases(x.rhs_batch);
  int type = type_of(n, shape);
  if (x.lhs_contract.empty() && plain) {
    dim_list left, right;
    for (dim i = 0; i < batches; ++i) left.push_back(i), right.push_back(i);
    for (std::size_t i = 0; i < rows.size(); ++i) left.push_back(batches + static_cast<dim>(i));
    for (std::size_t i = 0; i < columns.size(); ++i)
      right.push_back(batches + static_cast<dim>(rows.size() + i));
    bool ordered = out.shape(a).rank == static_cast<int>(left.size()) &&
                   (batches == 0 || x.lhs_batch.back() == batches - 1) &&
                   (batches == 0 || x.rhs_batch.back() == batches - 1);
    if (ordered) {
      int pair[] = {broadcast_in_dim_t::emit(out, a, shape, left),
                    broadcast_in_dim_t::emit(out, b, shape, right)};
      return out.template add<mul_t>(type, pair, 2, nullptr, 0);
    }
  }
  if (!x.lhs_contract.empty() && rows.empty() && columns.empty() && plain)
    return sum_of_products(a, b, x);
  return dot::emit(out, a, b, x);
}

template <class Graph>
constexpr part_list scalariser<Graph>::rewrite_contraction(int n) {
  const int a = in.arg(n, 0), b = in.arg(n, 1);
  const auto x = dot_general_t::axes_of(in, n);
  const auto rows = dot_general_t::free_axes(in.shape(a).rank, x.lhs_batch, x.lhs_contract);
  const auto columns = dot_general_t::free_axes(in.shape(b).rank, x.rhs_batch, x.rhs_contract);
  axis_set left = axes_of(a), right = axes_of(b), mine = 0;
  detail::match(left, x.lhs_batch, right, x.rhs_batch);
  detail::match(left, x.lhs_contract, right, x.rhs_contract);
  int axis = 0;
  for (dim i : x.lhs_batch) mine |= (has(left, i) ? 1u : 0u) << axis++;
  for (dim i : rows) mine |= (has(left, i) ? 1u : 0u) << axis++;
  for (dim i : columns) mine |= (has(right, i) ? 1u : 0u) << axis++;
  const part_list lefts = parts_along(a, left), rights = parts_along(b, right);
  const dot_axes rest{detail::rest_of(left, x.lhs_batch), detail::rest_of(right, x.rhs_batch),
                      detail::rest_of(left, x.lhs_contract),
                      detail::rest_of(right, x.rhs_contract)};
  axis_set summed = 0;
  for (dim i : x.lhs_contract) summed |= has(left, i) ? 1u << i : 0u;
  part_list list;
  for (int q = 0; q < count_parts(in.shape(n), mine); ++q) {
    dims index = index_of(in.shape(n), mine, q);
    part_list terms;
    for (int k = 0; k < count_parts(in.shape(a), summed); ++k) {
      dims l = index_of(in.shape(a), summed, k), r = in.shape(b);
      int i = 0;
      for (std::size_t c = 0; c < x.lhs_contract.size(); ++c)
        r[static_cast<int>(x.rhs_contract[c])] = l[static_cast<int>(x.lhs_contract[c])];
      for (std::size_t c = 0; c < x.lhs_batch.size(); ++c, ++i)
        l[static_cast<int>(x.lhs_batch[c])] = r[static_cast<int>(x.rhs_batch[c])] = index[i];
      for (dim f : rows) l[static_cast<int>(f)] = index[i++];
      for (dim f : columns) r[static_cast<int>(f)] = index[i++];
      terms.push_back(product(n, lefts[at(part_at(in.shape(a), left, l))],
                              rights[at(part_at(in.shape(b), right, r))], rest,
                              without(in.shape(n), mine)));
    }
    list.push_back(combine(info_of<add_t>, terms));
  }
  return own(n, list, mine);
}

}  // namespace calx::inline CALX_ABI::plan
