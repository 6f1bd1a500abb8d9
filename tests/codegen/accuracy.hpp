// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Long sums and products of float32 beside wider ones: generated code and the virtual machine.
#pragma once

#include <calx/calx.hpp>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "../catch.hpp"

namespace accuracy {
using calx::dim;
using calx::dims;

/// Elements for a test: all 0.1f, whose errors add up as no random ones do, or random in [lo, hi),
/// or powers of e with exponents there.
struct elements {
  const char* name;
  float lo, hi;
  bool powers = false;
  template <int Rank>
  calx::array<float, Rank> in(const dims& shape) const {
    std::mt19937 rng(7);
    std::uniform_real_distribution<float> any(lo, hi);
    calx::array<float, Rank> x(shape);
    for (dim i = 0; i < shape.size(); ++i) {
      const float v = lo == hi ? lo : any(rng);
      x.mutable_data()[i] = powers ? std::exp(v) : v;
    }
    return x;
  }
};
inline const elements constant{"0.1f", 0.1f, 0.1f}, uniform{"random", 0.0f, 1.0f},
    signs{"random of both signs", -1.0f, 1.0f};

/// What `combine` makes of the terms of each result, and of their sizes.
struct wide {
  std::vector<double> value, size;
};
template <class X, class Combine>
wide reduced(const X& x, const dims& shape, unsigned gone, double start, Combine combine) {
  dim results = 1;
  for (int i = 0; i < shape.rank; ++i) results *= (gone >> i & 1u) != 0 ? 1 : shape[i];
  const std::vector<double> first(static_cast<std::size_t>(results), start);
  wide w{first, first};
  for (dim i = 0; i < shape.size(); ++i) {
    dim at = 0, step = 1, rest = i;
    for (int k = shape.rank; k-- > 0; rest /= shape[k]) {
      if ((gone >> k & 1u) != 0) continue;
      at += rest % shape[k] * step, step *= shape[k];
    }
    const auto k = static_cast<std::size_t>(at);
    const double v = double{x.data()[i]};
    w.value[k] = combine(w.value[k], v), w.size[k] = combine(w.size[k], std::abs(v));
  }
  return w;
}
/// The largest error of a result in units of 2^-23 of the size of its terms, which of terms of one
/// sign are those of the result.
template <class Result>
double worst(const Result& got, const wide& want) {
  std::vector<long double> all;
  calx::tree::for_each(got, [&](const auto& leaf) {
    const calx::detail::element_list some(leaf);
    all.insert(all.end(), some.values.begin(), some.values.end());
  });
  REQUIRE(all.size() == want.value.size());
  double e = 0;
  for (std::size_t k = 0; k < want.value.size(); ++k) {
    const double off = std::abs(static_cast<double>(all[k]) - want.value[k]);
    e = std::fmax(e, off / (0x1p-23 * want.size[k]));
  }
  return e;
}
/// CHECKs f(x...) by generated code and by the virtual machine.
template <class F, class... X>
void check(const std::string& name, double ulps, const F& f, const wide& want, const X&... x) {
  static_assert(calx::static_traceable<F, X...>);
  INFO(name);
  const double code = worst(f(x...), want);
  const double machine = worst(calx::detail::run_traced(calx::automatic(), f, x...), want);
  CHECK(code <= ulps);
  CHECK(machine <= ulps);
}
}  // namespace accuracy
