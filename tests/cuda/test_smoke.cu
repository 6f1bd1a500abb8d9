// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The host side of the library through nvcc: traced by its front end, run without a device.
#include <calx/calx.hpp>

#include <cmath>
#include <cstdio>

constexpr auto cube = [](auto x) { return x * x * x; };
constexpr auto wave = [](auto x) { return calx::sum(calx::sin(x) * calx::exp(-x * x)); };
static_assert(calx::grad(cube)(2.0) == 12.0);

int main() {
  auto x = calx::linspace(-2.0, 2.0, 101);
  auto slope = calx::grad(wave)(x);
  int wrong = calx::grad(calx::grad(cube))(2.0) != 12.0;
  for (int i = 0; i < 101; ++i) {
    double want = (std::cos(x(i)) - 2 * x(i) * std::sin(x(i))) * std::exp(-x(i) * x(i));
    wrong += !(std::abs(slope(i) - want) < 1e-14);
  }
  std::printf("%d wrong\n", wrong);
  return wrong != 0;
}
