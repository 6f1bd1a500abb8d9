// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A neural network 2-32-32-1 that learns a surface: nested structs, mini-batches, Adam.
#include <calx/calx.hpp>

#include <cstdio>
#include <string>
#include <vector>

#include "plot.hpp"
#include "report.hpp"

namespace rnd = calx::random;
using calx::slice;

struct Layer {
  calx::array<double, 2> w;
  calx::array<double, 1> b;
};
CALX_PYTREE(Layer, w, b)

struct Net {
  Layer first, second, last;
};
CALX_PYTREE(Net, first, second, last)

constexpr auto predict = [](auto net, auto x) {
  auto h = tanh(calx::dot(x, net.first.w) + net.first.b);
  h = tanh(calx::dot(h, net.second.w) + net.second.b);
  return calx::dot(h, net.last.w) + net.last.b;
};
constexpr auto loss = [](auto net, auto x, auto y) {
  return calx::mean(calx::square(predict(net, x) - y));
};
constexpr auto loss_and_gradient = calx::value_and_grad(loss);

Layer make_layer(auto key, int in, int out) {
  return {rnd::normal<double>(key, in, out) * (1 / std::sqrt(in)), calx::zeros<double>(out)};
}

/// The optimizer: running means of gradients and of their squares, as trees like the parameters.
struct Adam {
  Net m, v;
  double rate = 1e-2;
  int steps = 0;

  explicit Adam(const Net& like)
      : m(calx::tree::map([](auto p) { return 0.0 * p; }, like)), v(m) {}
  Net step(const Net& net, const Net& gradient) {
    ++steps;
    m = calx::tree::map([](auto a, auto g) { return 0.9 * a + 0.1 * g; }, m, gradient);
    v = calx::tree::map([](auto a, auto g) { return 0.999 * a + 0.001 * g * g; }, v, gradient);
    const double cm = 1 - std::pow(0.9, steps), cv = 1 - std::pow(0.999, steps);
    return calx::tree::map(
        [&](auto p, auto a, auto b) { return p - rate * (a / cm) / (sqrt(b / cv) + 1e-8); }, net,
        m, v);
  }
};

// The same by hand: a layer forward, and its part of the way back.
using matrix = std::vector<double>;  // row-major

matrix layer_by_hand(const matrix& x, const Layer& l, bool activate) {
  const auto in = static_cast<std::size_t>(l.w.shape(0)), out = l.w.size() / in;
  const double* w = l.w.data();
  matrix y(x.size() / in * out);
  for (std::size_t i = 0; i < x.size() / in; ++i) {
    double* row = &y[i * out];
    std::copy_n(l.b.data(), out, row);
    for (std::size_t k = 0; k < in; ++k)
      for (std::size_t j = 0; j < out; ++j) row[j] += x[i * in + k] * w[k * out + j];
    if (activate)
      for (std::size_t j = 0; j < out; ++j) row[j] = std::tanh(row[j]);
  }
  return y;
}
/// From the gradient in a layer's sums to those in w and b, and to that in its input x.
matrix back_by_hand(const matrix& x, const Layer& l, const matrix& dy, matrix& dw, matrix& db) {
  const auto in = static_cast<std::size_t>(l.w.shape(0)), out = l.w.size() / in;
  const double* w = l.w.data();
  matrix dx(x.size());
  dw.assign(in * out, 0), db.assign(out, 0);
  for (std::size_t i = 0; i < x.size() / in; ++i) {
    const double* row = &dy[i * out];
    for (std::size_t j = 0; j < out; ++j) db[j] += row[j];
    for (std::size_t k = 0; k < in; ++k)
      for (std::size_t j = 0; j < out; ++j) {
        dw[k * out + j] += x[i * in + k] * row[j];
        dx[i * in + k] += row[j] * w[k * out + j];
      }
  }
  return dx;
}
struct by_hand {
  double value;
  matrix w1, b1, w2, b2, w3, b3;
};
by_hand gradient_by_hand(const Net& net, const matrix& x, const matrix& y) {
  by_hand g{};
  const matrix h1 = layer_by_hand(x, net.first, true), h2 = layer_by_hand(h1, net.second, true);
  matrix d = layer_by_hand(h2, net.last, false);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double miss = d[i] - y[i], n = static_cast<double>(y.size());
    g.value += miss * miss / n;
    d[i] = 2 * miss / n;
  }
  d = back_by_hand(h2, net.last, d, g.w3, g.b3);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= 1 - h2[i] * h2[i];
  d = back_by_hand(h1, net.second, d, g.w2, g.b2);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= 1 - h1[i] * h1[i];
  back_by_hand(x, net.first, d, g.w1, g.b1);
  return g;
}

void compare(example::report& check, const Net& net, const calx::array<double, 2>& x,
             const calx::array<double, 2>& y) {
  auto [value, gradient] = loss_and_gradient(net, x, y);
  const matrix xs(x.begin(), x.end()), ys(y.begin(), y.end());
  const by_hand g = gradient_by_hand(net, xs, ys);
  check.same("loss", value, g.value, 1e-14);
  check.all_same("gradient in w of the first layer", gradient.first.w, g.w1, 1e-14);
  check.all_same("gradient in b of the first layer", gradient.first.b, g.b1, 1e-14);
  check.all_same("gradient in w of the second layer", gradient.second.w, g.w2, 1e-14);
  check.all_same("gradient in b of the last layer", gradient.last.b, g.b3, 1e-14);
  check.times("loss and gradient of 64", [&] { return loss_and_gradient(net, x, y); },
              [&] { return gradient_by_hand(net, xs, ys); });
}

int main(int argc, char** argv) {
  example::report check("A network 2-32-32-1 learns sin(3x) cos(2y)");
  auto [data, k1, k2, k3] = rnd::split<4>(rnd::key(0));
  auto x = rnd::uniform<double>(data, 1024, 2);
  calx::array<double, 2> y = calx::reshape(
      sin(3.0 * x(slice(), 0)) * cos(2.0 * x(slice(), 1)), -1, 1);
  Net net{make_layer(k1, 2, 32), make_layer(k2, 32, 32), make_layer(k3, 32, 1)};

  compare(check, net, x(slice(0, 64)), y(slice(0, 64)));

  Adam adam(net);
  std::vector<double> epochs, losses;
  for (int epoch = 0; epoch < 60; ++epoch) {
    double sum = 0;
    auto order = rnd::permutation(rnd::fold_in(data, epoch), 1024);
    for (int at = 0; at < 1024; at += 64) {
      auto batch = order(slice(at, at + 64));
      auto [value, gradient] = loss_and_gradient(net, x(batch), y(batch));
      net = adam.step(net, gradient);
      sum += value / 16;
    }
    epochs.push_back(epoch);
    losses.push_back(std::log10(sum));
  }
  check.below("the loss after 60 epochs", std::pow(10, losses.back()), 1e-3);
  plot::figure("log10 of the loss, by epoch")
      .line("loss", epochs, losses)
      .save(example::picture(argc, argv, "mlp.svg"));
  return check.exit_status();
}
