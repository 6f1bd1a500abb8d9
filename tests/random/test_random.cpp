// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers of keys that hold numbers: the cipher, JAX's values, distributions, errors.
#include "common.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "../catch.hpp"
#include "../support.hpp"
#include "golden_floats.hpp"
#include "golden_integers.hpp"

using support::thrown;
using std::int32_t, std::int64_t, std::uint32_t, std::uint64_t;
using words = std::array<uint32_t, 2>;

// Known answers of Random123 1.14 (kat_vectors) for 20 rounds.
static_assert(rnd::threefry2x32<uint32_t>(0, 0, 0, 0) == words{0x6b200159, 0x99ba4efe});
static_assert(rnd::threefry2x32<uint32_t>(~0u, ~0u, ~0u, ~0u) == words{0x1cb996fc, 0xbb002be7});
static_assert(rnd::threefry2x32<uint32_t>(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3) ==
              words{0xc4923a9c, 0x483df7a0});
// All of what needs no array is a constant.
static_assert(rnd::key_data(rnd::split(rnd::key(0))[1]) == words{928981903, 3453687069});
static_assert(rnd::uniform<double>(rnd::key(42)) == 0.4267275666499091);
static_assert(rnd::randint<int>(rnd::key(0), 0, 10) == 9);

TEST_CASE("the values of the user program") {
  auto [a, b] = rnd::split(rnd::key(0));
  CHECK(rnd::key_data(a) == words{1797259609, 2579123966});
  CHECK(rnd::key_data(b) == words{928981903, 3453687069});
  CHECK(rnd::key_data(rnd::fold_in(rnd::key(1), 5))[1] == 1313272271);
  auto bits = rnd::bits<uint32_t>(rnd::key(42), 5);
  CHECK(elements(bits) == std::vector{2098992034u, 2919706841u, 2646866425u, 2409546199u,
                                      1935504149u});
  std::vector u{0.4267275666499091, 0.015010069515314584, 0.5741444178995352};
  CHECK(elements(rnd::uniform<double>(rnd::key(42), 3)) == u);
  CHECK(std::abs(rnd::uniform<float>(rnd::key(42), 3)(0) - 0.48870957f) < 1e-7f);
  CHECK(distance(elements(rnd::normal<calx::tensor<double, 2>>(rnd::key(42))),
                 {-0.18471174528191162, -2.169824560397754}) < 1e-14);
  CHECK(std::abs(rnd::normal<float>(rnd::key(42)) + 0.028304616f) < 1e-6f);
  CHECK(elements(rnd::randint<int64_t>(rnd::key(7), 0, 10, 6)) ==
        std::vector<int64_t>{7, 9, 6, 9, 1, 2});
  CHECK(elements(rnd::permutation(rnd::key(7), 8)) ==
        std::vector<int64_t>{4, 2, 3, 5, 0, 7, 6, 1});
  auto hit = rnd::bernoulli(rnd::key(3), 0.3, 8);
  CHECK((!hit(0) && hit(2) && hit(3) && !hit(7)));
  auto r = rnd::uniform<double>(rnd::key(42), rnd::range{-1.0, 3.0}, 3);
  CHECK(std::abs(r(0) - (-1 + 4 * u[0])) < 1e-15);
}

TEST_CASE("keys: seeds, splits and folds are those of JAX") {
  for (auto& g : golden::keys) CHECK(rnd::key_data(rnd::key(g.number)) == words{g.k0, g.k1});
  CHECK(rnd::key_data(rnd::key(~uint64_t{0})) == words{~0u, ~0u});
  for (auto& g : golden::folds)
    CHECK(rnd::key_data(rnd::fold_in(rnd::key(g.seed), g.number)) == words{g.k0, g.k1});
  for (auto& g : golden::splits) {
    auto n = static_cast<int>(g.values.size() / 2);
    auto keys = rnd::split(rnd::key(g.seed), n);
    for (int i = 0; i < n; ++i)
      CHECK(rnd::key_data(keys(i)) == words{g.values[static_cast<std::size_t>(2 * i)],
                                            g.values[static_cast<std::size_t>(2 * i + 1)]});
  }
}
TEST_CASE("keys: nested splits and folds, static and run-time counts agree") {
  CHECK(rnd::key_data(rnd::fold_in(rnd::fold_in(rnd::fold_in(rnd::key(42), 1), 2), 3)) ==
        words{743467472, 123583966});
  auto key = rnd::key(42);
  for (int depth = 0; depth < 3; ++depth) key = rnd::split<3>(key)[2];
  CHECK(rnd::key_data(key) == words{49902363, 1059573364});
  auto fixed = rnd::split<6>(rnd::key(9));
  auto line = rnd::split(rnd::key(9), 6);
  auto table = rnd::split(rnd::key(9), 2, 3);
  for (int i = 0; i < 6; ++i) {
    CHECK(rnd::key_data(line(i)) == rnd::key_data(fixed[static_cast<std::size_t>(i)]));
    CHECK(rnd::key_data(table(i / 3, i % 3)) == rnd::key_data(line(i)));
  }
}

TEST_CASE("bits are those of JAX") {
  for (auto& g : golden::bits_u32)
    CHECK(elements(rnd::bits<uint32_t>(rnd::key(g.seed), g.values.size())) == g.values);
  for (auto& g : golden::bits_u64)
    CHECK(elements(rnd::bits<uint64_t>(rnd::key(g.seed), g.values.size())) == g.values);
  uint32_t all = 0;
  for (uint32_t x : elements(rnd::bits<uint32_t>(rnd::key(1701), 10, 100))) all ^= x;
  CHECK(all == 3910150529);
}
TEST_CASE("an array does not depend on its shape, and begins with the scalar") {
  auto flat = elements(rnd::normal<double>(rnd::key(5), 24));
  CHECK(elements(rnd::normal<double>(rnd::key(5), 2, 3, 4)) == flat);
  CHECK(elements(rnd::normal<calx::tensor<double, 6, 4>>(rnd::key(5))) == flat);
  CHECK(rnd::normal<double>(rnd::key(5)) == flat[0]);
  CHECK(elements(rnd::normal<double>(rnd::key(5), 0)).empty());
  CHECK(elements(rnd::permutation(rnd::key(5), 0)).empty());
}
TEST_CASE("positions beyond 2^32 count on in the upper word") {
  auto at = rnd::detail::position((uint64_t{5} << 32) + 7);
  CHECK((at.hi == 5 && at.lo == 7));
  auto key = rnd::key(0);
  CHECK(rnd::detail::bits_at<uint32_t>(key, at) !=
        rnd::detail::bits_at<uint32_t>(key, rnd::detail::position(7)));
}

TEST_CASE("uniform is that of JAX on every interval") {
  for (auto& g : golden::uniforms) {
    double size = std::max(std::abs(g.lo), std::abs(g.hi));
    rnd::range bounds{g.lo, g.hi};
    CHECK(distance(elements(rnd::uniform<double>(rnd::key(g.seed), bounds, g.f64.size())), g.f64,
                   size) < 3e-16);
    CHECK(distance(elements(rnd::uniform<float>(rnd::key(g.seed), bounds, g.f32.size())), g.f32,
                   size) < 1.3e-7);
  }
}
TEST_CASE("bernoulli is that of JAX, with the bits of the type of p") {
  auto text_of = [](const auto& a) {
    std::string s;
    for (bool b : elements(a)) s += b ? '1' : '0';
    return s;
  };
  for (auto& g : golden::bernoullis) {
    auto key = rnd::key(g.seed);
    CHECK(text_of(rnd::bernoulli(key, g.p, g.f64.size())) == g.f64);
    CHECK(text_of(rnd::bernoulli(key, static_cast<float>(g.p), g.f32.size())) == g.f32);
  }
  CHECK_FALSE(rnd::bernoulli(rnd::key(0), 0.0));
  CHECK(rnd::bernoulli(rnd::key(0), 1.0));
}

namespace {
/// The worst relative error of a distribution against JAX's values.
template <class Golden, class F>
double against(const Golden& golden, const F& f) {
  double worst = 0;
  for (auto& g : golden)
    worst = std::max(worst, distance(elements(f(rnd::key(g.seed), g.values.size())), g.values));
  return worst;
}
}  // namespace
TEST_CASE("continuous distributions are those of JAX") {
  using namespace rnd;
  CHECK(against(golden::normals_f64, [](auto k, auto n) { return normal<double>(k, n); }) < 1e-14);
  CHECK(against(golden::normals_f32, [](auto k, auto n) { return normal<float>(k, n); }) < 1e-6);
  CHECK(against(golden::exponential_f64,
                [](auto k, auto n) { return exponential<double>(k, n); }) < 1e-14);
  CHECK(against(golden::exponential_f32,
                [](auto k, auto n) { return exponential<float>(k, n); }) < 1e-6);
  CHECK(against(golden::gumbel_f64, [](auto k, auto n) { return gumbel<double>(k, n); }) < 1e-14);
  CHECK(against(golden::gumbel_f32, [](auto k, auto n) { return gumbel<float>(k, n); }) < 2e-6);
  CHECK(against(golden::logistic_f64, [](auto k, auto n) { return logistic<double>(k, n); }) <
        1e-14);
  CHECK(against(golden::logistic_f32, [](auto k, auto n) { return logistic<float>(k, n); }) < 1e-6);
  CHECK(against(golden::laplace_f64, [](auto k, auto n) { return laplace<double>(k, n); }) < 1e-14);
  CHECK(against(golden::laplace_f32, [](auto k, auto n) { return laplace<float>(k, n); }) < 1e-6);
}

TEST_CASE("randint is that of JAX, at the ends of types and in empty ranges too") {
  for (auto& g : golden::randints_i64)
    CHECK(elements(rnd::randint<int64_t>(rnd::key(g.seed), g.lo, g.hi, 5)) == g.values);
  for (auto& g : golden::randints_i32)
    CHECK(elements(rnd::randint<int32_t>(rnd::key(g.seed), g.lo, g.hi, 5)) == g.values);
  for (auto& g : golden::randints_u32)
    CHECK(elements(rnd::randint<uint32_t>(rnd::key(g.seed), g.lo, g.hi, 5)) == g.values);
  auto top = std::numeric_limits<uint64_t>::max();
  CHECK(rnd::randint<uint64_t>(rnd::key(1), top - 1, top) == top - 1);
  CHECK(rnd::randint<uint32_t>(rnd::key(1), -5, 0) == 0);
}
TEST_CASE("permutation is that of JAX, and a permutation") {
  for (auto& g : golden::permutations)
    CHECK(elements(rnd::permutation(rnd::key(g.seed),
                                    static_cast<calx::dim>(g.values.size()))) == g.values);
  auto p = elements(rnd::permutation(rnd::key(3), 1000));
  std::set<int64_t> seen(p.begin(), p.end());
  CHECK((seen.size() == 1000 && *seen.begin() == 0 && *seen.rbegin() == 999));
}

TEST_CASE("means and variances are within 4 standard errors") {
  constexpr int n = 100000;
  // The k-th value: mean, variance, and the fourth central moment over the variance squared.
  auto check = [&](const std::vector<double>& x, double mean, double variance, double kurtosis) {
    double m = 0, v = 0;
    for (double e : x) m += e / n;
    for (double e : x) v += (e - m) * (e - m) / (n - 1);
    CHECK(std::abs(m - mean) < 4 * std::sqrt(variance / n));
    CHECK(std::abs(v - variance) < 4 * variance * std::sqrt((kurtosis - 1) / n));
  };
  const double pi2 = 9.869604401089358, euler = 0.5772156649015329;
  auto key = rnd::key(2024);
  check(elements(rnd::uniform<double>(key, rnd::range{-1, 3}, n)), 1, 16.0 / 12, 1.8);
  check(elements(rnd::normal<double>(key, n)), 0, 1, 3);
  check(elements(rnd::exponential<double>(key, n)), 1, 1, 9);
  check(elements(rnd::gumbel<double>(key, n)), euler, pi2 / 6, 5.4);
  check(elements(rnd::logistic<double>(key, n)), 0, pi2 / 3, 4.2);
  check(elements(rnd::laplace<double>(key, n)), 0, 2, 6);
  auto dice = elements(rnd::randint<int64_t>(key, 1, 7, n));
  check({dice.begin(), dice.end()}, 3.5, 35.0 / 12, 1.731);
  auto heads = elements(rnd::bernoulli(key, 0.25, n));
  check({heads.begin(), heads.end()}, 0.25, 0.1875, 7.0 / 3);
}

TEST_CASE("errors") {
  auto key = rnd::key(0);
  CHECK(thrown<calx::shape_error>([&] { rnd::normal<double>(key, 3, -1); }) ==
        "normal: extents must not be negative, but got shape (3, -1)");
  CHECK(thrown<calx::shape_error>([&] { rnd::split(key, -1); }) ==
        "split: extents must not be negative, but got shape (-1,)");
  CHECK(thrown<calx::shape_error>([&] { rnd::permutation(key, -2); }) ==
        "permutation: extents must not be negative, but got shape (-2,)");
  CHECK(thrown<calx::shape_error>([&] { rnd::uniform<float>(key, 2, -3); }) ==
        "uniform: extents must not be negative, but got shape (2, -3)");
  CHECK(thrown<calx::error>([&] { rnd::fold_in(key, -1); }) ==
        "fold_in: data must be in [0, 2^32), but got -1");
  CHECK(thrown<calx::error>([&] { rnd::fold_in(key, int64_t{1} << 32); }) ==
        "fold_in: data must be in [0, 2^32), but got 4294967296");
}
