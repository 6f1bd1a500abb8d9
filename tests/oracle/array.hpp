// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays of any dtype for tests of programs.
#pragma once

#include <calx/ops/all.hpp>
#include <cmath>
#include <cstring>
#include <vector>

namespace programs {
using namespace calx;

inline const std::vector<dims> shapes = {{},     {1},       {5},       {2, 3},      {3, 1},
                                         {1, 1}, {2, 1, 3}, {4, 3, 2}, {2, 1, 3, 2}, {0},
                                         {3, 0}, {0, 2, 1}};
inline const dtype all_dtypes[] = {dtype::b1,  dtype::i32, dtype::i64, dtype::u32,
                                   dtype::u64, dtype::f32, dtype::f64};

struct array {
  calx::dtype type;
  dims shape;
  std::vector<std::byte> bytes;

  array(calx::dtype d, const dims& s)
      : type(d),
        shape(s),
        bytes(static_cast<std::size_t>(s.size()) * size_of(d), std::byte{0xCD}) {}
  template <class F>
  array(calx::dtype d, const dims& s, F f) : array(d, s) {
    for (dim i = 0; i < s.size(); ++i) set(i, f(i));
  }
  template <class T>
  T get(dim i) const {
    T v;
    std::memcpy(&v, bytes.data() + static_cast<std::size_t>(i) * sizeof v, sizeof v);
    return v;
  }
  template <class T>
  void put(dim i, T v) {
    std::memcpy(bytes.data() + static_cast<std::size_t>(i) * sizeof v, &v, sizeof v);
  }
  double at(dim i) const {
    return visit_dtype(type, [&]<class T>() { return static_cast<double>(get<T>(i)); });
  }
  void set(dim i, double v) {
    visit_dtype(type, [&]<class T>() { put(i, static_cast<T>(v)); });
  }
  dim size() const { return shape.size(); }
};

/// A value for element i that every dtype can hold; floats get fractions, signed types signs.
inline double sample(dtype d, dim i, int seed = 0) {
  dim k = (7 * i + 3 * seed + 2) % 11;
  if (d == dtype::b1) return static_cast<double>(k % 2);
  if (is_unsigned(d)) return static_cast<double>(k);
  return static_cast<double>(k - 5) * (is_float(d) ? 0.75 : 1.0);
}
inline array samples(dtype d, const dims& s, int seed = 0) {
  return array(d, s, [&](dim i) { return sample(d, i, seed); });
}

/// True if a and b agree: bit for bit without a tolerance, NaN with NaN.
inline bool close(const array& a, const array& b, double tolerance = 0) {
  if (a.type != b.type || !(a.shape == b.shape)) return false;
  if (tolerance == 0 && a.bytes == b.bytes) return true;
  for (dim i = 0; i < a.size(); ++i) {
    double x = a.at(i), y = b.at(i);
    if (std::isnan(x) && std::isnan(y)) continue;
    if (x != y && !(std::abs(x - y) <= tolerance * (1 + std::abs(y)))) return false;
  }
  return true;
}

/// The index of element i of a shape.
inline std::vector<dim> index_of(const dims& shape, dim i) {
  std::vector<dim> index(static_cast<std::size_t>(shape.rank));
  for (int k = shape.rank; k-- > 0; i /= shape[k])
    index[static_cast<std::size_t>(k)] = i % shape[k];
  return index;
}
/// The element at an index of a shape.
inline dim element_at(const dims& shape, const std::vector<dim>& index) {
  dim i = 0;
  for (int k = 0; k < shape.rank; ++k) i = i * shape[k] + index[static_cast<std::size_t>(k)];
  return i;
}
}  // namespace programs
