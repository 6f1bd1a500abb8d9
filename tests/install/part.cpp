// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One of two source files of a program, each compiled for another instruction set.
#include <calx/calx.hpp>

namespace {
constexpr auto wave = [](auto x) { return calx::sum(calx::sin(x) * calx::exp(-x * x)); };
}

/// The gradient of a sum over a thousand elements at x = t, one element of it.
double PART(double t) {
  return calx::grad(wave)(calx::full(t, 1000))(999);
}
