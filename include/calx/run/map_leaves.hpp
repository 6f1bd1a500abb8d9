// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tree::map makes of a leaf: the value that a function gives, in the leaf's type where that
// holds it; and trees with such leaves.
#pragma once

#include <calx/array/create.hpp>
#include <calx/run/execute.hpp>
#include <calx/run/result.hpp>
#include <calx/tree/build.hpp>
#include <calx/tree/sequences.hpp>

namespace calx::inline CALX_ABI::tree::detail {

/// True if a leaf of dtype `to` holds values of dtype `from`: floats hold any number, integers
/// those of no more bits, bool only itself.
constexpr bool holds(dtype to, dtype from) {
  if (is_float(to) || from == dtype::b1 || from == to) return true;
  if (is_float(from) || to == dtype::b1) return false;
  if (is_unsigned(from) == is_unsigned(to)) return size_of(from) <= size_of(to);
  return is_unsigned(from) && size_of(from) < size_of(to);
}
/// What f works on for a leaf: containers as arrays.
template <class L>
constexpr decltype(auto) operand_of(const L& leaf) {
  if constexpr (is_container<L>) return asarray(leaf);
  else return (leaf);
}
/// What f gave, computed, as a number, an array or a traced value.
template <class V>
constexpr auto value_of_leaf(const V& v) {
  constexpr bool one = leaf<V> || is_value<V> || is_container<V>;
  static_assert(one, "calx: tree::map: the function gives one number or array for each leaf");
  if constexpr (is_container<V>) return calx::detail::container_array_t<V>(v);
  else return std::remove_cvref_t<decltype(calx::detail::settled(v))>(calx::detail::settled(v));
}
template <class F, class... L>
using leaf_value_t =
    decltype(value_of_leaf(std::declval<const F&>()(operand_of(std::declval<const L&>())...)));

/// The type of a leaf L that becomes a V.
template <class L, class V>
struct mapped_leaf {
  using own = typename calx::detail::own_leaf<L>::type;
  static constexpr aval type_of_value() {
    if constexpr (number<V>) return {dtype_of<V>(), {}};
    else return {V::dtype(), V::known_extents()};
  }
  static constexpr bool keeps() {
    // Run time tells the others' types, and whether they fit.
    if constexpr (!number<V> && !calx::detail::is_array<V>) return true;
    else if constexpr (!requires { leaf_traits<own>::type; }) return true;
    else {
      const aval have = aval_of<own>(), value = type_of_value();
      bool fits = holds(have.type, value.type) && have.shape.rank == value.shape.rank;
      for (int i = 0; fits && i < have.shape.rank; ++i)
        fits = have.shape[i] == value.shape[i] || have.shape[i] < 0 || value.shape[i] < 0;
      return fits;
    }
  }
  using type = std::conditional_t<keeps(), own, V>;
};
/// v as a leaf of type L.
template <class L, class V>
constexpr L as_leaf(const V& v) {
  if constexpr (std::is_same_v<L, V>) return v;
  else if constexpr (is_container<L> && calx::detail::is_array<V>) {
    using X = typename V::extents_type;
    return calx::detail::container_from<L>(basic_array<element_t<leaf_traits<L>::type>, X>(v));
  } else if constexpr (is_container<L>) {
    return calx::detail::container_from<L>(v);
  } else {
    return static_cast<L>(v);
  }
}

/// A tree of type To whose leaves are those of a tuple from At on.
template <class To, std::size_t At, class Leaves>
constexpr To tree_of_leaves(const Leaves& leaves) {
  constexpr shape_of k = kind<To>;
  if constexpr (k == shape_of::leaf) return std::get<At>(leaves);
  else if constexpr (k == shape_of::array)
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      using E = typename To::value_type;
      return To{tree_of_leaves<E, At + I * static_cast<std::size_t>(leaf_count_of<E>)>(leaves)...};
    }(std::make_index_sequence<std::tuple_size_v<To>>());
  else if constexpr (k == shape_of::tuple || k == shape_of::fields)
    return [&]<class... E, std::size_t... I>(std::type_identity<std::tuple<E&...>>,
                                             std::index_sequence<I...>) {
      return To{tree_of_leaves<E, At + leaves_before<I, E...>()>(leaves)...};
    }(children_of<To>(), std::make_index_sequence<std::tuple_size_v<typename decltype(
                             children_of<To>())::type>>());
  else return without_data<To>();
}

/// f mapped over trees whose structure the compiler knows, leaf by leaf.
template <class F, class T, class... Rest>
struct static_map {
  static constexpr bool alike = (is_static<Rest>() && ...);
  static_assert(alike, "calx: tree::map: the trees have different structures");
  static constexpr bool as_many = ((leaf_count<T>() == leaf_count<Rest>()) && ...);
  static_assert(as_many, "calx: tree::map: the trees have different numbers of leaves");

  using own = typename leaf_types<T>::type;
  using indices = std::make_index_sequence<static_cast<std::size_t>(own::size)>;
  template <std::size_t I>
  using value = leaf_value_t<F, type_at<I, own>, type_at<I, typename leaf_types<Rest>::type>...>;
  template <std::size_t... I>
  static auto find(std::index_sequence<I...>)
      -> type_list<typename mapped_leaf<type_at<I, own>, value<I>>::type...>;
  using made = decltype(find(indices()));
  struct made_leaves {
    template <int I>
    using at = type_at<static_cast<std::size_t>(I), made>;
  };
  static constexpr bool keeps = std::is_same_v<made, own>;
  static auto find_result() {
    if constexpr (keeps) return std::type_identity<T>();
    else {
      using R = calx::detail::assembled_t<traced<T>, made_leaves, 0>;
      constexpr bool holds_all = std::is_same_v<typename leaf_types<R>::type, made>;
      static_assert(holds_all, "calx: tree::map: leaves that have one type in the tree get "
                               "different types from the function");
      return std::type_identity<R>();
    }
  }
  using result = typename decltype(find_result())::type;

  static constexpr result run(const F& f, const T& first, const Rest&... rest) {
    const auto firsts = tree::leaves(first);
    const auto others = std::make_tuple(tree::leaves(rest)...);
    const auto at = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      return as_leaf<type_at<I, made>>(value_of_leaf(spread(
          [&](const auto&... r) {
            return f(operand_of(std::get<I>(firsts)), operand_of(std::get<I>(r))...);
          },
          others)));
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (keeps) {
        T out = first;
        auto to = tree::leaves(out);
        ((std::get<I>(to) = at(std::integral_constant<std::size_t, I>())), ...);
        return out;
      } else {
        // In braces, so that f is called from left to right.
        using values = std::tuple<type_at<I, made>...>;
        return tree_of_leaves<result, 0>(values{at(std::integral_constant<std::size_t, I>())...});
      }
    }(indices());
  }
};

/// f mapped over trees of whose structure only run time knows a part.
template <class F, class T, class... Rest>
struct tree_map;
template <class F, class T, class... Rest>
using tree_map_for =
    std::conditional_t<is_static<T>(), std::type_identity<static_map<F, T, Rest...>>,
                       std::type_identity<tree_map<F, T, Rest...>>>;
template <class F, class T, class... Rest>
using map_of = typename tree_map_for<F, T, Rest...>::type;

template <class F, class T, class... Rest>
struct tree_map {
  static constexpr shape_of k = kind<T>;
  static constexpr bool alike = ((kind<Rest> == k) && ...);
  static_assert(alike, "calx: tree::map: the trees have different structures");

  /// The maps of the children of nodes whose types tell how many they have.
  template <class... C>
  static auto child_maps(std::type_identity<std::tuple<C&...>>) {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return type_list<decltype(child_map<I, C>())...>();
    }(std::index_sequence_for<C...>());
  }
  template <std::size_t I, class C>
  static auto child_map() {
    return std::type_identity<map_of<
        F, C,
        std::remove_cvref_t<std::tuple_element_t<
            I, typename decltype(children_of<Rest>())::type>>...>>();
  }
  template <class... M>
  static auto find_node(type_list<std::type_identity<M>...>) {
    if constexpr (k == shape_of::tuple) {
      return std::type_identity<with_arguments<T, typename M::result...>>();
    } else {
      using own = typename decltype(children_of<T>())::type;
      constexpr bool kept = std::is_same_v<own, std::tuple<typename M::result&...>>;
      static_assert(kept,
                    "calx: tree::map: a struct with a vector of trees as a member cannot give its "
                    "leaves other types: return values of the types that they have");
      return std::type_identity<T>();
    }
  }
  static auto find() {
    if constexpr (k == shape_of::sequence) {
      using E = typename map_of<F, entry_t<T>, entry_t<Rest>...>::result;
      return std::type_identity<with_entry_t<T, E>>();
    } else if constexpr (k == shape_of::array) {
      using E = typename map_of<F, typename T::value_type, typename Rest::value_type...>::result;
      return std::type_identity<std::array<E, std::tuple_size_v<T>>>();
    } else if constexpr (k == shape_of::tuple || k == shape_of::fields) {
      return find_node(child_maps(children_of<T>()));
    } else {
      return std::type_identity<T>();
    }
  }
  using result = typename decltype(find())::type;

  static result run(const F& f, const T& first, const Rest&... rest) {
    if constexpr (k == shape_of::sequence) return entries(f, first, rest...);
    else if constexpr (k == shape_of::array) {
      const auto at = [&](std::size_t i) { return mapped(f, first[i], rest[i]...); };
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return result{at(I)...};
      }(std::make_index_sequence<std::tuple_size_v<T>>());
    } else if constexpr (k == shape_of::tuple || k == shape_of::fields) {
      return children(f, first, references(first), references(rest)...);
    } else {
      return first;
    }
  }

 private:
  template <class C, class... R>
  static auto mapped(const F& f, const C& first, const R&... rest) {
    return map_of<F, C, R...>::run(f, first, rest...);
  }
  template <class First, class... Others>
  static result children(const F& f, const T& original, const First& first,
                         const Others&... others) {
    const auto at = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      return mapped(f, std::get<I>(first), std::get<I>(others)...);
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (k == shape_of::tuple)
        return result{at(std::integral_constant<std::size_t, I>())...};
      else {
        result out = original;
        const auto to = references(out);
        ((std::get<I>(to) = at(std::integral_constant<std::size_t, I>())), ...);
        return out;
      }
    }(std::make_index_sequence<std::tuple_size_v<First>>());
  }
  static result entries(const F& f, const T& first, const Rest&... rest) {
    (require_as_many(first, rest), ...);
    result out;
    if constexpr (!requires { first.begin(); }) {
      if (first) out = mapped(f, *first, *rest...);
    } else {
      std::tuple next{rest.begin()...};
      for (const auto& e : first)
        spread(
            [&](auto&... r) {
              (require_same_key(e, *r), ...);
              add_entry(out, e, mapped(f, entry<T>(e), entry<Rest>(*r)...));
              (static_cast<void>(++r), ...);
            },
            next);
    }
    return out;
  }
  template <class R>
  static void require_as_many(const T& a, const R& b) {
    const auto count = [](const auto& t) {
      if constexpr (requires { t.size(); }) return static_cast<std::int64_t>(t.size());
      else return std::int64_t{t.has_value()};
    };
    if (count(a) != count(b))
      raise(error_kind::generic, text() << "tree::map: " << count(a) << " entries meet " << count(b)
                                        << "; the trees must have one structure");
  }
  template <class E, class R>
  static void require_same_key(const E& a, const R& b) {
    if constexpr (keyed<T>)
      if (!(a.first == b.first))
        raise(error_kind::generic, "tree::map: maps with different keys meet; the trees must have "
                                   "one structure");
  }
};

}  // namespace calx::inline CALX_ABI::tree::detail
