// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A damped oscillation fitted to points by Gauss and Newton: Eigen's vectors in, its matrices out.
#include <calx/calx.hpp>

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

using Eigen::MatrixXd, Eigen::VectorXd;

/// a e^(-b t) cos(c t + d), at all times t.
constexpr auto model = [](auto p, auto t) { return p(0) * exp(-p(1) * t) * cos(p(2) * t + p(3)); };
constexpr auto residual = [](auto p, auto t, auto y) { return model(p, t) - y; };

void jacobian_by_hand(const VectorXd& p, const VectorXd& t, MatrixXd& j) {
  for (Eigen::Index i = 0; i < t.size(); ++i) {
    const double decay = std::exp(-p(1) * t(i)), angle = p(2) * t(i) + p(3);
    const double c = std::cos(angle), s = std::sin(angle);
    j(i, 0) = decay * c;
    j(i, 1) = -t(i) * p(0) * decay * c;
    j(i, 2) = -t(i) * p(0) * decay * s;
    j(i, 3) = -p(0) * decay * s;
  }
}

int main(int argc, char** argv) {
  example::report check("A damped oscillation, fitted by Gauss and Newton");
  const VectorXd truth = Eigen::Vector4d(1.5, 0.4, 3.0, 0.3);
  const VectorXd t = VectorXd::LinSpaced(200, 0, 6);
  VectorXd y(t.size());
  for (Eigen::Index i = 0; i < t.size(); ++i)
    y(i) = truth(0) * std::exp(-truth(1) * t(i)) * std::cos(truth(2) * t(i) + truth(3));

  VectorXd p = Eigen::Vector4d(1.0, 0.2, 2.8, 0.0);
  constexpr auto jacobian = calx::jacfwd(residual);
  MatrixXd want(t.size(), 4);
  jacobian_by_hand(p, t, want);
  const MatrixXd got = jacobian(p, t, y);
  check.same("Jacobian", (got - want).norm() + 1, 1, 1e-13);
  MatrixXd j(t.size(), 4);
  check.times("Jacobian", [&] { jacobian.into(j)(p, t, y); return j.data(); },
              [&] { jacobian_by_hand(p, t, want); return want.data(); }, 100);

  for (int step = 0; step < 12; ++step) {
    const VectorXd r = calx::jit(residual)(p, t, y);
    const MatrixXd slope = jacobian(p, t, y);
    p -= (slope.transpose() * slope).ldlt().solve(slope.transpose() * r);
  }
  for (int k = 0; k < 4; ++k) check.same("a parameter, fitted", p(k), truth(k), 1e-12);

  const VectorXd fitted = calx::jit(model)(p, t);
  plot::figure("The oscillation and its fit").line("points", t, y).line("fit", t, fitted)
      .save(example::picture(argc, argv, "gauss_newton.svg"));
  return check.exit_status();
}
