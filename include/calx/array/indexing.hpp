// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parts of arrays: by Python's index entries, by an array of integers; other shapes of the same.
#pragma once

#include <calx/array/storage.hpp>
#include <calx/array/strided.hpp>
#include <calx/trace/structure.hpp>

namespace calx::inline CALX_ABI {
namespace detail {

/// What may stand in an index whose meaning the type tells.
template <class E>
concept static_entry =
    std::constructible_from<index_entry, E> &&
    !std::is_same_v<std::remove_cvref_t<E>, index_entry> && !is_extent_number<E>;
/// An entry of an index that is a number, if it follows from extents.
template <class E>
constexpr auto plain_entry(const E& e) {
  if constexpr (is_extent_number<E>) return static_cast<dim>(e);
  else return e;
}
template <class E>
inline constexpr bool is_newaxis = std::is_same_v<E, newaxis_t> || std::is_same_v<E, none_t>;
template <class... E>
inline constexpr int axes_used = (0 + ... + int{std::integral<E> || std::is_same_v<E, slice>});

/// The extents that an index of entry types E leaves of `from`; unknown behind slices.
template <class... E>
constexpr dims part_extents(const dims& from) {
  dims out;
  int axis = 0;
  auto whole = [&](int n) {
    for (; n > 0 && axis < from.rank; --n) out.push(from[axis++]);
  };
  auto one = [&]<class X>(std::type_identity<X>) {
    if constexpr (std::integral<X>) ++axis;
    else if constexpr (is_newaxis<X>) out.push(1);
    else if constexpr (std::is_same_v<X, ellipsis_t>) whole(from.rank - axes_used<E...>);
    else out.push(dynamic_extent), ++axis;
  };
  (one(std::type_identity<E>()), ...);
  whole(from.rank - axis);
  return out;
}
/// The index i of an axis, counted from the front, or index_error.
template <class = void>
constexpr dim checked_index(dim i, const dims& shape, int axis) {
  dim n = shape[axis], at = i < 0 ? i + n : i;
  if (at < 0 || at >= n) {
    text t;
    say_outside(t, i, axis, shape);
    raise(error_kind::index, t);
  }
  return at;
}
/// The row-major position of the element, or first element, that integers select.
template <class Shape>
constexpr dim offset_of(const Shape& s, const dim* index, int count) {
  dim at = 0;
  for (int i = 0; i < count; ++i) {
    dim n = s.extent(i), k = index[i] < 0 ? index[i] + n : index[i];
    if (k < 0 || k >= n) checked_index(index[i], s.dimensions(), i);
    at = at * n + k;
  }
  return at;
}
/// Resolves an index at run time, or in constant evaluation where failing is not compiling.
template <class = void>
constexpr selection resolve_entries(const dims& shape, const index_entry* entries, int count) {
  selection s = checked_now([&](graph& g) { return resolve(g, shape, entries, count); });
  if (s.result.rank > max_rank)
    raise(error_kind::index, text() << "index: it selects " << s.result.rank << " axes of shape "
                                    << shape << ", but arrays have at most " << max_rank);
  return s;
}
template <class... E>
constexpr selection resolve_now(const dims& shape, const E&... e) {
  const index_entry entries[] = {index_entry(e)...};
  return resolve_entries(shape, entries, static_cast<int>(sizeof...(E)));
}

/// The box s of x as an array of the given shape; shares memory where elements are in order.
template <class Result, class A>
constexpr Result box_of(const A& x, const strided& s, const dims& shape) {
  using T = typename A::value_type;
  if constexpr (std::is_same_v<Result, T>) return x.data()[s.offset];
  else {
    constexpr bool shares = !A::is_static && requires { Result(x.owner(), x.data(), shape); };
    if constexpr (shares) {
      if (is_contiguous(s)) return Result(x.owner(), x.data() + s.offset, shape);
    }
    Result out(shape);
    gather(x.data(), s, out.mutable_data());
    return out;
  }
}
/// x(e...) for anything but one integer per axis.
template <class A, class... E>
constexpr auto part_of(const A& x, const E&... e) {
  static_assert(axes_used<E...> <= A::rank(),
                "calx: an index has at most one integer or slice per axis of the array");
  using result = result_array_t<typename A::value_type, part_extents<E...>(A::known_extents())>;
  dims shape = x.dimensions();
  if constexpr ((std::integral<E> && ...)) {
    const dim index[] = {static_cast<dim>(e)...};
    constexpr int used = static_cast<int>(sizeof...(E));
    strided s = whole(shape);
    for (int i = 0; i < used; ++i) {
      s.offset += checked_index(index[i], shape, i) * s.stride[i];
      s.extent[i] = 1;
    }
    dims left;
    for (int i = used; i < shape.rank; ++i) left.push(shape[i]);
    return box_of<result>(x, s, left);
  } else {
    selection chosen = resolve_now(shape, e...);
    return box_of<result>(x, part(chosen, shape), chosen.result);
  }
}

/// Rows of x along axis 0 by an array of integers, which may be negative.
template <class A, class I>
constexpr auto rows_of(const A& x, const I& indices) {
  static_assert(A::rank() > 0, "calx: an array without axes has no rows to choose");
  using T = typename A::value_type;
  dims from = x.dimensions(), shape = indices.dimensions();
  for (int i = 1; i < from.rank; ++i) shape.push(from[i]);
  array<T, A::rank() + I::rank() - 1> out(shape);
  dims row = from;
  row.erase(0);
  dim n = row.size();
  T* to = out.mutable_data();
  for (auto i : indices) {
    const T* first = x.data() + checked_index(static_cast<dim>(i), from, 0) * n;
    for (dim k = 0; k < n; ++k) *to++ = first[k];
  }
  return out;
}

/// The extents that `to` asks of an array of shape `from`, with a -1 filled in; shape_error.
template <class = void>
constexpr dims reshape_now(const dims& from, const dims& to) {
  graph g;
  require_extents(g, from, to);
  dims positive = to;
  for (int i = 0; i < to.rank; ++i) positive[i] = to[i] == -1 ? 1 : to[i];
  checked_size("reshape", positive);
  return reshaped(g, from, to);
}
/// x with other extents; without a copy if x has a buffer.
template <class A, class... N>
constexpr auto reshape_array(const A& x, N... n) {
  using T = typename A::value_type;
  static_assert(sizeof...(N) > 0, "calx: reshape takes the new extents");
  using result = array<T, static_cast<int>(sizeof...(N))>;
  dims shape = reshape_now(x.dimensions(), {static_cast<dim>(n)...});
  return box_of<result>(x, whole(shape), shape);
}
/// x with its axes in reverse order.
template <class A>
constexpr auto transposed(const A& x) {
  if constexpr (A::rank() < 2) return x;
  else {
    using result =
        result_array_t<typename A::value_type, reversed(whole(A::known_extents())).extent>;
    strided s = reversed(whole(x.dimensions()));
    result out(s.extent);
    gather(x.data(), s, out.mutable_data());
    return out;
  }
}

}  // namespace detail
}  // namespace calx::inline CALX_ABI
