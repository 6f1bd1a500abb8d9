// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registry: every op of the library.
#pragma once

#include <calx/ops/contract.hpp>
#include <calx/ops/slice.hpp>
#include <calx/ops/special.hpp>

namespace calx::inline CALX_ABI {

/// Every op, in the order of their ids. Codegen, docs and tests are driven by this list.
using all_ops = join<core_ops, shape_ops, arith_ops, math_ops, compare_ops, select_ops, special_ops,
                     reduce_ops, contract_ops>;

/// The type of a user's op: specialise for a free slot, which the op names as its `slot`.
template <int Slot>
struct user_op;

namespace detail {
template <class... Op>
constexpr int find_op(const op_info* op, type_list<Op...>) {
  const std::uint64_t keys[] = {op_key<Op>...};
  for (int i = 0; i < static_cast<int>(sizeof...(Op)); ++i)
    if (keys[i] == op->key) return i;
  return first_user_op + op->user_slot;
}
template <int Id>
struct op_at {
  using type = typename user_op<Id - first_user_op>::type;
};
template <int Id>
  requires(Id < first_user_op)
struct op_at<Id> {
  using type = type_at<Id, all_ops>;
};
}  // namespace detail

/// The id of a node's op: its index in `all_ops`, or that of a user's op.
constexpr int op_id(const op_info* op) { return detail::find_op(op, all_ops()); }
/// The op with an id.
template <int Id>
using op_t = typename detail::op_at<Id>::type;

}  // namespace calx::inline CALX_ABI
