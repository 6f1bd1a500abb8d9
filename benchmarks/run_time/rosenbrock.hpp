// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rosenbrock's function with a weight for each of its terms, and its gradient by hand.
#pragma once

#include <cstddef>
#include <vector>

#include <calx/calx.hpp>

namespace bench {

/// sum over i of w_i (a (x_(i+1) - x_i^2)^2 + (1 - x_i)^2): x has one element more than w.
inline constexpr auto rosenbrock = [](auto x, auto a, auto w) {
  auto head = x(calx::slice(calx::none, -1)), tail = x(calx::slice(1, calx::none));
  return calx::sum(w * (a * calx::square(tail - calx::square(head)) + calx::square(1.0 - head)));
};
/// The same in any scalar type, by a loop.
template <class T>
T rosenbrock_value(const std::vector<T>& x, double a, const std::vector<double>& w) {
  T total = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    T step = x[i + 1] - x[i] * x[i], rest = 1 - x[i];
    total += w[i] * (a * step * step + rest * rest);
  }
  return total;
}
inline std::vector<double> rosenbrock_gradient(const std::vector<double>& x, double a,
                                               const std::vector<double>& w) {
  std::vector<double> g(x.size(), 0.0);
  for (std::size_t i = 0; i < w.size(); ++i) {
    double step = 2 * a * w[i] * (x[i + 1] - x[i] * x[i]);
    g[i] -= 2 * x[i] * step + 2 * w[i] * (1 - x[i]);
    g[i + 1] += step;
  }
  return g;
}

}  // namespace bench
