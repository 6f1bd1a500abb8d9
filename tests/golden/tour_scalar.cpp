// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cases of tour.jsonl: the cube and its derivatives, the distance of a point, drawn arrays.
#include "tour.hpp"

namespace golden::tour {
namespace {

constexpr auto cube = [](auto x) { return calx::pow(x, 3); };

template <class T>
struct point {
  T x, y, z;
};
constexpr auto dist = [](auto p) { return calx::sqrt(p.x * p.x + p.y * p.y + p.z * p.z); };

/// No cancellation, so that the bound is relative: at most four roundings on each side.
const auto exactly = [](const auto& x) {
  using T = typename std::remove_cvref_t<decltype(x)>::value_type;
  return within(x, [&](std::size_t i) { return 4 * epsilon<T> * std::abs(double{x.data()[i]}); });
};

template <class T>
results cubes(const reference_line& line, T) {
  auto x = vector_of<T>(line.arrays("args")[0]);
  constexpr auto d1 = calx::grad(cube);
  constexpr auto d2 = calx::grad(d1);
  constexpr auto d3 = calx::grad(d2);
  return {exactly(calx::vmap(cube)(x)), exactly(calx::vmap(d1)(x)), exactly(calx::vmap(d2)(x)),
          exactly(calx::vmap(d3)(x))};
}

/// One output for a point, and for a point of points.
template <std::floating_point T, class Bound>
result stacked(const point<T>& p, Bound bound) {
  return within(calx::array<T, 1>{p.x, p.y, p.z}, bound);
}
template <std::floating_point T, class Bound>
result stacked(const point<point<T>>& p, Bound bound) {
  return within(calx::array<T, 2>{{p.x.x, p.x.y, p.x.z}, {p.y.x, p.y.y, p.y.z},
                                  {p.z.x, p.z.y, p.z.z}}, bound);
}
/// Every entry is a sum of at most two terms of at most 1/r, each of at most ten roundings; the
/// gradient's are at most 1, the distance is r.
template <class T>
results points(const reference_line& line, T) {
  auto args = line.arrays("args");
  point<T> p{number_of<T>(args[0]), number_of<T>(args[1]), number_of<T>(args[2])};
  T r = dist(p);
  auto bound = [](double size) { return [=](std::size_t) { return 10 * epsilon<T> * size; }; };
  return {within(r, bound(double{r})), stacked(calx::grad(dist)(p), bound(1)),
          stacked(calx::hessian(dist)(p), bound(2 / double{r}))};
}

template <class T>
results draw(int rows, int columns) {
  auto x = calx::random::normal<T>(calx::random::key(0), rows, columns);
  return {within(x, [&](std::size_t i) { return normal_bound<T>(double{x.data()[i]}); })};
}

}  // namespace

void add_scalar_cases(cases& all) {
  add_both(all, "cube", [](const reference_line& l, auto t) { return cubes(l, t); });
  add_both(all, "point", [](const reference_line& l, auto t) { return points(l, t); });
  add_both(all, "draw/mat", [](const auto&, auto t) { return draw<decltype(t)>(150, 100); });
  add_both(all, "draw/X", [](const auto&, auto t) { return draw<decltype(t)>(10, 100); });
}

}  // namespace golden::tour
