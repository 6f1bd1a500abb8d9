// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Registers: how wide they are here, and W lanes stored in as many of them as it takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI::simd {

#if defined(__CUDACC__)
// Functions for both sides of a launch cannot take vectors, nvcc says: here, numbers alone.
inline constexpr int native_bytes = 16;
inline constexpr bool has_registers = false;
#elif defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
inline constexpr int native_bytes = 64;
inline constexpr bool has_registers = true;
#elif defined(__AVX__)
inline constexpr int native_bytes = 32;
inline constexpr bool has_registers = true;
#else
/// The bytes of a vector register of the target; 16 where there is none.
inline constexpr int native_bytes = 16;
#if defined(__SSE2__) || defined(__ARM_NEON)
inline constexpr bool has_registers = true;
#else
inline constexpr bool has_registers = false;
#endif
#endif

/// The lanes of T that fill one register, 1 if the target has none; bool is as wide as float.
template <class T>
inline constexpr int native_lanes =
    !has_registers ? 1 : native_bytes / (std::is_same_v<T, bool> ? 4 : int{sizeof(T)});

namespace detail {
template <int... I, class F>
CALX_INLINE constexpr void unroll(std::integer_sequence<int, I...>, F&& f) {
  (f(std::integral_constant<int, I>()), ...);
}
/// Calls f(integral_constant<int, i>) for i = 0 ... N - 1: no loop is left to the optimiser.
template <int N, class F>
CALX_INLINE constexpr void unroll(F&& f) {
  unroll(std::make_integer_sequence<int, N>(), f);
}
constexpr int least(int a, int b) { return a < b ? a : b; }
}  // namespace detail

/// W elements in registers. Wider than one register, they are an array of registers: compilers
/// take a single wider vector apart element by element.
template <class E, int W>
struct parts {
  using element = E;
  static constexpr int lanes = detail::least(W, native_bytes / int{sizeof(E)});
  static constexpr int count = W / lanes;
  typedef E vector __attribute__((vector_size(sizeof(E) * lanes)));
  /// The same at any address, among elements.
  typedef E loose __attribute__((vector_size(sizeof(E) * lanes), aligned(alignof(E)), may_alias));
  vector v[static_cast<std::size_t>(count)]{};

  /// Calls f(i, v[i]) with constants i.
  template <class F>
  CALX_INLINE void each(F&& f) {
    if constexpr (count == 1) f(std::integral_constant<int, 0>(), v[0]);
    else detail::unroll<count>([&](auto i) { f(i, v[i]); });
  }
};

namespace detail {
template <class To, class From>
CALX_INLINE To bits_as(const From& x) {
  return __builtin_bit_cast(To, x);
}

template <class Half, int First, class V, int... I>
CALX_INLINE void take(Half& out, const V& x, std::integer_sequence<int, I...>) {
#if defined(__CUDACC__)  // which leaves packs in arguments of a builtin as they are
  out = Half{x[First + I]...};
#else
  out = __builtin_shufflevector(x, x, (First + I)...);
#endif
}
/// Half of x: the lower lanes for Side 0, the upper for 1.
template <int Side, class E, int W>
CALX_INLINE parts<E, W / 2> half(const parts<E, W>& x) {
  using result = parts<E, W / 2>;
  result r;
  if constexpr (parts<E, W>::count > 1)
    r.each([&](auto i, auto& to) { to = x.v[Side * result::count + i]; });
  else
    take<typename result::vector, Side * W / 2>(r.v[0], x.v[0],
                                                std::make_integer_sequence<int, W / 2>());
  return r;
}
template <class V, class Half, int... I>
CALX_INLINE void put_together(V& out, const Half& a, const Half& b,
                              std::integer_sequence<int, I...>) {
#if defined(__CUDACC__)
  constexpr int n = static_cast<int>(sizeof...(I)) / 2;
  out = V{(I < n ? a[I % n] : b[I % n])...};
#else
  out = __builtin_shufflevector(a, b, I...);
#endif
}
/// The lanes of a, then those of b.
template <class E, int W>
CALX_INLINE parts<E, 2 * W> join(const parts<E, W>& a, const parts<E, W>& b) {
  parts<E, 2 * W> r;
  if constexpr (parts<E, 2 * W>::count > 1)
    r.each([&](auto i, auto& to) {
      if constexpr (i < parts<E, W>::count) to = a.v[i];
      else to = b.v[i - parts<E, W>::count];
    });
  else
    put_together(r.v[0], a.v[0], b.v[0], std::make_integer_sequence<int, 2 * W>());
  return r;
}

/// Each lane as the processor converts it: only for values that To can hold.
template <class To, class From, int W>
CALX_INLINE parts<To, W> convert_parts(const parts<From, W>& x) {
  if constexpr (std::is_same_v<To, From>) return x;
  else if constexpr (parts<To, W>::count == 1 && parts<From, W>::count == 1) {
    parts<To, W> r;
    r.v[0] = __builtin_convertvector(x.v[0], typename parts<To, W>::vector);
    return r;
  } else {
    return join(convert_parts<To>(half<0>(x)), convert_parts<To>(half<1>(x)));
  }
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI::simd
