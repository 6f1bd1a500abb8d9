// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Powers: with exponents that are integers of C++, as products, and with all others.
#pragma once

#include <calx/ops/math.hpp>
#include <calx/ops/select.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
template <class X, bool IsArray>
struct power_of {
  using type = decltype(std::declval<const X&>() * std::declval<const X&>());
};
template <class X>
struct power_of<X, true> {
  using type = std::remove_cvref_t<decltype(std::declval<const X&>().eval())>;
};
}  // namespace detail

/// x to an integer power by repeated squaring: a product that is shared, fused and differentiated
/// like any other; exact at 0 and for negative x, to any order. 0 to the 0 is 1, and a negative
/// power is one of 1/x, so that its derivatives at 0 are infinite with the right sign. As in NumPy
/// the result has the dtype of x. Errors: dtype_error for a negative power of an integer.
template <class X>
constexpr auto integer_pow(const X& base, std::int64_t n) {
  constexpr bool array = requires { base.eval(); };  // then one loop for each product
  using value_type = typename detail::power_of<X, array>::type;
  auto problem = [n] {
    return text() << "pow: an integer to the power " << n << " is no integer; convert it to a "
                  << "float, or use a float exponent";
  };
  if constexpr (array)
    if (n < 0 && !is_float(base.dtype())) raise(error_kind::dtype, problem());
  if constexpr (requires { base.program->fail(error_kind::dtype, text()); })
    if (n < 0 && base.program && !is_float(base.dtype()))
      base.program->fail(error_kind::dtype, problem());
  if (n == 0) {
    auto ordered = equal_to(base, base);
    return value_type(where(ordered, 1, where(ordered, base, 1)));  // 1, of base's dtype
  }
  value_type factor = n < 0 ? value_type(1.0 / base) : value_type(base), power = factor;
  bool empty = true;
  for (auto k = n < 0 ? -static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n); k > 0;
       k /= 2) {
    if (k % 2 != 0) power = empty ? factor : value_type(power * factor), empty = false;
    if (k > 1) factor = factor * factor;
  }
  return power;
}

/// a to the power b. An exponent that is an integer of C++ is a product, as `integer_pow` says.
/// Otherwise the derivative by a is b a^(b-1), but 0 where b is 0, and that by b is a^b log(a), but
/// 0 where a^b is 0, or a is and b is not negative, and else NaN where a is negative. Integers to
/// powers of integers wrap; to a negative power they are what is left of the fraction: 1 or -1 for
/// those, else 0.
struct pow_t : elementwise<pow_t, 2> {
  static constexpr std::string_view name = "pow";
  static constexpr bool pole = true;
  static constexpr int ulp = 2;
  template <class T>
  CALX_HD static constexpr T eval(T a, T b) {
    if constexpr (std::is_integral_v<T>) return of_integers(a, b);
    else {
      using detail::scalar::pow;
      return pow(a, b);
    }
  }
  template <class X>
  static constexpr X partial(arg<0>, X a, X b, X y) {
    // b - 1 loses digits of a small b, which a power of a far from 1 would show.
    const X size = abs(a), tame = bit_and(size > 0.0, size < inf);
    const X lower = where(bit_and(abs(b) < 0.5, tame), y / a, pow_t()(a, b - 1.0));
    return guarded_mul(b, lower);
  }
  template <class X>
  static constexpr X partial(arg<1>, X a, X, X y) {
    return guarded_mul(y, log(where(equal_to(a, 0.0), 1.0, a)));
  }
  using elementwise<pow_t, 2>::operator();
  template <class A, std::integral N>
    requires(!std::is_arithmetic_v<A>)
  constexpr auto operator()(const A& a, N n) const {
    return integer_pow(a, static_cast<std::int64_t>(n));
  }

 private:
  template <class T>
  CALX_HD static constexpr T of_integers(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a || !b;
    else {
      bool odd = b % T(2) != T(0);
      if (b < T(0)) return a == T(1) || (a == T(-1) && !odd) ? T(1) : a == T(-1) ? T(-1) : T(0);
      T power = T(1);
      for (; b > T(0); b = static_cast<T>(b / T(2)), a = mul_t::eval(a, a))
        if (b % T(2) != T(0)) power = mul_t::eval(power, a);
      return power;
    }
  }
};
/// pow(a, b): a to the power b.
inline constexpr pow_t pow{};

using pow_ops = type_list<pow_t>;

namespace value {
template <class A, class B>
constexpr auto pow(const A& a, const B& b) { return calx::pow(a, b); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
