// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pytrees: which types are trees, their children, and the same tree with other leaves.
#pragma once

#include <array>
#include <tuple>
#include <utility>

#include <calx/trace/leaf.hpp>
#include <calx/tree/fields.hpp>

namespace calx::inline CALX_ABI {

/// How a type is a tree: it has a member type `is_pytree`; `fields(s)` ties its children,
/// `rebound<M...>` has such children of other types. CALX_PYTREE specialises it for structs, array
/// expressions for themselves; class templates that are aggregates need nothing.
/// A node that stands for one value, as an expression does, also has `resolve(s)`, the tracer that
/// the value becomes once its children are tracers.
template <class T>
struct pytree;

namespace tree {

/// A leaf: a number, an array, a tracer.
template <class T>
concept leaf = concrete_leaf<T> || std::same_as<T, tracer> || std::same_as<T, weak<tracer>>;

namespace detail {
template <class T>
concept declared = requires { typename pytree<T>::is_pytree; };
template <class T>
concept rebound_struct = requires { typename T::rebound_from; };

/// A struct by CALX_PYTREE, also with traced members; and one with members that stay C++ values.
template <class T>
struct origin {
  using type = T;
};
template <rebound_struct T>
struct origin<T> {
  using type = typename T::rebound_from;
};
template <class T>
concept has_fixed = requires { typename pytree<typename origin<T>::type>::has_fixed; };
/// Copies the members that are no children, where `to` has them.
template <class To, class From>
constexpr void keep_fixed(To& to, const From& from) {
  if constexpr (has_fixed<To>) pytree<typename origin<To>::type>::keep(to, from);
}

template <class T>
inline constexpr bool is_tuple = false;
template <class... E>
inline constexpr bool is_tuple<std::tuple<E...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;
template <class T>
inline constexpr bool is_std_array = false;
template <class E, std::size_t N>
inline constexpr bool is_std_array<std::array<E, N>> = true;
template <class T>
inline constexpr bool is_sequence = false;
/// Sorted maps, such as std::map: sequences of their values, in the order of the keys.
template <class T>
concept keyed = requires {
  typename T::mapped_type;
  typename T::key_compare;
};
/// The type of a sequence's entries that are trees.
template <class T>
struct entry_of {
  using type = typename T::value_type;
};
template <keyed T>
struct entry_of<T> {
  using type = typename T::mapped_type;
};
template <class T>
using entry_t = typename entry_of<T>::type;
/// The tree of one step e through a T.
template <class T, class E>
constexpr auto& entry(E& e) {
  if constexpr (keyed<T>) return e.second;
  else return e;
}
/// Puts a tree behind the entries of a sequence that was made like one with entry e.
template <class To, class E, class Tree>
constexpr void add_entry(To& to, const E& e, Tree&& tree) {
  if constexpr (keyed<To>) to.emplace_hint(to.end(), e.first, std::forward<Tree>(tree));
  else to.push_back(std::forward<Tree>(tree));
}

/// What a class template instance is made of: its arguments that are types, and `with`, which names
/// it with others. P<double> can become P<tracer>, and P<double, 3> P<tracer, 3>.
template <class T>
struct template_of {
  static constexpr bool found = false;
};
template <template <class...> class P, class... A>
struct template_of<P<A...>> {
  static constexpr bool found = true;
  using arguments = type_list<A...>;
  template <class... X>
  static std::type_identity<P<X...>> with(type_list<X...>);
};
template <template <class, auto> class P, class A, auto N>
struct template_of<P<A, N>> {
  static constexpr bool found = true;
  using arguments = type_list<A>;
  template <class X>
  static std::type_identity<P<X, N>> with(type_list<X>);
};
template <template <class, auto, auto> class P, class A, auto N, auto M>
struct template_of<P<A, N, M>> {
  static constexpr bool found = true;
  using arguments = type_list<A>;
  template <class X>
  static std::type_identity<P<X, N, M>> with(type_list<X>);
};
template <template <class, class, auto> class P, class A, class B, auto N>
struct template_of<P<A, B, N>> {
  static constexpr bool found = true;
  using arguments = type_list<A, B>;
  template <class X, class Y>
  static std::type_identity<P<X, Y, N>> with(type_list<X, Y>);
};
template <template <auto, class> class P, auto N, class A>
struct template_of<P<N, A>> {
  static constexpr bool found = true;
  using arguments = type_list<A>;
  template <class X>
  static std::type_identity<P<N, X>> with(type_list<X>);
};
/// The template of T with other types as arguments.
template <class T, class... X>
using with_arguments = typename decltype(template_of<T>::with(type_list<X...>()))::type;
template <class T>
inline constexpr bool is_instance = template_of<T>::found;
}  // namespace detail

/// The kinds of types that trees are made of. `none`: a struct without data. `opaque`: calx cannot
/// see inside (a capturing lambda, a pointer), which sends a program to the run-time trace.
enum class shape_of { leaf, none, tuple, array, sequence, fields, opaque };

template <class T>
constexpr shape_of classify() {
  if constexpr (leaf<T>) return shape_of::leaf;
  else if constexpr (std::is_empty_v<T>) return shape_of::none;
  else if constexpr (detail::is_tuple<T>) return shape_of::tuple;
  else if constexpr (detail::is_std_array<T>) return shape_of::array;
  else if constexpr (detail::is_sequence<T>) return shape_of::sequence;
  else if constexpr (detail::declared<T> || detail::rebound_struct<T>) return shape_of::fields;
  else if constexpr (detail::is_instance<T> && std::is_aggregate_v<T>) return shape_of::fields;
  else return shape_of::opaque;
}
template <class T>
inline constexpr shape_of kind = classify<T>();

namespace detail {
/// The children of a node with fields, as a tuple of references.
template <class T>
constexpr auto fields(T& t) {
  using U = std::remove_const_t<T>;
  if constexpr (declared<U>) return pytree<U>::fields(t);
  else if constexpr (rebound_struct<U>) return pytree<typename U::rebound_from>::fields(t);
  else return tie_fields(t);
}

template <class T, template <class> class Map>
struct rebind;
}  // namespace detail

/// T with each leaf type L replaced by Map<L>::type.
template <class T, template <class> class Map>
using rebind_t = typename detail::rebind<T, Map>::type;

namespace detail {
template <class T, template <class> class Map>
struct rebind {
  using type = T;
};
template <class T, template <class> class Map>
  requires(kind<T> == shape_of::leaf)
struct rebind<T, Map> {
  using type = typename Map<T>::type;
};
template <class... E, template <class> class Map>
struct rebind<std::tuple<E...>, Map> {
  using type = std::tuple<rebind_t<E, Map>...>;
};
template <class A, class B, template <class> class Map>
struct rebind<std::pair<A, B>, Map> {
  using type = std::pair<rebind_t<A, Map>, rebind_t<B, Map>>;
};
template <class E, std::size_t N, template <class> class Map>
struct rebind<std::array<E, N>, Map> {
  using type = std::array<rebind_t<E, Map>, N>;
};
template <class T, class Tuple, template <class> class Map>
struct rebind_members;
template <class T, class... M, template <class> class Map>
struct rebind_members<T, std::tuple<M&...>, Map> {
  using type = typename pytree<T>::template rebound<rebind_t<M, Map>...>;
};
template <class T, template <class> class Map>
  requires(kind<T> == shape_of::fields && declared<T>)
struct rebind<T, Map>
    : rebind_members<T, decltype(pytree<T>::fields(std::declval<T&>())), Map> {};
template <class T>
concept rebinds_arguments = kind<T> == shape_of::fields && !declared<T> && !rebound_struct<T>;
template <class T, class Arguments, template <class> class Map>
struct rebind_arguments;
template <class T, class... A, template <class> class Map>
struct rebind_arguments<T, type_list<A...>, Map> {
  using type = with_arguments<T, rebind_t<A, Map>...>;
};
template <class T, template <class> class Map>
  requires(rebinds_arguments<T>)
struct rebind<T, Map> : rebind_arguments<T, typename template_of<T>::arguments, Map> {};
template <class T, class Tuple, template <class> class Map>
struct rebind_again;
template <class T, class... M, template <class> class Map>
struct rebind_again<T, std::tuple<M&...>, Map> {
  using type = typename pytree<typename T::rebound_from>::template rebound<rebind_t<M, Map>...>;
};
template <class T, template <class> class Map>
  requires(kind<T> == shape_of::fields && rebound_struct<T>)
struct rebind<T, Map>
    : rebind_again<T, decltype(detail::fields(std::declval<T&>())), Map> {};

template <class T>
struct to_tracer {
  using type = std::conditional_t<is_weak<T>, weak<tracer>, tracer>;
};
}  // namespace detail

/// T with a tracer for each leaf: what a traced function is called with.
template <class T>
using traced = rebind_t<T, detail::to_tracer>;

/// Calls f(leaf) for each leaf of t, in order.
template <class T, class F>
constexpr void for_each(T& t, F&& f) {
  constexpr shape_of k = kind<std::remove_const_t<T>>;
  if constexpr (k == shape_of::leaf) f(t);
  else if constexpr (k == shape_of::tuple)
    detail::spread([&](auto&... e) { (tree::for_each(e, f), ...); }, t);
  else if constexpr (k == shape_of::fields)
    {
    const auto members = detail::fields(t);
    detail::spread([&](auto&... e) { (tree::for_each(e, f), ...); }, members);
  }
  else if constexpr (k == shape_of::array)
    for (auto& e : t) tree::for_each(e, f);
  else if constexpr (k == shape_of::sequence) {
    if constexpr (requires { t.begin(); }) {
      for (auto&& e : t) tree::for_each(detail::entry<std::remove_const_t<T>>(e), f);
    } else if (t) {
      tree::for_each(*t, f);
    }
  }
}

/// True if compile time knows the structure: no run-time sequences, nothing opaque.
template <class T>
constexpr bool is_static() {
  constexpr shape_of k = kind<T>;
  if constexpr (k == shape_of::leaf) return !requires { leaf_traits<T>::dynamic; };
  else if constexpr (k == shape_of::none) return true;
  else if constexpr (k == shape_of::opaque || k == shape_of::sequence) return false;
  else if constexpr (detail::has_fixed<T>) return false;
  else if constexpr (k == shape_of::array) return is_static<typename T::value_type>();
  else if constexpr (k == shape_of::tuple)
    return []<class... E>(std::tuple<E&...>*) { return (is_static<E>() && ...); }(
        static_cast<decltype(detail::spread([](auto&... e) { return std::tie(e...); },
                                            std::declval<T&>()))*>(nullptr));
  else
    return []<class... E>(std::tuple<E&...>*) { return (is_static<E>() && ...); }(
        static_cast<decltype(detail::fields(std::declval<T&>()))*>(nullptr));
}

}  // namespace tree
}  // namespace calx::inline CALX_ABI
