// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generated code against the interpreter: programs compiled once, run at many extents.
#include <calx/calx.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "../catch.hpp"

using calx::array;
using calx::axis;
using calx::dim;
using calx::dims;
using calx::none;
using calx::slice;
using calx::tensor;

namespace {
/// Elements that jump about in (-2, 2), or small integers of both signs where there are any.
template <class T, int Rank>
array<T, Rank> filled(const dims& shape, int seed) {
  array<T, Rank> a(shape);
  for (dim i = 0; i < shape.size(); ++i) {
    double x = static_cast<double>(i + 1) * 0.6180339887498949 + seed * 0.7548776662466927;
    double v = 4 * (x - std::floor(x)) - 2;
    if constexpr (std::is_same_v<T, bool>) a.mutable_data()[i] = v > 0;
    else if constexpr (std::is_integral_v<T>) a.mutable_data()[i] = static_cast<T>(v * 4);
    else a.mutable_data()[i] = static_cast<T>(v);
  }
  return a;
}
/// CHECKs two results leaf by leaf: sums are taken in another order, functions in lanes.
template <class A, class B>
void agree(const A& compiled, const B& interpreted, double eps) {
  std::vector<calx::detail::element_list> a, b;
  calx::tree::for_each(compiled, [&](const auto& leaf) { a.emplace_back(leaf); });
  calx::tree::for_each(interpreted, [&](const auto& leaf) { b.emplace_back(leaf); });
  REQUIRE(a.size() == b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    INFO("result " << k);
    REQUIRE(a[k].shape == b[k].shape);
    long double largest = 1;
    for (auto v : b[k].values)
      if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    std::string first;
    for (std::size_t i = 0; i < b[k].values.size() && first.empty(); ++i) {
      long double p = a[k].values[i], q = b[k].values[i];
      bool near = p == q || (std::isnan(p) && std::isnan(q)) || std::abs(p - q) <= eps * largest;
      if (!near) first = std::to_string(i) + ": " + std::to_string(p) + " for " + std::to_string(q);
    }
    CHECK(first == "");
  }
}
template <class F, class... A>
void same(const F& f, double eps, const A&... a) {
  static_assert(calx::static_traceable<F, A...>);
  agree(f(a...), calx::detail::run_traced(calx::automatic(), f, a...), eps);
}
const std::vector<dim> lengths = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 100};
}  // namespace

TEST_CASE("loops over any number of elements, in several dtypes") {
  constexpr auto f = calx::jit([](auto x, auto y, auto n, auto c) {
    auto waves = calx::sin(x) * calx::exp(-x * x);
    auto chosen = calx::where(c, x, -x);
    auto counted = n * n - 3;
    auto mixed = x * n + y;
    auto compared = (x < 0.5) & c;
    return std::tuple{waves, chosen, counted, mixed, compared, calx::sum(waves), calx::sum(counted),
                      calx::any(compared), calx::sum(c), calx::prod(1.0 + 0.01 * x)};
  });
  constexpr auto floats = calx::jit([](auto y) {
    auto t = calx::tanh(y) + 2.0f * y;
    return std::tuple{t, calx::sum(t), calx::max(t)};
  });
  for (dim n : lengths) {
    INFO("length " << n);
    same(f, 1e-13, filled<double, 1>({n}, 1), filled<float, 1>({n}, 2),
         filled<std::int64_t, 1>({n}, 3), filled<bool, 1>({n}, 4));
    // At most 100 numbers of size up to 5 are added up: 100 * 5 * 2^-23.
    if (n > 0) same(floats, 6e-5, filled<float, 1>({n}, 2));
  }
}

TEST_CASE("strided reads and writes, reductions along either axis") {
  constexpr auto f = calx::jit([](auto x) {
    auto turned = x.T() * 2.0;
    auto back = x(slice(none, none, -1), slice(none, none, -1)) + x;
    auto rows = calx::sum(x * x, axis<1>), columns = calx::sum(x * x, axis<0>);
    auto highest = calx::max(x + 0.5, axis<1>), lowest = calx::min(x.T(), axis<1>);
    auto joined = calx::concatenate(axis<1>, x, 2.0 * x);
    auto scaled = x / (1.0 + rows(slice(), calx::newaxis));
    return std::tuple{turned, back,   rows,   columns, highest,
                      lowest, joined, scaled, calx::argmax(x, axis<0>), calx::mean(x, axis<1>)};
  });
  for (dim m : {1, 2, 5, 9})
    for (dim n : {1, 3, 8, 17}) {
      INFO(m << " by " << n);
      same(f, 1e-14, filled<double, 2>({m, n}, static_cast<int>(m)));
      same(f, 1e-5, filled<float, 2>({m, n}, static_cast<int>(n)));
    }
}

TEST_CASE("slices that are put back into zeros: gradients of parts") {
  constexpr auto f = calx::grad([](auto x) {
    auto d = x(slice(2, none)) - 2.0 * x(slice(1, -1)) + x(slice(none, -2));
    return calx::sum(d * d) + calx::sum(x(slice(none, none, 2)) * x(slice(none, none, 2)));
  });
  for (dim n : {2, 3, 4, 8, 9, 16, 31}) same(f, 1e-14, filled<double, 1>({n}, 5));
}

TEST_CASE("products of matrices in every orientation") {
  constexpr auto f = calx::jit([](auto a, auto b, auto x, auto y) {
    using calx::dot;
    return std::tuple{dot(a, b), dot(b.T(), a.T()), dot(a, x), dot(x, a.T()), dot(y, a),
                      dot(a.T(), y), dot(y, dot(a, x)),
                      dot(a(slice(none, none, -1)), b), dot(a(slice(none, none, 2)), x)};
  });
  for (dim m : {0, 1, 2, 5, 16})
    for (dim k : {0, 1, 3, 8})
      for (dim n : {1, 4, 9}) {
        INFO(m << " by " << k << " by " << n);
        same(f, 1e-13, filled<double, 2>({m, k}, 1), filled<double, 2>({k, n}, 2),
             filled<double, 1>({k}, 3), filled<double, 1>({m}, 4));
      }
  constexpr auto g = calx::jit([](auto a, auto b) {
    return std::tuple{calx::dot(a, b), calx::dot(b.T(), a.T())};
  });
  same(g, 0, filled<std::int64_t, 2>({5, 3}, 1), filled<std::int64_t, 2>({3, 9}, 2));
  same(g, 0, filled<std::int32_t, 2>({2, 11}, 1), filled<std::int32_t, 2>({11, 2}, 2));
  same(g, 1e-5, filled<float, 2>({5, 10}, 1), filled<float, 2>({10, 3}, 2));
}

TEST_CASE("batches of products") {
  constexpr auto f = calx::vmap([](auto a, auto b, auto x) {
    return std::tuple{calx::dot(a, b), calx::dot(a, x), calx::vdot(x, x), calx::outer(x, x)};
  }, calx::in_axes<0, calx::none, 1>);
  for (dim n : {0, 1, 3, 10})
    same(f, 1e-13, filled<double, 3>({n, 4, 9}, 1), filled<double, 2>({9, 3}, 2),
         filled<double, 2>({9, n}, 3));
  // Small matrices are numbers in lanes over the batch.
  constexpr auto g = calx::vmap([](auto a, auto x) {
    return calx::dot(a, calx::tanh(calx::dot(a, x)));
  });
  using matrices = calx::basic_array<double, calx::extents<calx::dyn, 3, 3>>;
  using vectors = calx::basic_array<double, calx::extents<calx::dyn, 3>>;
  for (dim n : lengths)
    same(g, 1e-14, matrices(filled<double, 3>({n, 3, 3}, 1)),
         vectors(filled<double, 2>({n, 3}, 2)));
}

TEST_CASE("temporaries that are used again, and long sums") {
  constexpr auto f = calx::jit([](auto x, auto W) {
    auto h = x;
    for (int i = 0; i < 3; ++i) h = calx::tanh(calx::dot(W, h));
    auto e = calx::exp(W - calx::max(W, axis<1>, calx::keepdims));
    return std::tuple{h, e / calx::sum(e, axis<1>, calx::keepdims), calx::sum(x)};
  });
  for (dim n : {1, 3, 12, 40})
    same(f, 1e-13, filled<double, 1>({n}, 1), filled<double, 2>({n, n}, 2));
  constexpr auto total = calx::jit([](auto x) { return std::tuple{calx::sum(x), calx::max(x)}; });
  for (dim n : {4095, 4096, 4097, 20011}) same(total, 1e-13, filled<double, 1>({n}, 1));
}

TEST_CASE("programs with known extents, small and large") {
  constexpr auto f = calx::value_and_grad([](auto x, auto A) {
    return calx::sum(calx::tanh(calx::dot(A, x)) * x);
  });
  auto check = [&]<class X, class A>(X x, A a) {
    for (std::size_t i = 0; i < x.size(); ++i) x.mutable_data()[i] = std::sin(double(i));
    for (std::size_t i = 0; i < a.size(); ++i) a.mutable_data()[i] = std::cos(double(i));
    same(f, 1e-13, x, a);
  };
  check(tensor<double, 3>(), tensor<double, 3, 3>());
  check(tensor<double, 9>(), tensor<double, 9, 9>());
  check(tensor<double, 64>(), tensor<double, 64, 64>());
  // In a constant expression too.
  constexpr auto cubes = calx::grad([](auto x) { return calx::sum(x * x * x); });
  constexpr auto g = cubes(tensor<double, 2>{1, 2});
  static_assert(g(1) == 12);
  constexpr tensor<double, 2, 2> A{{1, 2}, {3, 4}};
  constexpr auto h = calx::jit(calx::dot)(A, tensor<double, 2>{1, 1});
  static_assert(h(1) == 7);
}
