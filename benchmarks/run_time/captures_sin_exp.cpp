// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gradient of sum(sin(x) exp(-k x^2)) over a million numbers, which captures the number k.
#include <cmath>

#include "captures.hpp"

namespace {
constexpr std::size_t count = 1'000'000;

class problem {
 public:
  static constexpr const char* name = "sin_exp";
  static constexpr benchmark::TimeUnit unit = benchmark::kMillisecond;
  static constexpr std::size_t items = count;
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

  template <class F>
  static auto transform(F function) { return calx::grad(function); }
  template <class G, class... Data>
  void into(const G& g, const Data&... data) {
    g.into(out_)(x_, data...);
    benchmark::DoNotOptimize(out_.mutable_data());
  }
  template <class G, class... Data>
  auto returned(const G& g, const Data&... data) const { return g(x_, data...); }
  std::vector<double> numbers() const { return {out_.begin(), out_.end()}; }
  static std::vector<double> numbers_of(const calx::array<double, 1>& result) {
    return {result.begin(), result.end()};
  }

 private:
  double k_ = 1;
  calx::array<double, 1> x_ = calx::asarray(bench::numbers(count, -2, 2, 2));
  calx::array<double, 1> out_ = calx::zeros<double>(count);
};
const bool added = bench::add_captures<problem>(1, 2);
}  // namespace

bool bench::captured_sin_exp_agrees() {
  std::vector<double> x = numbers(count, -2, 2, 2), want(count);
  for (std::size_t i = 0; i < count; ++i)
    want[i] = std::exp(-x[i] * x[i]) * (std::cos(x[i]) - 2 * x[i] * std::sin(x[i]));
  return captures_of_agree<problem>(want, 1e-13) && added;
}
