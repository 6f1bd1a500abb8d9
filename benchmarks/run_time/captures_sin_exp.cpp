// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gradient of sum(sin(x) exp(-k x^2)) over a million numbers, which captures the number k.
#include <cmath>

#include "captures.hpp"

namespace {
constexpr std::size_t count = 1'000'000;

class problem : public bench::gradient_by_array<count> {
 public:
  problem() : gradient_by_array(bench::numbers(count, -2, 2, 2)) {}
  static constexpr const char* name = "sin_exp";
  static constexpr benchmark::TimeUnit unit = benchmark::kMillisecond;
  static constexpr auto f = [](auto x, auto k) {
    return calx::sum(calx::sin(x) * calx::exp(-k * x * x));
  };

  auto by_value() const {
    return [k = k_](auto x) { return f(x, k); };
  }
  auto by_reference() const {
    const double& k = k_;
    return [&](auto x) { return f(x, k); };
  }
  auto by_this() const {
    return [this](auto x) { return f(x, k_); };
  }
  auto data() const { return std::tie(k_); }
  void change() { k_ = 0.5; }

 private:
  double k_ = 1;
};
const bool added = bench::add_captures<problem>(1, 2);
}  // namespace

bool bench::captured_sin_exp_agrees() {
  std::vector<double> x = numbers(count, -2, 2, 2), want(count);
  for (std::size_t i = 0; i < count; ++i)
    want[i] = std::exp(-x[i] * x[i]) * (std::cos(x[i]) - 2 * x[i] * std::sin(x[i]));
  return captures_of_agree<problem>(want, 1e-13) && added;
}
