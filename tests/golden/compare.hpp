// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Comparison of results with reference arrays, within a bound for each element.
#pragma once

#include <cmath>

#include "reference.hpp"

namespace golden {

/// A result, with how far each element may be from the reference. Bounds are derived, not fitted:
/// a case states what rounding can do to both sides.
struct result {
  extents shape;
  std::vector<double> values, bounds;
};

/// The distance between neighbours of 1 in the dtype of T.
template <class T>
inline constexpr double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());

/// The shape and elements of an array or a number of the library, with no bounds yet.
template <class X>
result values_of(const X& x) {
  result r;
  if constexpr (std::is_arithmetic_v<X>) r.values.push_back(static_cast<double>(x));
  else {
    for (int axis = 0; axis < x.rank(); ++axis) r.shape.push_back(x.shape(axis));
    for (std::size_t i = 0; i < x.size(); ++i) r.values.push_back(static_cast<double>(x.data()[i]));
  }
  return r;
}
/// With bound(i) for the element at row-major position i.
template <class X, class Bound>
result within(const X& x, Bound bound) {
  result r = values_of(x);
  for (std::size_t i = 0; i < r.values.size(); ++i) r.bounds.push_back(bound(i));
  return r;
}

namespace detail {
inline bool is_near(double got, double want, double bound) {
  return got == want || std::abs(got - want) <= bound || (std::isnan(got) && std::isnan(want));
}
inline std::string number_text(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}
inline std::string far_apart(const std::string& what, double got, double want, double bound) {
  return what + ": got " + number_text(got) + ", wanted " + number_text(want) + " within " +
         number_text(bound);
}
/// The position, in an array of shape `whole`, of the element at `i` of its corner.
inline std::size_t position_in(const extents& whole, const extents& corner, std::size_t i) {
  std::size_t position = 0, stride = 1;
  for (std::size_t axis = whole.size(); axis-- > 0;) {
    auto n = static_cast<std::size_t>(corner[axis]);
    position += i % n * stride;
    i /= n;
    stride *= static_cast<std::size_t>(whole[axis]);
  }
  return position;
}
inline std::string compare_elements(const result& got, const reference_array& want) {
  auto expected = want.as_doubles();
  extents corner = want.shape();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::size_t k = position_in(got.shape, corner, i);
    if (!is_near(got.values[k], expected[i], got.bounds[k]))
      return far_apart("element " + std::to_string(k), got.values[k], expected[i], got.bounds[k]);
  }
  return {};
}
/// The sums are of doubles on both sides, so that adding up costs n roundings of a double.
inline std::string compare_sums(const result& got, const reference_array& want) {
  double sum = 0, squares = 0, size = 0, sum_bound = 0, squares_bound = 0;
  for (std::size_t i = 0; i < got.values.size(); ++i) {
    double x = got.values[i], bound = got.bounds[i];
    sum += x, squares += x * x, size += std::abs(x);
    sum_bound += bound, squares_bound += (2 * std::abs(x) + bound) * bound;
  }
  double rounding = static_cast<double>(got.values.size() + 1) * epsilon<double>;
  sum_bound += rounding * size, squares_bound += rounding * squares;
  if (!is_near(sum, want.sum(), sum_bound)) return far_apart("sum", sum, want.sum(), sum_bound);
  if (!is_near(squares, want.sum_of_squares(), squares_bound))
    return far_apart("sum of squares", squares, want.sum_of_squares(), squares_bound);
  return {};
}
}  // namespace detail

/// What differs between a result and the reference: a sentence, empty if nothing does.
inline std::string difference(const result& got, const reference_array& want) {
  if (got.shape != want.shape()) return "the shapes differ";
  if (got.bounds.size() != got.values.size()) return "the result has no bounds";
  if (want.is_whole()) return detail::compare_elements(got, want);
  std::string text = detail::compare_elements(got, want.corner());
  return text.empty() ? detail::compare_sums(got, want) : text;
}

/// The same for all outputs of a line.
inline std::string difference(const std::vector<result>& got, const reference_line& line) {
  auto want = line.arrays("out");
  if (got.size() != want.size())
    return std::to_string(got.size()) + " outputs, wanted " + std::to_string(want.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    if (auto text = difference(got[i], want[i]); !text.empty())
      return "output " + std::to_string(i) + ", " + text;
  return {};
}

}  // namespace golden
