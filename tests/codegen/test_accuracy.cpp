// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums and products along every axis of large arrays of float32.
#include "accuracy.hpp"

using namespace accuracy;
using calx::axes;

namespace {
template <int... Axis>
constexpr auto sum_over = [](auto x) { return calx::sum(x, axes<Axis...>); };
template <int... Axis>
constexpr auto product_over = [](auto x) { return calx::prod(x, axes<Axis...>); };

std::string name_of(const char* what, const elements& e, const dims& shape, unsigned gone) {
  calx::text t;
  t << what << " of " << e.name << ", " << shape << ", over axes " << static_cast<int>(gone);
  return std::string(t.view());
}
/// Blocks of 64 equal terms are added one after the other: their errors are at most half a unit of
/// each partial sum, which makes 16 units of the whole, and pairs of blocks add at most half a unit
/// for each doubling. Half of that is allowed; a sum taken in order is off by thousands.
constexpr double few = 8;

template <int... Axis, int Rank>
void sums(const dims& shape, std::integral_constant<int, Rank>) {
  constexpr unsigned gone = ((1u << Axis) | ...);
  for (const elements& e : {constant, uniform, signs}) {
    const auto x = e.in<Rank>(shape);
    check(name_of("sum", e, shape, gone), few, calx::jit(sum_over<Axis...>),
          reduced(x, shape, gone, 0, [](double a, double b) { return a + b; }), x);
  }
}
/// Each of n - 1 products is off by at most half a unit, in whatever order; so many random errors
/// add up to a few times their root.
template <int... Axis, int Rank>
void products(const dims& shape, std::integral_constant<int, Rank>) {
  constexpr unsigned gone = ((1u << Axis) | ...);
  dim terms = 1;
  for (int i = 0; i < Rank; ++i) terms *= (gone >> i & 1u) != 0 ? shape[i] : 1;
  const elements e{"powers", -0.05f, 0.05f, true};
  const auto x = e.in<Rank>(shape);
  check(name_of("product", e, shape, gone), 2 * std::sqrt(static_cast<double>(terms)),
        calx::jit(product_over<Axis...>),
        reduced(x, shape, gone, 1, [](double a, double b) { return a * b; }), x);
}
template <int N>
constexpr std::integral_constant<int, N> rank{};
}  // namespace

TEST_CASE("sums along a long axis") {
  sums<0>({1000000}, rank<1>);
  sums<0>({1000000, 2}, rank<2>);
  sums<1>({1000000, 2}, rank<2>);
  sums<0, 1>({1000000, 2}, rank<2>);
  sums<0>({3, 300000}, rank<2>);
  sums<1>({3, 300000}, rank<2>);
  sums<0, 1>({3, 300000}, rank<2>);
}
TEST_CASE("sums along axes of three") {
  const dims shape{100000, 3, 2};
  sums<0>(shape, rank<3>);
  sums<1>(shape, rank<3>);
  sums<2>(shape, rank<3>);
  sums<0, 1>(shape, rank<3>);
  sums<0, 2>(shape, rank<3>);
  sums<1, 2>(shape, rank<3>);
  sums<0, 1, 2>(shape, rank<3>);
}
TEST_CASE("products along a long axis") {
  products<0>({1000000}, rank<1>);
  products<0>({1000000, 2}, rank<2>);
  products<1>({3, 300000}, rank<2>);
  products<0, 1>({3, 300000}, rank<2>);
  products<0>({100000, 3, 2}, rank<3>);
  products<0, 2>({100000, 3, 2}, rank<3>);
  products<1, 2>({100000, 3, 2}, rank<3>);
}
