// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tools for trees: map, leaves in order, ravel into one vector and back.
#pragma once

#include <calx/run/leaf_access.hpp>
#include <calx/run/map_leaves.hpp>

namespace calx::inline CALX_ABI::tree {

/// A tree like the first with leaves f(leaf of each...). Leaves keep their types, as variables do
/// in C++, where these hold what f gives: a float any number, an integer those of integers that
/// are no wider. Where they do not, or f gives another shape, the leaf gets the type of the value:
/// an array of int times 2.5 becomes one of double. The trees must have one structure, and members
/// that are no leaves are kept from the first. Errors: those of f; calx::error where vectors or
/// maps differ in their entries.
///
///     params = calx::tree::map([](auto p, auto g) { return p - 0.1 * g; }, params, gradient);
template <class F, class T, class... Rest>
constexpr auto map(const F& f, const T& first, const Rest&... rest) {
  return detail::map_of<F, T, Rest...>::run(f, first, rest...);
}

/// All leaves as a tuple of references, in order; the structure must be known to the compiler.
template <class T>
constexpr auto flatten(T& t) { return tree::leaves(t); }

/// A tree like `original` with the leaves of a tuple, as `flatten` orders them.
template <class T, class Leaves>
constexpr T unflatten(const T& original, const Leaves& leaves) {
  T out = original;
  auto to = tree::leaves(out);
  static_assert(std::tuple_size_v<decltype(to)> == std::tuple_size_v<Leaves>,
                "calx: tree::unflatten: give one leaf for each of the tree");
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((std::get<I>(to) = std::get<I>(leaves)), ...);
  }(std::make_index_sequence<std::tuple_size_v<Leaves>>());
  return out;
}

namespace detail {
/// Joins the dtypes of a T's leaves to `met`, the join of those before if there are `any`; returns
/// whether there are any now.
template <class T>
constexpr bool meet(dtype& met, bool any) {
  constexpr shape_of k = kind<T>;
  if constexpr (k == shape_of::leaf) {
    met = any ? promote(met, leaf_traits<T>::type) : leaf_traits<T>::type;
    return true;
  } else if constexpr (k == shape_of::array || k == shape_of::sequence) {
    return meet<entry_t<T>>(met, any);
  } else if constexpr (k == shape_of::tuple || k == shape_of::fields) {
    return [&]<class... E>(std::type_identity<std::tuple<E&...>>) {
      ((any = meet<std::remove_const_t<E>>(met, any)), ...);
      return any;
    }(children_of<T>());
  } else {
    return any;
  }
}
template <class T>
struct ravelled_element {
  static constexpr dtype find() {
    dtype met = dtype::b1;
    meet<T>(met, false);
    return met;
  }
  using type = element_t<find()>;
};
/// Calls f(x) for each element of a leaf, in row-major order.
template <class L, class F>
void each_element(const L& leaf, F f) {
  auto read = [&](const auto* from) {
    for (dim i = 0, n = aval_of(leaf).shape.size(); i < n; ++i) f(from[i]);
  };
  if constexpr (std::is_same_v<L, dynamic_array>)
    visit_dtype(leaf.dtype(), [&]<class E>() { read(leaf.template elements<E>()); });
  else read(calx::detail::leaf_reader<L>(leaf).data);
}
/// Replaces the elements of a leaf by the numbers at `next`, which moves on behind them.
template <class L, class N>
void refill(L& leaf, const N*& next) {
  auto write = [&]<class E>(E* to) {
    for (dim i = 0, n = aval_of(leaf).shape.size(); i < n; ++i)
      to[i] = calx::detail::convert<E>(*next++);
  };
  if constexpr (std::is_same_v<L, dynamic_array>) {
    L fresh(aval_of(leaf));
    visit_dtype(fresh.dtype(), [&]<class E>() { write(static_cast<E*>(fresh.mutable_data())); });
    leaf = fresh;
  } else {
    auto fresh = leaf_traits<L>::make(aval_of(leaf).shape);
    calx::detail::leaf_writer<L> writer(fresh);
    write(writer.data);
    writer.finish(fresh);
    leaf = fresh;
  }
}
/// Makes trees like an original from vectors of its elements.
template <class T>
struct unravel_fn {
  T original;
  template <class V>
  T operator()(const V& flat) const {
    using E = typename ravelled_element<T>::type;
    array<E, 1> from(flat);
    T out = original;
    std::size_t want = 0;
    tree::for_each(
        out, [&](auto& leaf) { want += static_cast<std::size_t>(aval_of(leaf).shape.size()); });
    if (from.size() != want)
      raise(error_kind::shape, text() << "unravel: the tree has " << static_cast<std::int64_t>(want)
                                      << " elements, but the vector has "
                                      << static_cast<std::int64_t>(from.size()));
    const E* next = from.data();
    tree::for_each(out, [&](auto& leaf) { refill(leaf, next); });
    return out;
  }
};
}  // namespace detail

/// All elements of a tree as one vector, in the dtype that its leaves meet in, and the function
/// that makes such a tree of such a vector (shape_error if its length is wrong).
///
///     auto [flat, unravel] = calx::tree::ravel(params);
template <class T>
auto ravel(const T& t) {
  using E = typename detail::ravelled_element<T>::type;
  dim n = 0;
  tree::for_each(t, [&](const auto& leaf) { n += aval_of(leaf).shape.size(); });
  array<E, 1> flat(dims{n});
  E* to = flat.mutable_data();
  tree::for_each(t, [&](const auto& leaf) {
    detail::each_element(leaf, [&](auto x) { *to++ = calx::detail::convert<E>(x); });
  });
  return std::tuple{std::move(flat), detail::unravel_fn<T>{t}};
}

}  // namespace calx::inline CALX_ABI::tree
