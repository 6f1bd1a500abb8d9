// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operators of C++ on traced values and arrays, and std::max and std::min for tracers.
#pragma once

#include <calx/trace/tracer.hpp>

namespace calx::inline CALX_ABI {

/// True for the types that calx's operators work on; arrays and expressions specialise it.
template <class A>
inline constexpr bool is_value = std::is_same_v<A, tracer>;

namespace detail {
template <class A, class B>
concept operands = (is_value<A> && (is_value<B> || number<B>)) || (number<A> && is_value<B>);
}

namespace value {
using detail::operands;

template <class A> requires is_value<A> constexpr auto operator-(const A& a) { return neg(a); }
template <class A> requires is_value<A> constexpr A operator+(const A& a) { return a; }
template <class A> requires is_value<A> constexpr auto operator!(const A& a) { return bit_not(a); }
template <class A> requires is_value<A> constexpr auto operator~(const A& a) { return bit_not(a); }

template <class A, class B> requires operands<A, B>
constexpr auto operator+(const A& a, const B& b) { return add(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator-(const A& a, const B& b) { return sub(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator*(const A& a, const B& b) { return mul(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator/(const A& a, const B& b) { return div(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator%(const A& a, const B& b) { return rem(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator<(const A& a, const B& b) { return less(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator<=(const A& a, const B& b) { return less_equal(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator>(const A& a, const B& b) { return greater(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator>=(const A& a, const B& b) { return greater_equal(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator==(const A& a, const B& b) { return equal_to(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator!=(const A& a, const B& b) { return not_equal(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator&(const A& a, const B& b) { return bit_and(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator|(const A& a, const B& b) { return bit_or(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator^(const A& a, const B& b) { return bit_xor(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator&&(const A& a, const B& b) { return logical_and(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator||(const A& a, const B& b) { return logical_or(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator<<(const A& a, const B& b) { return shift_left(a, b); }
template <class A, class B> requires operands<A, B>
constexpr auto operator>>(const A& a, const B& b) { return shift_right(a, b); }

template <class A, class B> requires operands<A, B>
constexpr A& operator+=(A& a, const B& b) { return a = A(a + b); }
template <class A, class B> requires operands<A, B>
constexpr A& operator-=(A& a, const B& b) { return a = A(a - b); }
template <class A, class B> requires operands<A, B>
constexpr A& operator*=(A& a, const B& b) { return a = A(a * b); }
template <class A, class B> requires operands<A, B>
constexpr A& operator/=(A& a, const B& b) { return a = A(a / b); }

// Not templates, so that they win over std::max<T> and std::min<T> after `using std::max`.
constexpr tracer max(const tracer& a, const tracer& b) { return maximum(a, b); }
constexpr tracer min(const tracer& a, const tracer& b) { return minimum(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
