// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs from and to memory: contiguous at any address, the first few, strided.
#pragma once

#include <cstring>

#if defined(__AVX__)
#include <immintrin.h>
#endif

#include <calx/codegen/cpu/simd_map.hpp>

namespace calx::inline CALX_ABI::simd {

namespace detail {
/// The lanes as they lie in memory: bytes for bool.
template <class T>
using stored = std::conditional_t<std::is_same_v<T, bool>, signed char, T>;

template <class T, int W>
CALX_INLINE pack<T, W> from_stored(const parts<stored<T>, W>& x) {
  pack<T, W> r;
  if constexpr (!std::is_same_v<T, bool>) r.data = x;
  else {
    r.data = convert_parts<typename pack<T, W>::integer>(x);
    r.data.each([](auto, auto& v) { v = -v; });
  }
  return r;
}
template <class T, int W>
CALX_INLINE parts<stored<T>, W> to_stored(const pack<T, W>& x) {
  if constexpr (!std::is_same_v<T, bool>) return x.data;
  else {
    auto r = convert_parts<signed char>(x.data);
    r.each([](auto, auto& v) { v = v & 1; });
    return r;
  }
}
template <class T>
CALX_INLINE auto bytes_of(T* p) {
  if constexpr (std::is_same_v<T, const bool>) return reinterpret_cast<const signed char*>(p);
  else if constexpr (std::is_same_v<T, bool>) return reinterpret_cast<signed char*>(p);
  else return p;
}

/// Copies n < 2 * Most elements in blocks whose sizes are constants.
template <int Most, class E>
CALX_INLINE void copy_few(E* to, const E* from, int n) {
  const int block = n & Most;
  if (block != 0) std::memcpy(to, from, sizeof(E) * Most);
  if constexpr (Most > 1) copy_few<Most / 2>(to + block, from + block, n);
}

#if defined(__AVX__)
/// Registers whose loads and stores take a mask.
template <class E, int N>
inline constexpr bool has_masked_moves = sizeof(E) >= 4 && sizeof(E) * N >= 16;
/// All bits of the first n of N lanes.
template <class E, int N>
CALX_INLINE auto bits_of_first(int n) {
  using integer = integer_of_size<sizeof(E)>;
  typename parts<integer, N>::vector r;
  r = iota<integer, N>(0).data.v[0] < static_cast<integer>(n);
  return r;
}
template <class V, class E>
CALX_INLINE void masked_load(V& to, const E* p, int n) {
  constexpr int N = int{sizeof(V) / sizeof(E)};
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64 && sizeof(E) == 8)
    to = __builtin_bit_cast(V, _mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << n) - 1), p));
  else if constexpr (sizeof(V) == 64)
    to = __builtin_bit_cast(V, _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1), p));
  else
#endif
  {
    const auto m = bits_of_first<E, N>(n);
    const auto* d = reinterpret_cast<const double*>(p);
    const auto* f = reinterpret_cast<const float*>(p);
    if constexpr (sizeof(V) == 32 && sizeof(E) == 8)
      to = __builtin_bit_cast(V, _mm256_maskload_pd(d, __builtin_bit_cast(__m256i, m)));
    else if constexpr (sizeof(V) == 32)
      to = __builtin_bit_cast(V, _mm256_maskload_ps(f, __builtin_bit_cast(__m256i, m)));
    else if constexpr (sizeof(E) == 8)
      to = __builtin_bit_cast(V, _mm_maskload_pd(d, __builtin_bit_cast(__m128i, m)));
    else
      to = __builtin_bit_cast(V, _mm_maskload_ps(f, __builtin_bit_cast(__m128i, m)));
  }
}
template <class V, class E>
CALX_INLINE void masked_store(E* p, const V& x, int n) {
  constexpr int N = int{sizeof(V) / sizeof(E)};
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64 && sizeof(E) == 8)
    _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1u << n) - 1), __builtin_bit_cast(__m512d, x));
  else if constexpr (sizeof(V) == 64)
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1), __builtin_bit_cast(__m512, x));
  else
#endif
  {
    const auto m = bits_of_first<E, N>(n);
    auto* d = reinterpret_cast<double*>(p);
    auto* f = reinterpret_cast<float*>(p);
    if constexpr (sizeof(V) == 32 && sizeof(E) == 8)
      _mm256_maskstore_pd(d, __builtin_bit_cast(__m256i, m), __builtin_bit_cast(__m256d, x));
    else if constexpr (sizeof(V) == 32)
      _mm256_maskstore_ps(f, __builtin_bit_cast(__m256i, m), __builtin_bit_cast(__m256, x));
    else if constexpr (sizeof(E) == 8)
      _mm_maskstore_pd(d, __builtin_bit_cast(__m128i, m), __builtin_bit_cast(__m128d, x));
    else
      _mm_maskstore_ps(f, __builtin_bit_cast(__m128i, m), __builtin_bit_cast(__m128, x));
  }
}
#else
template <class E, int N>
inline constexpr bool has_masked_moves = false;
#endif

/// One register from the first n of its lanes, 0 <= n <= lanes; the others become zero.
template <class Loose, class V, class E>
CALX_INLINE void load_first(V& to, const E* p, int n) {
  constexpr int N = int{sizeof(V) / sizeof(E)};
  if constexpr (has_masked_moves<E, N>) masked_load(to, p, n);
  else {
    E few[sizeof(V) / sizeof(E)] = {};
    copy_few<N>(few, p, n);
    to = *reinterpret_cast<const Loose*>(few);
  }
}
template <class Loose, class V, class E>
CALX_INLINE void store_first(E* p, const V& x, int n) {
  constexpr int N = int{sizeof(V) / sizeof(E)};
  if constexpr (has_masked_moves<E, N>) masked_store(p, x, n);
  else {
    E few[sizeof(V) / sizeof(E)];
    *reinterpret_cast<Loose*>(few) = x;
    copy_few<N>(p, few, n);
  }
}
constexpr int within(int n, int most) { return n < 0 ? 0 : n > most ? most : n; }
}  // namespace detail

/// The W elements at p, at any address. bool lies in memory as one byte, 0 or 1.
template <int W, class T>
CALX_INLINE constexpr lanes<T, W> load(const T* p) {
  if constexpr (W == 1) return *p;
  else {
    using storage = parts<detail::stored<T>, W>;
    storage x;
    const auto* from = detail::bytes_of(p);
    x.each([&](auto i, auto& v) {
      v = *reinterpret_cast<const typename storage::loose*>(from + i * storage::lanes);
    });
    return detail::from_stored<T, W>(x);
  }
}
/// The first n of the W elements at p, and zero in the other lanes; reads nothing beyond them.
template <int W, class T>
CALX_INLINE constexpr lanes<T, W> load_part(const T* p, int n) {
  if constexpr (W == 1) return n > 0 ? *p : T();
  else {
    using storage = parts<detail::stored<T>, W>;
    storage x;
    const auto* from = detail::bytes_of(p);
    x.each([&](auto i, auto& v) {
      detail::load_first<typename storage::loose>(
          v, from + i * storage::lanes, detail::within(n - i * storage::lanes, storage::lanes));
    });
    return detail::from_stored<T, W>(x);
  }
}
/// p[0], p[stride], ... in the first n lanes, and zero in the others.
template <int W, class T>
CALX_INLINE constexpr lanes<T, W> load_strided(const T* p, std::ptrdiff_t stride, int n) {
  if (n >= W) return generate<T, W>([&](int i) { return p[i * stride]; });
  return generate<T, W>([&](int i) { return i < n ? p[i * stride] : T(); });
}

/// Writes x to p, at any address.
template <class T>
CALX_INLINE constexpr void store(T* p, std::type_identity_t<T> x) {
  *p = x;
}
template <class T, int W>
CALX_INLINE void store(T* p, const pack<T, W>& x) {
  using storage = parts<detail::stored<T>, W>;
  storage s = detail::to_stored(x);
  auto* to = detail::bytes_of(p);
  s.each([&](auto i, auto& v) {
    *reinterpret_cast<typename storage::loose*>(to + i * storage::lanes) = v;
  });
}
/// Writes the first n lanes to p, and nothing beyond them.
template <class T>
CALX_INLINE constexpr void store_part(T* p, std::type_identity_t<T> x, int n) {
  if (n > 0) *p = x;
}
template <class T, int W>
CALX_INLINE void store_part(T* p, const pack<T, W>& x, int n) {
  using storage = parts<detail::stored<T>, W>;
  storage s = detail::to_stored(x);
  auto* to = detail::bytes_of(p);
  s.each([&](auto i, auto& v) {
    detail::store_first<typename storage::loose>(
        to + i * storage::lanes, v, detail::within(n - i * storage::lanes, storage::lanes));
  });
}
/// Writes the first n lanes to p[0], p[stride], ...
template <class T>
CALX_INLINE constexpr void store_strided(T* p, std::ptrdiff_t, std::type_identity_t<T> x, int n) {
  if (n > 0) *p = x;
}
template <class T, int W>
CALX_INLINE void store_strided(T* p, std::ptrdiff_t stride, const pack<T, W>& x, int n) {
  detail::unroll<W>([&](auto i) {
    if (i < n) p[i * stride] = lane(x, i);
  });
}

}  // namespace calx::inline CALX_ABI::simd
