// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::vector of trees and std::optional as nodes: structures that only run time knows.
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
template <class E, template <class> class Map>
  requires(is_sequence<std::vector<E>>)
struct rebind<std::vector<E>, Map> {
  using type = std::vector<rebind_t<E, Map>>;
};
template <class E, template <class> class Map>
struct rebind<std::optional<E>, Map> {
  using type = std::optional<rebind_t<E, Map>>;
};

}  // namespace calx::inline CALX_ABI::tree::detail
