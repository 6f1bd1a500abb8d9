// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A Gaussian process that learns its length scale: a Cholesky decomposition written out on
// std::array, differentiated as it stands.
#include <calx/calx.hpp>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

constexpr std::size_t N = 16;
template <class T>
using vector = std::array<T, N>;
template <class T>
using matrix = std::array<std::array<T, N>, N>;

template <class T>
struct Kernel {
  T log_scale, log_height, log_noise;
};

/// The lower triangle L with L L^T = a.
template <class T>
constexpr matrix<T> cholesky(matrix<T> a) {
  using std::sqrt;
  for (std::size_t j = 0; j < N; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
    a[j][j] = sqrt(a[j][j]);
    for (std::size_t i = j + 1; i < N; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
  }
  return a;
}

/// The negative logarithm of the marginal likelihood of values y at the points x.
constexpr auto loss = [](auto p, auto x, auto y) {
  using std::exp, std::log;
  using T = decltype(p.log_scale);
  const T scale = exp(p.log_scale), height = exp(p.log_height), noise = exp(p.log_noise);
  matrix<T> k{};
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const T d = (x[i] - x[j]) / scale;
      k[i][j] = height * exp(-0.5 * d * d);
      if (i == j) k[i][j] += noise;
    }
  const matrix<T> l = cholesky(k);
  T sum = 0.0;
  vector<T> z{};
  for (std::size_t i = 0; i < N; ++i) {
    z[i] = y[i];
    for (std::size_t j = 0; j < i; ++j) z[i] -= l[i][j] * z[j];
    z[i] /= l[i][i];
    sum += 0.5 * z[i] * z[i] + log(l[i][i]);
  }
  return sum;
};

/// The value and the gradient by hand: half the trace of (K^-1 - a a^T) dK, a = K^-1 y.
std::array<double, 4> by_hand(const Kernel<double>& p, const vector<double>& x,
                              const vector<double>& y) {
  const double scale = std::exp(p.log_scale), height = std::exp(p.log_height),
               noise = std::exp(p.log_noise);
  matrix<double> smooth{}, k{};
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < N; ++j) {
      const double d = (x[i] - x[j]) / scale;
      k[i][j] = smooth[i][j] = height * std::exp(-0.5 * d * d);
      if (i == j) k[i][j] += noise;
    }
  const matrix<double> l = cholesky(k);
  matrix<double> inverse{};  // of L, then of K
  for (std::size_t c = 0; c < N; ++c)
    for (std::size_t i = c; i < N; ++i) {
      double v = i == c;
      for (std::size_t j = c; j < i; ++j) v -= l[i][j] * inverse[j][c];
      inverse[i][c] = v / l[i][i];
    }
  matrix<double> precision{};
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < N; ++j)
      for (std::size_t r = std::max(i, j); r < N; ++r)
        precision[i][j] += inverse[r][i] * inverse[r][j];
  vector<double> a{};
  std::array<double, 4> out{};
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = 0; j < N; ++j) a[i] += precision[i][j] * y[j];
    out[0] += 0.5 * y[i] * a[i] + std::log(l[i][i]);
  }
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < N; ++j) {
      const double d = (x[i] - x[j]) / scale, w = 0.5 * (precision[i][j] - a[i] * a[j]);
      out[1] += w * smooth[i][j] * d * d;
      out[2] += w * smooth[i][j];
      if (i == j) out[3] += w * noise;
    }
  return out;
}

int main(int argc, char** argv) {
  example::report check("A Gaussian process through 16 points");
  vector<double> x{}, y{};
  for (std::size_t i = 0; i < N; ++i) {
    x[i] = 0.25 * static_cast<double>(i);
    y[i] = std::sin(2 * x[i]) + 0.1 * std::cos(40 * x[i]);
  }
  Kernel<double> p{0, 0, -2};
  constexpr auto loss_and_gradient = calx::value_and_grad(loss);

  auto [value, g] = loss_and_gradient(p, x, y);
  const auto want = by_hand(p, x, y);
  check.same("loss", value, want[0], 1e-12);
  check.same("derivative by the scale", g.log_scale, want[1], 1e-12);
  check.same("derivative by the height", g.log_height, want[2], 1e-12);
  check.same("derivative by the noise", g.log_noise, want[3], 1e-12);
  check.times("value and gradient", [&] { return loss_and_gradient(p, x, y); },
              [&] { return by_hand(p, x, y); }, 100);

  std::vector<double> steps, losses;
  for (int step = 0; step < 200; ++step) {
    auto [now, slope] = loss_and_gradient(p, x, y);
    p = calx::tree::map([](auto a, auto b) { return a - 0.02 * b; }, p, slope);
    steps.push_back(step), losses.push_back(now);
  }
  check.below("loss after 200 steps", losses.back(), value - 1);
  plot::figure("Loss of the process, by step")
      .line("loss", steps, losses)
      .save(example::picture(argc, argv, "gaussian_process.svg"));
  return check.exit_status();
}
