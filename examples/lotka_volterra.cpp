// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hares and lynxes: twenty steps of Runge and Kutta on structs, and a fit of the four rates.
#include <calx/calx.hpp>

#include <array>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

template <class T>
struct State {
  T hares, lynxes;
};
template <class T>
constexpr State<T> operator+(const State<T>& a, const State<T>& b) {
  return {a.hares + b.hares, a.lynxes + b.lynxes};
}
template <class T>
constexpr State<T> operator*(double s, const State<T>& a) {
  return {s * a.hares, s * a.lynxes};
}
template <class T>
struct Rates {
  T birth, caught, death, growth;
};

template <class T>
constexpr State<T> slope(const State<T>& y, const Rates<T>& p) {
  return {p.birth * y.hares - p.caught * y.hares * y.lynxes,
          p.growth * y.hares * y.lynxes - p.death * y.lynxes};
}
template <class T>
constexpr State<T> step(const State<T>& y, const Rates<T>& p, double h) {
  auto k1 = slope(y, p), k2 = slope(y + h / 2 * k1, p), k3 = slope(y + h / 2 * k2, p),
       k4 = slope(y + h * k3, p);
  return y + h / 6 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
}

constexpr int steps = 20;
constexpr double h = 0.1;

/// How far the path from y is from what was observed, summed over all steps.
constexpr auto loss = [](auto p, auto y, auto observed) {
  auto sum = y.hares.like(0.0);
  for (std::size_t i = 0; i < steps; ++i) {
    y = step(y, p, h);
    auto dh = y.hares - observed[i].hares, dl = y.lynxes - observed[i].lynxes;
    sum += dh * dh + dl * dl;
  }
  return sum;
};
using path = std::array<State<double>, steps>;

/// The adjoint of `slope`: adds to the cotangents of its arguments.
void slope_back(const State<double>& y, const Rates<double>& p, const State<double>& c,
                State<double>& dy, Rates<double>& dp) {
  dy.hares += c.hares * (p.birth - p.caught * y.lynxes) + c.lynxes * p.growth * y.lynxes;
  dy.lynxes += -c.hares * p.caught * y.hares + c.lynxes * (p.growth * y.hares - p.death);
  dp.birth += c.hares * y.hares, dp.caught -= c.hares * y.hares * y.lynxes;
  dp.growth += c.lynxes * y.hares * y.lynxes, dp.death -= c.lynxes * y.lynxes;
}
/// The gradient by the rates by hand: the path forward, then the adjoint of each step.
Rates<double> by_hand(const Rates<double>& p, State<double> y, const path& observed) {
  std::array<State<double>, steps + 1> at{y};
  for (std::size_t i = 0; i < steps; ++i) at[i + 1] = step(at[i], p, h);
  Rates<double> g{};
  State<double> c{};
  for (std::size_t i = steps; i-- > 0;) {
    c.hares += 2 * (at[i + 1].hares - observed[i].hares);
    c.lynxes += 2 * (at[i + 1].lynxes - observed[i].lynxes);
    const State<double> y1 = at[i], k1 = slope(y1, p), y2 = y1 + h / 2 * k1, k2 = slope(y2, p),
                        y3 = y1 + h / 2 * k2, k3 = slope(y3, p), y4 = y1 + h * k3;
    State<double> d1{}, d2{}, d3{}, d4{};
    slope_back(y4, p, h / 6 * c, d4, g);
    slope_back(y3, p, h / 3 * c + h * d4, d3, g);
    slope_back(y2, p, h / 3 * c + h / 2 * d3, d2, g);
    slope_back(y1, p, h / 6 * c + h / 2 * d2, d1, g);
    c = c + d1 + d2 + d3 + d4;
  }
  return g;
}

int main(int argc, char** argv) {
  example::report check("Lotka-Volterra, 20 steps of the fourth order");
  const State<double> start{1.0, 0.5};
  const Rates<double> truth{1.1, 0.9, 1.0, 0.8};
  path observed{};
  State<double> y = start;
  for (auto& o : observed) o = y = step(y, truth, h);

  Rates<double> p{1, 1, 1, 1};
  constexpr auto gradient = calx::grad(loss);
  const Rates<double> got = gradient(p, start, observed), want = by_hand(p, start, observed);
  check.same("derivative by birth", got.birth, want.birth, 1e-13);
  check.same("derivative by caught", got.caught, want.caught, 1e-13);
  check.same("derivative by death", got.death, want.death, 1e-13);
  check.same("derivative by growth", got.growth, want.growth, 1e-13);
  check.times("gradient", [&] { return gradient(p, start, observed); },
              [&] { return by_hand(p, start, observed); }, 1000);

  for (int i = 0; i < 20000; ++i)
    p = calx::tree::map([](auto a, auto d) { return a - 0.002 * d; }, p,
                        gradient(p, start, observed));
  check.same("birth, fitted", p.birth, truth.birth, 1e-3);
  check.same("growth, fitted", p.growth, truth.growth, 1e-3);

  std::vector<double> t, hares, lynxes;
  y = start;
  for (int i = 0; i < 150; ++i, y = step(y, p, h))
    t.push_back(i * h), hares.push_back(y.hares), lynxes.push_back(y.lynxes);
  plot::figure("Hares and lynxes with the fitted rates")
      .line("hares", t, hares)
      .line("lynxes", t, lynxes)
      .save(example::picture(argc, argv, "lotka_volterra.svg"));
  return check.exit_status();
}
