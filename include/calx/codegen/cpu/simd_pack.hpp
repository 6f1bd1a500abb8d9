// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pack<T, W>: W values of T that compute like one; pack<bool, W>: W conditions.
#pragma once

#include <calx/base/convert.hpp>
#include <calx/codegen/cpu/simd_parts.hpp>

namespace calx::inline CALX_ABI::simd {

template <class T, int W>
struct pack;

/// W lanes of T: T itself if W is 1.
template <class T, int W>
struct lanes_of { using type = pack<T, W>; };
template <class T>
struct lanes_of<T, 1> { using type = T; };
template <class T, int W>
using lanes = typename lanes_of<T, W>::type;

/// The number of lanes of a pack; 1 of a scalar.
template <class X>
inline constexpr int width_of = 1;
template <class T, int W>
inline constexpr int width_of<pack<T, W>> = W;

namespace detail {
template <std::size_t Size>
using integer_of_size = std::conditional_t<Size == 8, std::int64_t, std::int32_t>;
/// What a condition is stored as: as wide as a lane of a full register, so that most conditions
/// meet the values that they choose between without a conversion.
template <int W>
using mask_integer = integer_of_size<(native_bytes / W >= 8 ? 8 : 4)>;

/// Integers compute without sign, where a result that does not fit wraps.
template <class T, bool = std::is_integral_v<T>>
struct arithmetic_type { using type = T; };
template <class T>
struct arithmetic_type<T, true> { using type = std::make_unsigned_t<T>; };

template <class P>
using arithmetic_vector =
    typename parts<typename arithmetic_type<typename P::storage::element>::type, P::size>::vector;

template <class P, class F>
CALX_INLINE P map(const P& a, F f) {
  using V = arithmetic_vector<P>;
  P r;
  r.data.each([&](auto i, auto& to) {
    to = bits_as<typename P::storage::vector>(f(bits_as<V>(a.data.v[i])));
  });
  return r;
}
template <class P, class F>
CALX_INLINE P map(const P& a, const P& b, F f) {
  using V = arithmetic_vector<P>;
  P r;
  r.data.each([&](auto i, auto& to) {
    to = bits_as<typename P::storage::vector>(
        f(bits_as<V>(a.data.v[i]), bits_as<V>(b.data.v[i])));
  });
  return r;
}
}  // namespace detail

/// Conditions: lanes of an integer that are 0 or -1. As numbers, ops treat them as integers
/// modulo 2, where a sum that is not 0 counts as true: + is or, * is and, - is exclusive or.
template <int W>
struct pack<bool, W> {
  using value_type = bool;
  using integer = detail::mask_integer<W>;
  using storage = parts<integer, W>;
  static constexpr int size = W;
  storage data{};

  pack() = default;
  CALX_INLINE pack(bool x) {
    data.each([&](auto, auto& to) { to = to - (x ? integer(1) : integer(0)); });
  }
  template <class U>
    requires(std::is_arithmetic_v<U> && !std::is_same_v<U, bool>)
  CALX_INLINE explicit pack(U x) : pack(x != U(0)) {}

  friend CALX_INLINE pack operator&(const pack& a, const pack& b) {
    return detail::map(a, b, [](auto x, auto y) { return x & y; });
  }
  friend CALX_INLINE pack operator|(const pack& a, const pack& b) {
    return detail::map(a, b, [](auto x, auto y) { return x | y; });
  }
  friend CALX_INLINE pack operator^(const pack& a, const pack& b) {
    return detail::map(a, b, [](auto x, auto y) { return x ^ y; });
  }
  friend CALX_INLINE pack operator!(const pack& a) {
    return detail::map(a, [](auto x) { return ~x; });
  }
  friend CALX_INLINE pack operator+(const pack& a, const pack& b) { return a | b; }
  friend CALX_INLINE pack operator-(const pack& a, const pack& b) { return a ^ b; }
  friend CALX_INLINE pack operator*(const pack& a, const pack& b) { return a & b; }
  friend CALX_INLINE pack operator-(const pack& a) { return a; }
  friend CALX_INLINE pack operator==(const pack& a, const pack& b) { return !(a ^ b); }
  friend CALX_INLINE pack operator!=(const pack& a, const pack& b) { return a ^ b; }
  friend CALX_INLINE pack operator<(const pack& a, const pack& b) { return (!a) & b; }
  friend CALX_INLINE pack operator>(const pack& a, const pack& b) { return a & (!b); }
  friend CALX_INLINE pack operator<=(const pack& a, const pack& b) { return (!a) | b; }
  friend CALX_INLINE pack operator>=(const pack& a, const pack& b) { return a | (!b); }
  friend CALX_INLINE pack select(const pack& c, const pack& a, const pack& b) {
    return (c & a) | ((!c) & b);
  }
};

/// W values of T, an element type other than bool. The operators work lane by lane and mean what
/// they mean for T, except that signed integers wrap. A T converts to a pack of equal lanes.
template <class T, int W>
struct pack {
  static_assert(W >= 2 && W <= 16 && (W & (W - 1)) == 0, "a pack has 2, 4, 8 or 16 lanes");
  using value_type = T;
  using storage = parts<T, W>;
  static constexpr int size = W;
  storage data{};

  pack() = default;
  CALX_INLINE pack(T x) {
    data.each([&](auto, auto& to) {
      fill(to, x, std::make_integer_sequence<int, storage::lanes>());
    });
  }
  template <class U>
    requires(std::is_arithmetic_v<U> && !std::is_same_v<U, T>)
  CALX_INLINE explicit pack(U x) : pack(static_cast<T>(x)) {}

  friend CALX_INLINE pack operator+(const pack& a, const pack& b) {
    return detail::map(a, b, [](auto x, auto y) { return x + y; });
  }
  friend CALX_INLINE pack operator-(const pack& a, const pack& b) {
    return detail::map(a, b, [](auto x, auto y) { return x - y; });
  }
  friend CALX_INLINE pack operator*(const pack& a, const pack& b) {
    return detail::map(a, b, [](auto x, auto y) { return x * y; });
  }
  friend CALX_INLINE pack operator/(const pack& a, const pack& b)
    requires(std::is_floating_point_v<T>)
  {
    return detail::map(a, b, [](auto x, auto y) { return x / y; });
  }
  friend CALX_INLINE pack operator-(const pack& a) {
    return detail::map(a, [](auto x) { return -x; });
  }
  friend CALX_INLINE pack& operator+=(pack& a, const pack& b) { return a = a + b; }
  friend CALX_INLINE pack& operator-=(pack& a, const pack& b) { return a = a - b; }
  friend CALX_INLINE pack& operator*=(pack& a, const pack& b) { return a = a * b; }

  friend CALX_INLINE pack operator&(const pack& a, const pack& b)
    requires(std::is_integral_v<T>)
  {
    return detail::map(a, b, [](auto x, auto y) { return x & y; });
  }
  friend CALX_INLINE pack operator|(const pack& a, const pack& b)
    requires(std::is_integral_v<T>)
  {
    return detail::map(a, b, [](auto x, auto y) { return x | y; });
  }
  friend CALX_INLINE pack operator^(const pack& a, const pack& b)
    requires(std::is_integral_v<T>)
  {
    return detail::map(a, b, [](auto x, auto y) { return x ^ y; });
  }
  friend CALX_INLINE pack operator~(const pack& a)
    requires(std::is_integral_v<T>)
  {
    return detail::map(a, [](auto x) { return ~x; });
  }

  friend CALX_INLINE pack<bool, W> operator<(const pack& a, const pack& b) {
    return compare(a, b, [](auto x, auto y) { return x < y; });
  }
  friend CALX_INLINE pack<bool, W> operator<=(const pack& a, const pack& b) {
    return compare(a, b, [](auto x, auto y) { return x <= y; });
  }
  friend CALX_INLINE pack<bool, W> operator>(const pack& a, const pack& b) {
    return compare(a, b, [](auto x, auto y) { return x > y; });
  }
  friend CALX_INLINE pack<bool, W> operator>=(const pack& a, const pack& b) {
    return compare(a, b, [](auto x, auto y) { return x >= y; });
  }
  friend CALX_INLINE pack<bool, W> operator==(const pack& a, const pack& b) {
    return compare(a, b, [](auto x, auto y) { return x == y; });
  }
  friend CALX_INLINE pack<bool, W> operator!=(const pack& a, const pack& b) {
    return compare(a, b, [](auto x, auto y) { return x != y; });
  }

  /// a where c, else b.
  friend CALX_INLINE pack select(const pack<bool, W>& c, const pack& a, const pack& b) {
    const auto m = detail::convert_parts<truth>(c.data);
    pack r;
    r.data.each([&](auto i, auto& to) {
      // Without a blend instruction, a choice is arithmetic on bits.
      if constexpr (native_bytes > 16) to = m.v[i] < 0 ? a.data.v[i] : b.data.v[i];
      else {
        using V = typename parts<truth, W>::vector;
        const V x = detail::bits_as<V>(a.data.v[i]), y = detail::bits_as<V>(b.data.v[i]);
        to = detail::bits_as<typename storage::vector>((m.v[i] & x) | (~m.v[i] & y));
      }
    });
    return r;
  }

 private:
  using truth = detail::integer_of_size<sizeof(T)>;
  template <int... I>
  static CALX_INLINE void fill(typename storage::vector& to, T x,
                               std::integer_sequence<int, I...>) {
    to = typename storage::vector{(static_cast<void>(I), x)...};
  }
  template <class F>
  static CALX_INLINE pack<bool, W> compare(const pack& a, const pack& b, F f) {
    parts<truth, W> c;
    c.each([&](auto i, auto& to) {
      to = detail::bits_as<typename parts<truth, W>::vector>(f(a.data.v[i], b.data.v[i]));
    });
    pack<bool, W> r;
    r.data = detail::convert_parts<typename pack<bool, W>::integer>(c);
    return r;
  }
};

/// W lanes that are all x.
template <class T, int W>
CALX_INLINE constexpr lanes<T, W> splat(T x) {
  return lanes<T, W>(x);
}

/// The scalar twin of a pack's select.
template <class T>
  requires(std::is_arithmetic_v<T>)
CALX_INLINE constexpr T select(bool c, T a, std::type_identity_t<T> b) {
  return c ? a : b;
}

namespace detail {
/// f(a, n) in the lanes where n is less than the width, else beyond; negative counts are large.
template <class P, class F>
CALX_INLINE P shifted(const P& a, const P& n, const P& beyond, F f) {
  using T = typename P::value_type;
  constexpr T width = 8 * sizeof(T);
  const auto inside = (n < P(width)) & (n >= P(T(0)));
  return select(inside, f(a, n & P(T(width - 1))), beyond);
}
template <class T>
concept integer_lane = std::is_integral_v<T> && !std::is_same_v<T, bool>;
}  // namespace detail

/// a shifted left by n bits, zeros coming in; 0 if n is the width or more, or negative.
template <detail::integer_lane T, int W>
CALX_INLINE pack<T, W> shl(const pack<T, W>& a, const pack<T, W>& n) {
  return detail::shifted(a, n, pack<T, W>(T(0)), [](auto& x, const auto& by) {
    return detail::map(x, by, [](auto v, auto k) { return v << k; });
  });
}
/// a shifted right by n bits, zeros coming in whatever the sign; 0 as for shl.
template <detail::integer_lane T, int W>
CALX_INLINE pack<T, W> shr_logical(const pack<T, W>& a, const pack<T, W>& n) {
  return detail::shifted(a, n, pack<T, W>(T(0)), [](auto& x, const auto& by) {
    return detail::map(x, by, [](auto v, auto k) { return v >> k; });
  });
}
/// a shifted right by n bits, copies of the sign coming in; 0 or -1 by the sign if n is the width
/// or more, or negative.
template <detail::integer_lane T, int W>
CALX_INLINE pack<T, W> shr(const pack<T, W>& a, const pack<T, W>& n) {
  if constexpr (!std::is_signed_v<T>) return shr_logical(a, n);
  else {
    const pack<T, W> sign = select(a < pack<T, W>(T(0)), pack<T, W>(T(-1)), T(0));
    return shr_logical(a ^ sign, n) ^ sign;
  }
}
/// The bits of integers read as floats of the same width.
template <detail::integer_lane T, int W>
CALX_INLINE auto as_float(const pack<T, W>& a) {
  using F = std::conditional_t<sizeof(T) == 8, double, float>;
  pack<F, W> r;
  r.data.each([&](auto i, auto& to) {
    to = detail::bits_as<typename parts<F, W>::vector>(a.data.v[i]);
  });
  return r;
}

/// x as a To, a scalar: see detail::convert.
template <class To, class From>
  requires(std::is_arithmetic_v<From>)
CALX_INLINE constexpr To convert(From x) {
  return calx::detail::convert<To>(x);
}
/// Every lane as a To, by the rules of the scalar conversion.
template <class To, class From, int W>
CALX_INLINE pack<To, W> convert(const pack<From, W>& x) {
  pack<To, W> r;
  if constexpr (std::is_same_v<To, From>) r = x;
  else if constexpr (std::is_same_v<To, bool>) r = x != pack<From, W>(From(0));
  else if constexpr (std::is_same_v<From, bool>) r = select(x, pack<To, W>(1), pack<To, W>(0));
  else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    using range = calx::detail::integer_range<To, From>;
    using limits = std::numeric_limits<To>;
    const pack<From, W> least(range::least), end(range::end);
    const pack<From, W> inside = select((x >= least) & (x < end), x, From(0));
    r.data = detail::convert_parts<To>(inside.data);
    r = select(x >= end, limits::max(), r);
    if constexpr (std::is_signed_v<To>) r = select(x < least, limits::min(), r);
  } else {
    r.data = detail::convert_parts<To>(x.data);
  }
  return r;
}

}  // namespace calx::inline CALX_ABI::simd
