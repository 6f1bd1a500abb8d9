// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Value and gradient of the logistic loss of 1000 x 50 data, which the loss captures.
#include <cmath>
#include <utility>

#include "captures.hpp"

namespace {
constexpr std::size_t samples = 1000, features = 50;

struct samples_and_targets {
  std::vector<double> inputs = bench::numbers(samples * features, -1, 1, 3);
  std::vector<double> weights = bench::numbers(features, -0.3, 0.3, 4);
  std::vector<double> targets = bench::numbers(samples, -1, 1, 5);
  double bias = 0.1;
  samples_and_targets() {
    for (double& t : targets) t = t > 0 ? 1 : 0;
  }
};

class problem {
  using vector = calx::array<double, 1>;
  using gradient = std::tuple<vector, double>;

 public:
  static constexpr const char* name = "logistic";
  static constexpr benchmark::TimeUnit unit = benchmark::kMicrosecond;
  static constexpr std::size_t items = samples;
  static constexpr auto f = [](auto W, auto b, auto inputs, auto targets) {
    auto p = calx::sigmoid(calx::dot(inputs, W) + b);
    return -calx::sum(calx::log(p * targets + (1 - p) * (1 - targets)));
  };

  // The moved vectors are copied; of lvalues there would be views.
  explicit problem(samples_and_targets d = {})
      : weights_(calx::asarray(std::move(d.weights))), bias_(d.bias),
        inputs_(calx::asarray(std::move(d.inputs)).reshape(samples, features)),
        targets_(calx::asarray(std::move(d.targets))),
        out_(0.0, {calx::zeros<double>(features), 0.0}) {}

  auto by_value() const {
    return [inputs = inputs_, targets = targets_](auto W, auto b) {
      return f(W, b, inputs, targets);
    };
  }
  auto by_reference() const {
    const auto &inputs = inputs_;
    const auto &targets = targets_;
    return [&](auto W, auto b) { return f(W, b, inputs, targets); };
  }
  auto by_this() const {
    return [this](auto W, auto b) { return f(W, b, inputs_, targets_); };
  }
  auto data() const { return std::tie(inputs_, targets_); }
  void change() { targets_ = 1 - targets_; }

  template <class F>
  static auto transform(F function) { return calx::value_and_grad<0, 1>(function); }
  template <class G, class... Data>
  void into(const G& g, const Data&... data) {
    g.into(out_)(weights_, bias_, data...);
    benchmark::DoNotOptimize(out_);
  }
  template <class G, class... Data>
  auto returned(const G& g, const Data&... data) const { return g(weights_, bias_, data...); }
  std::vector<double> numbers() const { return numbers_of(out_); }
  template <class Result>
  static std::vector<double> numbers_of(const Result& result) {
    auto [value, slopes] = result;
    auto [by_weights, by_bias] = slopes;
    std::vector<double> all{static_cast<double>(value), static_cast<double>(by_bias)};
    vector w = by_weights;
    all.insert(all.end(), w.begin(), w.end());
    return all;
  }

 private:
  vector weights_;
  double bias_;
  calx::array<double, 2> inputs_;
  vector targets_;
  std::tuple<double, gradient> out_;
};
const bool added = bench::add_captures<problem>(1, 3);

/// Value, slope by the bias, slopes by the weights, by loops over samples.
std::vector<double> by_hand(const samples_and_targets& d) {
  std::vector<double> all(2 + features, 0.0);
  for (std::size_t i = 0; i < samples; ++i) {
    const double* row = &d.inputs[i * features];
    double z = d.bias;
    for (std::size_t k = 0; k < features; ++k) z += row[k] * d.weights[k];
    double e = std::exp(-z), slope = 1 / (1 + e) - d.targets[i];
    all[0] += std::log1p(e) + (1 - d.targets[i]) * z;
    all[1] += slope;
    for (std::size_t k = 0; k < features; ++k) all[2 + k] += slope * row[k];
  }
  return all;
}
}  // namespace

bool bench::captured_logistic_agrees() {
  return captures_of_agree<problem>(by_hand(samples_and_targets()), 1e-11) && added;
}
bool bench::captures_agree() {
  bool right = captured_rosenbrock_agrees();
  right = captured_logistic_agrees() && right;
  return captured_sin_exp_agrees() && right;
}
