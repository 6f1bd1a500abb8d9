// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gradient of Rosenbrock's function of 1000 numbers, which captures a coefficient and weights.
#include "captures.hpp"
#include "rosenbrock.hpp"

namespace {
constexpr std::size_t count = 1000;

class problem {
 public:
  static constexpr const char* name = "rosenbrock";
  static constexpr benchmark::TimeUnit unit = benchmark::kMicrosecond;
  static constexpr std::size_t items = count;
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
  double scale_ = 100;
  calx::array<double, 1> x_ = calx::asarray(bench::numbers(count, -1.5, 1.5, 11));
  calx::array<double, 1> weights_ = calx::asarray(bench::numbers(count - 1, 0.5, 1.5, 12));
  calx::array<double, 1> out_ = calx::zeros<double>(count);
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
