// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which op is which: a number for each type of op, and back from the number to the type.
#pragma once

#include <cstdint>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

template <class Op>
struct op_holder {
  using type = Op;
};
// The number of an op is remembered by a function that is declared for every number and defined,
// with the op as its return type, when an op takes the number. Nothing else can lead from a number
// that the constant evaluator computed to a type; and two types can never have one number, which
// sanitizers could not tell by addresses, as their constant evaluators compare none.
#if defined(__NVCC__)
#pragma nv_diagnostic push
#pragma nv_diag_suppress 1301
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
template <int Key>
struct op_number {
  friend constexpr auto calx_op_of(op_number);
};
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#if defined(__NVCC__)
#pragma nv_diagnostic pop
#endif
template <int Key, class Op>
struct taken_number {
  friend constexpr auto calx_op_of(op_number<Key>) { return op_holder<Op>(); }
};
// With Op in it, so that compilers ask again for each op.
template <int Key, class Op>
concept is_taken = requires(op_number<Key> k, Op* op) { calx_op_of(k), op; };

/// The FNV-1a hash of the full name of Op, in 30 bits.
template <class Op>
constexpr int hash_of_name() {
  std::uint32_t hash = 2166136261u;
  for (const char* c = __PRETTY_FUNCTION__; *c; ++c)
    hash = (hash ^ static_cast<unsigned char>(*c)) * 16777619u;
  return static_cast<int>(hash >> 2);
}
/// The first number from Key on that is free: closure types of one function share a name.
template <class Op, int Key>
constexpr int free_number() {
  if constexpr (is_taken<Key, Op>) return free_number<Op, Key + 1>();
  else return sizeof(taken_number<Key, Op>) > 0 ? Key : 0;
}
/// Which op this is, without its rules: not negative, and another number for each type.
template <class Op>
inline constexpr int op_key = free_number<Op, hash_of_name<Op>()>();

}  // namespace detail

/// The op with a number that `detail::op_key` gave.
template <int Key>
using op_t = typename decltype(calx_op_of(detail::op_number<Key>()))::type;

}  // namespace calx::inline CALX_ABI
