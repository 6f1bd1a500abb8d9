// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of random share: the elements of a result, and comparisons.
#pragma once

#include <calx/random/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rnd = calx::random;

/// The elements of an array in row-major order.
template <class A>
auto elements(const A& a) {
  using T = calx::element_t<calx::leaf_traits<A>::type>;
  const auto* first = static_cast<const T*>(calx::leaf_traits<A>::data(a));
  return std::vector<T>(first, first + calx::leaf_traits<A>::shape(a).size());
}
/// The largest distance, in units of max(|b|, floor); infinite if the lengths differ.
template <class T>
double distance(const std::vector<T>& a, const std::vector<T>& b, double floor = 1e-300) {
  if (a.size() != b.size()) return HUGE_VAL;
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    worst = std::max(worst, std::abs(x - y) / std::max(std::abs(y), floor));
  }
  return worst;
}
