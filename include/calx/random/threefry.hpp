// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The block cipher behind all random bits, written once for numbers and traced values.
#pragma once

#include <array>
#include <cstdint>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI::random {

namespace detail {
/// x rotated to the left by r of its 32 bits, 0 < r < 32.
template <class W>
constexpr W rotated(const W& x, int r) {
  return (x << r) | (x >> (32 - r));
}
/// One round of mixing per rotation count; counts are template arguments so that it is unrolled.
template <int... R, class W>
constexpr void mix(W& x0, W& x1) {
  ((x0 = x0 + x1, x1 = rotated(x1, R) ^ x0), ...);
}
}  // namespace detail

/// Two pseudo-random 32-bit words from the counter (x0, x1) under the key (k0, k1): the cipher
/// Threefry-2x32 with 20 rounds. W is `std::uint32_t`, or a tracer of uint32 values that broadcast
/// against each other; arithmetic is modulo 2^32. No errors. Source: J. K. Salmon, M. A. Moraes,
/// R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.
template <class W>
constexpr std::array<W, 2> threefry2x32(const W& k0, const W& k1, W x0, W x1) {
  const W k2 = k0 ^ k1 ^ 0x1BD11BDAu;
  // The sum in parentheses is a scalar in traces, whatever the shape of the counter.
  const auto inject = [&](const W& a, const W& b, std::uint32_t n) {
    x0 = x0 + a;
    x1 = x1 + (b + n);
  };
  inject(k0, k1, 0), detail::mix<13, 15, 26, 6>(x0, x1);
  inject(k1, k2, 1), detail::mix<17, 29, 16, 24>(x0, x1);
  inject(k2, k0, 2), detail::mix<13, 15, 26, 6>(x0, x1);
  inject(k0, k1, 3), detail::mix<17, 29, 16, 24>(x0, x1);
  inject(k1, k2, 4), detail::mix<13, 15, 26, 6>(x0, x1);
  inject(k2, k0, 5);
  return {x0, x1};
}

}  // namespace calx::inline CALX_ABI::random
