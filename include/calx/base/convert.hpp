// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one conversion between element types, defined for every value.
#pragma once

#include <limits>

#include <calx/base/dtype.hpp>

namespace calx::inline CALX_ABI::detail {

/// The ends of the integers To among the floats From: what converts exactly is at least `least`
/// and below `end`. Both are powers of two or zero, so no float type rounds them.
template <class To, class From>
struct integer_range {
  static constexpr From least = static_cast<From>(std::numeric_limits<To>::min());
  static constexpr From end = static_cast<From>(std::numeric_limits<To>::max() / 2 + 1) * From(2);
};

/// x as a To. Floats lose their fraction, stop at the ends of an integer type, and NaN becomes 0;
/// integers wrap; whatever is not 0, NaN included, is true; true is 1. A float too large for a
/// narrower one is infinite.
template <element To, element From>
CALX_HD constexpr To convert(From x) {
  if constexpr (std::is_same_v<To, From>) return x;
  else if constexpr (std::is_same_v<To, bool>) return x != From(0);
  else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using range = integer_range<To, From>;
    if (x != x) return To(0);
    if (x < range::least) return std::numeric_limits<To>::min();
    return x < range::end ? static_cast<To>(x) : std::numeric_limits<To>::max();
  } else {
    return static_cast<To>(x);
  }
}

/// y[k] = x[0][k] converted, for k < |n|.
using conversion_loop = void (*)(std::int64_t n, const void* const* x, void* y);
template <class From, class To>
[[gnu::cold]] void convert_each(std::int64_t n, const void* const* x, void* y) {
  for (std::int64_t k = 0; k < (n < 0 ? -n : n); ++k)
    static_cast<To*>(y)[k] = convert<To>(static_cast<const From*>(x[0])[k]);
}
/// The loop that converts elements of one dtype to another.
template <class = void>
conversion_loop conversion(dtype from, dtype to) {
  return visit_dtype(from, [&]<class From>() -> conversion_loop {
    return visit_dtype(to, []<class To>() -> conversion_loop { return &convert_each<From, To>; });
  });
}

}  // namespace calx::inline CALX_ABI::detail
