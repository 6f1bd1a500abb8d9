// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operations of generated code on several lanes: SIMD packs.
#pragma once

#include <calx/codegen/cpu/lanes.hpp>
#include <calx/codegen/cpu/simd.hpp>

namespace calx::inline CALX_ABI::codegen {

template <int W>
struct vector_ops {
  template <class T>
  using lanes = simd::lanes<T, W>;

  template <class T>
  CALX_INLINE static lanes<T> splat(T v) { return simd::splat<T, W>(v); }
  template <class T>
  CALX_INLINE static lanes<T> iota(T start) { return simd::iota<T, W>(start); }
  template <class To, class From>
  CALX_INLINE static lanes<To> convert(const From& x) { return simd::convert<To>(x); }
  template <class F, class... X>
  CALX_INLINE static auto map(F f, const X&... x) { return simd::map_lanes(f, x...); }
  template <class F, class X>
  CALX_INLINE static auto fold(F f, const X& x) { return simd::fold(f, x); }
  template <class T>
  CALX_INLINE static lanes<T> load(const T* p, int count) {
    return count == W ? simd::load<W>(p) : simd::load_part<W>(p, count);
  }
  template <class T>
  CALX_INLINE static lanes<T> load_strided(const T* p, std::ptrdiff_t stride, int count) {
    return simd::load_strided<W>(p, stride, count);
  }
  template <class T>
  CALX_INLINE static void store(T* p, const lanes<T>& v, int count) {
    if (count == W) simd::store(p, v);
    else simd::store_part(p, v, count);
  }
  template <class T>
  CALX_INLINE static void store_strided(T* p, std::ptrdiff_t stride, const lanes<T>& v,
                                        int count) {
    simd::store_strided(p, stride, v, count);
  }
  template <class X>
  CALX_INLINE static auto first_lane(const X& x) { return simd::lane(x, 0); }
  /// a in the first `count` lanes, b behind.
  template <class X>
  CALX_INLINE static X first(int count, const X& a, const X& b) {
    using simd::select;
    return count == W ? a : select(simd::first_lanes<W>(count), a, b);
  }
};

}  // namespace calx::inline CALX_ABI::codegen
