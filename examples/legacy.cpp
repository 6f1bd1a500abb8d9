// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Templates as they lie in old programs, which know nothing of calx: a flux, a spline, an
// integrator on std::vector, Newton's method. `constexpr` is all that was added to them.
#include <calx/calx.hpp>

#include <array>
#include <cmath>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

// --- the old code ----------------------------------------------------------------------------

namespace legacy {
template <class T>
struct Gas {
  T density, momentum, energy;
};
template <class T>
constexpr T pressure(const Gas<T>& u) {
  return 0.4 * (u.energy - 0.5 * u.momentum * u.momentum / u.density);
}
template <class T>
constexpr Gas<T> flux(const Gas<T>& u) {
  T v = u.momentum / u.density, p = pressure(u);
  return {u.momentum, u.momentum * v + p, v * (u.energy + p)};
}
/// Rusanov's flux between two cells.
template <class T>
constexpr Gas<T> rusanov(const Gas<T>& l, const Gas<T>& r) {
  using std::abs, std::max, std::sqrt;
  T cl = sqrt(1.4 * pressure(l) / l.density), cr = sqrt(1.4 * pressure(r) / r.density);
  T s = max(abs(l.momentum / l.density) + cl, abs(r.momentum / r.density) + cr);
  Gas<T> fl = flux(l), fr = flux(r);
  return {0.5 * (fl.density + fr.density) - 0.5 * s * (r.density - l.density),
          0.5 * (fl.momentum + fr.momentum) - 0.5 * s * (r.momentum - l.momentum),
          0.5 * (fl.energy + fr.energy) - 0.5 * s * (r.energy - l.energy)};
}

/// The natural cubic spline through y at 0, 1, ..., 7, at a place in [3, 4].
template <class T>
constexpr T spline(const std::array<T, 8>& y, double x) {
  std::array<T, 8> m{}, rhs{};
  std::array<double, 8> diagonal{};
  for (std::size_t i = 1; i < 7; ++i) {
    diagonal[i] = 4;
    rhs[i] = 6.0 * (y[i - 1] - 2.0 * y[i] + y[i + 1]);
    if (i > 1) {
      diagonal[i] -= 1 / diagonal[i - 1];
      rhs[i] -= rhs[i - 1] / diagonal[i - 1];
    }
  }
  for (std::size_t i = 6; i > 0; --i) m[i] = (rhs[i] - m[i + 1]) / diagonal[i];
  const double a = 4 - x, b = x - 3;
  return a * y[3] + b * y[4] + ((a * a * a - a) * m[3] + (b * b * b - b) * m[4]) / 6.0;
}

/// Ten steps of Runge and Kutta; `slope` maps a std::vector to a std::vector.
template <class T, class F>
constexpr std::vector<T> integrate(std::vector<T> y, F slope, double h) {
  auto moved = [&](const std::vector<T>& k, double by) {
    std::vector<T> out = y;
    for (std::size_t i = 0; i < y.size(); ++i) out[i] += by * k[i];
    return out;
  };
  for (int step = 0; step < 10; ++step) {
    auto k1 = slope(y), k2 = slope(moved(k1, h / 2)), k3 = slope(moved(k2, h / 2)),
         k4 = slope(moved(k3, h));
    for (std::size_t i = 0; i < y.size(); ++i)
      y[i] += h / 6 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
  }
  return y;
}

/// The anomaly E with E - e sin(E) = m, by six steps of Newton.
template <class T>
constexpr T kepler(const T& m, const T& e) {
  using std::cos, std::sin;
  T at = m;
  for (int i = 0; i < 6; ++i) at -= (at - e * sin(at) - m) / (1.0 - e * cos(at));
  return at;
}
}  // namespace legacy

// --- its derivatives -------------------------------------------------------------------------

constexpr auto energy_flux = [](auto l, auto r) { return legacy::rusanov(l, r).energy; };
constexpr auto spline_at = [](auto y) { return legacy::spline(y, 3.3); };
/// A pendulum's angle after ten steps, from its length.
constexpr auto pendulum = [](auto length) {
  using T = decltype(length);
  auto slope = [&](const std::vector<T>& y) {
    using std::sin;
    return std::vector<T>{y[1], -9.81 / length * sin(y[0])};
  };
  return legacy::integrate(std::vector<T>{T(1.0), T(0.0)}, slope, 0.05)[0];
};
constexpr auto kepler = [](auto m, auto e) { return legacy::kepler(m, e); };

/// Ten steps of the pendulum and of its derivative by the length, by hand.
double pendulum_by_hand(double length) {
  double y[4] = {1, 0, 0, 0};  // angle, speed, and their derivatives
  auto slope = [&](const double* at, double* k) {
    k[0] = at[1], k[1] = -9.81 / length * std::sin(at[0]);
    k[2] = at[3];
    k[3] = 9.81 / (length * length) * std::sin(at[0]) - 9.81 / length * std::cos(at[0]) * at[2];
  };
  const double h = 0.05;
  for (int step = 0; step < 10; ++step) {
    double k[4][4], at[4];
    for (int s = 0; s < 4; ++s) {
      const double by = s == 0 ? 0 : s == 3 ? h : h / 2;
      for (int i = 0; i < 4; ++i) at[i] = y[i] + (s == 0 ? 0 : by * k[s - 1][i]);
      slope(at, k[s]);
    }
    for (int i = 0; i < 4; ++i) y[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
  }
  return y[2];
}

/// The gradient of the flux of energy by hand, where the left side has the faster waves.
struct FluxGradient {
  legacy::Gas<double> left, right;
};
FluxGradient flux_by_hand(const legacy::Gas<double>& l, const legacy::Gas<double>& r) {
  auto half = [](const legacy::Gas<double>& u) -> legacy::Gas<double> {
    const double v = u.momentum / u.density, p = legacy::pressure(u);
    const double h = (u.energy + p) / u.density;  // derivatives of v (energy + p)
    return {0.5 * (-v * h + 0.2 * v * v * v), 0.5 * (h - 0.4 * v * v), 0.5 * 1.4 * v};
  };
  const double v = l.momentum / l.density, p = legacy::pressure(l);
  const double c = std::sqrt(1.4 * p / l.density);
  const double s = std::abs(v) + c, jump = 0.5 * (r.energy - l.energy), sign = v < 0 ? -1 : 1;
  const double dc = 1.4 / (2 * c * l.density);  // by the pressure
  FluxGradient g{half(l), half(r)};
  g.left.density -= jump * (-sign * v / l.density + dc * (0.2 * v * v - p / l.density));
  g.left.momentum -= jump * (sign / l.density - dc * 0.4 * v);
  g.left.energy -= jump * dc * 0.4 - 0.5 * s;
  g.right.energy -= 0.5 * s;
  return g;
}

void fluxes(example::report& check) {
  // With arguments that the compiler knows, it would compute the derivatives itself.
  const legacy::Gas<double> left{1.0, 0.3, 2.5}, right{0.5, 0.1, 1.0};
  constexpr auto gradient = calx::grad<0, 1>(energy_flux);
  auto [dl, dr] = gradient(left, right);
  const FluxGradient want = flux_by_hand(left, right);
  check.same("flux by density, left", dl.density, want.left.density, 1e-14);
  check.same("flux by momentum, left", dl.momentum, want.left.momentum, 1e-14);
  check.same("flux by energy, left", dl.energy, want.left.energy, 1e-14);
  check.same("flux by momentum, right", dr.momentum, want.right.momentum, 1e-14);
  check.same("flux by energy, right", dr.energy, want.right.energy, 1e-14);
  auto slopes = [&] { return gradient(example::unknown(left), example::unknown(right)); };
  auto slopes_by_hand = [&] {
    return flux_by_hand(example::unknown(left), example::unknown(right));
  };
  check.times("gradient of Rusanov's flux", slopes, slopes_by_hand, 10000);
}

/// A spline is linear in y: its gradient is the spline through each unit vector.
void splines(example::report& check) {
  std::array<double, 8> y{0, 1, 0, 2, 1, 3, 2, 1}, unit{}, by_unit{};
  for (std::size_t i = 0; i < 8; ++i) {
    unit[i] = 1;
    by_unit[i] = legacy::spline(unit, 3.3);
    unit[i] = 0;
  }
  check.all_same("gradient of a spline", calx::grad(spline_at)(y), by_unit, 1e-15);
}

int main(int argc, char** argv) {
  example::report check("Derivatives of old templates");
  fluxes(check);
  splines(check);

  constexpr auto by_length = calx::grad(pendulum);
  const double length = example::unknown(0.7);
  check.same("pendulum by its length", by_length(length), pendulum_by_hand(length), 1e-14);
  check.times("derivative of the pendulum", [&] { return by_length(example::unknown(length)); },
              [&] { return pendulum_by_hand(example::unknown(length)); }, 1000);

  // dE/dm and dE/de of Kepler's equation follow from the equation itself.
  auto [by_m, by_e] = calx::grad<0, 1>(kepler)(1.1, 0.4);
  const double at = kepler(1.1, 0.4), bottom = 1 - 0.4 * std::cos(at);
  check.same("Kepler's equation by m", by_m, 1 / bottom, 1e-14);
  check.same("Kepler's equation by e", by_e, std::sin(at) / bottom, 1e-14);

  std::vector<double> lengths, slopes;
  for (double l = 0.3; l < 2; l += 0.02) lengths.push_back(l), slopes.push_back(by_length(l));
  plot::figure("A pendulum's angle after half a second, by its length")
      .line("derivative", lengths, slopes)
      .save(example::picture(argc, argv, "legacy.svg"));
  return check.exit_status();
}
