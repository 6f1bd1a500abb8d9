// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The energy and the forces of n atoms, each of which feels all others, and how they settle.
#include <calx/calx.hpp>

#include <cstdlib>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

using calx::newaxis, calx::slice;
// n atoms, three coordinates each: run time knows n, the compiler the three.
using positions = calx::basic_array<double, calx::extents<calx::dyn, 3>>;

constexpr auto energy = [](auto x) {
  auto d = x(slice(), newaxis) - x(newaxis, slice());
  auto r2 = calx::sum(d * d, calx::axis<-1>);
  auto inverse = calx::where(r2 > 0.0, 1.0 / r2, 0.0);  // no atom feels itself
  auto inverse6 = inverse * inverse * inverse;
  return 2.0 * calx::sum(inverse6 * inverse6 - inverse6);  // of each pair twice
};

struct by_hand {
  double energy = 0;
  std::vector<double> gradient;
};
by_hand run_by_hand(const positions& x) {
  by_hand r{0, std::vector<double>(x.size())};
  const double* p = x.data();
  double* g = r.gradient.data();
  const auto n = x.size();
  for (std::size_t i = 0; i < n; i += 3)
    for (std::size_t j = i + 3; j < n; j += 3) {
      const double dx = p[i] - p[j], dy = p[i + 1] - p[j + 1], dz = p[i + 2] - p[j + 2];
      const double q = 1 / (dx * dx + dy * dy + dz * dz), s = q * q * q;
      const double c = (24 - 48 * s) * s * q;
      r.energy += 4 * (s * s - s);
      g[i] += c * dx, g[i + 1] += c * dy, g[i + 2] += c * dz;
      g[j] -= c * dx, g[j + 1] -= c * dy, g[j + 2] -= c * dz;
    }
  return r;
}

/// A cube of side^3 atoms, each a little off its place.
positions cube(int side) {
  std::vector<double> places;
  for (int i = 0; i < side; ++i)
    for (int j = 0; j < side; ++j)
      for (int k = 0; k < side; ++k)
        for (int c : {i, j, k}) places.push_back(1.15 * c);
  auto off = calx::random::normal<double>(calx::random::key(5), side * side * side, 3);
  return calx::reshape(calx::asarray(places), -1, 3) + 0.03 * off;
}

int main(int argc, char** argv) {
  example::report check("The forces between n atoms");
  positions x = cube(argc > 2 ? std::atoi(argv[2]) : 5);  // run time knows how many
  constexpr auto energy_of = calx::jit(energy);
  constexpr auto gradient = calx::grad(energy);

  const by_hand want = run_by_hand(x);
  check.same("energy", energy_of(x), want.energy, 1e-13);
  check.all_same("gradient", gradient(x), want.gradient, 1e-13);
  check.times("gradient", [&] { return gradient(x); }, [&] { return run_by_hand(x); }, 10);

  std::vector<double> steps, energies;
  for (int step = 0; step < 500; ++step) {
    x = x - 0.0005 * gradient(x);
    steps.push_back(step), energies.push_back(energy_of(x));
  }
  check.below("energy after 500 steps", energies.back(), want.energy - 1);
  plot::figure("Energy of the atoms, by step")
      .line("energy", steps, energies)
      .save(example::picture(argc, argv, "lennard_jones.svg"));
  return check.exit_status();
}
