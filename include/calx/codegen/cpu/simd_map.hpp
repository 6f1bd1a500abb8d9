// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lanes one at a time: access, scalar functions applied to each, folds.
#pragma once

#include <calx/codegen/cpu/simd_pack.hpp>

namespace calx::inline CALX_ABI::simd {

/// Lane i of x; a scalar is its only lane.
template <class T>
  requires(std::is_arithmetic_v<T>)
CALX_INLINE constexpr T lane(T x, int) {
  return x;
}
template <class T, int W>
CALX_INLINE T lane(const pack<T, W>& x, int i) {
  constexpr int n = pack<T, W>::storage::lanes;
  auto v = x.data.v[i / n][i % n];
  if constexpr (std::is_same_v<T, bool>) return v != 0;
  else return v;
}
/// Makes lane i of x be v.
template <class T>
  requires(std::is_arithmetic_v<T>)
CALX_INLINE constexpr void set_lane(T& x, int, std::type_identity_t<T> v) {
  x = v;
}
template <class T, int W>
CALX_INLINE void set_lane(pack<T, W>& x, int i, std::type_identity_t<T> v) {
  constexpr int n = pack<T, W>::storage::lanes;
  if constexpr (std::is_same_v<T, bool>)
    x.data.v[i / n][i % n] = v ? typename pack<T, W>::integer(-1) : 0;
  else x.data.v[i / n][i % n] = v;
}

namespace detail {
template <class T, class V, class G, int... I>
CALX_INLINE void generate(V& to, int first, G& g, std::integer_sequence<int, I...>) {
  if constexpr (std::is_same_v<T, bool>) to = V{(g(first + I) ? -1 : 0)...};
  else to = V{g(first + I)...};
}
}  // namespace detail
/// The lanes g(0), g(1), ..., called in this order.
template <class T, int W, class G>
CALX_INLINE constexpr lanes<T, W> generate(G g) {
  if constexpr (W == 1) return g(0);
  else {
    constexpr int n = pack<T, W>::storage::lanes;
    pack<T, W> r;
    r.data.each([&](auto i, auto& to) {
      detail::generate<T>(to, i * n, g, std::make_integer_sequence<int, n>());
    });
    return r;
  }
}

/// start, start + 1, ...
template <class T, int W>
CALX_INLINE constexpr lanes<T, W> iota(T start) {
  static_assert(!std::is_same_v<T, bool>, "iota counts in numbers, not in bool");
  if constexpr (W == 1) return start;
  else return pack<T, W>(start) + generate<T, W>([](int i) { return static_cast<T>(i); });
}
/// True in the lanes below n.
template <int W>
CALX_INLINE constexpr lanes<bool, W> first_lanes(int n) {
  if constexpr (W == 1) return n > 0;
  else {
    using integer = typename pack<bool, W>::integer;
    return iota<integer, W>(0) < pack<integer, W>(static_cast<integer>(n));
  }
}

/// f(x...) lane by lane: for what has no vector form. f takes and returns element types; scalars
/// among x are the same in every lane.
template <class F, class... X>
CALX_INLINE constexpr auto map_lanes(F f, const X&... x) {
  constexpr int W = [] {
    int most = 1;
    ((most = width_of<X> > most ? width_of<X> : most), ...);
    return most;
  }();
  static_assert(((width_of<X> == W || width_of<X> == 1) && ...), "packs of one width");
  using R = std::remove_cvref_t<decltype(f(lane(x, 0)...))>;
  return generate<R, W>([&](int i) { return f(lane(x, i)...); });
}

namespace detail {
/// The first N elements combined with the next N, and so on in halves, without a loop.
template <int N, class F, class T>
CALX_INLINE void fold_halves(F f, T* a) {
  unroll<N>([&](auto i) { a[i] = f(a[i], a[i + N]); });
  if constexpr (N > 1) fold_halves<N / 2>(f, a);
}
}  // namespace detail

/// All lanes combined by f(a, b): lane i with lane i + W/2, and so on in halves; f takes packs, or
/// scalars alone. The order is the same on every machine.
template <class F, class T>
  requires(std::is_arithmetic_v<T>)
CALX_INLINE constexpr T fold(F, T x) {
  return x;
}
template <class F, class T, int W>
CALX_INLINE T fold(F f, const pack<T, W>& x) {
  if constexpr (W > 2 && std::is_invocable_v<F, lanes<T, W / 2>, lanes<T, W / 2>>) {
    lanes<T, W / 2> low, high;
    low.data = detail::half<0>(x.data), high.data = detail::half<1>(x.data);
    return fold(f, lanes<T, W / 2>(f(low, high)));
  } else {
    T a[static_cast<std::size_t>(W)];
    detail::unroll<W>([&](auto i) { a[i] = lane(x, i); });
    detail::fold_halves<W / 2>(f, a);
    return a[0];
  }
}

}  // namespace calx::inline CALX_ABI::simd
