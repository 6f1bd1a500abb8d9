// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registry: every op of the library.
#pragma once

#include <calx/ops/abs.hpp>
#include <calx/ops/contract.hpp>
#include <calx/ops/pow.hpp>
#include <calx/ops/slice.hpp>
#include <calx/ops/special.hpp>

namespace calx::inline CALX_ABI {

/// Every op, in the order of their ids. Codegen, docs and tests are driven by this list.
using all_ops = join<core_ops, shape_ops, arith_ops, math_ops, compare_ops, bit_ops, select_ops,
                     extrema_ops, abs_ops, pow_ops, special_ops, reduce_ops, contract_ops>;

/// The type of a user's op: specialise for a free slot, which the op names as its `slot`.
template <int Slot>
struct user_op;

namespace detail {
template <class>
inline constexpr int op_keys = 0;
template <class... Op>
inline constexpr std::uint64_t op_keys<type_list<Op...>>[] = {op_key<Op>...};
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

/// The id of a node's op: its index in the list, or that of a user's op.
template <class List = all_ops>
constexpr int op_id(const op_info* op) {
  constexpr auto& keys = detail::op_keys<List>;
  for (int i = 0; i < static_cast<int>(sizeof keys / sizeof keys[0]); ++i)
    if (keys[i] == op->key) return i;
  return first_user_op + op->user_slot;
}
/// The op with an id.
template <int Id>
using op_t = typename detail::op_at<Id>::type;

}  // namespace calx::inline CALX_ABI
