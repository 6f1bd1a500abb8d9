// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program outside the project: the derivative of x^3 at 2.
#include <cstdio>

#include <calx/calx.hpp>

constexpr auto cube = [](auto x) { return x * x * x; };

int main() { std::printf("%g\n", calx::grad(cube)(2.0)); }
