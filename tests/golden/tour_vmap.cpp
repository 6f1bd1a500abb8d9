// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cases of tour.jsonl: a matrix times a batch of vectors, by vmap in every axis combination.
#include "tour.hpp"

namespace golden::tour {
namespace {

constexpr auto dot = [](auto M, auto v) { return calx::dot(M, v); };
constexpr auto vv = [](auto a, auto b) { return calx::vdot(a, b); };
constexpr auto mv = calx::vmap(vv, calx::in_axes<0, calx::none>);

/// Products of each row of `mat` with each row of X, and their bounds: element (i, j) is the dot
/// product of X[i] and mat[j]. Two sums of n products, each in an order of its own, differ by at
/// most n epsilon sum |a b|; to that comes what the elements, if drawn, may differ by.
template <class T>
struct products {
  calx::array<T, 2> mat, X;
  bool drawn;

  double element_bound(double x) const { return drawn ? normal_bound<T>(x) : 0.0; }
  double bound(std::ptrdiff_t i, std::ptrdiff_t j) const {
    auto n = X.shape(1);
    double sum = 0;
    for (std::ptrdiff_t k = 0; k < n; ++k) {
      double a = std::abs(double{mat(j, k)}), b = std::abs(double{X(i, k)});
      sum += static_cast<double>(n) * epsilon<T> * a * b;
      sum += element_bound(a) * b + a * element_bound(b);
    }
    return sum;
  }
};

template <class T>
products<T> products_of(const reference_line& line) {
  auto args = line.arrays("args");
  if (!args.empty()) return {matrix_of<T>(args[0]), matrix_of<T>(args[1]), false};
  auto key = calx::random::key(0);
  return {calx::random::normal<T>(key, 150, 100), calx::random::normal<T>(key, 10, 100), true};
}

enum class layout { batch_first, batch_last, one };

/// A case for both sizes and both dtypes: f(mat, X), whose element is laid out in that way.
template <class F>
void add(cases& all, const std::string& name, layout order, F f) {
  auto run = [=](const reference_line& line, auto t) {
    auto p = products_of<decltype(t)>(line);
    auto y = f(p.mat, p.X);
    std::ptrdiff_t last = y.shape(-1);
    return results{within(y, [&](std::size_t position) {
      auto row = static_cast<std::ptrdiff_t>(position) / last;
      auto column = static_cast<std::ptrdiff_t>(position) % last;
      return order == layout::batch_last ? p.bound(column, row) : p.bound(row, column);
    })};
  };
  add_both(all, "vmap/big/" + name, run);
  add_both(all, "vmap/small/" + name, run);
}

}  // namespace

void add_vmap_cases(cases& all) {
  using calx::in_axes, calx::none, calx::out_axes, calx::transpose, calx::vmap;
  auto one = [](auto v, auto M) { return calx::dot(M, v); };
  add(all, "apply_0", layout::batch_first, [=](const auto& mat, const auto& X) {
    return vmap(calx::partial(one, mat), in_axes<0>)(X);
  });
  // Lambdas that capture: traced at run time, which alone knows the type of the result.
  add(all, "apply_1_0", layout::batch_first, [](const auto& mat, const auto& X) {
    std::remove_cvref_t<decltype(X)> y =
        vmap([&](auto v) { return calx::dot(mat, v); }, in_axes<1>, out_axes<0>)(transpose(X));
    return y;
  });
  add(all, "apply_1_1", layout::batch_last, [](const auto& mat, const auto& X) {
    std::remove_cvref_t<decltype(X)> y =
        vmap([&](auto v) { return calx::dot(mat, v); }, in_axes<1>, out_axes<1>)(transpose(X));
    return y;
  });
  add(all, "two_args", layout::batch_first, [](const auto& mat, const auto& X) {
    return vmap(dot, in_axes<none, 0>)(mat, X);
  });
  add(all, "mv_one", layout::one, [](const auto& mat, const auto& X) { return mv(mat, X(0)); });
  add(all, "mv_batch", layout::batch_first, [](const auto& mat, const auto& X) {
    return vmap(mv, in_axes<none, 0>)(mat, X);
  });
  add(all, "mm", layout::batch_first, [](const auto& mat, const auto& X) {
    return vmap(mv, in_axes<none, 1>)(mat, transpose(X));
  });
  add(all, "mm_out1", layout::batch_last, [](const auto& mat, const auto& X) {
    return vmap(mv, in_axes<none, 1>, out_axes<1>)(mat, transpose(X));
  });
}

}  // namespace golden::tour
