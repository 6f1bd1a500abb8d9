// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pack: what braces are to numbers, for traced ones: an array of values side by side.
#pragma once

#include <calx/numpy/shape.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// True if value k may stand beside the first; else the program has failed.
template <class = void>
constexpr bool require_same_shape(graph& g, int k, const dims& first, const dims& shape) {
  auto say = [&](text& t) {
    t << "pack: value 0 has shape " << first << ", but value " << k << " has shape " << shape
      << "; they must be equal";
  };
  bool same = shape.rank == first.rank;
  if (!same) fail_with(g, error_kind::shape, say);
  for (int i = 0; same && i < shape.rank; ++i)
    same = g.require_equal(shape[i], first[i], error_kind::shape, say);
  return same;
}
/// Values one after the other along a new first axis; weak ones take the dtype of the others.
template <class = void>
constexpr tracer packed(const tracer* x, int count) {
  graph* g = nullptr;
  vec<operand> facts;
  for (int i = 0; i < count; ++i) {
    join_program(g, x[i].program);
    facts.push_back(x[i].as_operand());
  }
  if (!g)
    raise(error_kind::generic, "pack: the numbers belong to no program yet; make one of them "
                               "x.like(v) with a traced argument x");
  if (g->failed != error_kind::none) return {g, 0};
  const calx::dtype met = promoted(facts.data(), count);
  vec<int> parts;
  const dims first = x[0].dimensions();
  for (int i = 0; i < count; ++i) {
    const tracer t = strong(*g, x[i]);
    dims shape = t.dimensions();
    if (!require_same_shape(*g, i, first, shape)) return {g, 0};
    shape.insert(0, 1);
    parts.push_back(reshape_t::emit(*g, convert_t::emit(*g, t.id, met), shape));
  }
  return {g, concatenate_t::emit(*g, parts, 0)};
}
}  // namespace detail

/// An array of the values x..., traced or not, in the order of the call: n numbers give shape (n),
/// n arrays of shape s give (n, s...), so that pack(pack(a, b), pack(c, d)) is a matrix. The extent
/// n is known to the compiler; C++ numbers alone give a tensor. Dtypes meet as in arithmetic:
/// beside traced values, C++ numbers take their dtype. shape_error if shapes differ.
///
///     auto rotation = [](auto t) {
///       return calx::pack(calx::pack(cos(t), -sin(t)), calx::pack(sin(t), cos(t)));
///     };
struct pack_fn : detail::array_function<pack_fn> {
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    static_assert(sizeof...(A) > 0, "calx: pack takes at least one value");
    constexpr bool numbers = (number<A> && ...);
    constexpr bool traced = ((number<A> || std::is_same_v<A, tracer>) && ...);
    if constexpr (numbers) {
      using T = std::common_type_t<detail::element_for<A>...>;
      return tensor<T, sizeof...(A)>{static_cast<T>(a)...};
    } else if constexpr (traced) {
      return trace(tracer(a)...);
    } else {
      return detail::array_function<pack_fn>::operator()(a...);
    }
  }
  template <class... X>
  static constexpr tracer trace(const X&... x) {
    const tracer parts[] = {x...};
    return detail::packed(parts, static_cast<int>(sizeof...(X)));
  }
};
/// pack(a, b): an array of traced or other numbers, or of arrays of one shape.
inline constexpr pack_fn pack{};

}  // namespace calx::inline CALX_ABI
