// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gradient of Rosenbrock's function of 1000 numbers, which captures a coefficient and weights.
#include "captures.hpp"
#include "rosenbrock.hpp"

namespace {
constexpr std::size_t count = 1000;

class problem : public bench::gradient_by_array<count> {
 public:
  problem() : gradient_by_array(bench::numbers(count, -1.5, 1.5, 11)) {}
  static constexpr const char* name = "rosenbrock";
  static constexpr benchmark::TimeUnit unit = benchmark::kMicrosecond;
  static constexpr auto f = bench::rosenbrock;

  auto by_value() const {
    return [scale = scale_, weights = weights_](auto x) { return f(x, scale, weights); };
  }
  auto by_reference() const {
    const auto &scale = scale_;
    const auto &weights = weights_;
    return [&](auto x) { return f(x, scale, weights); };
  }
  auto by_this() const {
    return [this](auto x) { return f(x, scale_, weights_); };
  }
  auto data() const { return std::tie(scale_, weights_); }
  void change() { scale_ = 20; }

 private:
  double scale_ = 100;
  calx::array<double, 1> weights_ = calx::asarray(bench::numbers(count - 1, 0.5, 1.5, 12));
};
const bool added = bench::add_captures<problem>(1, 2);
}  // namespace

bool bench::captured_rosenbrock_agrees() {
  std::vector<double> x = numbers(count, -1.5, 1.5, 11), w = numbers(count - 1, 0.5, 1.5, 12);
  std::vector<double> want = rosenbrock_gradient(x, 100, w);
  auto value = [&](const std::vector<long double>& at) { return rosenbrock_value(at, 100, w); };
  std::vector<long double> at(x.begin(), x.end());
  bool right = added;
  for (std::size_t k : {std::size_t{0}, std::size_t{17}, count - 1})
    right = agree("rosenbrock by hand", want[k], difference(value, at, k), 1e-8) && right;
  return captures_of_agree<problem>(want, 1e-11) && right;
}
