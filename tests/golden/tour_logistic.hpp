// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The logistic regression of tour.jsonl: its data, and what rounding can do to its results.
#pragma once

#include "tour.hpp"

namespace golden::tour {

inline constexpr auto predict = [](auto W, auto b, auto inputs) {
  return calx::sigmoid(calx::dot(inputs, W) + b);
};
inline constexpr auto loss = [](auto W, auto b, auto inputs, auto targets) {
  auto p = predict(W, b, inputs);
  return -calx::sum(calx::log(p * targets + (1 - p) * (1 - targets)));
};

/// The sizes of the problem: 4 examples of 3 features.
inline constexpr std::size_t examples = 4, features = 3;

/// The problem in doubles, for bounds. With z = inputs W + b, p = sigmoid(z) and q the probability
/// of the target, every result is a sum over examples of entries of `inputs` times a function of z
/// alone, which is at most 1. Two computations of z differ by at most 5 epsilon times
/// Z = |inputs| |W| + |b|; the functions have slopes of at most 1 in z, and cost at most 16
/// roundings, magnified by 1/q where q = 1 - p cancels. So each such function is known to
/// `rounding` epsilons, and an element of a result to that times the sum of its |terms|. In the
/// gradient the function is the residual p - target, whose slope is only p (1 - p).
struct magnitudes {
  std::vector<double> W, inputs;
  double b;
  std::vector<bool> targets;

  double x(std::size_t i, std::size_t j) const { return std::abs(inputs[i * features + j]); }
  double p(std::size_t i) const {
    double z = b;
    for (std::size_t j = 0; j < features; ++j) z += inputs[i * features + j] * W[j];
    return 1 / (1 + std::exp(-z));
  }
  double rounding(std::size_t i, double slope) const {
    double z = std::abs(b);
    for (std::size_t j = 0; j < features; ++j) z += x(i, j) * std::abs(W[j]);
    return (5 * z * slope + 16) * (targets[i] ? 1 : 1 / (1 - p(i)));
  }
  double rounding() const {
    double worst = 0;
    for (std::size_t i = 0; i < examples; ++i) worst = std::max(worst, rounding(i, 1));
    return worst;
  }
  double of_residual(std::size_t i) const { return rounding(i, p(i) * (1 - p(i))); }
  /// The sums of the |terms| of the gradient, each with its rounding.
  double of_grad_W(std::size_t j) const {
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i) sum += x(i, j) * of_residual(i);
    return sum;
  }
  double of_grad_b() const {
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i) sum += of_residual(i);
    return sum;
  }
  double loss_terms() const {
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i)
      sum += 1 - std::log(targets[i] ? p(i) : 1 - p(i));
    return sum;
  }
  /// The sum of |x_ij|; with another feature k, of |x_ij x_ik|.
  double column(std::size_t j) const {
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i) sum += x(i, j);
    return sum;
  }
  double column(std::size_t j, std::size_t k) const {
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i) sum += x(i, j) * x(i, k);
    return sum;
  }
};

template <class Vector, class Number>
struct params_of {
  Vector W;
  Number b;
};
template <class T>
using params = params_of<calx::array<T, 1>, T>;

template <class T>
struct logistic {
  calx::array<T, 1> W;
  T b;
  calx::array<T, 2> inputs;
  calx::array<bool, 1> targets;
  magnitudes size;

  explicit logistic(const reference_line& line) : logistic(line.arrays("args")) {}
  explicit logistic(const std::vector<reference_array>& args)
      : W(vector_of<T>(args[0])), b(number_of<T>(args[1])), inputs(matrix_of<T>(args[2])),
        size{args[0].as_doubles(), args[2].as_doubles(), args[1].as_doubles()[0],
             args[3].elements<bool>()} {
    const auto& t = size.targets;
    targets = calx::array<bool, 1>{t[0], t[1], t[2], t[3]};
  }
  /// predict as a function of W: the compile-time way to close over b and inputs.
  auto of_W() const { return calx::partial(predict, b, inputs); }

  /// A result whose element i is a sum of terms of size terms(i).
  template <class X, class Terms>
  result rounded(const X& x, Terms terms) const {
    double each = epsilon<T> * size.rounding();
    return within(x, [&](std::size_t i) { return each * terms(i); });
  }
  result probabilities(const calx::array<T, 1>& y) const {
    return rounded(y, [&](std::size_t i) { return size.p(i); });
  }
  result loss_value(T x) const {
    return rounded(x, [&](std::size_t) { return size.loss_terms(); });
  }
  result grad_W(const calx::array<T, 1>& x) const {
    return within(x, [&](std::size_t j) { return epsilon<T> * size.of_grad_W(j); });
  }
  result grad_b(T x) const {
    return within(x, [&](std::size_t) { return epsilon<T> * size.of_grad_b(); });
  }
  /// A second derivative of -log q has two terms.
  result hessian_WW(const calx::array<T, 2>& x) const {
    return rounded(x, [&](std::size_t k) { return 2 * size.column(k / features, k % features); });
  }
  result hessian_Wb(const calx::array<T, 1>& x) const {
    return rounded(x, [&](std::size_t j) { return 2 * size.column(j); });
  }
  result hessian_bb(T x) const {
    return rounded(x, [&](std::size_t) { return 2.0 * examples; });
  }
  /// The slope of the sigmoid is at most 1/4, and so is its second derivative.
  result jacobian(const calx::array<T, 2>& x) const {
    return rounded(x, [&](std::size_t k) { return size.x(k / features, k % features) / 4; });
  }
};

}  // namespace golden::tour
