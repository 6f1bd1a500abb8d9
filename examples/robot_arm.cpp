// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A robot arm with six joints: std::array of std::array all the way, Jacobians in both modes.
#include <calx/calx.hpp>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

constexpr std::size_t joints = 6;
template <class T>
using matrix = std::array<std::array<T, 4>, 4>;

/// A link by Denavit and Hartenberg: its length, twist and offset.
struct Link {
  double length, twist, offset;
};
constexpr std::array<Link, joints> links{{{0.00, std::numbers::pi / 2, 0.34},
                                          {0.40, 0.0, 0.00},
                                          {0.30, 0.3, 0.05},
                                          {0.00, std::numbers::pi / 2, 0.25},
                                          {0.10, -std::numbers::pi / 2, 0.00},
                                          {0.05, 0.0, 0.12}}};

template <class T>
constexpr matrix<T> operator*(const matrix<T>& a, const matrix<T>& b) {
  matrix<T> c{};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) {
      c[i][j] = a[i][0] * b[0][j];
      for (std::size_t k = 1; k < 4; ++k) c[i][j] += a[i][k] * b[k][j];
    }
  return c;
}
/// The place and the axes of a link, seen from the one before, when its joint is turned by q.
template <class T>
constexpr matrix<T> turned(const T& q, const Link& l) {
  using calx::cos, calx::sin;  // constant expressions with every compiler
  const T c = cos(q), s = sin(q);
  const double ct = cos(l.twist), st = sin(l.twist);
  return {{{c, -ct * s, st * s, l.length * c},
           {s, ct * c, -st * c, l.length * s},
           {0.0, st, ct, l.offset},
           {0.0, 0.0, 0.0, 1.0}}};
}
/// Where the tip of the arm is.
constexpr auto tip = [](auto q) {
  auto place = turned(q[0], links[0]);
  for (std::size_t i = 1; i < joints; ++i) place = place * turned(q[i], links[i]);
  return std::array{place[0][3], place[1][3], place[2][3]};
};
using angles = std::array<double, joints>;
using jacobian = std::array<angles, 3>;

/// Column i is the axis of joint i times the way from the joint to the tip.
jacobian by_hand(const angles& q) {
  std::array<matrix<double>, joints + 1> at{};
  for (std::size_t i = 0; i < 4; ++i) at[0][i][i] = 1;
  for (std::size_t i = 0; i < joints; ++i) at[i + 1] = at[i] * turned(q[i], links[i]);
  jacobian j{};
  for (std::size_t i = 0; i < joints; ++i) {
    double z[3], way[3];
    for (std::size_t k = 0; k < 3; ++k) {
      z[k] = at[i][k][2];
      way[k] = at[joints][k][3] - at[i][k][3];
    }
    for (std::size_t k = 0; k < 3; ++k)
      j[k][i] = z[(k + 1) % 3] * way[(k + 2) % 3] - z[(k + 2) % 3] * way[(k + 1) % 3];
  }
  return j;
}

int main(int argc, char** argv) {
  example::report check("A robot arm with six joints");
  angles q{0.3, -0.4, 0.8, 0.5, -0.7, 0.2};
  constexpr auto forward = calx::jacfwd(tip);
  constexpr auto reverse = calx::jacrev(tip);
  const jacobian f = forward(q), r = reverse(q), want = by_hand(q);
  for (std::size_t k = 0; k < 3; ++k) {
    check.all_same("a row of jacfwd", f[k], want[k], 1e-15);
    check.all_same("a row of jacrev", r[k], want[k], 1e-15);
  }
  check.times("jacfwd", [&] { return forward(q); }, [&] { return by_hand(q); }, 1000);
  check.times("jacrev", [&] { return reverse(q); }, [&] { return by_hand(q); }, 1000);

  // Reach for a point: turn each joint against the distance.
  const std::array<double, 3> goal{0.3, 0.4, 0.6};
  std::vector<double> steps, distances;
  for (int step = 0; step < 300; ++step) {
    const auto at = tip(q);
    const jacobian j = forward(q);
    double distance = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      distance += (at[k] - goal[k]) * (at[k] - goal[k]);
      for (std::size_t i = 0; i < joints; ++i) q[i] -= 0.5 * (at[k] - goal[k]) * j[k][i];
    }
    steps.push_back(step), distances.push_back(std::sqrt(distance));
  }
  check.below("distance after 300 steps", distances.back(), 1e-6);
  plot::figure("Distance of the tip from its goal, by step")
      .line("distance", steps, distances)
      .save(example::picture(argc, argv, "robot_arm.svg"));
  return check.exit_status();
}
