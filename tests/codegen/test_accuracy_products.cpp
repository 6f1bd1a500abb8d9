// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Long contractions of float32, and reductions beside others over other axes.
#include "accuracy.hpp"

using namespace accuracy;
using calx::axis;

namespace {
/// As in test_accuracy.cpp.
constexpr double few = 8;
/// At most 512 products are added one after the other, each time with an error of half a unit of a
/// sum that is half of the last one on average.
constexpr double products = 512 / 4;
constexpr auto add = [](double a, double b) { return a + b; };

/// The product of [m, k] and [k, n] matrices, of which vectors are those with one row or column.
wide product(const float* a, const float* b, dim m, dim k, dim n) {
  wide w{std::vector<double>(static_cast<std::size_t>(m * n)), {}};
  w.size = w.value;
  for (dim i = 0; i < m; ++i)
    for (dim t = 0; t < k; ++t)
      for (dim j = 0; j < n; ++j) {
        const double v = double{a[i * k + t]} * double{b[t * n + j]};
        const auto at = static_cast<std::size_t>(i * n + j);
        w.value[at] += v, w.size[at] += std::abs(v);
      }
  return w;
}
}  // namespace

TEST_CASE("inner products of long vectors") {
  for (const elements& e : {constant, uniform, signs}) {
    const auto x = e.in<1>({1000000}), y = e.in<1>({1000000});
    const wide want = product(x.data(), y.data(), 1, 1000000, 1);
    check(std::string("dot of ") + e.name, products, calx::jit(calx::dot), want, x, y);
    check(std::string("vdot of ") + e.name, products, calx::jit(calx::vdot), want, x, y);
  }
}
TEST_CASE("products of a matrix and a vector over a long axis") {
  for (const elements& e : {constant, uniform, signs}) {
    const auto W = e.in<2>({3, 300000}), T = e.in<2>({300000, 3});
    const auto x = e.in<1>({300000});
    const wide rows = product(W.data(), x.data(), 3, 300000, 1),
               columns = product(x.data(), T.data(), 1, 300000, 3);
    check(std::string("W x of ") + e.name, products, calx::jit(calx::dot), rows, W, x);
    check(std::string("x T of ") + e.name, products, calx::jit(calx::dot), columns, x, T);
  }
}
TEST_CASE("products of matrices over a long axis") {
  for (const elements& e : {constant, uniform, signs}) {
    const auto W = e.in<2>({3, 300000}), T = e.in<2>({300000, 3});
    check(std::string("W T of ") + e.name, products, calx::jit(calx::dot),
          product(W.data(), T.data(), 3, 300000, 3), W, T);
    const auto A = e.in<2>({30, 100000}), B = e.in<2>({100000, 20});
    check(std::string("A B of ") + e.name, products, calx::jit(calx::dot),
          product(A.data(), B.data(), 30, 100000, 20), A, B);
  }
}
TEST_CASE("sums over other axes than the first of a loop") {
  constexpr auto both = calx::jit([](auto x) {
    return std::pair{calx::sum(x, axis<1>), calx::sum(x, axis<0>)};
  });
  constexpr auto other = calx::jit([](auto x) {
    return std::pair{calx::sum(x, axis<0>), calx::sum(x)};
  });
  auto joined = [](wide a, const wide& b) {
    a.value.insert(a.value.end(), b.value.begin(), b.value.end());
    a.size.insert(a.size.end(), b.size.begin(), b.size.end());
    return a;
  };
  for (const dims& shape : {dims{1000000, 2}, dims{3, 300000}})
    for (const elements& e : {constant, uniform, signs}) {
      const auto x = e.in<2>(shape);
      calx::text t;
      t << " of " << e.name << ", " << shape;
      const std::string of(t.view());
      check("rows, then columns" + of, few, both,
            joined(reduced(x, shape, 2, 0, add), reduced(x, shape, 1, 0, add)), x);
      check("columns, then all" + of, few, other,
            joined(reduced(x, shape, 1, 0, add), reduced(x, shape, 3, 0, add)), x);
    }
}
