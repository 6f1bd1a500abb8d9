// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call costs of a gradient that captures: of a function of one number, and of ten numbers.
#include <cmath>

#include "captures.hpp"

namespace {
/// A damped oscillation with a saturating trend: 20 nodes, x, a and b among them.
constexpr auto scalar = [](auto x, auto a, auto b) {
  auto wave = calx::sin(a * x) * calx::exp(-x);
  auto trend = x * x / (b + x * x);
  auto both = calx::tanh(wave + a * trend);
  return both * calx::log(a + x) + b * calx::sqrt(x);
};
template <class T>
T scalar_value(T x, T a, T b) {
  T wave = std::sin(a * x) * std::exp(-x), trend = x * x / (b + x * x);
  return std::tanh(wave + a * trend) * std::log(a + x) + b * std::sqrt(x);
}
constexpr auto ten = [](auto x, auto a, auto w) {
  return calx::sum(w * calx::square(a * x - 1.0));
};

struct scalar_problem {
  static constexpr const char* name = "scalar";
  static constexpr benchmark::TimeUnit unit = benchmark::kNanosecond;
  static constexpr std::size_t items = 1;
  static constexpr auto f = scalar;
  double x = 0.7, a = 1.3, b = 0.4;
  auto by_value() const {
    return [a = a, b = b](auto t) { return f(t, a, b); };
  }
  auto data() const { return std::tie(a, b); }
  template <class G, class... Data>
  auto returned(const G& g, const Data&... more) const { return g(x, more...); }
};
struct ten_problem {
  static constexpr const char* name = "ten";
  static constexpr benchmark::TimeUnit unit = benchmark::kNanosecond;
  static constexpr std::size_t items = 1;
  static constexpr auto f = ten;
  double a = 1.3;
  calx::array<double, 1> x = calx::asarray(bench::numbers(10, -1, 1, 21));
  calx::array<double, 1> w = calx::asarray(bench::numbers(10, 0.5, 1.5, 22));
  auto by_value() const {
    return [a = a, w = w](auto t) { return f(t, a, w); };
  }
  auto data() const { return std::tie(a, w); }
  template <class G, class... Data>
  auto returned(const G& g, const Data&... more) const { return g(x, more...); }
};

template <class P>
bool add_small(long allowed) {
  bench::add_case<P>(
      "passed",
      [](P& p, auto time) {
        auto g = calx::grad(P::f);
        time([&] {
          benchmark::DoNotOptimize(p);
          auto slope = std::apply([&](const auto&... d) { return p.returned(g, d...); }, p.data());
          benchmark::DoNotOptimize(slope);
        });
      },
      allowed);
  bench::add_case<P>("anew", [](P& p, auto time) {
    auto f = p.by_value();
    time([&] {
      benchmark::DoNotOptimize(p);
      auto slope = p.returned(calx::grad(f));
      benchmark::DoNotOptimize(slope);
    });
  });
  bench::add_case<P>("jit", [](P& p, auto time) {
    auto g = calx::jit(calx::grad(p.by_value()));
    time([&] {
      benchmark::DoNotOptimize(p);
      auto slope = p.returned(g);
      benchmark::DoNotOptimize(slope);
    });
  });
  return true;
}
const bool added = add_small<scalar_problem>(0) && add_small<ten_problem>(2);

bool scalar_agrees() {
  scalar_problem p;
  auto value = [&](const std::vector<long double>& t) {
    return scalar_value<long double>(t[0], p.a, p.b);
  };
  double want = calx::grad(scalar)(p.x, p.a, p.b);
  auto kept = calx::jit(calx::grad(p.by_value()));
  bool right = bench::agree("scalar", want, bench::difference(value, {p.x}, 0), 1e-9);
  right = bench::agree("scalar, captured", calx::grad(p.by_value())(p.x), want, 1e-14) && right;
  for (int call = 0; call < 2; ++call)
    right = bench::agree("scalar, captured, jit", kept(p.x), want, 1e-14) && right;
  return right;
}
bool ten_agrees() {
  ten_problem p;
  auto kept = calx::jit(calx::grad(p.by_value()));
  calx::array<double, 1> passed = calx::grad(ten)(p.x, p.a, p.w);
  calx::array<double, 1> anew = calx::grad(p.by_value())(p.x);
  calx::array<double, 1> first = kept(p.x), second = kept(p.x);
  bool right = true;
  for (int i = 0; i < 10; ++i) {
    double want = 2 * p.a * p.w(i) * (p.a * p.x(i) - 1);
    for (const auto& got : {passed, anew, first, second})
      right = bench::agree("ten", got(i), want, 1e-14) && right;
  }
  return right;
}
}  // namespace

bool bench::small_captures_agree() {
  bool right = scalar_agrees();
  return ten_agrees() && right && added;
}
