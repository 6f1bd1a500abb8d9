// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types in which results come back: like an argument, or as the traced program says.
#pragma once

#include <calx/array/leaf.hpp>
#include <calx/run/result_leaves.hpp>
#include <calx/tree/pytree.hpp>

namespace calx::inline CALX_ABI {

/// The type follows from the program: a number, a tensor, an array; a `dynamic_array` where only
/// run time knows.
struct automatic {};
/// Of type T, whose structure the type tells.
template <class T>
struct of_type {};
/// The type and the structure of `*original`, whose members that are no leaves are kept.
template <class T>
struct like {
  const T* original;
};
/// As `automatic`, but the dtypes and ranks of the leaves follow from the types of the arguments:
/// Leaf are those of the leaves in order, with `dynamic_extent` for dynamic extents. So a
/// run-time trace has results of the types that generated code has. A result with another number
/// of leaves is treated as `automatic`; a leaf that turns out to have another type is an error.
template <aval... Leaf>
struct known_leaves {};
namespace detail {
template <int Rank>
constexpr dims open_shape() {
  dims shape;
  for (int i = 0; i < Rank; ++i) shape.push(dynamic_extent);
  return shape;
}
}  // namespace detail
/// One leaf of dtype and rank that the types of the arguments tell.
template <class T, int Rank>
using rank_and_dtype = known_leaves<aval{dtype_of<T>(), detail::open_shape<Rank>()}>;

namespace detail {
template <class L>
struct own_leaf {
  using type = L;
};
template <class L>
  requires requires { typename leaf_traits<L>::result; }
struct own_leaf<L> {
  using type = typename leaf_traits<L>::result;
};
template <class T>
constexpr bool owns_itself() {
  bool same = true;
  if constexpr (tree::kind<T> == tree::shape_of::leaf)
    return std::is_same_v<typename own_leaf<T>::type, T>;
  else if constexpr (tree::kind<T> == tree::shape_of::tuple ||
                     tree::kind<T> == tree::shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return (true && ... && owns_itself<std::remove_const_t<E>>());
    }(tree::detail::children_of<T>());
  return same;
}

template <class T>
using owned_t = std::conditional_t<owns_itself<T>(), T, tree::rebind_t<T, own_leaf>>;

/// True if the type T does not tell all that a result like a T consists of: how many entries a
/// sequence has, members that are no leaves.
template <class T>
constexpr bool needs_original() {
  constexpr auto k = tree::kind<T>;
  if constexpr (k == tree::shape_of::leaf || k == tree::shape_of::none) return false;
  else if constexpr (tree::detail::declared<T>) return true;
  else if constexpr (k == tree::shape_of::array) return needs_original<typename T::value_type>();
  else if constexpr (k == tree::shape_of::tuple || k == tree::shape_of::fields)
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      return (false || ... || needs_original<std::remove_const_t<E>>());
    }(tree::detail::children_of<T>());
  else return true;
}
/// An original without the elements of its leaves, for results like it.
template <class T>
struct skeleton {
  T original;
};
template <class L>
constexpr L empty_leaf() {
  if constexpr (std::is_default_constructible_v<L>) return L();
  else {
    dims shape = leaf_traits<L>::extents;
    for (int i = 0; i < shape.rank; ++i)
      if (shape[i] == dynamic_extent) shape[i] = 0;
    return leaf_traits<L>::make(shape);
  }
}
template <class T>
constexpr auto skeleton_of(const T& x) {
  using owned = owned_t<T>;
  if constexpr (std::is_same_v<owned, T>) {
    skeleton<T> s{x};
    tree::for_each(s.original,
                   [](auto& leaf) { leaf = empty_leaf<std::remove_cvref_t<decltype(leaf)>>(); });
    return s;
  } else {
    return skeleton<owned>{tree::convert<owned>(x, [](const auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      return empty_leaf<typename own_leaf<L>::type>();
    })};
  }
}
/// What a result that is like x must know of it, to be kept: `spec_like` makes its spec of that.
template <class T>
constexpr auto likeness_of(const T& x) {
  if constexpr (needs_original<T>()) return skeleton_of(x);
  else return of_type<owned_t<T>>();
}
template <class T>
constexpr auto spec_like(const skeleton<T>& s) { return like<T>{&s.original}; }
template <class T>
constexpr auto spec_like(const of_type<T>& t) { return t; }
template <class = void>
constexpr auto spec_like(const automatic& a) { return a; }
template <class... S>
constexpr auto spec_like(const std::tuple<S...>& all) {
  return detail::spread([](const S&... s) { return std::make_tuple(spec_like(s)...); }, all);
}

/// The type of a result: Spec says how, R is the tree of tracers, Leaves::at<I> the I-th leaf.
template <class Spec, class R, class Leaves, int First>
struct result_of;
template <class Spec, class R, class Leaves, int First = 0>
using result_of_t = typename result_of<Spec, R, Leaves, First>::type;

template <class R, class Leaves, int First>
struct result_of<automatic, R, Leaves, First> {
  static auto find() {
    if constexpr (requires { Leaves::output(0); })
      return std::type_identity<assembled_t<R, grouped_leaves<R, Leaves, First>, 0>>();
    else return std::type_identity<assembled_t<R, Leaves, First>>();
  }
  using type = typename decltype(find())::type;
};
template <aval... L, class R, class Leaves, int First>
struct result_of<known_leaves<L...>, R, Leaves, First> {
  static auto find() {
    if constexpr (!requires { Leaves::output(0); } && tree::is_static<R>())
      if constexpr (tree::leaf_count<R>() == static_cast<int>(sizeof...(L)))
        return result_of<automatic, R, given_leaves<L...>, 0>();
      else return result_of<automatic, R, Leaves, First>();
    else return result_of<automatic, R, Leaves, First>();
  }
  using type = typename decltype(find())::type;
};
template <class T, class R, class Leaves, int First>
struct result_of<like<T>, R, Leaves, First> {
  using type = owned_t<T>;
};
template <class T, class R, class Leaves, int First>
struct result_of<of_type<T>, R, Leaves, First> {
  using type = T;
};
template <class... S, class... R, class Leaves, int First>
struct result_of<std::tuple<S...>, std::tuple<R...>, Leaves, First> {
  template <std::size_t... I>
  static auto find(std::index_sequence<I...>) {
    return std::type_identity<
        std::tuple<result_of_t<S, R, Leaves, First + leaves_before<I, R...>>...>>();
  }
  using type = typename decltype(find(std::index_sequence_for<R...>()))::type;
};
template <class... S, class A, class B, class Leaves, int First>
struct result_of<std::tuple<S...>, std::pair<A, B>, Leaves, First> {
  using both = result_of_t<std::tuple<S...>, std::tuple<A, B>, Leaves, First>;
  using type = std::pair<std::tuple_element_t<0, both>, std::tuple_element_t<1, both>>;
};

/// What is wrong with the result that Spec asks for: leaves that one type cannot hold.
template <class Spec, class R, class Leaves, int First>
struct spec_problem {
  static constexpr text error() { return grouped_leaves<R, Leaves, First>::error(); }
};
template <class T, class R, class Leaves, int First>
struct spec_problem<like<T>, R, Leaves, First> {
  static constexpr text error() { return text(); }
};
template <class... S, class... R, class Leaves, int First>
struct spec_problem<std::tuple<S...>, std::tuple<R...>, Leaves, First> {
  static constexpr text error() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      text t;
      ((t = t.length > 0 ? t
                         : spec_problem<S, R, Leaves, First + leaves_before<I, R...>>::error()),
       ...);
      return t;
    }(std::index_sequence_for<S...>());
  }
};
template <class... S, class A, class B, class Leaves, int First>
struct spec_problem<std::tuple<S...>, std::pair<A, B>, Leaves, First>
    : spec_problem<std::tuple<S...>, std::tuple<A, B>, Leaves, First> {};

/// What a callable says of its result's type; `automatic` if it says nothing.
template <class G, class... A>
constexpr auto spec_of(const G& g, const A&... a) {
  if constexpr (requires { g.result_spec(a...); }) return g.result_spec(a...);
  else return automatic();
}

/// A tree like `original` whose leaves next() makes; members that are no leaves are kept.
template <class Result, class T, class Next>
constexpr Result make_like(const T& original, Next&& next) {
  if constexpr (std::is_same_v<Result, T> && tree::kind<Result> != tree::shape_of::leaf) {
    Result out = original;
    tree::for_each(out, [&](auto& leaf) {
      leaf = next(std::type_identity<std::remove_cvref_t<decltype(leaf)>>());
    });
    return out;
  } else {
    return tree::convert<Result>(original, [&](const auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      return next(std::type_identity<typename own_leaf<L>::type>());
    });
  }
}
/// A default-made struct whose leaves next() makes.
template <class Result, class Next>
constexpr Result make_declared(Next&& next) {
  Result out;
  tree::for_each(out, [&](auto& leaf) {
    leaf = next(std::type_identity<std::remove_cvref_t<decltype(leaf)>>());
  });
  return out;
}
/// An object of type Result whose leaves have the shapes that next() tells; the structure is that
/// of the type, or of the original that Spec names.
template <class Result, class Spec, class Next>
constexpr Result make_static(const Spec& spec, Next&& next) {
  auto leaf = [&]<class L>(std::type_identity<L>) { return leaf_traits<L>::make(next()); };
  if constexpr (tree::detail::is_tuple<Spec>) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Result{make_static<std::tuple_element_t<I, Result>>(std::get<I>(spec), next)...};
    }(std::make_index_sequence<std::tuple_size_v<Spec>>());
  } else if constexpr (requires { spec.original; }) {
    return make_like<Result>(*spec.original, leaf);
  } else if constexpr (tree::detail::declared<Result>) {
    return make_declared<Result>(leaf);
  } else {
    return tree::build<Result, Result>(leaf);
  }
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
