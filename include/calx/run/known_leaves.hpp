// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dtypes and ranks of results that follow from the types of arguments, by what transforms say.
#pragma once

#include <calx/run/result.hpp>

namespace calx::inline CALX_ABI::detail {

/// Types of leaves in order; not known where nothing tells them.
struct leaf_table {
  static constexpr std::size_t most = 64;
  bool known = true;
  std::size_t count = 0;
  aval at[most] = {};

  constexpr void push(const aval& a) {
    if (count < most && a.shape.rank <= max_rank) at[count++] = opened(a);
    else known = false;
  }
  constexpr void push(const leaf_table& other) {
    known = known && other.known;
    for (std::size_t i = 0; i < other.count; ++i) push(other.at[i]);
  }
};

/// The leaves of a tree of type T, as results that are like it have them.
template <class T>
constexpr leaf_table leaves_of_type() {
  leaf_table t;
  if constexpr (!tree::is_static<T>()) t.known = false;
  else
    [&]<class... L>(std::type_identity<type_list<L...>>) {
      (t.push(aval_of<L>()), ...);
    }(std::type_identity<typename tree::detail::leaf_types<T>::type>());
  return t;
}
/// The leaves that a spec tells.
template <class Spec>
struct spec_leaves {
  static constexpr leaf_table find() { return {false, 0, {}}; }
};
template <aval... L>
struct spec_leaves<known_leaves<L...>> {
  static constexpr leaf_table find() {
    leaf_table t;
    (t.push(L), ...);
    return t;
  }
};
template <class T>
struct spec_leaves<like<T>> {
  static constexpr leaf_table find() { return leaves_of_type<T>(); }
};
template <class... S>
struct spec_leaves<std::tuple<S...>> {
  static constexpr leaf_table find() {
    leaf_table t;
    (t.push(spec_leaves<S>::find()), ...);
    return t;
  }
};
/// The leaves of what a callable of type G returns for arguments of types A, as far as it says.
template <class G, class... A>
constexpr leaf_table result_leaves() {
  return spec_leaves<decltype(spec_of(std::declval<const G&>(), std::declval<const A&>()...))>::
      find();
}
template <class Source, class Sequence>
struct spec_of_table;
template <class Source, std::size_t... I>
struct spec_of_table<Source, std::index_sequence<I...>> {
  static constexpr leaf_table t = Source::table();
  using type = known_leaves<t.at[I]...>;
};
/// The spec of the leaves in the table Source::table(): `automatic` where it is not known.
template <class Source>
constexpr auto spec_from() {
  constexpr leaf_table t = Source::table();
  if constexpr (!t.known) return automatic();
  else return typename spec_of_table<Source, std::make_index_sequence<t.count>>::type();
}

/// The float that leaves meet in, as far as their types tell.
struct common_float {
  bool known = true, found = false;
  dtype type = dtype::b1;
  constexpr void meet(dtype d) {
    if (!is_float(d)) return;
    type = found ? promote(type, d) : d;
    found = true;
  }
};
/// Has the leaves of a T meet, whether or not the type tells how many there are.
template <class T>
constexpr void meet_leaves(common_float& common) {
  constexpr auto k = tree::kind<T>;
  if constexpr (k == tree::shape_of::leaf) {
    if constexpr (requires { leaf_traits<T>::type; }) common.meet(leaf_traits<T>::type);
    else common.known = false;
  } else if constexpr (k == tree::shape_of::array || k == tree::shape_of::sequence) {
    meet_leaves<tree::detail::entry_t<T>>(common);
  } else if constexpr (k == tree::shape_of::tuple || k == tree::shape_of::fields) {
    [&]<class... E>(std::type_identity<std::tuple<E&...>>) {
      (meet_leaves<std::remove_const_t<E>>(common), ...);
    }(tree::detail::children_of<T>());
  }
}
/// What is known of a scalar loss of arguments of types X: it is of the float in which they meet.
/// One that data of the function make wider, or that is narrower, becomes such a number.
template <class... X>
constexpr auto loss_spec() {
  constexpr common_float common = [] {
    common_float c;
    (meet_leaves<X>(c), ...);
    return c;
  }();
  if constexpr (common.known && common.found)
    return rank_and_dtype<element_t<common.type>, 0>();
  else return automatic();
}

}  // namespace calx::inline CALX_ABI::detail
