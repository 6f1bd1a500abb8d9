// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements as the words that NumPy prints for them: one width, few digits, one notation.
#pragma once

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <calx/base/dtype.hpp>

namespace calx::inline CALX_ABI::detail {

/// At most so many digits of an element are printed behind the point.
inline constexpr int print_precision = 8;

/// x as d.ddde+xx with so many digits behind the point; without a count, as few as tell x from
/// all other numbers of its type.
template <class T>
std::string scientific(T x, int digits = -1) {
  char s[64];
  auto end = digits < 0 ? std::to_chars(s, s + sizeof s, x, std::chars_format::scientific)
                        : std::to_chars(s, s + sizeof s, static_cast<double>(x),
                                        std::chars_format::scientific, digits);
  return {s, end.ptr};
}
/// The parts of what `scientific` returns.
struct decimal {
  bool negative = false;
  std::string digits;  // without the point
  int exponent = 0;
  explicit decimal(const std::string& s) : negative(s[0] == '-') {
    std::size_t e = s.find('e');
    for (std::size_t i = negative; i < e; ++i)
      if (s[i] != '.') digits += s[i];
    const char* from = s.data() + e + (s[e + 1] == '+' ? 2 : 1);
    std::from_chars(from, s.data() + s.size(), exponent);
  }
  int fraction() const { return static_cast<int>(digits.size()) - 1; }
};
/// x with its point and no exponent, and no zeros behind the last digit; at most `most` digits
/// behind the point, or, without a count, all that tell x from other numbers.
template <class T>
std::string positional(T x, int most = -1) {
  decimal d((scientific(x)));
  std::string out;
  if (most >= 0 && d.fraction() - d.exponent > most) {
    char s[512];  // holds any double
    out.assign(s, std::to_chars(s, s + sizeof s, static_cast<double>(x),
                                std::chars_format::fixed, most).ptr);
    out.erase(out.find_last_not_of('0') + 1);
    return out;
  }
  out = d.negative ? "-" : "";
  auto zeros = [](int n) { return std::string(static_cast<std::size_t>(n > 0 ? n : 0), '0'); };
  d.digits += zeros(d.exponent - d.fraction());
  if (d.exponent < 0) return out + "0." + zeros(-1 - d.exponent) + d.digits;
  auto whole = static_cast<std::size_t>(d.exponent) + 1;
  std::string behind = d.digits.substr(whole);
  return out + d.digits.substr(0, whole) + '.' + behind;
}
template <class T>
std::string not_finite(T x) {
  return std::isnan(x) ? "nan" : x < T(0) ? "-inf" : "inf";
}

/// How all elements of one array of floats are written.
template <class T>
struct float_style {
  bool with_exponent = false;
  int left = 0, right = 0;      // columns before and behind the point
  int digits = 0, exponent = 0;  // of the notation with an exponent: both counted

  explicit float_style(const std::vector<T>& x) {
    with_exponent = wants_exponent(x);
    for (T v : x)
      if (std::isfinite(v)) with_exponent ? measure_exponent(v) : measure(v);
    if (with_exponent) right = exponent + 2 + digits;
    for (T v : x)
      if (!std::isfinite(v)) grow(left, length(not_finite(v)) - 1 - right);
  }
  std::string operator()(T v) const {
    std::size_t width = static_cast<std::size_t>(left + 1 + right);
    std::string s = not_finite(v);
    if (!std::isfinite(v)) return std::string(width - s.size(), ' ') + s;
    if (!with_exponent) {
      s = positional(v, print_precision);
      s.insert(0, static_cast<std::size_t>(left) - s.find('.'), ' ');
      return s.append(width - s.size(), ' ');
    }
    s = scientific(v, digits);
    std::size_t e = s.find('e');
    s.insert(e + 2, static_cast<std::size_t>(exponent) - (s.size() - e - 2), '0');
    if (digits == 0) s.insert(e, 1, '.');
    return std::string(width - s.size(), ' ') + s;
  }

 private:
  static int length(const std::string& s) { return static_cast<int>(s.size()); }
  static void grow(int& n, int least) { n = n < least ? least : n; }
  /// Large, small and wide-ranging numbers. A float of 32 bits has fewer digits to show.
  static bool wants_exponent(const std::vector<T>& x) {
    T most = 0, least = std::numeric_limits<T>::infinity();
    for (T v : x) {
      if (!std::isfinite(v) || v == T(0)) continue;
      T size = std::fabs(v);
      most = size > most ? size : most;
      least = size < least ? size : least;
    }
    constexpr T large = std::is_same_v<T, float> ? T(1e6) : T(1e8);
    return most > T(0) && (most >= large || least < T(0.0001) || most / least > T(1000));
  }
  void measure(T v) {
    std::string s = positional(v, print_precision);
    int point = static_cast<int>(s.find('.'));
    grow(left, point);
    grow(right, length(s) - 1 - point);
  }
  void measure_exponent(T v) {
    std::string s = scientific(v);
    if (decimal(s).fraction() > print_precision) s = scientific(v, print_precision);
    decimal d(s);
    std::size_t last = d.digits.find_last_not_of('0');
    grow(digits, last == std::string::npos ? 0 : static_cast<int>(last));
    grow(exponent, length(s) - static_cast<int>(s.find('e')) - 2);
    grow(left, 1 + d.negative);
  }
};

/// A number that stands alone: all its digits, and no padding.
template <class T>
std::string number_word(T x) {
  if constexpr (std::is_same_v<T, bool>) return x ? "True" : "False";
  else if constexpr (std::is_integral_v<T>) return std::to_string(x);
  else {
    constexpr double large = std::is_same_v<T, float> ? 1e6 : 1e16;
    double size = std::fabs(static_cast<double>(x));
    if (!std::isfinite(x)) return not_finite(x);
    if (size != 0 && (size < 1e-4 || size >= large)) return scientific(x);
    std::string s = positional(x);
    return s.back() == '.' ? s + '0' : s;
  }
}
/// Words of one width.
template <class T>
std::vector<std::string> words_of(const std::vector<T>& x) {
  std::vector<std::string> words;
  if constexpr (std::is_floating_point_v<T>) {
    float_style<T> style(x);
    for (T v : x) words.push_back(style(v));
  } else {
    std::size_t width = std::is_same_v<T, bool> ? 5 : 0;
    for (T v : x) words.push_back(number_word<T>(v));
    for (const std::string& w : words) width = w.size() > width ? w.size() : width;
    for (std::string& w : words) w.insert(0, width - w.size(), ' ');
  }
  return words;
}

}  // namespace calx::inline CALX_ABI::detail
