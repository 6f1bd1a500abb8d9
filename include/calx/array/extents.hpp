// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The vocabulary of array types: extents, devices, the names `array` and `tensor`.
#pragma once

#include <utility>

#include <calx/trace/leaf.hpp>
#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI {

/// An extent that only run time knows, in `extents`.
inline constexpr std::size_t dyn = static_cast<std::size_t>(-1);

/// The extents of an array type, outermost first; mixes like `extents<dyn, 3>` are fine.
template <std::size_t... E>
struct extents {
  static_assert(sizeof...(E) <= max_rank, "calx: arrays have at most 8 axes");
  static constexpr int rank = static_cast<int>(sizeof...(E));
  static constexpr bool is_static = ((E != dyn) && ...);
  /// The extents as `dims`, with `dynamic_extent` where run time decides.
  static constexpr dims known{(E == dyn ? dynamic_extent : static_cast<dim>(E))...};
};

/// The memory of the CPU.
struct host {};

namespace value {
template <class T, class Extents, class Device = host>
class basic_array;
template <class Op, class... A>
struct expr;
template <class>
class basic_dynamic_array;
using dynamic_array = basic_dynamic_array<void>;
}  // namespace value
using value::basic_array;
using value::dynamic_array;
using value::expr;

namespace detail {
template <dims Known, class Axes>
struct extents_of;
template <dims Known, std::size_t... I>
struct extents_of<Known, std::index_sequence<I...>> {
  using type = extents<(Known[static_cast<int>(I)] == dynamic_extent
                            ? dyn : static_cast<std::size_t>(Known[static_cast<int>(I)]))...>;
};
template <class Axes>
struct dynamic_extents;
template <std::size_t... I>
struct dynamic_extents<std::index_sequence<I...>> {
  using type = extents<((void)I, dyn)...>;
};
template <class = void>
constexpr bool all_known(const dims& shape) {
  for (dim d : shape)
    if (d == dynamic_extent) return false;
  return true;
}
/// `extents` of what is known.
template <dims Known>
using extents_t = typename extents_of<
    Known, std::make_index_sequence<static_cast<std::size_t>(Known.rank)>>::type;
}  // namespace detail

/// An array with dynamic extents in an immutable shared buffer: copying is O(1).
template <class T = double, int Rank = 1>
using array =
    basic_array<T, typename detail::dynamic_extents<
                       std::make_index_sequence<static_cast<std::size_t>(Rank)>>::type>;
/// An array with extents of compile time, whose elements lie in the object itself.
template <class T, std::size_t... E>
using tensor = basic_array<T, extents<E...>>;

namespace detail {
/// The type of a result: a tensor if all extents are known, else an array; a number without axes.
template <class T, dims Known>
struct result_array {
  using type = array<T, Known.rank>;
};
template <class T, dims Known>
  requires(Known.rank > 0 && all_known(Known))
struct result_array<T, Known> {
  using type = basic_array<T, extents_t<Known>>;
};
template <class T, dims Known>
  requires(Known.rank == 0)
struct result_array<T, Known> {
  using type = T;
};
template <class T, dims Known>
using result_array_t = typename result_array<T, Known>::type;

template <class A>
inline constexpr bool is_array = false;
template <class T, class X, class D>
inline constexpr bool is_array<basic_array<T, X, D>> = true;
template <class A>
inline constexpr bool is_expr = false;
template <class Op, class... A>
inline constexpr bool is_expr<expr<Op, A...>> = true;

/// Values whose operators make lazy expressions.
template <class A>
inline constexpr bool is_lazy = is_array<A> || is_expr<A>;
template <class... A>
concept lazy_operands = ((is_lazy<A> || is_beside_value<A>) && ...) &&
                        ((is_lazy<A> || is_container<A>) || ...);
/// Operands of which at least one tells its dtype and rank only at run time.
template <class... A>
concept dynamic_operands =
    ((is_lazy<A> || is_beside_value<A> || std::is_same_v<A, dynamic_array>) && ...) &&
    (std::is_same_v<A, dynamic_array> || ...);

/// True if T is the type of its dtype: std::int64_t, not another integer as wide. What is of the
/// other is never read through a pointer to the one, as compilers assume that nobody does.
template <element T>
inline constexpr bool is_named = std::is_same_v<T, element_t<dtype_of<T>()>>;

/// The element type that a C++ number becomes in an array of its own: int is int64, as in NumPy.
template <number N>
struct element_for_number {
  using type =
      std::conditional_t<std::is_integral_v<N> && std::is_signed_v<N>, std::int64_t,
                         std::conditional_t<std::is_integral_v<N>, std::uint64_t, double>>;
};
template <number N>
  requires(element<N> && !(std::is_integral_v<N> && std::is_signed_v<N>))
struct element_for_number<N> {
  using type = element_t<dtype_of<N>()>;
};
template <number N>
using element_for = typename element_for_number<N>::type;

/// look(graph&), a check of traced values, of extents that are known: throws what it says.
template <class Check>
constexpr auto checked_now(const Check& look) {
  graph g;
  auto result = look(g);
  if (g.failed != error_kind::none) raise(g.failed, g.message);  // in constant evaluation
  return result;
}

template <class = void>
constexpr void say_negative(text& t, std::string_view who, const dims& shape) {
  t << who << ": shape " << shape << " has a negative extent";
}
/// The number of elements of a shape that somebody asked for.
template <class = void>
constexpr std::size_t checked_size(std::string_view who, const dims& shape) {
  bool empty = false;
  for (dim d : shape) {
    if (d < 0) {
      text t;
      say_negative(t, who, shape);
      raise(error_kind::shape, t);
    }
    empty = empty || d == 0;
  }
  if (empty) return 0;
  dim n = 1;
  for (dim d : shape) {
    if (n > (dim{1} << 60) / d)
      raise(error_kind::shape, text() << who << ": shape " << shape << " is too large");
    n *= d;
  }
  return static_cast<std::size_t>(n);
}
template <class = void>
constexpr dim axis_extent(const dims& shape, dim axis) {
  int a = normal_axis(axis, shape.rank);
  if (a < 0)
    raise(error_kind::index, text() << "shape: axis " << axis << " is outside rank "
                                    << shape.rank << " of shape " << shape);
  return shape[a];
}
}  // namespace detail

template <class T, class X, class D>
inline constexpr bool is_value<basic_array<T, X, D>> = true;
template <class Op, class... A>
inline constexpr bool is_value<expr<Op, A...>> = true;
template <>
inline constexpr bool is_value<dynamic_array> = true;

}  // namespace calx::inline CALX_ABI
