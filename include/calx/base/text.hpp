// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A fixed-capacity string that the constant evaluator can build and a template can carry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

/// A sentence of at most 511 characters, built by appending; structural, so that it can be a
/// template argument and appear in a compiler's message. What does not fit is cut.
struct text {
  char data[512] = {};
  std::size_t length = 0;
  bool marks = false;  // symbols are appended as marks, for run time to fill in

  constexpr text() = default;
  explicit constexpr text(const char* s) { append(std::string_view(s)); }
  explicit constexpr text(std::string_view s) { append(s); }

  CALX_NOINLINE constexpr text& append(std::string_view s) {
    for (char c : s)
      if (length + 1 < sizeof data) data[length++] = c;
    return *this;
  }
  constexpr text& append_char(char c) { return append(std::string_view(&c, 1)); }
  CALX_NOINLINE constexpr text& append(std::int64_t v) {
    char digits[24] = {};
    int n = 0;
    bool negative = v < 0;
    std::uint64_t u = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(v)
                               : static_cast<std::uint64_t>(v);
    do digits[n++] = static_cast<char>('0' + u % 10);
    while ((u /= 10) != 0);
    if (negative) digits[n++] = '-';
    while (n > 0) append(std::string_view(&digits[--n], 1));
    return *this;
  }
  constexpr text& operator<<(std::string_view s) { return append(s); }
  constexpr text& operator<<(std::int64_t v) { return append(v); }
  constexpr text& operator<<(int v) { return append(std::int64_t{v}); }
  constexpr std::string_view view() const { return {data, length}; }
};

}  // namespace calx::inline CALX_ABI
