// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// jvp: a function and its derivative in one direction.
#pragma once

#include <calx/api/aux.hpp>
#include <calx/passes/jvp.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// What a linear map takes, in the words of errors: one `argument` for each `origin`, of its type.
struct linear_argument {
  std::string_view argument, origin;
};
inline constexpr linear_argument tangent_words{"tangent", "primal"},
    cotangent_words{"cotangent", "output"};

/// True if nodes `given` are as many as `wanted` says, and of those types; else `who` fails.
template <class = void>
constexpr bool require_like(graph& g, std::string_view who, const linear_argument& what,
                            const passes::node_list& given, const vec<aval>& wanted) {
  if (g.failed == error_kind::none && given.size() != wanted.size())
    g.fail(error_kind::shape, text() << who << ": got " << static_cast<int>(given.size()) << " "
                                     << what.argument << "s for " << static_cast<int>(wanted.size())
                                     << " " << what.origin << "s; give one for each");
  for (std::size_t i = 0; i < given.size() && g.failed == error_kind::none; ++i) {
    const aval have = g.type(given[i]), want = wanted[i];
    auto name = [&](text& m) -> text& {
      return m << who << ": " << what.argument << " " << static_cast<int>(i);
    };
    auto say = [&](text& m) {
      name(m) << " has shape " << have.shape << ", but its " << what.origin << " has shape "
              << want.shape << "; they must be equal";
    };
    bool same = have.shape.rank == want.shape.rank;
    if (!same) fail_with(g, error_kind::shape, say);
    for (int k = 0; same && k < have.shape.rank; ++k)
      same = g.require_equal(have.shape[k], want.shape[k], error_kind::shape, say);
    if (same && have.type != want.type)
      fail_with(g, error_kind::dtype, [&](text& m) {
        name(m) << " has dtype " << have.type << ", but its " << what.origin << " has dtype "
                << want.type << "; they must be equal";
      });
  }
  return g.failed == error_kind::none;
}
template <class = void>
constexpr vec<aval> types_of(const graph& g, const passes::node_list& nodes) {
  vec<aval> types;
  for (int n : nodes) types.push_back(g.type(n));
  return types;
}
/// Tangents or cotangents as they were given: what is zero there stays zero through poles.
template <class = void>
constexpr passes::node_list as_given(graph& g, passes::node_list nodes) {
  for (int& n : nodes) n = given_t::emit(g, n);
  return nodes;
}
/// The tangents of `outputs` when `inputs` move by given `tangents`; zeros are written out.
template <class = void>
constexpr passes::node_list tangents_of(graph& g, const passes::node_list& inputs,
                                        const passes::node_list& tangents,
                                        const passes::node_list& outputs) {
  auto dy = passes::jvp(g, inputs, as_given(g, tangents), outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (dy[i] < 0) dy[i] = zeros_like(g, outputs[i]);
  return dy;
}
/// The same for inputs that may be no floats; those do not move, whatever their tangents are.
template <class = void>
constexpr passes::node_list tangents_of_floats(graph& g, const passes::node_list& inputs,
                                               const passes::node_list& tangents,
                                               const passes::node_list& outputs) {
  passes::node_list moving;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (is_float(g.element(inputs[i]))) moving.push_back(tangents[i]);
  return tangents_of(g, floats_of(g, inputs), moving, outputs);
}
/// Refuses arguments that have no derivative, by their numbers.
template <class... A>
constexpr void require_float_arguments(graph& g, std::string_view who,
                                       const std::tuple<A...>& args) {
  int number = 0;
  detail::spread([&](const A&... a) { (require_floats(g, who, number++, a), ...); }, args);
}

template <class Tuple>
struct elements_of;
template <class... E>
struct elements_of<std::tuple<E...>> {
  using type = type_list<E...>;
};
/// jvp takes the tuples of primals and of tangents.
template <class Aux = void>
struct jvp_rule {
  static constexpr std::string_view name = "jvp";
  template <class Primals, class Tangents>
  using called_with = typename elements_of<traced_argument<Primals>>::type;
  template <class F, class P, class T>
  static constexpr auto trace(graph& g, const F& f, const P& primals, const T& tangents) {
    return trace_as("jvp", g, f, primals, tangents);
  }
  template <class F, class P, class T>
  static constexpr auto trace_as(std::string_view who, graph& g, const F& f, const P& primals,
                                 const T& tangents) {
    const auto x = renamed(g, lifted(g, primals));
    const auto in = ids_of(x), v = ids_of(lifted(g, tangents));
    require_float_arguments(g, who, x);
    if (g.failed == error_kind::none)
      require_like(g, who, tangent_words, v, types_of(g, in));
    const auto all = lifted(g, call_with(f, x));
    const auto& y = value_part<Aux>(all);
    if (g.failed != error_kind::none) return result(y, y, all);
    return result(y, with_ids(g, y, tangents_of_floats(g, in, v, ids_of(y))), all);
  }

 private:
  template <class Y, class All>
  static constexpr auto result(const Y& y, const Y& tangent, const All& all) {
    if constexpr (std::is_void_v<Aux> || !returns_two<All>) return std::make_tuple(y, tangent);
    else return std::make_tuple(y, tangent, std::get<1>(all));
  }
};
}  // namespace detail

/// The callable behind `jvp`: takes the tuples of primals and tangents.
template <class F, class Aux = void>
using jvp_fn = transformed<detail::jvp_rule<Aux>, F>;

/// {f(primals...), its derivative in the direction of the tangents}. Both arguments are tuples;
/// each tangent has the shape and dtype of its primal. With `has_aux` the function returns
/// {value, aux}, and this {value, derivative, aux}.
///
///     auto [y, dy] = calx::jvp([](auto x) { return x * x; }, std::tuple{3.0}, std::tuple{1.0});
template <class F, class... P, class... T>
constexpr auto jvp(F f, const std::tuple<P...>& primals, const std::tuple<T...>& tangents) {
  return jvp_fn<F>{std::move(f)}(primals, tangents);
}
template <class F, class... P, class... T>
constexpr auto jvp(F f, const std::tuple<P...>& primals, const std::tuple<T...>& tangents,
                   has_aux_t) {
  return jvp_fn<F, has_aux_t>{std::move(f)}(primals, tangents);
}

}  // namespace calx::inline CALX_ABI
