// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Value and gradient of the logistic loss by weights and bias, 1000 samples of 50 features.
#include <memory>

#include <Eigen/Dense>

#include <calx/calx.hpp>

#include "measure.hpp"

namespace {
constexpr std::size_t samples = 1000, features = 50;

constexpr auto loss = [](auto W, auto b, auto inputs, auto targets) {
  auto p = calx::sigmoid(calx::dot(inputs, W) + b);
  return -calx::sum(calx::log(p * targets + (1 - p) * (1 - targets)));
};
constexpr auto loss_and_gradient = calx::value_and_grad<0, 1>(loss);

struct data {
  std::vector<double> inputs = bench::numbers(samples * features, -1, 1, 3);
  std::vector<double> weights = bench::numbers(features, -0.3, 0.3, 4);
  std::vector<double> targets = bench::numbers(samples, -1, 1, 5);
  double bias = 0.1;
  data() {
    for (double& t : targets) t = t > 0 ? 1 : 0;
  }
};
struct answer {
  double value, bias;
  std::vector<double> weights;
};

/// Two matrix-vector products and array expressions, all in memory that is allocated once.
/// With e = exp(-z) a sample costs log(1 + e) + (1 - t) z, and its slope by z is 1 / (1 + e) - t.
class hand_written {
 public:
  explicit hand_written(const data& d)
      : inputs_(d.inputs.data(), samples, features), targets_(d.targets.data(), samples),
        weights_(d.weights.data(), features), bias_(d.bias) {}

  void run() {
    z_.noalias() = inputs_ * weights_;
    z_.array() += bias_;
    e_ = (-z_).array().exp();
    value = ((1 + e_).log() + (1 - targets_) * z_.array()).sum();
    slope_ = (1 + e_).inverse() - targets_;
    gradient.noalias() = inputs_.transpose() * slope_.matrix();
    bias_gradient = slope_.sum();
  }
  double value = 0, bias_gradient = 0;
  Eigen::VectorXd gradient{features};

 private:
  Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> inputs_;
  Eigen::Map<const Eigen::ArrayXd> targets_;
  Eigen::Map<const Eigen::VectorXd> weights_;
  double bias_;
  Eigen::VectorXd z_{samples};
  Eigen::ArrayXd e_{samples}, slope_{samples};
};

/// The arguments with extents that only run time knows.
struct dynamic_arguments {
  calx::array<double, 1> weights, targets;
  calx::array<double, 2> inputs;
  explicit dynamic_arguments(const data& d)
      : weights(calx::asarray(d.weights)), targets(calx::asarray(d.targets)),
        inputs(calx::asarray(d.inputs).reshape(samples, features)) {}
};
/// The same with extents in the type. The inputs fill 400 kB, too much for a small stack.
struct static_arguments {
  calx::tensor<double, features> weights;
  calx::tensor<double, samples> targets;
  calx::tensor<double, samples, features> inputs;
  explicit static_arguments(const data& d) {
    std::copy(d.weights.begin(), d.weights.end(), weights.mutable_data());
    std::copy(d.targets.begin(), d.targets.end(), targets.mutable_data());
    std::copy(d.inputs.begin(), d.inputs.end(), inputs.mutable_data());
  }
};

void by_hand(benchmark::State& state) {
  data d;
  hand_written h(d);
  bench::measure(state, samples, 0, [&] {
    h.run();
    benchmark::DoNotOptimize(h.value);
    benchmark::DoNotOptimize(h.bias_gradient);
    benchmark::DoNotOptimize(h.gradient.data());
  });
}
/// Run-time extents may allocate the result and one block for intermediate values.
template <class Arguments, long Allowed>
void with_calx(benchmark::State& state) {
  data d;
  auto a = std::make_unique<Arguments>(d);
  bench::measure(state, samples, Allowed, [&] {
    auto result = loss_and_gradient(a->weights, d.bias, a->inputs, a->targets);
    benchmark::DoNotOptimize(result);
  });
}
BENCHMARK(by_hand)->Name("logistic/eigen/hand")->Unit(benchmark::kMicrosecond);
BENCHMARK(with_calx<dynamic_arguments, 3>)
    ->Name("logistic/array/calx")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(with_calx<static_arguments, 0>)
    ->Name("logistic/tensor/calx")
    ->Unit(benchmark::kMicrosecond);

template <class Arguments>
answer answer_of(const data& d) {
  auto a = std::make_unique<Arguments>(d);
  auto [value, gradient] = loss_and_gradient(a->weights, d.bias, a->inputs, a->targets);
  auto [weights, bias] = gradient;
  return {value, bias, std::vector<double>(weights.begin(), weights.end())};
}
bool same(const char* what, const answer& got, const answer& want) {
  return bench::agree(what, got.value, want.value, 1e-11) &&
         bench::agree(what, got.bias, want.bias, 1e-11) &&
         bench::agree(what, got.weights.data(), want.weights.data(), features, 1e-11);
}
/// The loss in long double at the weights and, last, the bias.
long double exact_loss(const data& d, const std::vector<long double>& x) {
  long double total = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    long double z = x[features];
    for (std::size_t k = 0; k < features; ++k) z += x[k] * d.inputs[i * features + k];
    long double p = 1 / (1 + std::exp(-z));
    total -= std::log(d.targets[i] > 0 ? p : 1 - p);
  }
  return total;
}
}  // namespace

bool bench::logistic_agrees() {
  data d;
  hand_written h(d);
  h.run();
  answer want = {h.value, h.bias_gradient, {h.gradient.begin(), h.gradient.end()}};
  std::vector<long double> x(d.weights.begin(), d.weights.end());
  x.push_back(d.bias);
  auto value = [&](const std::vector<long double>& at) { return exact_loss(d, at); };
  bool right = agree("logistic by hand", want.value, static_cast<double>(value(x)), 1e-12);
  for (std::size_t k : {std::size_t{0}, std::size_t{17}, features - 1})
    right = agree("logistic by hand", want.weights[k], difference(value, x, k), 1e-8) && right;
  right = agree("logistic by hand", want.bias, difference(value, x, features), 1e-8) && right;
  right = same("logistic array", answer_of<dynamic_arguments>(d), want) && right;
  return same("logistic tensor", answer_of<static_arguments>(d), want) && right;
}
