// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gradients of plain lambdas in a kernel: encoded as expression types, instantiated in a
// __global__ function, run by the serial launcher, and on the device where there is one.
#include <calx/calx.hpp>
#include <calx/codegen/cuda/encode.hpp>
#include <calx/codegen/cuda/kernel.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

namespace {
constexpr auto wave = [](auto x) { return calx::sin(x) * calx::exp(-x * x) + x / 3.0; };
constexpr auto guarded = [](auto x) { return calx::where(x > 0.5, calx::sqrt(x) * 2.0, x * x); };
constexpr long n = 1000;
int wrong = 0;

/// Compares a program's kernel with `want`, element by element.
template <class P, class Want>
void check(const char* name, const std::vector<double>& x, Want want) {
  constexpr calx::cuda::expression_of<P> expression{};
  constexpr auto constants = calx::cuda::encoder<P>::values();
  std::vector<double> y(x.size(), -1.0);
  calx::cuda::launch_serial(expression, n,
                            calx::cuda::pointers<1, 1>{{x.data()}, {y.data()}}, constants);
  auto compare = [&](const char* where, double tolerance) {
    int bad = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      bad += !(std::abs(y[i] - want(x[i])) <= tolerance * (1 + std::abs(want(x[i]))));
    std::printf("%s, %s: %d wrong\n", name, where, bad);
    wrong += bad;
  };
  compare("serial launcher", 1e-15);
  // Compiled here in any case; run where there is a device.
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return;
  double *from = nullptr, *to = nullptr;
  const std::size_t bytes = x.size() * sizeof(double);
  cudaMalloc(reinterpret_cast<void**>(&from), bytes);
  cudaMalloc(reinterpret_cast<void**>(&to), bytes);
  cudaMemcpy(from, x.data(), bytes, cudaMemcpyHostToDevice);
  calx::cuda::launch(expression, n, calx::cuda::pointers<1, 1>{{from}, {to}}, constants);
  cudaMemcpy(y.data(), to, bytes, cudaMemcpyDeviceToHost);
  cudaFree(from), cudaFree(to);
  compare("device", 1e-14);  // whose functions are within a few ulp of the host's
}
/// The plan of calling an F with an argument of type A.
template <class F, class A>
using plan_for = calx::plan::constant_plan<calx::detail::traced_call<F, A>>;
}  // namespace

int main() {
  std::vector<double> x(n);
  for (long i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = -2.0 + 0.004 * double(i);
  auto slope = calx::grad(wave);
  [[maybe_unused]] auto slopes = calx::vmap(calx::grad(guarded));
  check<plan_for<decltype(slope), double>>("grad", x, slope);
  check<plan_for<decltype(slopes), calx::array<double, 1>>>("vmap(grad)", x, calx::grad(guarded));
  std::printf("%d wrong\n", wrong);
  return wrong != 0;
}
