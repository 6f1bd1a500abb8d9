// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The members of an aggregate, counted and tied without naming them.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <calx/base/type_list.hpp>
#include <calx/trace/leaf.hpp>

namespace calx::inline CALX_ABI::tree::detail {

using calx::detail::spread;

/// Convert to anything that is a leaf, or that is none, in unevaluated initialisers. One that does
/// both would be taken by constructors of std::tuple<L> that pass it on to L. Defined all the same,
/// as clang takes these for uses where T has no linkage.
struct any_leaf {
  template <concrete_leaf T>
  operator T() const {
    __builtin_unreachable();
  }
};
struct any_node {
  template <class T>
    requires(!concrete_leaf<T>)
  operator T() const {
    __builtin_unreachable();
  }
};
/// Converts to no leaf and no base class of T.
template <class T>
struct no_base {
  template <class U>
    requires(!concrete_leaf<U> && !std::is_base_of_v<U, T>)
  operator U() const {
    __builtin_unreachable();
  }
};

#if defined(__CUDACC__)
// nvcc takes any number of operands in parentheses.
template <class T, class... A>
concept initialised_by = requires { T{A()...}; };
#else
template <class T, class... A>
concept initialised_by = requires { T(A()...); };
#endif
/// What initialises the members of T. In parentheses, as braces would reach into arrays; but one
/// operand in parentheses is a conversion.
template <class T, class... A>
constexpr auto initialisers() {
  if constexpr (sizeof...(A) == 0) {
    if constexpr (requires { T{any_node()}; }) return initialisers<T, any_node>();
    else if constexpr (requires { T{any_leaf()}; }) return initialisers<T, any_leaf>();
    else return type_list<>();
  } else if constexpr (initialised_by<T, A..., any_node>) {
    return initialisers<T, A..., any_node>();
  } else if constexpr (initialised_by<T, A..., any_leaf>) {
    return initialisers<T, A..., any_leaf>();
  } else {
    return type_list<A...>();
  }
}
/// True if T has a base class, which is initialised like a first member.
template <class>
constexpr bool has_base(type_list<>) { return false; }
template <class T, class First, class... Rest>
constexpr bool has_base(type_list<First, Rest...>) {
  if constexpr (sizeof...(Rest) == 0 || std::is_same_v<First, any_leaf>) return false;
  else return !initialised_by<T, no_base<T>, Rest...>;
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

/// True if T has members behind the `count` that parentheses initialise: the next is an array.
template <class T, std::size_t Count>
inline constexpr bool is_cut = [] {
  if constexpr (Count == 1) return requires { T{{}, {}}; };
  else if constexpr (Count == 2) return requires { T{{}, {}, {}}; };
  else if constexpr (Count == 3) return requires { T{{}, {}, {}, {}}; };
  else if constexpr (Count == 4) return requires { T{{}, {}, {}, {}, {}}; };
  else return false;
}();
template <class... M>
constexpr bool has_array(const std::tuple<M&...>*) {
  return (std::is_array_v<M> || ...);
}
/// The members of aggregate t, as a tuple of references; at most 16.
template <class T>
constexpr auto tie_fields(T& t) {
  using U = std::remove_const_t<T>;
  constexpr auto found = initialisers<U>();
  constexpr std::size_t members = static_cast<std::size_t>(decltype(found)::size);
  static_assert(members <= 16,
                "calx: a struct with more than 16 members needs CALX_PYTREE to be a tree");
  constexpr bool plain = !has_base<U>(found) && !is_cut<U, members>;
  static_assert(plain, "calx: a struct with a C array as a member or with a base class is no tree: "
                       "make the member a std::array, and the base a member");
  if constexpr (!plain) return std::tie();
  else if constexpr (members <= 8) {
    using tied = decltype(tie_few<members>(t));
    constexpr bool arrays = has_array(static_cast<tied*>(nullptr));
    static_assert(!arrays, "calx: a struct with a C array as a member or with a base class is no "
                           "tree: make the member a std::array, and the base a member");
    if constexpr (arrays) return std::tie();
    else return tie_few<members>(t);
  } else return tie_many<members>(t);
}

}  // namespace calx::inline CALX_ABI::tree::detail
