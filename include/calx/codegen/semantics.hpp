// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an instruction that computes means for registers of W lanes: for every executor.
#pragma once

#include <calx/codegen/cpu/lanes.hpp>
#include <calx/ops/all.hpp>

namespace calx::inline CALX_ABI::codegen {

/// The type in which Op is compiled for elements of type T: one loop serves both signs where the
/// bits of the result do not depend on them.
template <class Op, class T>
constexpr auto compiled_type() {
  if constexpr (Op::signless && std::is_integral_v<T> && !std::is_same_v<T, bool>)
    return std::make_unsigned_t<T>();
  else return T();
}
/// The type of operand I of Op where the others are of type T: a condition, or T.
template <class Op, class T, std::size_t I>
using operand_type = std::conditional_t<(I < std::size_t{Op::conditions}), bool, T>;

/// Ops on floats, and logic on conditions, work on all lanes at once; others lane by lane.
template <class Op>
constexpr bool works_on_packs(dtype operands) {
  return is_float(operands) || (operands == dtype::b1 && requires { Op::on_masks; });
}

/// Elementwise Op on registers whose last has elements of dtype D.
template <class Op, dtype D, int W, class... V>
CALX_HD CALX_INLINE constexpr auto apply(const V&... v) {
  if constexpr (W == 1 || works_on_packs<Op>(D)) return Op::eval(v...);
  else return vector_ops<W>::map([](auto... one) { return Op::eval(one...); }, v...);
}
/// The combination of two registers of elements T by a reduction.
template <class Reduction, class T, int W, class V>
CALX_HD CALX_INLINE constexpr V combine(const V& a, const V& b) {
  if constexpr (W == 1 || std::is_floating_point_v<T>) return Reduction::combine(a, b);
  else return vector_ops<W>::map([](T p, T q) { return Reduction::combine(p, q); }, a, b);
}
/// All lanes of a register combined by a reduction.
template <class Reduction, class T, int W, class V>
CALX_INLINE constexpr T fold(const V& v) {
  auto pair = []<class X>(X a, X b)
    requires(std::is_arithmetic_v<X> || std::is_floating_point_v<T>)
  { return Reduction::combine(a, b); };
  return vector_ops<W>::fold(pair, v);
}

/// Partial results of a long reduction, combined in pairs: the order depends on their number only,
/// and the error grows with its logarithm.
template <class V>
class partial_results {
 public:
  // Nothing is written to the slots before it is needed.
  constexpr partial_results() = default;
  template <class Combine>
  CALX_INLINE constexpr void push(V v, const Combine& pair) {
    for (std::uint64_t carry = count_++; carry % 2 != 0; carry /= 2) v = pair(slot_[--top_].v, v);
    slot_[top_++].v = v;
  }
  /// All that was pushed combined with v, which comes last; afterwards there are none.
  template <class Combine>
  CALX_INLINE constexpr V total(V v, const Combine& pair) {
    while (top_ > 0) v = pair(slot_[--top_].v, v);
    count_ = 0;
    return v;
  }

 private:
  union slot {
    V v;
    constexpr slot() {}
  };
  slot slot_[56];
  int top_ = 0;
  std::uint64_t count_ = 0;
};
/// After so many combinations one after the other, the result is a partial one.
inline constexpr dim partial_length = 64;

}  // namespace calx::inline CALX_ABI::codegen
