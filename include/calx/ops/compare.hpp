// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Comparisons, logic, bits.
#pragma once

#include <bit>

#include <calx/ops/arith.hpp>

namespace calx::inline CALX_ABI {

/// Base of comparisons: operands meet in one dtype, the result is bool.
template <class Op>
struct comparison : elementwise<Op, 2> {
  static constexpr dtype_rule rule = dtype_rule::compare;
};
/// a < b.
struct less_t : comparison<less_t> {
  static constexpr std::string_view name = "less";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a < b; }
};
inline constexpr less_t less{};
/// a <= b.
struct less_equal_t : comparison<less_equal_t> {
  static constexpr std::string_view name = "less_equal";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a <= b; }
};
inline constexpr less_equal_t less_equal{};
/// a > b.
struct greater_t : comparison<greater_t> {
  static constexpr std::string_view name = "greater";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a > b; }
};
inline constexpr greater_t greater{};
/// a >= b.
struct greater_equal_t : comparison<greater_equal_t> {
  static constexpr std::string_view name = "greater_equal";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a >= b; }
};
inline constexpr greater_equal_t greater_equal{};
/// a == b.
struct equal_to_t : comparison<equal_to_t> {
  static constexpr std::string_view name = "equal_to";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a == b; }
};
inline constexpr equal_to_t equal_to{};
/// a != b.
struct not_equal_t : comparison<not_equal_t> {
  static constexpr std::string_view name = "not_equal";
  template <class T>
  CALX_HD static constexpr auto eval(T a, T b) { return a != b; }
};
inline constexpr not_equal_t not_equal{};

/// Base of ops on bits; bool counts as one bit, so these are the logical ops too.
template <class Op, int Arity = 2>
struct bitwise : elementwise<Op, Arity> {
  static constexpr dtype_rule rule = dtype_rule::bitwise;
};
/// Bitwise and; logical and of bools.
struct bit_and_t : bitwise<bit_and_t> {
  static constexpr std::string_view name = "and";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return static_cast<T>(a & b); }
};
inline constexpr bit_and_t bit_and{}, logical_and{};
/// Bitwise or; logical or of bools.
struct bit_or_t : bitwise<bit_or_t> {
  static constexpr std::string_view name = "or";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return static_cast<T>(a | b); }
};
inline constexpr bit_or_t bit_or{}, logical_or{};
/// Bitwise exclusive or.
struct bit_xor_t : bitwise<bit_xor_t> {
  static constexpr std::string_view name = "xor";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return static_cast<T>(a ^ b); }
};
inline constexpr bit_xor_t bit_xor{};
/// All bits flipped; logical not of bools.
struct bit_not_t : bitwise<bit_not_t, 1> {
  static constexpr std::string_view name = "not";
  template <class T>
  CALX_HD static constexpr T eval(T a) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) return static_cast<T>(~a);
    else return !a;
  }
};
inline constexpr bit_not_t bit_not{}, logical_not{};
/// a shifted left by b bits, zeros coming in; 0 if b is the width or more.
struct shift_left_t : bitwise<shift_left_t> {
  static constexpr std::string_view name = "shift_left";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a && !b;
    else {
      using U = std::make_unsigned_t<T>;
      return static_cast<U>(b) < sizeof(T) * 8 ? static_cast<T>(static_cast<U>(a) << b) : T(0);
    }
  }
};
inline constexpr shift_left_t shift_left{};
/// a shifted right by b bits, zeros coming in whatever the sign.
struct shift_right_t : bitwise<shift_right_t> {
  static constexpr std::string_view name = "shift_right";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a && !b;
    else {
      using U = std::make_unsigned_t<T>;
      return static_cast<U>(b) < sizeof(T) * 8 ? static_cast<T>(static_cast<U>(a) >> b) : T(0);
    }
  }
};
inline constexpr shift_right_t shift_right{};

/// The same bits read as a float of the same width.
struct bits_to_float_t : elementwise<bits_to_float_t, 1> {
  static constexpr std::string_view name = "bits_to_float";
  static constexpr dtype result(dtype d) { return size_of(d) == 8 ? dtype::f64 : dtype::f32; }
  static constexpr int emit(auto& g, const int* x) {
    return g.template add<bits_to_float_t>({result(g.element(*x)), g.shape(*x)}, {*x});
  }
  static constexpr int emit(auto& g, const operand* x) { return emit(g, &x->id); }
  template <class T>
  CALX_HD static constexpr auto eval(T a) {
    if constexpr (sizeof(T) == 8) return std::bit_cast<double>(a);
    else if constexpr (sizeof(T) == 4) return std::bit_cast<float>(a);
    else return 0.0f;
  }
};
inline constexpr bits_to_float_t bits_to_float{};

using compare_ops = type_list<less_t, less_equal_t, greater_t, greater_equal_t, equal_to_t,
                              not_equal_t, bit_and_t, bit_or_t, bit_xor_t, bit_not_t,
                              shift_left_t, shift_right_t, bits_to_float_t>;

}  // namespace calx::inline CALX_ABI
