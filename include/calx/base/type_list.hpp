// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lists of types, indexed both ways.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI {

template <class... T>
struct type_list {
  static constexpr int size = sizeof...(T);
};

namespace detail {
template <std::size_t I, class T>
struct indexed_type {
  using type = T;
};
template <class Sequence, class... T>
struct indexed_types;
template <std::size_t... I, class... T>
struct indexed_types<std::index_sequence<I...>, T...> : indexed_type<I, T>... {};
template <std::size_t I, class T>
indexed_type<I, T> pick(const indexed_type<I, T>&);
template <class List>
struct indexed_list;
template <class... T>
struct indexed_list<type_list<T...>> : indexed_types<std::index_sequence_for<T...>, T...> {};
template <class... Lists>
struct joined;
template <class... A>
struct joined<type_list<A...>> {
  using type = type_list<A...>;
};
template <class... A, class... B, class... Rest>
struct joined<type_list<A...>, type_list<B...>, Rest...>
    : joined<type_list<A..., B...>, Rest...> {};

/// f(elements of t...), for tuples: std::apply without what it costs compilers, and without what
/// they say about it where f does not compile.
template <class F, class Tuple>
constexpr decltype(auto) spread(F&& f, Tuple&& t) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
    return f(std::get<I>(static_cast<Tuple&&>(t))...);
  }(std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Tuple>>>());
}
}  // namespace detail

/// The I-th type of a list, without walking it.
template <std::size_t I, class List>
using type_at = typename decltype(detail::pick<I>(detail::indexed_list<List>()))::type;

/// One list of all the types of several.
template <class... Lists>
using join = typename detail::joined<Lists...>::type;

}  // namespace calx::inline CALX_ABI
