// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// check_grads: derivatives of every mode against numeric differences.
#pragma once

#include <cmath>
#include <string>

#include <calx/api/all.hpp>
#include <calx/array/std_leaf.hpp>
#include <calx/run/tree_map.hpp>

namespace calx::inline CALX_ABI::testing {

/// What check_grads found: true if all holds, else a sentence about the first thing that does not.
struct grads_report {
  bool ok = true;
  std::string message;
  explicit operator bool() const { return ok; }
};

namespace detail {
/// A fixed direction with elements in [-1, 1], different for each seed.
template <class = void>
std::vector<double> direction(std::size_t n, unsigned seed) {
  std::vector<double> v(n);
  unsigned state = seed * 2654435761u + 12345u;
  for (double& x : v) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<double>(state >> 8) / 8388608.0 - 1.0;
  }
  return v;
}
template <class T>
std::vector<double> elements(const T& t) {
  std::vector<double> all;
  tree::for_each(t, [&](const auto& leaf) {
    tree::detail::each_element(leaf, [&](auto x) { all.push_back(static_cast<double>(x)); });
  });
  return all;
}
/// A tree like `like` with other elements.
template <class T>
T with_elements(const T& like, const std::vector<double>& values) {
  T out = like;
  const double* next = values.data();
  tree::for_each(out, [&](auto& leaf) { tree::detail::refill(leaf, next); });
  return out;
}
template <class = void>
double inner(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
template <class = void>
bool close(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * (1 + std::abs(a) + std::abs(b));
}
}  // namespace detail

namespace detail {
/// <u, f'(x) v> by central differences with two steps, extrapolated.
template <class F, class T>
double difference(const F& f, const T& x, const std::vector<double>& v,
                  const std::vector<double>& u, double h) {
  auto at = [&](double step) {
    std::vector<double> p = elements(x);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] += step * v[i];
    // As a program, so that f sees traced values, not the containers of the caller.
    return inner(u, elements(std::make_tuple(std::apply(jit_fn<F>{f}, with_elements(x, p)))));
  };
  auto central = [&](double step) { return (at(step) - at(-step)) / (2 * step); };
  return (4 * central(h / 2) - central(h)) / 3;
}
/// The directional derivative of f, as a function of its own: what order 2 and up are checked on.
/// The pointer, which is no part of a tree, sends it to the run-time trace: the derivatives of
/// derivatives would take the compiler long, and nobody may ask for them.
template <class F, class V>
struct derivative_fn {
  F f;
  V v;
  const void* at_run_time = nullptr;
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    return std::get<1>(jvp_fn<F>{f}(std::tuple<A...>(a...), v));
  }
};
template <class F, class T>
grads_report check_once(const F& f, const T& args, int order, double tolerance) {
  const std::size_t n = elements(args).size();
  const auto v = direction(n, static_cast<unsigned>(order));
  const auto tangents = with_elements(args, v);
  const auto [y, dy] = jvp_fn<F>{f}(args, tangents);
  const auto u = direction(elements(std::make_tuple(y)).size(), static_cast<unsigned>(order) + 77u);
  const double numeric = difference(f, args, v, u, tolerance > 1e-4 ? 1e-2 : 1e-3);
  const double forward = inner(u, elements(std::make_tuple(dy)));
  const auto split = std::apply([&](const auto&... a) { return calx::vjp(f, a...); }, args);
  const auto cotangent = std::get<0>(with_elements(std::make_tuple(y), u));
  const double reverse = inner(v, elements(std::get<1>(split)(cotangent)));
  auto fails = [&](const char* mode, double got, double want) {
    return grads_report{false, std::string("check_grads: order ") + std::to_string(order) + ", " +
                                   mode + " gives " + std::to_string(got) + ", but " +
                                   std::to_string(want) + " is expected"};
  };
  if (!close(forward, numeric, tolerance)) return fails("jvp", forward, numeric);
  if (!close(reverse, forward, 1e-3 * tolerance)) return fails("vjp", reverse, forward);
  return {};
}
template <int Order, class F, class T>
grads_report check_orders(const F& f, const T& args, int order, double tolerance) {
  auto report = check_once(f, args, Order, tolerance);
  if constexpr (Order < 3) {
    if (report && Order < order) {
      const auto v = with_elements(args, direction(elements(args).size(), 5u + Order));
      return check_orders<Order + 1>(derivative_fn<F, T>{f, v, nullptr}, args, order, tolerance);
    }
  }
  return report;
}
}  // namespace detail

/// Checks derivatives of f at a tuple of arguments, all floats, up to `order` (at most 3): forward
/// mode against central differences within `tolerance` (relative, of values of size 1), and
/// reverse mode against forward mode. The directions are fixed, so it repeats. f must be smooth
/// near the arguments.
///
///     auto report = calx::testing::check_grads(f, std::tuple{x, y}, 2);
///     if (!report) std::cerr << report.message;
template <class F, class... A>
grads_report check_grads(const F& f, const std::tuple<A...>& args, int order = 2,
                         double tolerance = 1e-6) {
  if (order < 1 || order > 3)
    raise(error_kind::generic, text() << "check_grads: order must be 1, 2 or 3, but is " << order);
  return detail::check_orders<1>(f, args, order, tolerance);
}

}  // namespace calx::inline CALX_ABI::testing
