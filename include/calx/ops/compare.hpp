// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Comparisons and logic.
#pragma once

#include <calx/ops/bits.hpp>

namespace calx::inline CALX_ABI {

/// Base of comparisons: operands meet in one dtype, the result is bool. With a NaN it is false,
/// except that a NaN is not_equal to everything.
template <class Op, int Arity = 2>
struct comparison : elementwise<Op, Arity> {
  static constexpr dtype_rule rule = dtype_rule::compare;
  static constexpr bool total = true, on_masks = true;
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    // The same integer; a float may be a NaN.
    if constexpr (Arity == 2)
      if (args[0] == args[1] && !is_float(g.element(args[0])))
        return detail::constant_like(g, type, Op::eval(0, 0) ? 1.0 : 0.0);
    if (int c = detail::fold<Op>(g, type, args); c >= 0) return c;
    return Op::signless ? detail::in_order<Op>(g, type, args) : -1;
  }
};
/// a < b.
struct less_t : comparison<less_t> {
  static constexpr std::string_view name = "less";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a < b; }
};
/// less(a, b): a < b.
inline constexpr less_t less{};
/// a <= b.
struct less_equal_t : comparison<less_equal_t> {
  static constexpr std::string_view name = "less_equal";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a <= b; }
};
/// less_equal(a, b): a <= b.
inline constexpr less_equal_t less_equal{};
/// a > b.
struct greater_t : comparison<greater_t> {
  static constexpr std::string_view name = "greater";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a > b; }
};
/// greater(a, b): a > b.
inline constexpr greater_t greater{};
/// a >= b.
struct greater_equal_t : comparison<greater_equal_t> {
  static constexpr std::string_view name = "greater_equal";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a >= b; }
};
/// greater_equal(a, b): a >= b.
inline constexpr greater_equal_t greater_equal{};
/// a == b.
struct equal_to_t : comparison<equal_to_t> {
  static constexpr std::string_view name = "equal_to";
  static constexpr bool signless = true;
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a == b; }
};
/// equal_to(a, b): a == b, element by element.
inline constexpr equal_to_t equal_to{};
/// a != b.
struct not_equal_t : comparison<not_equal_t> {
  static constexpr std::string_view name = "not_equal";
  static constexpr bool signless = true;
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a != b; }
};
/// not_equal(a, b): a != b, element by element.
inline constexpr not_equal_t not_equal{};

template <class A>
constexpr auto guarded_mul_fn::not_equal_zero(const A& a) { return not_equal(a, 0); }

/// Base of logic on truth values, where all but 0 is true: the bitwise op on what `convert` makes
/// bool of the operands.
template <class Op, class Bitwise, int Arity = 2>
struct logical : comparison<Op, Arity> {
  static constexpr int emit(auto& g, const operand* x) {
    int ready[static_cast<std::size_t>(Arity)] = {};
    detail::prepare(g, Op::name, dtype_rule::compare, x, Arity, ready, Arity);
    return g.failed != error_kind::none ? 0 : Bitwise::emit(g, ready);
  }
};
/// True where both are.
struct logical_and_t : logical<logical_and_t, bit_and_t> {
  static constexpr std::string_view name = "logical_and";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return (a != T(0)) & (b != T(0)); }
};
/// logical_and(a, b): true where both are nonzero.
inline constexpr logical_and_t logical_and{};
/// True where one is, or both.
struct logical_or_t : logical<logical_or_t, bit_or_t> {
  static constexpr std::string_view name = "logical_or";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return (a != T(0)) | (b != T(0)); }
};
/// logical_or(a, b): true where one is nonzero, or both.
inline constexpr logical_or_t logical_or{};
/// True where one is and the other is not.
struct logical_xor_t : logical<logical_xor_t, bit_xor_t> {
  static constexpr std::string_view name = "logical_xor";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return (a != T(0)) ^ (b != T(0)); }
};
/// logical_xor(a, b): true where just one is nonzero.
inline constexpr logical_xor_t logical_xor{};
/// True where x is not.
struct logical_not_t : logical<logical_not_t, bit_not_t, 1> {
  static constexpr std::string_view name = "logical_not";
  template <class T>
  CALX_HD static constexpr auto eval(T x) { return !(x != T(0)); }
};
/// logical_not(x): true where x is zero.
inline constexpr logical_not_t logical_not{};

using compare_ops =
    type_list<less_t, less_equal_t, greater_t, greater_equal_t, equal_to_t, not_equal_t>;

}  // namespace calx::inline CALX_ABI
