// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bits: and, or, not, shifts, and the same bits as another type.
#pragma once

#include <bit>

#include <calx/ops/arith.hpp>

namespace calx::inline CALX_ABI {

/// Base of ops on bits; bool counts as one bit.
template <class Op, int Arity = 2>
struct bitwise : elementwise<Op, Arity> {
  static constexpr dtype_rule rule = dtype_rule::bitwise;
  static constexpr bool total = true, signless = true;
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return detail::fold<Op>(g, type, args);
  }
};

namespace detail {
/// True if node n is a constant with all its bits as `set` says.
constexpr bool has_bits(const auto& g, int n, bool set) {
  if (!is<constant_t>(g, n)) return false;
  return visit_dtype(g.element(n), [&]<class T>() {
    T v = from_bits<T>(g.param(n, 0));
    if constexpr (std::is_same_v<T, bool>) return v == set;
    else return v == (set ? static_cast<T>(~std::uint64_t{0}) : T(0));
  });
}
/// For `and`, `or`: x with x is x, one constant does nothing, the other decides.
template <class Op>
constexpr int simplify_bits(auto& g, int type, const int* args, bool neutral) {
  if (args[0] == args[1]) return args[0];
  for (int i = 0; i < 2; ++i) {
    if (has_bits(g, args[i], neutral)) return args[1 - i];
    if (has_bits(g, args[i], !neutral)) return args[i];
  }
  if (int c = fold<Op>(g, type, args); c >= 0) return c;
  return in_order<Op>(g, type, args);
}
}  // namespace detail

/// Bitwise and.
struct bit_and_t : bitwise<bit_and_t> {
  static constexpr std::string_view name = "and";
  static constexpr bool on_masks = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return static_cast<T>(a & b); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return detail::simplify_bits<bit_and_t>(g, type, args, true);
  }
};
/// bit_and(a, b): a & b of integers and bool.
inline constexpr bit_and_t bit_and{};
/// Bitwise or.
struct bit_or_t : bitwise<bit_or_t> {
  static constexpr std::string_view name = "or";
  static constexpr bool on_masks = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return static_cast<T>(a | b); }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return detail::simplify_bits<bit_or_t>(g, type, args, false);
  }
};
/// bit_or(a, b): a | b of integers and bool.
inline constexpr bit_or_t bit_or{};
/// Bitwise exclusive or.
struct bit_xor_t : bitwise<bit_xor_t> {
  static constexpr std::string_view name = "xor";
  static constexpr bool on_masks = true;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) { return static_cast<T>(a ^ b); }
};
/// bit_xor(a, b): a ^ b of integers and bool.
inline constexpr bit_xor_t bit_xor{};
/// All bits flipped.
struct bit_not_t : bitwise<bit_not_t, 1> {
  static constexpr std::string_view name = "not";
  static constexpr bool on_masks = true;
  template <class T>
  CALX_HD static constexpr T eval(T a) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) return static_cast<T>(~a);
    else return !a;
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (is<bit_not_t>(g, args[0])) return g.arg(args[0], 0);
    return detail::fold<bit_not_t>(g, type, args);
  }
};
/// bit_not(x): all bits flipped.
inline constexpr bit_not_t bit_not{};

namespace detail {
/// Shift by b bits where b is less than the width, else (negative counts too) what all bits
/// shifted out leave.
template <class T, class F>
CALX_HD constexpr T shifted(T b, T beyond, F f) {
  using U = std::make_unsigned_t<T>;
  return static_cast<U>(b) < sizeof(T) * 8 ? f(static_cast<unsigned>(b)) : beyond;
}
}  // namespace detail
/// a shifted left by b bits, zeros coming in; 0 if b is the width or more, or negative.
struct shift_left_t : bitwise<shift_left_t> {
  static constexpr std::string_view name = "shift_left";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a && !b;
    else
      return detail::shifted(b, T(0), [&](unsigned n) {
        return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) << n);
      });
  }
};
/// shift_left(a, b): a << b, for any b.
inline constexpr shift_left_t shift_left{};
/// a shifted right by b bits, copies of the sign coming in: the quotient by 2^b, rounded down.
/// If b is the width or more, or negative, 0 or -1 by the sign.
struct shift_right_t : bitwise<shift_right_t> {
  static constexpr std::string_view name = "shift_right";
  static constexpr bool signless = false;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a && !b;
    else
      return detail::shifted(b, static_cast<T>(a < T(0) ? -1 : 0),
                             [&](unsigned n) { return static_cast<T>(a >> n); });
  }
};
/// shift_right(a, b): a >> b with copies of the sign coming in, for any b.
inline constexpr shift_right_t shift_right{};
/// a shifted right by b bits, zeros coming in whatever the sign; 0 if b is the width or more, or
/// negative.
struct shift_right_logical_t : bitwise<shift_right_logical_t> {
  static constexpr std::string_view name = "shift_right_logical";
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a && !b;
    else
      return detail::shifted(b, T(0), [&](unsigned n) {
        return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) >> n);
      });
  }
};
/// shift_right_logical(a, b): a >> b with zeros coming in, for any b.
inline constexpr shift_right_logical_t shift_right_logical{};

/// The same bits read as a float of the same width.
struct bits_to_float_t : elementwise<bits_to_float_t, 1> {
  static constexpr std::string_view name = "bits_to_float";
  static constexpr dtype_rule rule = dtype_rule::bitwise;
  static constexpr bool signless = true;
  static constexpr bool takes(dtype d) { return is_integer(d); }
  static constexpr dtype result(dtype d) { return size_of(d) == 8 ? dtype::f64 : dtype::f32; }
  template <class T>
  CALX_HD static constexpr auto eval(T a) {
    if constexpr (sizeof(T) == 8) return std::bit_cast<double>(a);
    else if constexpr (sizeof(T) == 4) return std::bit_cast<float>(a);
    else return 0.0f;  // of bool, for which no operand gets here
  }
};
/// bits_to_float(x): the bits of an integer read as a float.
inline constexpr bits_to_float_t bits_to_float{};

using bit_ops = type_list<bit_and_t, bit_or_t, bit_xor_t, bit_not_t, shift_left_t, shift_right_t,
                          shift_right_logical_t, bits_to_float_t>;

}  // namespace calx::inline CALX_ABI
