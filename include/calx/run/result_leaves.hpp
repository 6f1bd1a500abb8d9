// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the types of a program's results to those of the leaves of a tree, and to the tree.
#pragma once

#include <array>

#include <calx/array/extents.hpp>
#include <calx/tree/groups.hpp>

namespace calx::inline CALX_ABI::detail {

/// The type of a result leaf: a number, a tensor, an array if an extent is not known.
template <dtype D, dims Shape>
struct leaf_from {
  using type = result_array_t<element_t<D>, Shape>;
};
/// A type with dynamic_extent for all extents unless all are known.
constexpr aval opened(aval a) {
  bool known = true;
  for (dim d : a.shape) known = known && d >= 0;
  if (!known)
    for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = dynamic_extent;
  return a;
}
/// Leaves of types that are known before the program is.
template <aval... L>
struct given_leaves {
  static constexpr aval all[sizeof...(L) + 1] = {L..., aval()};
  static constexpr aval output(int k) { return all[k]; }
};

/// The leaves of R, of which Leaves::output(First) is the first: leaves of one type in R have one
/// type in the result. `error()` says where they cannot have.
template <class R, class Leaves, int First>
struct grouped_leaves {
 private:
  static constexpr std::size_t count = static_cast<std::size_t>(tree::leaf_count<R>());
  struct table {
    aval of[count + 1];
    int odd = -1, like = -1;  // two leaves that no type holds
  };
  static constexpr table make() {
    table t;
    const vec<int> group = tree::leaf_groups(tree::build<R, R>([](auto) { return tracer(); }));
    int met[count + 1];  // the first leaf of each group
    for (int& m : met) m = -1;
    for (std::size_t i = 0; i < count; ++i) {
      const int k = static_cast<int>(i);
      const aval own = opened(Leaves::output(First + k));
      int& first = met[group[i]];
      if (first < 0) first = k, t.of[i] = own;
      aval& common = t.of[first];
      if (common.type != own.type || common.shape.rank != own.shape.rank) t.odd = k, t.like = first;
      else if (!(common.shape == own.shape)) common.shape[0] = dynamic_extent;
      common = opened(common);
    }
    for (std::size_t i = 0; i < count; ++i) t.of[i] = t.of[met[group[i]]];
    return t;
  }
  static constexpr table all = make();

 public:
  static constexpr text error() {
    if constexpr (all.odd < 0) return text();
    else {
      const aval a = Leaves::output(First + all.like), b = Leaves::output(First + all.odd);
      return text() << "the result gives one type to a " << a.type << " of rank " << a.shape.rank
                    << " and to a " << b.type << " of rank " << b.shape.rank
                    << ": return a std::tuple, or a struct with a template parameter each";
    }
  }
  template <int I>
  using at = typename leaf_from<all.of[I].type, all.of[I].shape>::type;
};

/// The number of leaves of the first I of several trees.
template <std::size_t I, class... E>
inline constexpr int leaves_before = static_cast<int>(tree::detail::leaves_before<I, E...>());

template <class L>
struct always {
  template <class>
  struct map {
    using type = L;
  };
};

/// The type of tree R with leaves Leaves::at<First> and following for its tracers.
template <class R, class Leaves, int First>
struct assembled;
template <class R, class Leaves, int First>
using assembled_t = typename assembled<R, Leaves, First>::type;

template <class Mark, class Leaves, int First, class... X, class... E>
constexpr auto find_in_members(std::type_identity<std::tuple<X&...>>,
                               std::type_identity<std::tuple<E&...>>);
/// What argument of a class template becomes, whose type with marks is Mark: the type of the
/// first member that it is. M is the type of member C with marks.
template <class Mark, class M, class C, class Leaves, int First>
constexpr auto find_argument() {
  constexpr auto k = tree::kind<C>;
  if constexpr (std::is_same_v<Mark, M>) return std::type_identity<assembled_t<C, Leaves, First>>();
  else if constexpr (k == tree::shape_of::array || k == tree::shape_of::sequence)
    return find_argument<Mark, tree::detail::entry_t<M>, tree::detail::entry_t<C>, Leaves,
                         First>();
  else if constexpr (k == tree::shape_of::tuple || k == tree::shape_of::fields)
    return find_in_members<Mark, Leaves, First>(tree::detail::children_of<M>(),
                                                tree::detail::children_of<C>());
  else return std::type_identity<void>();
}
template <class... T>
struct first_type {
  using type = void;
};
template <class T, class... Rest>
struct first_type<T, Rest...> {
  using type = std::conditional_t<std::is_void_v<T>, typename first_type<Rest...>::type, T>;
};
template <class Mark, class Leaves, int First, class... X, class... E>
constexpr auto find_in_members(std::type_identity<std::tuple<X&...>>,
                               std::type_identity<std::tuple<E&...>>) {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::type_identity<typename first_type<typename decltype(find_argument<
        Mark, X, E, Leaves, First + leaves_before<I, E...>>())::type...>::type>();
  }(std::index_sequence_for<E...>());
}

template <class R, class Leaves, int First>
struct assembled {
 private:
  template <class... E>
  static auto members(std::type_identity<std::tuple<E&...>>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return std::type_identity<
          std::tuple<assembled_t<E, Leaves, First + leaves_before<I, E...>>...>>();
    }(std::index_sequence_for<E...>());
  }
  template <class A, class B, class X, class Y>
  static auto rebuilt(std::pair<A, B>*, std::type_identity<std::tuple<X, Y>>) {
    return std::type_identity<std::pair<X, Y>>();
  }
  template <class... A, class... X>
  static auto rebuilt(std::tuple<A...>*, std::type_identity<std::tuple<X...>>) {
    return std::type_identity<std::tuple<X...>>();
  }
  /// A struct that was declared a tree: itself where its members are as it has them.
  template <class T, class... E>
  static auto rebuilt(T*, std::type_identity<std::tuple<E...>>) {
    using origin = typename T::rebound_from;
    using own = decltype(pytree<origin>::fields(std::declval<origin&>()));
    if constexpr (std::is_same_v<own, std::tuple<E&...>>) return std::type_identity<origin>();
    else return std::type_identity<typename pytree<origin>::template rebound<E...>>();
  }
  /// Argument A of a class template, whose type with marks is Mark.
  template <class A, class Mark>
  static auto argument() {
    using instance = tree::detail::instance_of<R>;
    if constexpr (!tree::detail::has_marks<A>) return std::type_identity<A>();
    else {
      using found = typename decltype(find_in_members<Mark, Leaves, First>(
          tree::detail::children_of<typename instance::marked>(),
          tree::detail::children_of<R>()))::type;
      if constexpr (!std::is_void_v<found>) return std::type_identity<found>();
      else return uniform<A>();
    }
  }
  template <class A>
  static auto uniform() {
    return std::type_identity<
        tree::rebind_t<A, always<typename Leaves::template at<First>>::template map>>();
  }
  template <class... A>
  static auto of_template(type_list<A...>) {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      return std::type_identity<tree::detail::with_arguments<
          R, typename decltype(argument<
                 A, tree::detail::marked_argument<static_cast<int>(K), A>>())::type...>>();
    }(std::index_sequence_for<A...>());
  }
  static auto find() {
    constexpr auto k = tree::kind<R>;
    if constexpr (k == tree::shape_of::leaf)
      return std::type_identity<typename Leaves::template at<First>>();
    else if constexpr (k == tree::shape_of::tuple || tree::detail::rebound_struct<R>)
      return rebuilt(static_cast<R*>(nullptr), decltype(members(tree::detail::children_of<R>()))());
    else if constexpr (k == tree::shape_of::array && tree::leaf_count<R>() > 0)
      return std::type_identity<std::array<assembled_t<typename R::value_type, Leaves, First>,
                                           std::tuple_size_v<R>>>();
    else if constexpr (k == tree::shape_of::sequence) return uniform<R>();
    else if constexpr (tree::detail::plain_instance<R> && tree::leaf_count<R>() > 0)
      if constexpr (tree::detail::instance_of<R>::has_marked)
        return of_template(typename tree::detail::template_of<R>::arguments());
      else return uniform<R>();
    else return std::type_identity<R>();
  }

 public:
  using type = typename decltype(find())::type;
};

}  // namespace calx::inline CALX_ABI::detail
