// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file in which no call may take the run-time trace without being asked to.
#define CALX_STATIC
#include <sstream>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"

namespace {
constexpr auto cubes = [](auto x) { return calx::sum(x * x * x); };
}

TEST_CASE("CALX_STATIC: what the compiler traces is as it is without") {
  const calx::array<double, 1> x{1, 2};
  CHECK(calx::equal(calx::grad(cubes)(x), calx::array<double, 1>{3, 12}));
  auto [y, pullback] = calx::vjp(cubes, x);
  CHECK((y == 9 && calx::equal(std::get<0>(pullback(2.0)), calx::array<double, 1>{6, 24})));
  CHECK(calx::equal(x * x + 1.0, calx::array<double, 1>{2, 5}));
}

TEST_CASE("CALX_STATIC: at_run_time allows the other way") {
  const calx::array<double, 1> x{1, 2};
  const double k = 2;
  auto f = [k](auto v) { return k * cubes(v); };
  CHECK(calx::equal(calx::at_run_time(calx::grad(f))(x), calx::array<double, 1>{6, 24}));
  auto g = calx::jit(calx::at_run_time(calx::grad(f)));
  CHECK(calx::equal(g(x), calx::array<double, 1>{6, 24}));
  CHECK(calx::equal(calx::at_run_time(calx::jit(calx::grad(f)))(x),
                    calx::array<double, 1>{6, 24}));
  auto [y, pullback] = calx::vjp(calx::at_run_time(f), x);
  CHECK(static_cast<double>(y) == 18);
  CHECK(calx::equal(std::get<0>(pullback(1.0)), calx::array<double, 1>{6, 24}));
  calx::array<double, 1> out{0, 0};
  calx::grad(calx::at_run_time(f)).into(out)(x);
  CHECK(out(1) == 24);
}

TEST_CASE("CALX_STATIC: functions on whole arrays are no transforms") {
  const calx::dynamic_array d = calx::array<double, 1>{1, 2};
  CHECK((static_cast<double>(calx::sum(d * d)) == 5 && calx::sum(d)() == 3));
}

TEST_CASE("CALX_STATIC: explain says what is refused") {
  const double k = 2;
  std::ostringstream out;
  out << calx::explain(calx::grad([k](auto v) { return k * v; }), 1.0);
  CHECK(out.str().rfind("it does not compile, because the function has a capture", 0) == 0);
  CHECK(calx::explain(calx::grad(cubes), calx::array<double, 1>{1}).sentence() ==
        "the compiler traces it; generated code runs it");
}
