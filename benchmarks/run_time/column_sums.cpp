// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums over the first axis of matrices: square, long with two columns, wide with few rows.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <calx/calx.hpp>

#include "measure.hpp"

namespace {
constexpr auto column_sums = calx::jit([](auto x) { return calx::sum(x, calx::axis<0>); });

/// Row after row added into the result.
template <class T>
void by_hand(const T* x, T* out, std::size_t rows, std::size_t columns) {
  for (std::size_t k = 0; k < columns; ++k) out[k] = 0;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < columns; ++k) out[k] += x[i * columns + k];
}

template <class T>
struct problem {
  std::size_t rows, columns;
  calx::array<T, 2> x = calx::zeros<T>(rows, columns);
  calx::array<T, 1> out = calx::zeros<T>(columns);
  problem(std::size_t m, std::size_t n) : rows(m), columns(n) {
    T* to = x.mutable_data();  // cheap to make, as it is made for each repetition
    for (std::size_t i = 0; i < m * n; ++i)
      to[i] = static_cast<T>(static_cast<double>(i * 7919 % 10007) / 10007 - 0.3);
  }
  void hand() { by_hand(x.data(), out.mutable_data(), rows, columns); }
  void calx() { column_sums.into(out)(x); }
};

template <class T>
bool right(std::size_t rows, std::size_t columns) {
  problem<T> p(rows, columns);
  std::vector<double> exact(columns, 0.0), size(columns, 0.0);
  const T* x = p.x.data();
  for (std::size_t i = 0; i < rows * columns; ++i) {
    exact[i % columns] += static_cast<double>(x[i]);
    size[i % columns] += std::abs(static_cast<double>(x[i]));
  }
  auto near = [&](const char* what) {
    const T* out = p.out.data();
    double unit = std::numeric_limits<T>::epsilon() * static_cast<double>(rows);  // all roundings
    for (std::size_t k = 0; k < columns; ++k) {
      double scale = std::max(1.0, std::abs(exact[k]));
      if (!bench::agree(what, static_cast<double>(out[k]), exact[k], unit * size[k] / scale))
        return false;
    }
    return true;
  };
  p.hand();
  bool ok = near("column sums by hand");
  p.calx();
  return near("column sums") && ok;
}

template <class T>
bool add(const char* type, std::size_t rows, std::size_t columns) {
  std::string name = "column_sums/" + std::to_string(rows) + 'x' + std::to_string(columns) + '/' +
                     type + '/';
  auto add_one = [&](const char* side, auto run) {
    auto timed = [=](benchmark::State& state) {
      problem<T> p(rows, columns);
      bench::measure(state, rows * columns, bench::unlimited, [&] {
        run(p);
        benchmark::DoNotOptimize(p.out.mutable_data());
      });
    };
    benchmark::RegisterBenchmark((name + side).c_str(), timed)->Unit(benchmark::kMicrosecond);
  };
  add_one("hand", [](problem<T>& p) { p.hand(); });
  add_one("calx", [](problem<T>& p) { p.calx(); });
  return true;
}
bool add_shape(std::size_t rows, std::size_t columns) {
  return add<double>("double", rows, columns) && add<float>("float", rows, columns);
}
const bool added = add_shape(1000, 1000) && add_shape(1'000'000, 2) && add_shape(100, 100'000);
}  // namespace

bool bench::column_sums_agree() {
  bool ok = added;
  for (auto [rows, columns] : {std::pair<std::size_t, std::size_t>{1000, 1000},
                               {1'000'000, 2},
                               {100, 100'000}}) {
    ok = right<double>(rows, columns) && ok;
    ok = right<float>(rows, columns) && ok;
  }
  return ok;
}
