// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gradient of sum(sin(x) exp(-x^2)) over a million numbers.
#include <cmath>

#include <calx/calx.hpp>
#include <xsimd/xsimd.hpp>

#include "measure.hpp"

namespace {
constexpr std::size_t count = 1'000'000;

constexpr auto energy = [](auto x) { return calx::sum(calx::sin(x) * calx::exp(-x * x)); };

/// The loop that one writes first.
void scalar_loop(const double* x, double* g, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    g[i] = std::exp(-x[i] * x[i]) * (std::cos(x[i]) - 2 * x[i] * std::sin(x[i]));
}
/// The loop of somebody who knows the machine: sine and cosine from one reduction, full registers.
void simd_loop(const double* x, double* g, std::size_t n) {
  using batch = xsimd::batch<double>;
  std::size_t i = 0;
  for (; i + batch::size <= n; i += batch::size) {
    batch v = batch::load_unaligned(x + i);
    auto [s, c] = xsimd::sincos(v);
    (xsimd::exp(-v * v) * (c - (v + v) * s)).store_unaligned(g + i);
  }
  scalar_loop(x + i, g + i, n - i);
}

template <class Loop>
void by_hand(benchmark::State& state, Loop loop) {
  std::vector<double> x = bench::numbers(count, -2, 2, 2), g(count);
  bench::measure(state, count, 0, [&] {
    loop(x.data(), g.data(), count);
    benchmark::DoNotOptimize(g.data());
  });
}
void hand_scalar(benchmark::State& s) { by_hand(s, scalar_loop); }
void hand_simd(benchmark::State& s) { by_hand(s, simd_loop); }
void with_calx(benchmark::State& state) {
  std::vector<double> start = bench::numbers(count, -2, 2, 2), g(count);
  calx::array<double, 1> x = calx::asarray(start);
  bench::measure(state, count, 0, [&] {
    calx::grad(energy).into(g)(x);
    benchmark::DoNotOptimize(g.data());
  });
}
BENCHMARK(hand_scalar)->Name("sin_exp/scalar/hand")->Unit(benchmark::kMillisecond);
BENCHMARK(hand_simd)->Name("sin_exp/simd/hand")->Unit(benchmark::kMillisecond);
BENCHMARK(with_calx)->Name("sin_exp/array/calx")->Unit(benchmark::kMillisecond);
}  // namespace

bool bench::sin_exp_agrees() {
  constexpr std::size_t n = 1003;  // no multiple of any register
  std::vector<double> x = numbers(n, -2, 2, 2), want(n), simd(n), got(n);
  scalar_loop(x.data(), want.data(), n);
  simd_loop(x.data(), simd.data(), n);
  calx::grad(energy).into(got)(calx::array<double, 1>(calx::asarray(x)));
  bool right = agree("sin_exp simd by hand", simd.data(), want.data(), n, 1e-14);
  right = agree("sin_exp", got.data(), want.data(), n, 1e-14) && right;
  auto value = [](const std::vector<long double>& t) {
    return std::sin(t[0]) * std::exp(-t[0] * t[0]);
  };
  for (std::size_t i = 0; i < n; ++i)
    right = agree("sin_exp by hand", want[i], difference(value, {x[i]}, 0), 1e-9) && right;
  return right;
}
