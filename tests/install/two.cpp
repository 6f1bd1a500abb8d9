// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two parts of one program, compiled for different instruction sets, agree with the formula.
#include <cmath>
#include <cstdio>

double wide(double t);
double plain(double t);

int main() {
  const double t = 0.7, want = (std::cos(t) - 2 * t * std::sin(t)) * std::exp(-t * t);
  bool right = std::abs(wide(t) - want) < 1e-14 && std::abs(plain(t) - want) < 1e-14;
  std::puts(right ? "ok" : "not so");
  return right ? 0 : 1;
}
