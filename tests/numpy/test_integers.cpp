// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers beside integer arrays: compared by value, refused where they are no element.
#include <calx/calx.hpp>
#include <cstdint>
#include <limits>

#include "../catch.hpp"
#include "../support.hpp"


namespace {
/// Whether v < c, v == c, v > c by expressions, by a captured number and by a traced constant.
template <class T, class N>
void compares(T v, N c, bool less, bool equal) {
  const calx::array<T, 1> x{v};
  auto all = [](auto y, auto n) {
    return calx::stack(calx::axis<0>, y < n, y == n, y > n, n < y, n == y, n > y, y <= n, y != n);
  };
  const bool more = !less && !equal;
  const bool want[] = {less, equal, more, more, equal, less, !more, !equal};
  const auto captured = calx::jit([c, all](auto y) { return all(y, c); })(x);
  const bool lazy[] = {(x < c)(0), (x == c)(0), (x > c)(0), (c < x)(0),
                       (c == x)(0), (c > x)(0), (x <= c)(0), (x != c)(0)};
  for (int i = 0; i < 8; ++i) {
    CHECK(captured(i, 0) == want[i]);
    CHECK(lazy[i] == want[i]);
  }
}
constexpr std::int64_t wide = 3000000000, beyond = (std::int64_t{1} << 32) + 5;
}  // namespace

TEST_CASE("integers and numbers are compared by value") {
  compares<std::int32_t>(5, wide, true, false);
  compares<std::int32_t>(5, -wide, false, false);
  compares<std::int32_t>(5, beyond, true, false);
  compares<std::int32_t>(5, 5, false, true);
  compares<std::int32_t>(5, 3e9, true, false);
  compares<std::uint32_t>(5, -1, false, false);
  compares<std::uint32_t>(5, beyond, true, false);
  compares<std::uint64_t>(5, -1, false, false);
  compares<std::uint64_t>(~std::uint64_t{0}, -1, false, false);
  compares<std::uint64_t>((std::uint64_t{1} << 53) + 1, std::int64_t{1} << 53, false, false);
  compares<std::int64_t>(7, 7, false, true);
  compares<bool>(true, 2, true, false);
  constexpr auto known = [](auto x) { return calx::sum(calx::where(x < 3000000000, 1, 0)); };
  CHECK(calx::jit(known)(calx::tensor<std::int32_t, 2>{1, 2}) == 2);
}

TEST_CASE("a number that is no element of the integers beside it is refused") {
  const calx::array<std::int32_t, 1> x{1, 2};
  const calx::array<std::uint32_t, 1> u{1, 2};
  const char* sum = "add: the number 3000000000 is no int32, the dtype of what it meets; convert "
                    "that to a wider dtype";
  CHECK(support::thrown<calx::dtype_error>([&] { return (x + wide).eval(); }) == sum);
  const std::int64_t n = wide;
  auto captures = calx::jit([n](auto v) { return v + n; });
  CHECK(support::thrown<calx::dtype_error>([&] { return captures(x); }) == sum);
  CHECK(support::thrown<calx::dtype_error>([&] { return (u * -1).eval(); })
            .starts_with("mul: the number -1 is no uint32"));
  CHECK(calx::equal((x + std::numeric_limits<std::int32_t>::min()).eval(),
                    calx::array<std::int32_t, 1>{-2147483647, -2147483646}));
}

TEST_CASE("numbers beyond int64 meet unsigned integers of 64 bits") {
  constexpr std::uint64_t big = 18446744073709551611u;  // 2^64 - 5
  const calx::array<std::uint64_t, 1> x{1, 7};
  auto eager = x + big;
  const calx::array<std::uint64_t, 1> traced = calx::jit([k = big](auto v) { return v + k; })(x);
  CHECK(eager(0) == big + 1);
  CHECK(eager(1) == 2);  // modulo 2^64
  CHECK(traced.data()[0] == big + 1);
  CHECK(traced.data()[1] == 2);
}
