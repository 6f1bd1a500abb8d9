// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vmap: a function of one example becomes a function of a batch.
#pragma once

#include <calx/api/transform.hpp>
#include <calx/run/known_leaves.hpp>

namespace calx::inline CALX_ABI {

/// Which axis of each argument vmap maps over: a number (negatives from the end), `none` for an
/// argument that all examples share, `leaf_axes<...>` for one number per leaf of a tree.
template <auto... A>
struct in_axes_t {};
template <auto... A>
inline constexpr in_axes_t<A...> in_axes{};
/// Where the batch axis of each output goes: one number for all leaves, or one per leaf.
template <auto... A>
struct out_axes_t {};
template <auto... A>
inline constexpr out_axes_t<A...> out_axes{};
/// One axis per leaf, as an entry of `in_axes`.
template <auto... A>
struct leaf_axes_t {};
template <auto... A>
inline constexpr leaf_axes_t<A...> leaf_axes{};

namespace detail {
inline constexpr int unmapped = -1000;
template <class = void>
constexpr int axis_of(int a) { return a; }
template <class = void>
constexpr int axis_of(none_t) { return unmapped; }

/// The axes of an argument's leaves: one for all of them, or one each.
template <class = void>
constexpr vec<int> leaf_list(int a, std::size_t n) { return vec<int>(n, a); }
template <class = void>
constexpr vec<int> leaf_list(none_t, std::size_t n) { return vec<int>(n, unmapped); }
template <auto... A>
constexpr vec<int> leaf_list(leaf_axes_t<A...>, std::size_t) { return {axis_of(A)...}; }
template <auto... A>
constexpr vec<int> out_list(out_axes_t<A...>, std::size_t n) {
  if constexpr (sizeof...(A) == 1) return vec<int>(n, axis_of(A)...);
  else return {axis_of(A)...};
}
template <class = void>
constexpr vec<int> out_list(out_axes_t<>, std::size_t n) { return vec<int>(n, 0); }

template <std::size_t N, auto A>
constexpr auto spread_axes(in_axes_t<A>) {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return in_axes_t<((void)I, A)...>();
  }(std::make_index_sequence<N>());
}

/// One entry of in_axes for each of N arguments.
template <std::size_t N, auto... A>
constexpr auto axes_for(in_axes_t<A...> axes) {
  if constexpr (sizeof...(A) == 0) return spread_axes<N>(in_axes_t<0>());
  else if constexpr (sizeof...(A) == 1) return spread_axes<N>(axes);
  else return axes;
}

/// The mapped leaves of a call: their batches, and the variables that stand for one example.
struct mapping {
  passes::node_list variables, batches;
  dim size = -1;
};
/// The variable for leaf x mapped along `axis`; x itself if it is shared.
template <class = void>
constexpr tracer one_example(graph& g, mapping& m, const tracer& x, int axis, int argument) {
  if (axis == unmapped || g.failed != error_kind::none) return x;
  dims shape = x.dimensions();
  int a = normal_axis(axis, shape.rank);
  if (a < 0) {
    g.fail(error_kind::index, text() << "vmap: axis " << axis << " is outside shape " << shape
                                     << " of argument " << argument);
    return x;
  }
  if (m.size == -1) m.size = shape[a];
  else if (!g.require_equal(m.size, shape[a], error_kind::shape, [&](text& t) {
             t << "vmap: argument " << argument << " has size ";
             append_dim(t, shape[a]) << " along its mapped axis, but an earlier one has size ";
             append_dim(t, m.size) << "; batches must be equally long";
           }))
    return x;
  m.batches.push_back(to_front(g, x.id, a));
  shape.erase(a);
  m.variables.push_back(variable_t::emit(g, {x.dtype(), shape}));
  return {&g, m.variables.back()};
}
template <class T>
constexpr T examples(graph& g, mapping& m, const T& t, const vec<int>& axes,
                     int argument) {
  std::size_t k = 0;
  return tree::convert<T>(t, [&](const tracer& x) {
    int axis = k < axes.size() ? axes[k] : unmapped;
    ++k;
    return one_example(g, m, x, axis, argument);
  });
}
/// Fails unless there is one axis for each of so many leaves; name(text&) writes of what.
template <class Name>
constexpr bool names_each_leaf(graph& g, const vec<int>& axes, std::size_t leaves,
                               const Name& name) {
  if (axes.size() == leaves) return true;
  fail_with(g, error_kind::generic, [&](text& t) {
    name(t << "vmap: ");
    t << " has " << static_cast<int>(axes.size()) << " entries for " << static_cast<int>(leaves)
      << " leaves; give one for each, or one for all";
  });
  return false;
}
/// The outputs as batches, the batch axis where it is wanted.
template <class = void>
constexpr passes::node_list batched_outputs(graph& g, const mapping& m,
                                            const passes::node_list& outputs,
                                            const vec<int>& axes) {
  if (!names_each_leaf(g, axes, outputs.size(), [](text& t) { t << "out_axes"; })) return outputs;
  auto values = passes::vmap(g, m.variables, m.batches, m.size, outputs);
  passes::node_list ids;
  for (std::size_t k = 0; k < values.size(); ++k) {
    auto [id, batched] = values[k];
    int axis = axes[k];
    if (axis == unmapped && batched)
      g.fail(error_kind::generic, text("vmap: out_axes is none for an output that differs between "
                                       "examples; give it an axis"));
    if (axis != unmapped) {
      if (!batched) id = repeat(g, id, m.size);
      int a = normal_axis(axis, g.shape(id).rank);
      if (a < 0)
        g.fail(error_kind::index, text() << "vmap: out axis " << axis << " is outside shape "
                                         << g.shape(id));
      else if (a > 0) id = from_front(g, id, a);
    }
    ids.push_back(id);
  }
  return ids;
}

/// The type of one example of a leaf L that is mapped over Axis; void if the axis is outside.
template <int Axis>
struct example_leaf {
  template <class L>
  struct map {
    static constexpr int axis = normal_axis(Axis, leaf_traits<L>::extents.rank);
    static constexpr dims shape() {
      dims s = leaf_traits<L>::extents;
      if (axis >= 0) s.erase(axis);
      return s;
    }
    using type = typename leaf_from<leaf_traits<L>::type, shape()>::type;
  };
};
/// An argument A of vmap with entry Axis of in_axes: its examples, and how many they are.
template <class A, auto Axis>
struct mapped_argument {
  static constexpr bool known = std::is_same_v<decltype(Axis), none_t>;
  static constexpr dim size = dynamic_extent;
  using example = A;
};
template <class A, std::integral auto Axis>
  requires(tree::is_static<A>())
struct mapped_argument<A, Axis> {
  template <class... L>
  static constexpr dim find(type_list<L...>) {
    dim n = dynamic_extent;
    [[maybe_unused]] auto look = [&](const dims& s) {
      const int a = normal_axis(static_cast<int>(Axis), s.rank);
      if (a < 0) n = -2;
      else if (n == dynamic_extent) n = s[a];
    };
    (look(leaf_traits<L>::extents), ...);
    return n;
  }
  static constexpr dim size = find(typename tree::detail::leaf_types<A>::type());
  static constexpr bool known = size > -2;
  using example = tree::rebind_t<A, example_leaf<static_cast<int>(Axis)>::template map>;
};
/// The leaves of vmap's result, where those of the function's result are known.
template <class F, class In, class Out, class... A>
struct batched_leaves {
  static constexpr leaf_table table() { return {false, 0, {}}; }
};
template <class F, auto... I, auto... O, class... A>
  requires(sizeof...(I) == sizeof...(A))
struct batched_leaves<F, in_axes_t<I...>, out_axes_t<O...>, A...> {
  static constexpr leaf_table table() {
    leaf_table all{false, 0, {}};
    if constexpr (sizeof...(O) <= 1 && (std::integral<decltype(O)> && ...) &&
                  (mapped_argument<A, I>::known && ...)) {
      const leaf_table one = result_leaves<F, typename mapped_argument<A, I>::example...>();
      dim n = dynamic_extent;
      ((n = n == dynamic_extent ? mapped_argument<A, I>::size : n), ...);
      all.known = one.known;
      for (std::size_t k = 0; k < one.count; ++k) {
        aval a = one.at[k];
        const int axis = normal_axis(static_cast<int>((0 + ... + O)), a.shape.rank + 1);
        all.known = all.known && axis >= 0;
        if (axis >= 0) a.shape.insert(axis, n);
        all.push(a);
      }
    }
    return all;
  }
};
template <class In, class Out>
struct vmap_rule {
  static constexpr std::string_view name = "vmap";
  template <class... A>
  using called_with = type_list<traced_argument<A>...>;
  template <class F, class... A>
  static constexpr auto result_spec(const F&, const A&...) {
    using axes = decltype(axes_for<sizeof...(A)>(In()));
    return spec_from<batched_leaves<F, axes, Out, A...>>();
  }
  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) {
    return mapped(In(), g, f, a...);
  }
  template <auto... Axes, class F, class... A>
  static constexpr auto mapped(in_axes_t<Axes...>, graph& g, const F& f, const A&... a) {
    if constexpr (sizeof...(Axes) != sizeof...(A) && sizeof...(Axes) <= 1)
      return mapped(axes_for<sizeof...(A)>(in_axes_t<Axes...>()), g, f, a...);
    else {
      static_assert(sizeof...(Axes) == sizeof...(A),
                    "calx: vmap: in_axes must have one entry per argument, or one for all");
      mapping m;
      int argument = 0;
      auto one = [&](const auto& x, auto axis) {
        auto t = lifted(g, x);
        auto axes = leaf_list(axis, ids_of(t).size());
        names_each_leaf(g, axes, ids_of(t).size(), [&](text& say) {
          say << "in_axes of argument " << argument;
        });
        return examples(g, m, t, axes, argument++);
      };
      // In braces, so that arguments are taken from left to right.
      const std::tuple<decltype(one(a, Axes))...> args{one(a, Axes)...};
      if (m.size == -1)
        g.fail(error_kind::generic, text("vmap: in_axes is none for every argument, so there is "
                                         "nothing to map over; give at least one an axis"));
      auto y = lifted(g, call_with(f, args));
      auto ids = ids_of(y);
      if (g.failed != error_kind::none) return y;
      return with_ids(
          g, y, batched_outputs(g, m, ids, out_list(Out(), ids.size())));
    }
  }
};
}  // namespace detail

/// The callable that `vmap` returns.
template <class F, class In, class Out>
using vmap_fn = transformed<detail::vmap_rule<In, Out>, F>;

/// f applied to every example of a batch at once: arguments have the extra axis that `in_axes`
/// names (default: the first), results have it where `out_axes` says. Sizes of mapped axes must be
/// equal; a batch of size 0 gives empty results.
///
///     auto mv = calx::vmap(calx::vdot, calx::in_axes<0, calx::none>);   // ([b,a], [a]) -> [b]
template <class F, auto... I, auto... O>
constexpr auto vmap(F f, in_axes_t<I...>, out_axes_t<O...>) {
  return vmap_fn<F, in_axes_t<I...>, out_axes_t<O...>>{std::move(f)};
}
template <class F, auto... I>
constexpr auto vmap(F f, in_axes_t<I...> in) { return vmap(std::move(f), in, out_axes<0>); }
template <class F>
constexpr auto vmap(F f) { return vmap(std::move(f), in_axes<>, out_axes<0>); }

}  // namespace calx::inline CALX_ABI
