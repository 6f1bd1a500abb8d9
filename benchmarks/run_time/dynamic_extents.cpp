// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The same gradients with extents that run time knows and with extents in the type.
#include <cmath>
#include <memory>
#include <vector>

#include "measure.hpp"
#include "rosenbrock.hpp"

namespace {
constexpr std::size_t count = 1000, particles = 100;

/// All pairs by broadcasting, each seen from both of its ends; the diagonal is left out.
constexpr auto energy = [](auto x) {
  auto d = x(calx::slice(), calx::newaxis) - x(calx::newaxis);
  auto r2 = calx::sum(d * d, calx::axis<2>);
  auto apart = r2 > 0.0;
  auto inverse2 = calx::where(apart, 1.0 / calx::where(apart, r2, 1.0), 0.0);
  auto inverse6 = inverse2 * inverse2 * inverse2;
  return 2.0 * calx::sum(inverse6 * inverse6 - inverse6);
};
template <class T>
T energy_value(const std::vector<T>& x) {
  T total = 0;
  for (std::size_t i = 0; i < particles; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      T r2 = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        T d = x[3 * i + k] - x[3 * j + k];
        r2 += d * d;
      }
      T q = 1 / (r2 * r2 * r2);
      total += 4 * (q * q - q);
    }
  return total;
}
std::vector<double> forces(const std::vector<double>& x) {
  std::vector<double> g(x.size(), 0.0);
  for (std::size_t i = 0; i < particles; ++i)
    for (std::size_t j = 0; j < particles; ++j) {
      if (i == j) continue;
      double d[3], r2 = 0;
      for (std::size_t k = 0; k < 3; ++k) d[k] = x[3 * i + k] - x[3 * j + k];
      for (double v : d) r2 += v * v;
      double s = 1 / (r2 * r2 * r2), c = (24 - 48 * s) * s / r2;
      for (std::size_t k = 0; k < 3; ++k) g[3 * i + k] += c * d[k];
    }
  return g;
}
/// A lattice, shaken so that no two distances are the same.
std::vector<double> lattice() {
  std::vector<double> x = bench::numbers(3 * particles, -0.1, 0.1, 31);
  for (std::size_t i = 0; i < particles; ++i) {
    std::size_t cell[3] = {i % 5, i / 5 % 5, i / 25};
    for (std::size_t k = 0; k < 3; ++k) x[3 * i + k] += 1.2 * static_cast<double>(cell[k]);
  }
  return x;
}

struct dynamic_rosenbrock {
  static constexpr std::size_t items = count;
  static constexpr auto gradient = calx::grad(bench::rosenbrock);
  calx::array<double, 1> x = calx::asarray(bench::numbers(count, -1.5, 1.5, 11));
  calx::array<double, 1> w = calx::asarray(bench::numbers(count - 1, 0.5, 1.5, 12));
  calx::array<double, 1> out = calx::zeros<double>(count);
  void run() { gradient.into(out)(x, 100.0, w); }
};
struct static_rosenbrock {
  static constexpr std::size_t items = count;
  static constexpr auto gradient = calx::grad(bench::rosenbrock);
  calx::tensor<double, count> x, out;
  calx::tensor<double, count - 1> w;
  static_rosenbrock() {
    dynamic_rosenbrock d;
    std::copy(d.x.begin(), d.x.end(), x.mutable_data());
    std::copy(d.w.begin(), d.w.end(), w.mutable_data());
  }
  void run() { gradient.into(out)(x, 100.0, w); }
};
/// Arrays of n positions of three numbers: the last extent is in the type.
struct dynamic_particles {
  using positions = calx::basic_array<double, calx::extents<calx::dyn, 3>>;
  static constexpr std::size_t items = particles * (particles - 1);
  static constexpr auto gradient = calx::grad(energy);
  positions x = calx::asarray(lattice()).reshape(particles, 3);
  positions out = calx::zeros<double>(particles, 3);
  void run() { gradient.into(out)(x); }
};
struct static_particles {
  static constexpr std::size_t items = particles * (particles - 1);
  static constexpr auto gradient = calx::grad(energy);
  calx::tensor<double, particles, 3> x, out;
  static_particles() {
    std::vector<double> start = lattice();
    std::copy(start.begin(), start.end(), x.mutable_data());
  }
  void run() { gradient.into(out)(x); }
};

template <class P>
void timed(benchmark::State& state) {
  auto p = std::make_unique<P>();
  bench::measure(state, P::items, bench::unlimited, [&] {
    p->run();
    benchmark::DoNotOptimize(p->out.mutable_data());
  });
}
BENCHMARK(timed<dynamic_rosenbrock>)->Name("extents/rosenbrock/dynamic");
BENCHMARK(timed<static_rosenbrock>)->Name("extents/rosenbrock/static");
BENCHMARK(timed<dynamic_particles>)
    ->Name("extents/particles/dynamic")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(timed<static_particles>)
    ->Name("extents/particles/static")
    ->Unit(benchmark::kMicrosecond);

template <class P>
bool right(const char* what, const std::vector<double>& want) {
  auto p = std::make_unique<P>();
  p->run();
  return bench::agree(what, p->out.mutable_data(), want.data(), want.size(), 1e-11);
}
}  // namespace

bool bench::dynamic_extents_agree() {
  std::vector<double> start = lattice(), want = forces(start);
  std::vector<long double> x(start.begin(), start.end());
  bool ok = true;
  for (std::size_t k : {std::size_t{0}, std::size_t{100}, 3 * particles - 1})
    ok = agree("particles by hand", want[k], difference(energy_value<long double>, x, k), 1e-8) &&
         ok;
  ok = right<dynamic_particles>("particles, dynamic", want) && ok;
  ok = right<static_particles>("particles, static", want) && ok;
  std::vector<double> r = rosenbrock_gradient(numbers(count, -1.5, 1.5, 11), 100,
                                              numbers(count - 1, 0.5, 1.5, 12));
  ok = right<dynamic_rosenbrock>("rosenbrock, dynamic", r) && ok;
  return right<static_rosenbrock>("rosenbrock, static", r) && ok;
}
