// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::vector of trees, std::optional, std::map as nodes: structures that only run time knows.
#pragma once

#include <optional>
#include <vector>

#include <calx/trace/vector_leaf.hpp>
#include <calx/tree/tree.hpp>

namespace calx::inline CALX_ABI::tree::detail {

template <class E>
inline constexpr bool is_sequence<std::vector<E>> = !leaf<std::vector<E>>;
template <class E>
inline constexpr bool is_sequence<std::optional<E>> = true;
template <keyed T>
inline constexpr bool is_sequence<T> = true;
template <class E, template <class> class Map>
  requires(is_sequence<std::vector<E>>)
struct rebind<std::vector<E>, Map> {
  using type = std::vector<rebind_t<E, Map>>;
};
template <class E, template <class> class Map>
struct rebind<std::optional<E>, Map> {
  using type = std::optional<rebind_t<E, Map>>;
};
template <template <class...> class M, class K, class V, class Compare, class Alloc,
          template <class> class Map>
  requires(keyed<M<K, V, Compare, Alloc>>)
struct rebind<M<K, V, Compare, Alloc>, Map> {
  using type = M<K, rebind_t<V, Map>, Compare>;
};

/// Sequence T with entries of another type.
template <class T, class E>
struct with_entry {
  using type = with_arguments<T, E>;
};
template <template <class...> class M, class K, class V, class Compare, class Alloc, class E>
  requires(keyed<M<K, V, Compare, Alloc>>)
struct with_entry<M<K, V, Compare, Alloc>, E> {
  using type = M<K, E, Compare>;
};
template <class T, class E>
using with_entry_t = typename with_entry<T, E>::type;

}  // namespace calx::inline CALX_ABI::tree::detail
