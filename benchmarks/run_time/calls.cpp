// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call costs: a scalar gradient in a chain of dependent calls, and in independent ones.
#include <calx/calx.hpp>

#include "measure.hpp"

namespace {
constexpr std::size_t count = 4096;
constexpr int steps = 8;

constexpr auto cubic = [](auto x) { return (x * x - 2) * x - 5; };  // Newton's own example

struct value_and_slope {
  double value, slope;
};
inline value_and_slope by_hand(double x) {
  double square = x * x;
  return {(square - 2) * x - 5, 3 * square - 2};
}

/// Newton's method, which each push throws off the root again: each call waits for the one before,
/// so that no compiler can run two at a time.
template <class G>
void newton(const double* push, double* root, std::size_t n, G g) {
  double x = 2;
  for (std::size_t i = 0; i < n; ++i) {
    x += push[i];
    for (int k = 0; k < steps; ++k) {
      auto [value, slope] = g(x);
      x -= value / slope;
    }
    root[i] = x;
  }
}
template <class G>
void slopes(const double* x, double* out, std::size_t n, G g) {
  for (std::size_t i = 0; i < n; ++i) out[i] = g(x[i]);
}
constexpr auto hand_both = [](double x) { return by_hand(x); };
constexpr auto hand_slope = [](double x) { return by_hand(x).slope; };
constexpr auto calx_both = calx::value_and_grad(cubic);
constexpr auto calx_slope = calx::grad(cubic);

template <class G>
void chain(benchmark::State& state, G g) {
  std::vector<double> x = bench::numbers(count, -0.5, 1, 6), root(count);
  bench::measure(state, count * steps, 0, [&] {
    newton(x.data(), root.data(), count, g);
    benchmark::DoNotOptimize(root.data());
  });
}
template <class G>
void independent(benchmark::State& state, G g) {
  std::vector<double> x = bench::numbers(count, 1.5, 3, 6), out(count);
  bench::measure(state, count, 0, [&] {
    slopes(x.data(), out.data(), count, g);
    benchmark::DoNotOptimize(out.data());
  });
}
void chain_hand(benchmark::State& s) { chain(s, hand_both); }
void chain_calx(benchmark::State& s) { chain(s, calx_both); }
void independent_hand(benchmark::State& s) { independent(s, hand_slope); }
void independent_calx(benchmark::State& s) { independent(s, calx_slope); }
BENCHMARK(chain_hand)->Name("calls/chain/hand");
BENCHMARK(chain_calx)->Name("calls/chain/calx");
BENCHMARK(independent_hand)->Name("calls/independent/hand");
BENCHMARK(independent_calx)->Name("calls/independent/calx");
}  // namespace

bool bench::calls_agree() {
  std::vector<double> x = numbers(count, 1.5, 3, 6), want(count), got(count);
  bool right = true;
  auto value = [](const std::vector<long double>& t) { return cubic(t[0]); };
  for (double at : x)
    right = agree("calls by hand", hand_slope(at), difference(value, {at}, 0), 1e-9) && right;
  slopes(x.data(), want.data(), count, hand_slope);
  slopes(x.data(), got.data(), count, calx_slope);
  right = agree("calls", got.data(), want.data(), count, 1e-14) && right;
  std::vector<double> push = numbers(count, -0.5, 1, 6);
  newton(push.data(), want.data(), count, hand_both);
  newton(push.data(), got.data(), count, calx_both);
  right = agree("calls, Newton's method", got.data(), want.data(), count, 1e-14) && right;
  return right && agree("calls, the root", got[0], 2.0945514815423265, 1e-14);
}
