// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nested braces as elements: `{{1, 2}, {3, 4}}`, measured, checked, copied.
#pragma once

#include <initializer_list>

#include <calx/array/extents.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// One element in braces. Numbers alone convert to it, so that `array<double>{x}` copies an x that
/// happens to convert to a number. A fraction is not an integer's, a number is not a bool's.
template <class T>
struct list_element {
  T value;
  template <number N>
    requires((std::is_floating_point_v<T> || std::is_integral_v<N>) &&
             (!std::is_same_v<T, bool> || std::is_same_v<N, bool>))
  constexpr list_element(N v) : value(static_cast<T>(v)) {}
  template <std::same_as<tracer> V>
  constexpr list_element(const V&, none_t = detail::refuse_traced<V>()) : value() {}
};

template <class T, int Depth>
struct nested_list {
  using type = std::initializer_list<typename nested_list<T, Depth - 1>::type>;
};
template <class T>
struct nested_list<T, 0> {
  using type = list_element<T>;
};
/// Braces nested Depth deep around elements.
template <class T, int Depth>
using nested = typename nested_list<T, Depth>::type;

/// The shape by the first entry of each level.
template <class T>
constexpr void measure(const list_element<T>&, dims&, int) {}
template <number N>
constexpr void measure(const N&, dims&, int) {}
template <class L>
constexpr void measure(std::initializer_list<L> list, dims& shape, int rank) {
  shape.push(static_cast<dim>(list.size()));
  if (list.size() != 0) measure(*list.begin(), shape, rank);
  else
    while (shape.rank < rank) shape.push(0);
}
/// Copies elements in row-major order and moves `out` along.
template <class T>
constexpr void unnest(const list_element<T>& e, const dims&, int, T*& out) { *out++ = e.value; }
template <number N, class T>
constexpr void unnest(const N& e, const dims&, int, T*& out) { *out++ = static_cast<T>(e); }
template <class L, class T>
constexpr void unnest(std::initializer_list<L> list, const dims& shape, int axis, T*& out) {
  if (static_cast<dim>(list.size()) != shape[axis])
    raise(error_kind::shape, text() << "array: the braces are ragged: "
                                    << static_cast<dim>(list.size())
                                    << " entries along axis " << axis << " of shape " << shape);
  for (const L& entry : list) unnest(entry, shape, axis + 1, out);
}
/// An array A of the numbers in a list of that depth.
template <class A, class L>
constexpr A listed(std::initializer_list<L> list) {
  dims shape;
  measure(list, shape, A::rank());
  A out(shape);
  auto* to = out.mutable_data();
  unnest(list, shape, 0, to);
  return out;
}

}  // namespace detail
}  // namespace calx::inline CALX_ABI
