// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The gradient of a Lennard-Jones pair energy by both positions, over many pairs.
#include <array>
#include <memory>
#include <tuple>

#include <calx/calx.hpp>

#include "measure.hpp"

namespace {
// All of it fits the second-level cache. No multiple of a page, so that what is read and what is
// written do not lie at the same distance from the start of one.
constexpr std::size_t pairs = 1000;

template <class T>
struct Point {
  T x, y, z;
};
using vec3 = calx::tensor<double, 3>;

constexpr auto vector_energy = [](auto a, auto b) {
  auto d = a - b;
  auto inverse2 = 1.0 / calx::vdot(d, d);
  auto inverse6 = inverse2 * inverse2 * inverse2;
  return 4.0 * (inverse6 * inverse6 - inverse6);
};
constexpr auto point_energy = [](auto a, auto b) {
  auto dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
  auto inverse2 = 1.0 / (dx * dx + dy * dy + dz * dz);
  auto inverse6 = inverse2 * inverse2 * inverse2;
  return 4.0 * (inverse6 * inverse6 - inverse6);
};

// With q = 1 / |d|^2 and s = q^3 the energy is 4 (s^2 - s), and its gradient by d is
// -24 (2 s - 1) s q d. The second position moves d the other way.
inline std::tuple<Point<double>, Point<double>> by_hand(const Point<double>& a,
                                                        const Point<double>& b) {
  double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
  double q = 1 / (dx * dx + dy * dy + dz * dz);
  double s = q * q * q;
  double c = (24 - 48 * s) * (s * q);
  double gx = c * dx, gy = c * dy, gz = c * dz;
  return {{gx, gy, gz}, {-gx, -gy, -gz}};
}
inline std::tuple<std::array<double, 3>, std::array<double, 3>> by_hand(
    const std::array<double, 3>& a, const std::array<double, 3>& b) {
  double d[3] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
  double q = 1 / (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
  double s = q * q * q;
  double c = (24 - 48 * s) * (s * q);
  std::array<double, 3> g = {c * d[0], c * d[1], c * d[2]};
  return {g, {-g[0], -g[1], -g[2]}};
}

template <class V>
struct problem {
  using list = std::array<V, pairs>;
  alignas(64) list a;  // positions
  alignas(64) list b;
  alignas(64) list ga;  // gradients
  alignas(64) list gb;
  problem() {
    std::vector<double> x = bench::numbers(6 * pairs, -0.1, 0.1, 1);
    for (std::size_t i = 0; i < pairs; ++i) {
      const double* at = x.data() + 6 * i;
      a[i] = {at[0], at[1], at[2]};
      b[i] = {1.1 + at[3], at[4], at[5]};
    }
  }
};

/// All gradients of p by g, which is inlined on either side.
template <class V, class G>
void all_pairs(problem<V>& p, G g) {
  for (std::size_t i = 0; i < pairs; ++i) std::tie(p.ga[i], p.gb[i]) = g(p.a[i], p.b[i]);
}
constexpr auto hand = [](const auto& a, const auto& b) { return by_hand(a, b); };
constexpr auto vector_gradient = calx::grad<0, 1>(vector_energy);
constexpr auto point_gradient = calx::grad<0, 1>(point_energy);

template <class V, class G>
void run(benchmark::State& state, G g) {
  auto p = std::make_unique<problem<V>>();
  bench::measure(state, pairs, 0, [&] {
    all_pairs(*p, g);
    benchmark::DoNotOptimize(p->ga.data());
    benchmark::DoNotOptimize(p->gb.data());
  });
}
void tensor_hand(benchmark::State& s) { run<std::array<double, 3>>(s, hand); }
void tensor_calx(benchmark::State& s) { run<vec3>(s, vector_gradient); }
void point_hand(benchmark::State& s) { run<Point<double>>(s, hand); }
void point_calx(benchmark::State& s) { run<Point<double>>(s, point_gradient); }
BENCHMARK(tensor_hand)->Name("lennard_jones/tensor/hand");
BENCHMARK(tensor_calx)->Name("lennard_jones/tensor/calx");
BENCHMARK(point_hand)->Name("lennard_jones/point/hand");
BENCHMARK(point_calx)->Name("lennard_jones/point/calx");

/// All gradients, three numbers a position, as the timed loop computes them.
template <class V, class G>
std::vector<double> gradients(G g) {
  static_assert(sizeof(V) == 3 * sizeof(double));
  auto p = std::make_unique<problem<V>>();
  all_pairs(*p, g);
  std::vector<double> all;
  for (std::size_t i = 0; i < pairs; ++i)
    for (const V* v : {&p->ga[i], &p->gb[i]}) {
      auto* at = reinterpret_cast<const double*>(v);
      all.insert(all.end(), at, at + 3);
    }
  return all;
}
}  // namespace

bool bench::lennard_jones_agrees() {
  std::vector<double> want = gradients<Point<double>>(hand);
  auto p = std::make_unique<problem<Point<double>>>();
  bool right = true;
  auto energy = [](const std::vector<long double>& x) {
    return point_energy(Point<long double>{x[0], x[1], x[2]},
                        Point<long double>{x[3], x[4], x[5]});
  };
  for (std::size_t i = 0; i < pairs && right; ++i)
    for (std::size_t k = 0; k < 6; ++k) {
      const auto &a = p->a[i], &b = p->b[i];
      double slope = difference(energy, {a.x, a.y, a.z, b.x, b.y, b.z}, k);
      right = agree("lennard_jones by hand", want[6 * i + k], slope, 1e-8) && right;
    }
  auto check = [&](const char* what, const std::vector<double>& got) {
    right = agree(what, got.data(), want.data(), want.size(), 1e-12) && right;
  };
  check("lennard_jones tensor by hand", gradients<std::array<double, 3>>(hand));
  check("lennard_jones tensor", gradients<vec3>(vector_gradient));
  check("lennard_jones point", gradients<Point<double>>(point_gradient));
  return right;
}
