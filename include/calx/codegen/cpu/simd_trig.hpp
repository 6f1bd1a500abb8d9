// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sine and cosine of doubles near zero without a branch, so that both of one angle share all but
// the last steps.
#pragma once

#include <cstdint>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI::simd::kernels {

/// An angle from 0 to 62, as quarter turns and what remains of it, and the sine and cosine of what
/// remains. D is a batch of doubles, I one of integers of 64 bits.
template <class D, class I>
struct angle {
  D sine, cosine;  // of what remains, which is at most pi/4 either way
  I turns;         // modulo 4 in the lowest bits

  CALX_INLINE explicit angle(const D& size) {
    // Adding this rounds to a whole number, which then lies in the lowest bits.
    const D whole(0x1.8p+52);
    const D sum = size * D(0x1.45f306dc9c883p-1) + whole;
    const D n = sum - whole;
    turns = __builtin_bit_cast(I, sum);
    // Two of the three parts of pi/2 have 47 bits, so that their products with n are exact.
    D r = size - n * D(0x1.921fb54442dp+0);
    r = (r - n * D(0x1.8469898cc518p-48)) + n * D(0x1.fc8f8cbb5bf6cp-97);
    const D z = r * r;
    sine = r + r * z * sine_terms(z);
    const D half = D(0.5) * z, most = D(1) - half;
    cosine = most + (((D(1) - most) - half) + z * z * cosine_terms(z));
  }
  /// The sine of the angle and `more` quarter turns.
  CALX_INLINE D sine_after(std::int64_t more) const {
    const I n = turns + I(more);
    const I odd = I(0) - (n & I(1));
    const I s = __builtin_bit_cast(I, sine), c = __builtin_bit_cast(I, cosine);
    const I chosen = s ^ ((s ^ c) & odd);
    return __builtin_bit_cast(D, chosen ^ ((n & I(2)) << 62));
  }

 private:
  // Both polynomials are minimax ones, to 4e-18.
  CALX_INLINE static D sine_terms(const D& z) {
    return D(-0x1.5555555555549p-3) +
           z * (D(0x1.111111110f87ap-7) +
                z * (D(-0x1.a01a019c118e0p-13) +
                     z * (D(0x1.71de3577ae4c0p-19) +
                          z * (D(-0x1.ae5e6634dc766p-26) + z * D(0x1.5d92ff7fb4e74p-33)))));
  }
  CALX_INLINE static D cosine_terms(const D& z) {
    return D(0x1.555555555554cp-5) +
           z * (D(-0x1.6c16c16c1517ep-10) +
                z * (D(0x1.a01a019cb1c7ap-16) +
                     z * (D(-0x1.27e4f809f70bfp-22) +
                          z * (D(0x1.1ee9ebed2397dp-29) + z * D(-0x1.8fae9e5920444p-37)))));
  }
};

}  // namespace calx::inline CALX_ABI::simd::kernels
