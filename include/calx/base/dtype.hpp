// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element types: names, C++ types, promotion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// The element types of arrays.
enum class dtype : unsigned char { b1, i32, i64, u32, u64, f32, f64 };
inline constexpr int dtype_count = 7;
/// How many bits number a dtype.
inline constexpr int dtype_bits = 3;
static_assert(dtype_count <= 1 << dtype_bits);

namespace detail {
struct dtype_row {
  std::string_view name, abbreviation;
  std::size_t size;
};
inline constexpr dtype_row dtype_rows[dtype_count] = {
    {"bool", "bool", sizeof(bool)}, {"int32", "i32", 4},   {"int64", "i64", 8},
    {"uint32", "u32", 4},           {"uint64", "u64", 8},  {"float32", "f32", 4},
    {"float64", "f64", 8}};
}  // namespace detail

/// The name as NumPy spells it: "float64", "int32", "bool".
constexpr std::string_view name_of(dtype d) { return detail::dtype_rows[static_cast<int>(d)].name; }
/// The short name of printed programs: "f64", "i32", "bool".
constexpr std::string_view abbreviation(dtype d) {
  return detail::dtype_rows[static_cast<int>(d)].abbreviation;
}
constexpr std::size_t size_of(dtype d) { return detail::dtype_rows[static_cast<int>(d)].size; }
constexpr bool is_float(dtype d) { return d == dtype::f32 || d == dtype::f64; }
constexpr bool is_unsigned(dtype d) { return d == dtype::u32 || d == dtype::u64; }
constexpr bool is_integer(dtype d) { return !is_float(d) && d != dtype::b1; }

/// Arithmetic types that have a dtype; `char` and `long double` have none.
template <class T>
concept element = std::is_same_v<T, bool> || std::is_same_v<T, float> ||
                  std::is_same_v<T, double> ||
                  (std::is_integral_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));

/// The dtype of a C++ element type.
template <element T>
constexpr dtype dtype_of() {
  if constexpr (std::is_same_v<T, bool>) return dtype::b1;
  else if constexpr (std::is_same_v<T, float>) return dtype::f32;
  else if constexpr (std::is_same_v<T, double>) return dtype::f64;
  else if constexpr (sizeof(T) == 4) return std::is_signed_v<T> ? dtype::i32 : dtype::u32;
  else return std::is_signed_v<T> ? dtype::i64 : dtype::u64;
}

namespace detail {
template <dtype D> struct element_of;
template <> struct element_of<dtype::b1> { using type = bool; };
template <> struct element_of<dtype::i32> { using type = std::int32_t; };
template <> struct element_of<dtype::i64> { using type = std::int64_t; };
template <> struct element_of<dtype::u32> { using type = std::uint32_t; };
template <> struct element_of<dtype::u64> { using type = std::uint64_t; };
template <> struct element_of<dtype::f32> { using type = float; };
template <> struct element_of<dtype::f64> { using type = double; };
}  // namespace detail

/// The C++ type of a dtype.
template <dtype D>
using element_t = typename detail::element_of<D>::type;

/// Calls f.template operator()<T>() with the C++ type of d.
template <class F>
constexpr decltype(auto) visit_dtype(dtype d, F&& f) {
  switch (d) {
    case dtype::b1: return f.template operator()<bool>();
    case dtype::i32: return f.template operator()<std::int32_t>();
    case dtype::i64: return f.template operator()<std::int64_t>();
    case dtype::u32: return f.template operator()<std::uint32_t>();
    case dtype::u64: return f.template operator()<std::uint64_t>();
    case dtype::f32: return f.template operator()<float>();
    default: return f.template operator()<double>();
  }
}

/// The dtype that two operands meet in: bool below integers below floats, JAX's table.
constexpr dtype promote(dtype a, dtype b) {
  if (a == b) return a;
  if (a == dtype::b1) return b;
  if (b == dtype::b1) return a;
  if (is_float(a) && is_float(b)) return dtype::f64;
  if (is_float(a)) return a;
  if (is_float(b)) return b;
  if (is_unsigned(a) && is_unsigned(b)) return dtype::u64;
  if (a == dtype::u64 || b == dtype::u64) return dtype::f64;
  return dtype::i64;
}
/// The dtype of a weak C++ scalar of dtype `scalar` beside an array of dtype `array`.
constexpr dtype promote_weak(dtype array, dtype scalar) {
  if (is_float(scalar)) return is_float(array) ? array : dtype::f64;
  if (scalar == dtype::b1) return array;
  return array == dtype::b1 ? dtype::i64 : array;
}
/// The float that an integer becomes in sin, div and their like: f32 up to 32 bits, else f64;
/// bool is f32.
constexpr dtype to_float(dtype d) {
  if (is_float(d)) return d;
  return size_of(d) == 8 ? dtype::f64 : dtype::f32;
}
/// What a sum or product of this dtype accumulates in: integers and bool are 64 bits wide.
constexpr dtype sum_dtype(dtype d) {
  if (d == dtype::b1 || d == dtype::i32) return dtype::i64;
  return d == dtype::u32 ? dtype::u64 : d;
}

}  // namespace calx::inline CALX_ABI
