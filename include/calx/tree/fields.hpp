// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The members of an aggregate, counted and tied without naming them.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <calx/base/config.hpp>

namespace calx::inline CALX_ABI::tree::detail {

/// f(elements of t...), for tuples: std::apply without what it costs compilers.
template <class F, class Tuple>
constexpr decltype(auto) spread(F&& f, Tuple& t) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
    return f(std::get<I>(t)...);
  }(std::make_index_sequence<std::tuple_size_v<std::remove_const_t<Tuple>>>());
}

/// Converts to anything, in unevaluated initialisers. Defined all the same, as clang takes these
/// for uses where T has no linkage.
struct anything {
  template <class T>
  operator T() const {
    __builtin_unreachable();
  }
};

template <class T, class... A>
constexpr std::size_t count_fields() {
  if constexpr (requires { T{A()..., anything()}; }) return count_fields<T, A..., anything>();
  else return sizeof...(A);
}

/// The members of an aggregate that has up to eight.
template <std::size_t members, class T>
constexpr auto tie_few(T& t) {
  if constexpr (members == 0) return std::tie();
  else if constexpr (members == 1) {
    auto& [a] = t;
    return std::tie(a);
  } else if constexpr (members == 2) {
    auto& [a, b] = t;
    return std::tie(a, b);
  } else if constexpr (members == 3) {
    auto& [a, b, c] = t;
    return std::tie(a, b, c);
  } else if constexpr (members == 4) {
    auto& [a, b, c, d] = t;
    return std::tie(a, b, c, d);
  } else if constexpr (members == 5) {
    auto& [a, b, c, d, e] = t;
    return std::tie(a, b, c, d, e);
  } else if constexpr (members == 6) {
    auto& [a, b, c, d, e, f] = t;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (members == 7) {
    auto& [a, b, c, d, e, f, g] = t;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (members == 8) {
    auto& [a, b, c, d, e, f, g, h] = t;
    return std::tie(a, b, c, d, e, f, g, h);
  }
}
/// The members of an aggregate that has nine or more.
template <std::size_t members, class T>
constexpr auto tie_many(T& t) {
  if constexpr (members == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = t;
    return std::tie(a, b, c, d, e, f, g, h, i);
  } else if constexpr (members == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (members == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (members == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
  } else if constexpr (members == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
  } else if constexpr (members == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (members == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  } else if constexpr (members == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = t;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  }
}

/// The members of aggregate t, as a tuple of references; at most 16.
template <class T>
constexpr auto tie_fields(T& t) {
  constexpr std::size_t members = count_fields<std::remove_const_t<T>>();
  static_assert(members <= 16,
                "calx: a struct with more than 16 members needs CALX_PYTREE to be a tree");
  if constexpr (members <= 8) return tie_few<members>(t);
  else return tie_many<members>(t);
}

}  // namespace calx::inline CALX_ABI::tree::detail
