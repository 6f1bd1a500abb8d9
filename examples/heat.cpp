// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The heat equation on a square: which warmth at the start leads to that at the end?
#include <calx/calx.hpp>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

using calx::none, calx::slice;
using field = calx::array<double, 2>;

constexpr auto step = [](auto u) {
  auto in = slice(1, -1);
  auto flow = u(slice(2, none), in) + u(slice(none, -2), in) + u(in, slice(2, none)) +
              u(in, slice(none, -2)) - 4.0 * u(in, in);
  return u.at(in, in).add(0.2 * flow);
};
constexpr auto loss = [](auto u, auto wanted) {
  for (int i = 0; i < 6; ++i) u = step(u);
  return calx::sum(calx::square(u - wanted));
};

/// One step by hand, or its adjoint, which is the same but for what the edge hears.
void step_by_hand(const std::vector<double>& u, std::vector<double>& to, std::size_t n) {
  to = u;
  for (std::size_t i = 1; i + 1 < n; ++i)
    for (std::size_t j = 1; j + 1 < n; ++j) {
      const double* c = &u[i * n + j];
      to[i * n + j] += 0.2 * (c[n] + c[-static_cast<std::ptrdiff_t>(n)] + c[1] + c[-1] - 4 * c[0]);
    }
}
void adjoint_by_hand(const std::vector<double>& c, std::vector<double>& to, std::size_t n) {
  to = c;
  for (std::size_t i = 1; i + 1 < n; ++i)
    for (std::size_t j = 1; j + 1 < n; ++j) {
      const double v = 0.2 * c[i * n + j];
      double* t = &to[i * n + j];
      t[n] += v, t[-static_cast<std::ptrdiff_t>(n)] += v, t[1] += v, t[-1] += v, t[0] -= 4 * v;
    }
}
std::vector<double> gradient_by_hand(const field& start, const field& wanted) {
  const auto n = static_cast<std::size_t>(start.shape(0));
  std::vector<double> u(start.begin(), start.end()), other;
  for (int i = 0; i < 6; ++i) step_by_hand(u, other, n), u.swap(other);
  const double* w = wanted.data();
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = 2 * (u[i] - w[i]);
  for (int i = 0; i < 6; ++i) adjoint_by_hand(u, other, n), u.swap(other);
  return u;
}

int main(int argc, char** argv) {
  example::report check("The heat equation, six steps on a square");
  const int n = argc > 2 ? std::atoi(argv[2]) : 64;  // run time knows the size
  auto x = calx::linspace(0.0, 1.0, n);
  field spot = calx::outer(exp(-40.0 * calx::square(x - 0.4)), exp(-40.0 * calx::square(x - 0.6)));
  field wanted = spot;
  for (int i = 0; i < 6; ++i) wanted = step(wanted);

  field guess = calx::zeros<double>(n, n);
  constexpr auto loss_and_gradient = calx::value_and_grad(loss);
  auto [value, gradient] = loss_and_gradient(guess, wanted);
  check.all_same("gradient", gradient, gradient_by_hand(guess, wanted), 1e-15);
  check.times("loss and gradient", [&] { return loss_and_gradient(guess, wanted); },
              [&] { return gradient_by_hand(guess, wanted); });

  for (int i = 0; i < 300; ++i) {
    auto [now, slope] = loss_and_gradient(guess, wanted);
    guess = guess - 0.4 * slope;
    value = now;
  }
  check.below("loss after 300 steps", value, 1e-8);
  plot::figure("A row of the field: what was found")
      .line("at the start", x, spot(n / 2))
      .line("found", x, guess(n / 2))
      .line("at the end", x, wanted(n / 2))
      .save(example::picture(argc, argv, "heat.svg"));
  return check.exit_status();
}
