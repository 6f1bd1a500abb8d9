// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What generated code does with W lanes at once; here for one lane, which is a plain number.
#pragma once

#include <calx/base/convert.hpp>
#include <calx/codegen/cpu/simd_parts.hpp>

namespace calx::inline CALX_ABI::codegen {

/// The operations on W lanes. Those of more than one are in codegen/cpu/vector.hpp, so that
/// programs on numbers need not read the SIMD headers.
template <int W>
struct vector_ops;
template <int W>
concept has_vector_ops = requires { sizeof(vector_ops<W>); };

template <>
struct vector_ops<1> {
  template <class T>
  using lanes = T;

  template <class T>
  CALX_INLINE static constexpr T splat(T v) { return v; }
  template <class T>
  CALX_INLINE static constexpr T iota(T start) { return start; }
  template <class To, class From>
  CALX_INLINE static constexpr To convert(From x) { return calx::detail::convert<To>(x); }
  template <class F, class... T>
  CALX_INLINE static constexpr auto map(F f, T... x) { return f(x...); }
  template <class F, class T>
  CALX_INLINE static constexpr T fold(F, T x) { return x; }
  template <class T>
  CALX_INLINE static constexpr T load(const T* p, int) { return *p; }
  template <class T>
  CALX_INLINE static constexpr T load_strided(const T* p, std::ptrdiff_t, int) { return *p; }
  template <class T>
  CALX_INLINE static constexpr void store(T* p, T v, int) { *p = v; }
  template <class T>
  CALX_INLINE static constexpr void store_strided(T* p, std::ptrdiff_t, T v, int) { *p = v; }
  template <class T>
  CALX_INLINE static constexpr T first_lane(T x) { return x; }
  /// a in the first `count` lanes, b behind.
  template <class T>
  CALX_INLINE static constexpr T first(int, T a, T) { return a; }
};

/// The type of W lanes of T.
template <class T, int W>
using lanes = typename vector_ops<W>::template lanes<T>;

}  // namespace calx::inline CALX_ABI::codegen
