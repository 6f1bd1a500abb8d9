// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cases of tour.jsonl: what each id of the file is in the library's words.
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <numbers>

#include <calx/calx.hpp>

#include "compare.hpp"

namespace golden::tour {

using results = std::vector<result>;
/// By id: a function of the line that computes its outputs, with bounds.
using cases = std::map<std::string, std::function<results(const reference_line&)>>;

void add_scalar_cases(cases&);
void add_vmap_cases(cases&);
void add_logistic_cases(cases&);

/// Adds one generic function of the line for both dtypes; it takes a T as a tag as well.
template <class F>
void add_both(cases& all, const std::string& id, F f) {
  all[id + "/f32"] = [f](const reference_line& line) { return f(line, float()); };
  all[id + "/f64"] = [f](const reference_line& line) { return f(line, double()); };
}

/// Arrays of the library with the elements of reference arrays.
template <class T>
calx::array<T, 1> vector_of(const reference_array& a) {
  return calx::asarray(a.elements<T>());
}
template <class T>
calx::array<T, 2> matrix_of(const reference_array& a) {
  return calx::reshape(vector_of<T>(a), a.shape()[0], a.shape()[1]);
}
template <class T>
T number_of(const reference_array& a) {
  return a.elements<T>().at(0);
}

/// How far two computations of a normal variate x from the same bits may be apart. It is
/// sqrt(2) erf_inv(u), and the uniform u in (-1, 1) is rounded on both sides, which the slope
/// dx/du = sqrt(pi/2) exp(x^2/2) magnifies; 8 roundings are for erf_inv itself.
template <class T>
double normal_bound(double x) {
  double slope = std::sqrt(std::numbers::pi / 2) * std::exp(x * x / 2);
  return epsilon<T> * (slope + 8 * std::abs(x));
}

}  // namespace golden::tour
