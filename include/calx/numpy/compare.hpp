// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Comparing whole arrays: equal, allclose.
#pragma once

#include <cmath>

#include <calx/run/all.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// A value's shape and its elements as long double, which holds every dtype exactly.
struct element_list {
  dims shape;
  vec<long double> values;

  template <class A>
  explicit element_list(const A& x) {
    if constexpr (number<A>) values.push_back(static_cast<long double>(x));
    else if constexpr (std::is_same_v<A, dynamic_array>) {
      shape = x.dimensions();
      visit_dtype(x.dtype(), [&]<class T>() { read(static_cast<const T*>(x.data())); });
    } else {
      const auto evaluated = asarray(x);
      if constexpr (number<std::remove_cvref_t<decltype(evaluated)>>)
        values.push_back(static_cast<long double>(evaluated));
      else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(evaluated)>, dynamic_array>)
        *this = element_list(evaluated);
      else shape = evaluated.dimensions(), read(evaluated.data());
    }
  }

 private:
  template <class T>
  void read(const T* p) {
    for (dim i = 0; i < shape.size(); ++i) values.push_back(static_cast<long double>(p[i]));
  }
};
}  // namespace detail

/// True if a and b have one shape and equal elements; NaN equals nothing. For arrays, expressions,
/// ranges of numbers, Eigen, numbers.
struct equal_fn {
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    detail::element_list x(a), y(b);
    return x.shape == y.shape && x.values == y.values;
  }
};
/// equal(a, b): one shape and equal elements, as one bool; `equal_to` is element by element.
inline constexpr equal_fn equal{};

/// True if a and b have one shape and |a - b| <= atol + rtol |b| everywhere; equal infinities are
/// close, NaN is close to nothing.
struct allclose_fn {
  template <class A, class B>
  bool operator()(const A& a, const B& b, double rtol = 1e-5, double atol = 1e-8) const {
    detail::element_list x(a), y(b);
    bool close = x.shape == y.shape;
    for (std::size_t i = 0; close && i < x.values.size(); ++i) {
      long double p = x.values[i], q = y.values[i];
      close = p == q || (std::isfinite(q) && std::abs(p - q) <= atol + rtol * std::abs(q));
    }
    return close;
  }
};
/// allclose(a, b, rtol, atol): one shape and close elements, as one bool.
inline constexpr allclose_fn allclose{};

}  // namespace calx::inline CALX_ABI
