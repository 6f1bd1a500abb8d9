// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The likelihood of a Kalman filter over fifty steps, and the noises that make it largest.
#include <calx/calx.hpp>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

constexpr int steps = 50;
constexpr double dt = 0.1;

template <class T>
struct Noise {
  T process, measured;  // logarithms of the variances
};

/// The negative logarithm of the likelihood of positions y, of a body that moves on evenly but for
/// random pushes.
constexpr auto loss = [](auto p, auto y) {
  using calx::dot, calx::tensor;
  tensor<double, 2, 2> F{{1, dt}, {0, 1}};
  tensor<double, 2, 2> G{{dt * dt * dt / 3, dt * dt / 2}, {dt * dt / 2, dt}};
  tensor<double, 2> H{1, 0};
  auto q = exp(p.process) * G;
  auto r = exp(p.measured);
  auto x = r.like(tensor<double, 2>{0, 0});                     // position and speed
  auto P = r.like(calx::eye<tensor<double, 2, 2>>());          // their covariance
  auto sum = r.like(0.0);
  for (int k = 0; k < steps; ++k) {
    x = dot(F, x);
    P = dot(dot(F, P), calx::transpose(F)) + q;
    auto miss = y(k) - dot(H, x);
    auto s = dot(H, dot(P, H)) + r;
    auto gain = dot(P, H) / s;
    x = x + gain * miss;
    P = P - calx::outer(gain, dot(H, P));
    sum += 0.5 * (miss * miss / s + log(2 * std::numbers::pi * s));
  }
  return sum;
};

/// The value and, carried along with it, the derivatives by both parameters, written out.
std::array<double, 3> by_hand(const Noise<double>& p, const double* y) {
  const double q = std::exp(p.process), r = std::exp(p.measured);
  const double g00 = dt * dt * dt / 3, g01 = dt * dt / 2, g11 = dt, dq[2] = {q, 0}, dr[2] = {0, r};
  double x0 = 0, x1 = 0, a = 1, b = 0, c = 1, sum = 0;  // the covariance is [[a b] [b c]]
  double dx0[2] = {}, dx1[2] = {}, da[2] = {}, db[2] = {}, dc[2] = {}, dsum[2] = {};
  for (int k = 0; k < steps; ++k) {
    x0 += dt * x1;
    a += dt * (2 * b + dt * c) + q * g00, b += dt * c + q * g01, c += q * g11;
    const double miss = y[k] - x0, s = a + r, k0 = a / s, k1 = b / s;
    for (int j = 0; j < 2; ++j) {
      dx0[j] += dt * dx1[j];
      da[j] += dt * (2 * db[j] + dt * dc[j]) + dq[j] * g00;
      db[j] += dt * dc[j] + dq[j] * g01;
      dc[j] += dq[j] * g11;
      const double dmiss = -dx0[j], ds = da[j] + dr[j];
      const double dk0 = (da[j] - k0 * ds) / s, dk1 = (db[j] - k1 * ds) / s;
      dx0[j] += dk0 * miss + k0 * dmiss;
      dx1[j] += dk1 * miss + k1 * dmiss;
      dc[j] -= dk1 * b + k1 * db[j];
      da[j] -= dk0 * a + k0 * da[j];
      db[j] -= dk0 * b + k0 * db[j];
      dsum[j] += miss * dmiss / s - 0.5 * miss * miss / (s * s) * ds + 0.5 * ds / s;
    }
    x0 += k0 * miss, x1 += k1 * miss;
    c -= k1 * b, b -= k0 * b, a -= k0 * a;
    sum += 0.5 * (miss * miss / s + std::log(2 * std::numbers::pi * s));
  }
  return {sum, dsum[0], dsum[1]};
}

int main(int argc, char** argv) {
  example::report check("A Kalman filter over 50 steps");
  namespace rnd = calx::random;
  using series = calx::tensor<double, steps>;
  auto pushes = rnd::normal<series>(rnd::key(3)), errors = rnd::normal<series>(rnd::key(4));
  series y = errors;
  std::vector<double> t, seen;
  double at = 0, speed = 1;
  for (int k = 0; k < steps; ++k) {
    speed += 0.5 * std::sqrt(dt) * pushes(k);
    at += dt * speed;
    y = y.at(k).set(at + 0.2 * errors(k));
    t.push_back(k * dt), seen.push_back(y(k));
  }
  Noise<double> p{-1, -3};
  constexpr auto loss_and_gradient = calx::value_and_grad(loss);
  auto [value, g] = loss_and_gradient(p, y);
  auto want = by_hand(p, y.data());
  check.same("loss", value, want[0], 1e-13);
  check.same("derivative by the process noise", g.process, want[1], 1e-12);
  check.same("derivative by the measured noise", g.measured, want[2], 1e-12);
  check.times("loss and gradient", [&] { return loss_and_gradient(p, y); },
              [&] { return by_hand(p, y.data()); }, 100);

  std::vector<double> tries, losses;
  for (int i = 0; i < 200; ++i) {
    auto [now, slope] = loss_and_gradient(p, y);
    p = calx::tree::map([](auto a, auto b) { return a - 0.05 * b; }, p, slope);
    tries.push_back(i), losses.push_back(now);
  }
  check.below("loss after 200 steps", losses.back(), value - 1);
  plot::figure("Negative log-likelihood, by step")
      .line("loss", tries, losses)
      .save(example::picture(argc, argv, "kalman.svg"));
  return check.exit_status();
}
