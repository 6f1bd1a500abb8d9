// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which leaves of a tree have one type: elements of one std::array, members of one parameter.
#pragma once

#include <calx/base/vec.hpp>
#include <calx/tree/build.hpp>

namespace calx::inline CALX_ABI::tree::detail {

/// Stands for a leaf of argument K of a class template, to see which members it becomes.
template <int K>
struct argument_mark : tracer {
  constexpr argument_mark() {}
};
template <int K>
struct to_mark {
  template <class>
  struct map {
    using type = argument_mark<K>;
  };
};
/// A traced argument of a class template with marks for its leaves; other arguments as they are.
template <int K, class A>
using marked_argument = rebind_t<A, to_mark<K>::template map>;
/// True if argument A of a class template decides about leaves.
template <class A>
inline constexpr bool has_marks = !std::is_same_v<marked_argument<0, A>, A>;

/// The arguments of a class template that are types, and the template with marked arguments, if
/// that exists.
template <class T, class Arguments>
struct instance_arguments;
template <class T, class... A>
struct instance_arguments<T, type_list<A...>> {
  template <std::size_t... K>
  static auto find(std::index_sequence<K...>) {
    if constexpr (requires {
                    typename with_arguments<T, marked_argument<static_cast<int>(K), A>...>;
                  })
      return std::type_identity<
          with_arguments<T, marked_argument<static_cast<int>(K), A>...>>();
    else return std::type_identity<void>();
  }
  static constexpr int arguments = sizeof...(A);
  using marked = typename decltype(find(std::index_sequence_for<A...>()))::type;
  static constexpr bool has_marked = !std::is_void_v<marked>;
  /// The argument that a marked member is as a whole; -1 if none.
  template <class M>
  static constexpr int argument() {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      int found = -1;
      ((has_marks<A> && std::is_same_v<M, marked_argument<static_cast<int>(K), A>>
            ? void(found = static_cast<int>(K)) : void()), ...);
      return found;
    }(std::index_sequence_for<A...>());
  }
};
template <class T>
struct instance_of {
  static constexpr bool has_marked = false;
};
template <class T>
  requires(is_instance<T>)
struct instance_of<T> : instance_arguments<T, typename template_of<T>::arguments> {};
/// A class template that is a tree without having been declared one.
template <class T>
concept plain_instance = kind<T> == shape_of::fields && !rebound_struct<T> && !declared<T>;

template <class T>
constexpr void group_leaves(const T& t, vec<int>& out, int& next);

/// Groups the elements of a sequence: those of one structure have the groups of the first.
template <class T, class F>
constexpr void group_elements(const T& t, vec<int>& out, const F& group_one) {
  vec<int> first;
  for (const auto& e : t) {
    vec<int> own;
    group_one(entry<T>(e), own);
    if (first.size() == own.size()) own = first;
    else first = own;
    for (int g : own) out.push_back(g);
  }
}
/// Groups the leaves of c, a member of a class template Owner; M is its type with marks, and
/// of[k] are the groups of argument k as far as it was met.
template <class Owner, class M, class C>
constexpr void group_member(const C& c, vec<vec<int>>& of, vec<int>& out, int& next) {
  constexpr int k = instance_of<Owner>::template argument<M>();
  if constexpr (k >= 0) {
    vec<int> own;
    group_leaves(c, own, next);
    vec<int>& met = of[static_cast<std::size_t>(k)];
    if (met.size() == own.size()) own = met;
    else met = own;
    for (int g : own) out.push_back(g);
  } else if constexpr (kind<C> == shape_of::array || kind<C> == shape_of::sequence) {
    auto one = [&](const auto& e, vec<int>& to) {
      group_member<Owner, entry_t<M>>(e, of, to, next);
    };
    if constexpr (requires { c.begin(); }) group_elements(c, out, one);
    else if (c) one(*c, out);
  } else if constexpr (kind<C> == shape_of::tuple || kind<C> == shape_of::fields) {
    [&]<class... X, class... E>(std::type_identity<std::tuple<X&...>>,
                                const std::tuple<E&...>& members) {
      spread([&](const auto&... e) {
        (group_member<Owner, X>(e, of, out, next), ...);
      }, members);
    }(children_of<M>(), references(c));
  } else {
    group_leaves(c, out, next);
  }
}
/// A number for each leaf of a traced tree, the same for leaves that have one type in results.
template <class T>
constexpr void group_leaves(const T& t, vec<int>& out, int& next) {
  if constexpr (kind<T> == shape_of::leaf) out.push_back(next++);
  else if constexpr (kind<T> == shape_of::array || kind<T> == shape_of::sequence) {
    auto one = [&](const auto& e, vec<int>& to) { group_leaves(e, to, next); };
    if constexpr (requires { t.begin(); }) group_elements(t, out, one);
    else if (t) one(*t, out);
  } else if constexpr (plain_instance<T> && !instance_of<T>::has_marked) {
    // Nothing is known of such a template but that leaves follow its arguments.
    tree::for_each(t, [&](const auto&) { out.push_back(next); });
    ++next;
  } else if constexpr (plain_instance<T>) {
    vec<vec<int>> of(static_cast<std::size_t>(instance_of<T>::arguments));
    using marked = typename instance_of<T>::marked;
    [&]<class... X, class... E>(std::type_identity<std::tuple<X&...>>,
                                const std::tuple<E&...>& members) {
      spread([&](const auto&... e) { (group_member<T, X>(e, of, out, next), ...); }, members);
    }(children_of<marked>(), references(t));
  } else if constexpr (kind<T> == shape_of::tuple || kind<T> == shape_of::fields) {
    const auto members = references(t);
    spread([&](const auto&... e) { (group_leaves(e, out, next), ...); }, members);
  }
}

}  // namespace calx::inline CALX_ABI::tree::detail

namespace calx::inline CALX_ABI::tree {

/// A number for each leaf of a traced tree, in order: leaves of which a result type can only give
/// one type to all have the same number.
template <class T>
constexpr vec<int> leaf_groups(const T& t) {
  vec<int> out;
  int next = 0;
  detail::group_leaves(t, out, next);
  return out;
}

}  // namespace calx::inline CALX_ABI::tree
