// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// New trees of a given type: from another tree of the same structure, or from leaves in order.
#pragma once

#include <calx/base/type_list.hpp>
#include <calx/tree/tree.hpp>

namespace calx::inline CALX_ABI::tree {

namespace detail {
/// References to the children of a node.
template <class T>
constexpr auto references(T& t) {
  if constexpr (kind<std::remove_const_t<T>> == shape_of::tuple)
    return detail::spread([](auto&... e) { return std::tie(e...); }, t);
  else return detail::fields(t);
}
/// The child types of a node, as the pack of a tuple.
template <class T>
constexpr auto children_of() {
  return std::type_identity<decltype(detail::references(std::declval<T&>()))>();
}
/// An object without data. A closure that may capture, but does not, has no default constructor:
/// a copy of one that was never made is as good, as there is nothing to copy.
template <class T>
constexpr T without_data() {
  if constexpr (std::is_default_constructible_v<T>) return T();
  else {
    union space {
      T object;
      constexpr space() {}
    } s;
    return s.object;
  }
}
/// Why a class template is no tree if a number in it stays a number.
template <class Member>
struct fixed_member_problem {
  static constexpr text error() {
    return text() << "members of a class template are traced if their types follow its "
                  << "arguments, but one is " << dtype_of<Member>() << " always: make its type a "
                  << "parameter, or list the other members with CALX_PYTREE";
  }
};
/// A leaf f() of type To, which a member of a class template has only if its type follows the
/// template's arguments.
template <class To, class F>
constexpr To made_leaf(F&& f) {
  using From = decltype(f());
  constexpr bool untraced = std::is_same_v<From, tracer> && concrete_leaf<To>;
  if constexpr (!untraced && std::is_convertible_v<From, To>) {
    return f();
  } else {
    static_assert(calx::detail::no_error<fixed_member_problem<To>>());
    return To();
  }
}
}  // namespace detail

/// A tree of type To with leaves next(type_identity<L>) for the leaf types L of From, whose
/// structure it shares and which must be known to the compiler.
template <class To, class From, class Next>
constexpr To build(Next&& next) {
  if constexpr (kind<From> == shape_of::leaf)
    return detail::made_leaf<To>([&] { return next(std::type_identity<From>()); });
  else if constexpr (kind<From> == shape_of::array)
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      using child = typename From::value_type;
      return To{((void)I, tree::build<typename To::value_type, child>(next))...};
    }(std::make_index_sequence<std::tuple_size_v<From>>());
  else if constexpr (kind<From> == shape_of::tuple || kind<From> == shape_of::fields)
    return [&]<class... T, class... E>(std::type_identity<std::tuple<T&...>>,
                                       std::type_identity<std::tuple<E&...>>) {
      return To{tree::build<T, E>(next)...};
    }(detail::children_of<To>(), detail::children_of<From>());
  else return detail::without_data<To>();
}

/// A tree of type To with the structure of `from` and leaves f(leaf of from).
template <class To, class From, class F>
constexpr To convert(From& from, F&& f) {
  using source = std::remove_const_t<From>;
  if constexpr (kind<source> == shape_of::leaf)
    return detail::made_leaf<To>([&] { return f(from); });
  else if constexpr (kind<source> == shape_of::array)
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return To{tree::convert<typename To::value_type>(from[I], f)...};
    }(std::make_index_sequence<std::tuple_size_v<source>>());
  else if constexpr (kind<source> == shape_of::sequence) {
    if constexpr (requires { from.begin(); }) {
      To to;
      for (auto& e : from)
        detail::add_entry(to, e, tree::convert<detail::entry_t<To>>(detail::entry<source>(e), f));
      return to;
    } else {
      return from ? To(tree::convert<typename To::value_type>(*from, f)) : To();
    }
  } else if constexpr (kind<source> == shape_of::tuple || kind<source> == shape_of::fields) {
    auto rebuild = [&]<class... E>(std::type_identity<std::tuple<E&...>>, auto&... child) {
      To to{tree::convert<std::remove_const_t<E>>(child, f)...};
      detail::keep_fixed(to, from);
      return to;
    };
    auto with = [&](auto&... child) { return rebuild(detail::children_of<To>(), child...); };
    const auto members = detail::references(from);
    return detail::spread(with, members);
  } else {
    return from;
  }
}

/// The number of leaves, where the compiler knows the structure.
template <class T>
constexpr int leaf_count() {
  if constexpr (kind<T> == shape_of::leaf) return 1;
  else if constexpr (kind<T> == shape_of::array)
    return static_cast<int>(std::tuple_size_v<T>) * leaf_count<typename T::value_type>();
  else if constexpr (kind<T> == shape_of::tuple || kind<T> == shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return (0 + ... + leaf_count<std::remove_const_t<E>>());
    }(detail::children_of<T>());
  else return 0;
}

namespace detail {
template <class T>
inline constexpr int leaf_count_of = tree::leaf_count<T>();

// A tuple of references joined level by level would make a tuple type for each node, whose cost
// grows with the square of the leaves. The types are joined as names, and one tuple is made.

template <class T>
struct leaf_types;
template <class T>
constexpr auto find_leaf_types() {
  using U = std::remove_const_t<T>;
  constexpr shape_of k = kind<U>;
  if constexpr (k == shape_of::leaf) return std::type_identity<type_list<T>>();
  else if constexpr (k == shape_of::array) {
    using E = std::remove_reference_t<decltype(std::declval<T&>()[0])>;
    return []<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (kind<std::remove_const_t<E>> == shape_of::leaf)
        return std::type_identity<type_list<std::enable_if_t<I + 1 != 0, E>...>>();
      else
        return std::type_identity<
            join<type_list<>, typename leaf_types<std::enable_if_t<I + 1 != 0, E>>::type...>>();
    }(std::make_index_sequence<std::tuple_size_v<U>>());
  } else if constexpr (k == shape_of::tuple || k == shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return std::type_identity<join<type_list<>, typename leaf_types<E>::type...>>();
    }(children_of<T>());
  else return std::type_identity<type_list<>>();
}
template <class T>
struct leaf_types {
  using type = typename decltype(find_leaf_types<T>())::type;
};

template <std::size_t I, class L>
struct leaf_place {
  L* at = nullptr;
};
template <class Sequence, class List>
struct leaf_places;
template <std::size_t... I, class... L>
struct leaf_places<std::index_sequence<I...>, type_list<L...>> : leaf_place<I, L>... {
  constexpr std::tuple<L&...> all() const {
    return std::tuple<L&...>(*static_cast<const leaf_place<I, L>&>(*this).at...);
  }
};
/// The number of leaves of the first I of several trees.
template <std::size_t I, class... E>
constexpr std::size_t leaves_before() {
  const int count[] = {leaf_count_of<std::remove_const_t<E>>..., 0};
  int n = 0;
  for (std::size_t i = 0; i < I; ++i) n += count[i];
  return static_cast<std::size_t>(n);
}
/// Notes where the leaves of t are, the first of which has number First.
template <std::size_t First, class T, class Places>
constexpr void place_leaves(T& t, Places& places) {
  constexpr shape_of k = kind<std::remove_const_t<T>>;
  auto each = [&]<class... E, std::size_t... I>(std::type_identity<std::tuple<E&...>>,
                                                std::index_sequence<I...>, auto& from) {
    (place_leaves<First + leaves_before<I, E...>()>(std::get<I>(from), places), ...);
  };
  if constexpr (k == shape_of::leaf) static_cast<leaf_place<First, T>&>(places).at = &t;
  else if constexpr (k == shape_of::array)
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      constexpr auto count =
          static_cast<std::size_t>(leaf_count_of<typename std::remove_const_t<T>::value_type>);
      (place_leaves<First + I * count>(t[I], places), ...);
      static_cast<void>(count);  // of no elements
    }(std::make_index_sequence<std::tuple_size_v<std::remove_const_t<T>>>());
  else if constexpr (k == shape_of::tuple || k == shape_of::fields) {
    const auto members = references(t);
    each(children_of<T>(), std::make_index_sequence<std::tuple_size_v<decltype(members)>>(),
         members);
  }
}
}  // namespace detail

/// References to all leaves of t, in order, as a tuple; the structure must be known.
template <class T>
constexpr auto leaves(T& t) {
  using list = typename detail::leaf_types<T>::type;
  detail::leaf_places<std::make_index_sequence<static_cast<std::size_t>(list::size)>, list> places;
  detail::place_leaves<0>(t, places);
  return places.all();
}

namespace detail {
template <class T>
constexpr bool holds_tracer() {
  if constexpr (std::is_same_v<T, tracer> || std::is_same_v<T, weak<tracer>>) return true;
  else if constexpr (kind<T> == shape_of::array || kind<T> == shape_of::sequence)
    return holds_tracer<entry_t<T>>();
  else if constexpr (kind<T> == shape_of::tuple || kind<T> == shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return (false || ... || holds_tracer<std::remove_const_t<E>>());
    }(children_of<T>());
  else return false;
}

/// A node that stands for one value; see `pytree`.
template <class T>
concept resolvable = requires(const T& t) { pytree<T>::resolve(t); };
template <class T>
constexpr bool holds_resolvable() {
  if constexpr (resolvable<T>) return true;
  else if constexpr (kind<T> == shape_of::array) return holds_resolvable<typename T::value_type>();
  else if constexpr (kind<T> == shape_of::tuple || kind<T> == shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return (false || ... || holds_resolvable<std::remove_const_t<E>>());
    }(children_of<T>());
  else return false;
}
}  // namespace detail

/// A traced tree in which nodes that stand for one value, such as array expressions, have become
/// that value.
template <class T>
constexpr auto resolved(const T& t) {
  if constexpr (detail::resolvable<T>) return pytree<T>::resolve(t);
  else if constexpr (!detail::holds_resolvable<T>()) return t;
  else if constexpr (kind<T> == shape_of::tuple)
    return detail::spread([](auto&... e) { return std::make_tuple(tree::resolved(e)...); }, t);
  else {
    static_assert(calx::detail::never<T>,
                  "calx: an expression inside a struct has no value yet; call .eval() on it first");
    return t;
  }
}

/// True if some leaf of a T is a tracer: then a call happens inside a trace.
template <class... T>
inline constexpr bool is_traced = (detail::holds_tracer<std::remove_cvref_t<T>>() || ...);

}  // namespace calx::inline CALX_ABI::tree
