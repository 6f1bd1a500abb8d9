// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tools for trees: map, leaves in order, ravel into one vector and back.
#pragma once

#include <calx/array/create.hpp>
#include <calx/run/execute.hpp>
#include <calx/tree/build.hpp>

namespace calx::inline CALX_ABI::tree {
namespace detail {
/// A leaf made from a value that is not computed yet.
template <class L, class V>
constexpr L settled_leaf(const V& v) {
  if constexpr (std::is_same_v<L, V>) return v;
  else if constexpr (concrete_leaf<L> && !number<L> && !calx::detail::is_array<L>) {
    auto value = calx::detail::settled(v);
    L out = leaf_traits<L>::make(value.dimensions());
    auto* to = leaf_traits<L>::data(out);
    for (const auto& x : value) *to++ = x;
    return out;
  } else {
    return L(v);
  }
}
/// What f works on for a leaf: ranges of numbers and matrices as arrays.
template <class L>
constexpr decltype(auto) operand_of(const L& leaf) {
  if constexpr (concrete_leaf<L> && !number<L> && !is_value<L>) return asarray(leaf);
  else return (leaf);
}
template <class T, class F, class First, class... Rest>
constexpr T map_static(const F& f, const First& first, const Rest&... rest) {
  auto firsts = tree::leaves(first);
  auto others = std::make_tuple(tree::leaves(rest)...);
  T out = first;
  auto to = tree::leaves(out);
  auto at = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using L = std::remove_cvref_t<decltype(std::get<I>(to))>;
    std::get<I>(to) = settled_leaf<L>(detail::spread(
        [&](const auto&... r) {
          return f(operand_of(std::get<I>(firsts)), operand_of(std::get<I>(r))...);
        },
        others));
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (at(std::integral_constant<std::size_t, I>()), ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(firsts)>>());
  return out;
}
}  // namespace detail

/// A tree like the first with leaves f(leaf of each...), in the types of the first's leaves; the
/// trees must have the same structure, known to the compiler. Members that are no leaves are kept
/// from the first. Errors: those of f.
///
///     params = calx::tree::map([](auto p, auto g) { return p - 0.1 * g; }, params, gradient);
template <class F, class T, class... Rest>
constexpr T map(const F& f, const T& first, const Rest&... rest) {
  static_assert(is_static<T>() && (is_static<Rest>() && ...),
                "calx: tree::map: the structure of the trees must be known to the compiler");
  static_assert(((leaf_count<T>() == leaf_count<Rest>()) && ...),
                "calx: tree::map: the trees have different numbers of leaves");
  return detail::map_static<T>(f, first, rest...);
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
template <class T>
struct ravelled_element {
  static constexpr dtype find() {
    dtype d = dtype::b1;
    bool first = true;
    [&]<class... L>(std::type_identity<std::tuple<L&...>>) {
      ((d = first ? leaf_traits<std::remove_const_t<L>>::type
                  : promote(d, leaf_traits<std::remove_const_t<L>>::type),
        first = false),
       ...);
    }(std::type_identity<decltype(tree::leaves(std::declval<const T&>()))>());
    return d;
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
