// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What all cases share: the timed loop with its count of allocations, data, comparisons.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "allocations.hpp"

namespace bench {

/// For cases whose allocations are only counted.
inline constexpr long unlimited = std::numeric_limits<long>::max();

/// Times body, which handles `items` items. If one run of it allocates more than `allowed` times,
/// the case is an error, and so is the run.
template <class Body>
void measure(benchmark::State& state, std::size_t items, long allowed, Body body) {
  body();  // touches all pages, and lets what is made once be made
  long before = allocations();
  body();
  long used = allocations() - before;
  if (used > allowed) {
    std::string sentence = std::to_string(used) + " heap allocations in one run, at most " +
                           std::to_string(allowed) + " are allowed";
    state.SkipWithError(sentence.c_str());
    return;
  }
  for (auto _ : state) {
    body();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
  state.counters["items"] = static_cast<double>(items);
  state.counters["allocations"] = static_cast<double>(used);
}

/// n numbers between lo and hi, the same in every run.
inline std::vector<double> numbers(std::size_t n, double lo, double hi, unsigned seed) {
  std::mt19937_64 bits(seed);
  std::uniform_real_distribution<double> between(lo, hi);
  std::vector<double> x(n);
  std::generate(x.begin(), x.end(), [&] { return between(bits); });
  return x;
}

/// Whether got and want agree to `tolerance`, relative where want is above 1; says so if not.
inline bool agree(const char* what, double got, double want, double tolerance) {
  if (std::abs(got - want) <= tolerance * std::max(1.0, std::abs(want))) return true;
  std::fprintf(stderr, "%s: got %.17g, expected %.17g\n", what, got, want);
  return false;
}
inline bool agree(const char* what, const double* got, const double* want, std::size_t n,
                  double tolerance) {
  for (std::size_t i = 0; i < n; ++i)
    if (!agree(what, got[i], want[i], tolerance)) return false;
  return true;
}

/// The central difference of f, which is evaluated in long double, along argument i of x.
template <class F>
double difference(F f, std::vector<long double> x, std::size_t i, long double h = 1e-6L) {
  long double at = x[i];
  x[i] = at + h;
  long double up = f(x);
  x[i] = at - h;
  return static_cast<double>((up - f(x)) / (2 * h));
}

// Each case checks its hand-written gradient against differences, and calx against it.
bool lennard_jones_agrees();
bool sin_exp_agrees();
bool logistic_agrees();
bool calls_agree();
bool captures_agree();
bool small_captures_agree();
bool dynamic_extents_agree();
bool column_sums_agree();

}  // namespace bench
