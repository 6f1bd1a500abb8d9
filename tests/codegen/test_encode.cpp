// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels of expressions on the CPU: a type of numbers that computes what calx does.
#include <calx/calx.hpp>
#include <calx/codegen/cuda/encode.hpp>
#include <calx/codegen/cuda/kernel.hpp>
#include <cmath>
#include <type_traits>
#include <vector>

#include "catch.hpp"

namespace {
namespace cuda = calx::cuda;
template <class F, class... A>
using plan_for = calx::plan::constant_plan<calx::detail::traced_call<F, A...>>;

constexpr auto twice = [](auto x) { return x + x; };
constexpr auto wave = [](auto x) { return calx::sin(x) * calx::exp(-x * x) + x / 3.0; };
constexpr auto mixed = [](auto x, auto k) { return calx::where(k > 2, x * 2.0f, x + k); };

std::vector<double> grid(long n) {
  std::vector<double> x;
  for (long i = 0; i < n; ++i) x.push_back(-2.0 + 0.01 * static_cast<double>(i));
  return x;
}
}  // namespace

TEST_CASE("a program of numbers is a type without the lambda's") {
  using program = plan_for<calx::jit_fn<std::remove_const_t<decltype(twice)>>, double>;
  constexpr int add = calx::op_id(&calx::info_of<calx::add_t>);
  constexpr auto f64 = calx::dtype::f64, b1 = calx::dtype::b1;
  using load = cuda::instr<calx::plan::op_load, f64, 0, 0, 0, 1>;
  using sum = cuda::instr<add, f64, 1, 0, 0, 0, f64, f64, b1>;
  CHECK((std::is_same_v<cuda::expression_of<program>,
                        cuda::expression<cuda::list<load, sum>,
                                         cuda::outputs<cuda::output<0, f64, 1, 0, 1>>>>));
}

TEST_CASE("the kernel of a gradient computes every element") {
  auto slope = calx::grad(wave);
  using program = plan_for<decltype(slope), double>;
  const auto x = grid(401);
  std::vector<double> y(x.size(), -1);
  cuda::launch_serial(cuda::expression_of<program>(), 401,
                      cuda::pointers<1, 1>{{x.data()}, {y.data()}},
                      cuda::encoder<program>::values());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double want = slope(x[i]);
    CHECK(std::abs(y[i] - want) <= 1e-15 * (1 + std::abs(want)));
  }
}

TEST_CASE("vmap of a gradient is a loop of its own, with strides") {
  auto slopes = calx::vmap(calx::grad(wave));
  using program = plan_for<decltype(slopes), calx::array<double, 1>>;
  static_assert(cuda::encoder<program>::is_one_loop && !cuda::encoder<program>::is_scalar);
  const auto x = grid(300);
  std::vector<double> y(x.size(), -1);
  cuda::launch_serial(cuda::expression_of<program>(), 300,
                      cuda::pointers<1, 1>{{x.data()}, {y.data()}},
                      cuda::encoder<program>::values());
  const auto want = slopes(x);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(std::abs(y[i] - want(i)) <= 1e-14 * (1 + std::abs(want(i))));
}

TEST_CASE("what a loop does not change is done by every thread") {
  constexpr auto f = calx::vmap([](auto x, auto s) { return x * s + 1.0; },
                                calx::in_axes<0, calx::none>);
  using program = plan_for<std::remove_const_t<decltype(f)>, calx::array<double, 1>, double>;
  static_assert(cuda::encoder<program>::is_one_loop && !cuda::encoder<program>::is_scalar);
  const auto x = grid(300);
  const double s = 0.5;
  std::vector<double> y(x.size(), -1);
  cuda::launch_serial(cuda::expression_of<program>(), 300,
                      cuda::pointers<2, 1>{{x.data(), &s}, {y.data()}},
                      cuda::encoder<program>::values());
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(std::abs(y[i] - (x[i] * s + 1)) <= 1e-14 * (1 + std::abs(y[i])));
}

TEST_CASE("several dtypes share a kernel") {
  using program = plan_for<std::remove_const_t<decltype(mixed)>, float, std::int32_t>;
  const std::vector<float> x{1.5f, -2, 0.25f, 8};
  const std::vector<std::int32_t> k{1, 3, 2, -5};
  std::vector<float> y(4);
  cuda::launch_serial(cuda::expression_of<program>(), 4,
                      cuda::pointers<2, 1>{{x.data(), k.data()}, {y.data()}},
                      cuda::encoder<program>::values());
  CHECK(y == std::vector<float>{2.5f, -4, 2.25f, 3});
}
