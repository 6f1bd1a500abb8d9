// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operators of C++ on traced values and arrays, and std::max and std::min for tracers.
#pragma once

#include <calx/trace/leaf.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
template <class Stream>
constexpr bool refuse_printing() {
  static_assert(never<Stream>, "calx: a traced value has no number to print yet: return it from "
                               "the function, and print the result");
  return true;
}
}  // namespace detail

/// True for the types that calx's operators work on; arrays and expressions specialise it.
template <class A>
inline constexpr bool is_value = std::is_same_v<A, tracer>;
namespace detail {
// A concept, as its later conditions are not looked at where an earlier one is false.
template <class A>
concept leaf_of_others =
    !number<A> && !is_value<A> && !is_weak<A> && !is_extent_number<A> && concrete_leaf<A>;
}
/// True for the types of others that are read like arrays: std::vector, std::span, std::array,
/// Eigen's matrices. They may stand beside calx's values.
template <class A>
inline constexpr bool is_container = detail::leaf_of_others<A>;
/// True for containers whose own `*` is the product of matrices.
template <class A>
inline constexpr bool has_matrix_product = false;

namespace value {
/// Base of parts that `at` names, of which others are made: nothing is assigned to them.
struct part_by_name {};
}  // namespace value

namespace detail {
template <class A>
inline constexpr bool is_beside_value = number<A> || is_container<A>;
template <class A, class B>
concept operands =
    (is_value<A> && (is_value<B> || is_beside_value<B> || is_extent_number<B>)) ||
    (is_value<B> && (is_beside_value<A> || is_extent_number<A>));
/// Refuses to choose between two meanings of `*`.
template <class A, class B>
constexpr void require_one_product() {
  static_assert(!has_matrix_product<A> && !has_matrix_product<B>,
                "calx: * of an Eigen matrix and an array: write dot(A, x) for the product of "
                "matrices, asarray(A) * x for that of elements");
}
template <class A>
concept untraced = number<A> || (is_value<A> && !std::is_same_v<A, tracer>);
/// An rvalue: of a value, or of a part that `at` names.
template <class A>
concept temporary = !std::is_reference_v<A> && (is_value<std::remove_const_t<A>> ||
                                                std::is_base_of_v<value::part_by_name, A>);
/// a becomes v, also where that rounds; where it cannot, what is assigned to says why.
template <class A, class V>
constexpr A& update(A& a, const V& v) {
  if constexpr (std::is_constructible_v<A, const V&>) a = A(v);
  else a = v;
  return a;
}
}  // namespace detail

namespace value {
using detail::operands;

template <class A> requires is_value<A>
constexpr op_result_t<neg_t, A> operator-(const A& a) { return neg(a); }
template <class A> requires is_value<A>
constexpr A operator+(const A& a) { return a; }
template <class A> requires is_value<A>
constexpr op_result_t<logical_not_t, A> operator!(const A& a) { return logical_not(a); }
template <class A> requires is_value<A>
constexpr op_result_t<bit_not_t, A> operator~(const A& a) { return bit_not(a); }

template <class A, class B> requires operands<A, B>
constexpr op_result_t<add_t, A, B> operator+(const A& a, const B& b) { return add(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<sub_t, A, B> operator-(const A& a, const B& b) { return sub(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<mul_t, A, B> operator*(const A& a, const B& b) {
  detail::require_one_product<A, B>();
  return mul(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<div_t, A, B> operator/(const A& a, const B& b) { return div(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<rem_t, A, B> operator%(const A& a, const B& b) { return rem(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<less_t, A, B> operator<(const A& a, const B& b) { return less(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<less_equal_t, A, B> operator<=(const A& a, const B& b) {
  return less_equal(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<greater_t, A, B> operator>(const A& a, const B& b) { return greater(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<greater_equal_t, A, B> operator>=(const A& a, const B& b) {
  return greater_equal(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<equal_to_t, A, B> operator==(const A& a, const B& b) {
  return equal_to(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<not_equal_t, A, B> operator!=(const A& a, const B& b) {
  return not_equal(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<bit_and_t, A, B> operator&(const A& a, const B& b) { return bit_and(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<bit_or_t, A, B> operator|(const A& a, const B& b) { return bit_or(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<bit_xor_t, A, B> operator^(const A& a, const B& b) { return bit_xor(a, b); }
template <class A, class B> requires operands<A, B>
constexpr op_result_t<logical_and_t, A, B> operator&&(const A& a, const B& b) {
  return logical_and(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<logical_or_t, A, B> operator||(const A& a, const B& b) {
  return logical_or(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<shift_left_t, A, B> operator<<(const A& a, const B& b) {
  return shift_left(a, b);
}
template <class A, class B> requires operands<A, B>
constexpr op_result_t<shift_right_t, A, B> operator>>(const A& a, const B& b) {
  return shift_right(a, b);
}

/// Of a stream: refused with a sentence.
template <class Stream>
  requires(requires(Stream& out) { out.rdbuf(), out.flush(); })
Stream& operator<<(Stream& out, const tracer&) noexcept(detail::refuse_printing<Stream>()) {
  return out;
}

template <class A, class B> requires operands<A, B>
constexpr A& operator+=(A& a, const B& b) { return detail::update(a, a + b); }
template <class A, class B> requires operands<A, B>
constexpr A& operator-=(A& a, const B& b) { return detail::update(a, a - b); }
template <class A, class B> requires operands<A, B>
constexpr A& operator*=(A& a, const B& b) { return detail::update(a, a * b); }
template <class A, class B> requires operands<A, B>
constexpr A& operator/=(A& a, const B& b) { return detail::update(a, a / b); }

// To what is gone behind the assignment.
template <detail::temporary A, class B>
constexpr auto operator+=(A&&, const B&) { return detail::refuse_assignment<B>(); }
template <detail::temporary A, class B>
constexpr auto operator-=(A&&, const B&) { return detail::refuse_assignment<B>(); }
template <detail::temporary A, class B>
constexpr auto operator*=(A&&, const B&) { return detail::refuse_assignment<B>(); }
template <detail::temporary A, class B>
constexpr auto operator/=(A&&, const B&) { return detail::refuse_assignment<B>(); }
// Of a traced value to what is none.
template <detail::untraced A>
constexpr auto operator+=(A&, const tracer&) { return detail::refuse_traced<A>(); }
template <detail::untraced A>
constexpr auto operator-=(A&, const tracer&) { return detail::refuse_traced<A>(); }
template <detail::untraced A>
constexpr auto operator*=(A&, const tracer&) { return detail::refuse_traced<A>(); }
template <detail::untraced A>
constexpr auto operator/=(A&, const tracer&) { return detail::refuse_traced<A>(); }

}  // namespace value

}  // namespace calx::inline CALX_ABI
