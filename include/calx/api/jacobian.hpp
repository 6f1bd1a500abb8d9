// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// jacfwd, jacrev and hessian: all derivatives of all outputs, as blocks in a tree.
#pragma once

#include <calx/api/grad.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// The identity as a batch: element k of [n, shape...] is 1 at position k of the shape, else 0.
template <class = void>
constexpr int basis(graph& g, const aval& type) {
  dim n = 1;
  for (dim d : type.shape) n = g.symbols.mul(n, d);
  dims square{n, n};
  tracer i{&g, iota_t::emit(g, {dtype::i64, square}, 0)};
  tracer j{&g, iota_t::emit(g, {dtype::i64, square}, 1)};
  tracer one{&g, constant_t::emit(g, square, type.type, 1.0)};
  tracer eye = where(equal_to(i, j), one, one.like(0.0));
  dims shape = type.shape;
  shape.insert(0, n);
  return reshape_t::emit(g, eye.id, shape);
}
template <class = void>
constexpr dims joined_shape(const dims& a, const dims& b) {
  dims s = a;
  for (dim d : b) s.push(d);
  return s;
}
template <class = void>
constexpr bool fits_rank(graph& g, const dims& out, const dims& in) {
  if (out.rank + in.rank < max_rank) return true;
  g.fail(error_kind::shape, text() << "jacobian: blocks of shape " << out << " + " << in
                                   << " have too many axes; calx has " << max_rank);
  return false;
}

/// d(out)/d(in) in forward mode, of shape out + in.
template <class = void>
constexpr int forward_block(graph& g, int in, int out, int tangent_variable, int tangent) {
  dims from = g.shape(in), to = g.shape(out);
  if (!fits_rank(g, to, from)) return out;
  dims block = joined_shape(to, from);
  if (tangent < 0) return constant_t::emit(g, block, g.element(out), 0.0);
  int batch = basis(g, aval(g.type(in)));
  dim n = g.shape(batch)[0];
  auto columns = passes::vmap(g, {tangent_variable}, {batch}, n, {tangent})[0];
  return reshape_t::emit(g, from_front(g, columns.id, to.rank), block);
}
template <class = void>
constexpr int reverse_block(graph& g, int in, int out, int ct_variable, int ct) {
  dims from = g.shape(in), to = g.shape(out);
  if (!fits_rank(g, to, from)) return out;
  dims block = joined_shape(to, from);
  if (ct < 0) return constant_t::emit(g, block, g.element(in), 0.0);
  int batch = basis(g, aval(g.type(out)));
  auto rows = passes::vmap(g, {ct_variable}, {batch}, g.shape(batch)[0], {ct})[0];
  return reshape_t::emit(g, rows.id, block);
}
/// All blocks in forward mode, by output, then by input.
template <class = void>
constexpr vec<passes::node_list> forward_blocks(graph& g, const passes::node_list& inputs,
                                                        const passes::node_list& outputs) {
  vec<passes::node_list> rows(outputs.size());
  for (int in : inputs) {
    bool scalar = g.shape(in).rank == 0;
    int t = scalar ? constant_t::emit(g, {}, g.element(in), 1.0)
                   : variable_t::emit(g, aval(g.type(in)));
    auto dy = passes::jvp(g, {in}, {given_t::emit(g, t)}, outputs);
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      int block = scalar && dy[k] >= 0 ? dy[k] : forward_block(g, in, outputs[k], t, dy[k]);
      rows[k].push_back(block);
    }
  }
  return rows;
}
template <class = void>
constexpr vec<passes::node_list> reverse_blocks(graph& g, const passes::node_list& inputs,
                                                        const passes::node_list& outputs) {
  vec<passes::node_list> rows(outputs.size());
  auto linear = passes::linearize(g, inputs, outputs);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    int out = outputs[k];
    bool scalar = g.shape(out).rank == 0;
    int ct = scalar ? constant_t::emit(g, {}, g.element(out), 1.0)
                    : variable_t::emit(g, aval(g.type(out)));
    auto dx = passes::transpose(g, linear.inputs, {linear.outputs[k]},
                                {given_t::emit(g, ct)});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      int block = scalar && dx[i] >= 0 ? dx[i] : reverse_block(g, inputs[i], out, ct, dx[i]);
      rows[k].push_back(block);
    }
  }
  return rows;
}
/// As jacrev, of a function whose result is a scalar: then the Jacobian is like the arguments.
struct reverse_of_scalar : std::true_type {};

/// The leaves of the value that a function returns, as far as it says.
template <class Aux, class F, class... A>
constexpr leaf_table value_leaves() {
  using spec = decltype(spec_of(std::declval<const F&>(), std::declval<const A&>()...));
  if constexpr (std::is_void_v<Aux>) return spec_leaves<spec>::find();
  else if constexpr (returns_two<spec>)
    return spec_leaves<std::tuple_element_t<0, spec>>::find();
  else return {false, 0, {}};
}
/// The leaves of a Jacobian, where those of the function's result are known.
template <class F, class Arguments, class Reverse, class Aux, class... A>
struct jacobian_leaves {
  static constexpr leaf_table table() {
    leaf_table in, all, out;
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      (in.push(leaves_of_type<std::tuple_element_t<Arguments::template index<sizeof...(A)>(int{K}),
                                                   std::tuple<A...>>>()),
       ...);
    }(std::make_index_sequence<Arguments::count>());
    if constexpr (std::is_same_v<Reverse, reverse_of_scalar>) return in;
    else out = value_leaves<Aux, F, A...>();
    all.known = in.known && out.known;
    for (std::size_t k = 0; k < out.count; ++k)
      for (std::size_t i = 0; i < in.count; ++i)
        all.push(aval{Reverse::value ? in.at[i].type : out.at[k].type,
                  joined_shape(out.at[k].shape, in.at[i].shape)});
    return all;
  }
};
template <class Arguments, class Reverse, class Aux = void>
struct jacobian_rule {
  using arguments = Arguments;
  static constexpr std::string_view name = Reverse::value ? "jacrev" : "jacfwd";
  template <class... A>
  using called_with = typename differentiated_types<Arguments, A...>::type;

  template <class F, class... A>
  static constexpr auto result_spec(const F&, const A&...) {
    const auto jacobian = spec_from<jacobian_leaves<F, Arguments, Reverse, Aux, A...>>();
    if constexpr (std::is_void_v<Aux>) return jacobian;
    else return std::make_tuple(jacobian, automatic());
  }
  template <class F, class... A>
  static constexpr auto trace(graph& g, const F& f, const A&... a) {
    std::tuple<A...> args{a...};
    auto x = differentiated<Arguments>(g, name, args, true);
    const auto call = with_variables<Arguments>(args, x);
    const auto all = lifted(g, call_with(f, call));
    const auto& y = value_part<Aux>(all);
    auto in = ids_of(x), out = ids_of(y);
    require_float_results(g, name, out);
    vec<passes::node_list> rows(out.size(), in);
    if (g.failed == error_kind::none) {
      if constexpr (Reverse::value) rows = reverse_blocks(g, in, out);
      else rows = forward_blocks(g, in, out);
    }
    std::size_t k = 0;
    auto blocks = [&](const auto& inputs) {
      using X = std::remove_cvref_t<decltype(inputs)>;
      using J = tree::rebind_t<std::remove_cvref_t<decltype(y)>, always<X>::template map>;
      return tree::convert<J>(
          y, [&](const tracer&) { return with_ids(g, inputs, rows[k++]); });
    };
    if constexpr (Arguments::count == 1) return with_aux<Aux>(blocks(std::get<0>(x)), all);
    else return with_aux<Aux>(blocks(x), all);
  }
};
}  // namespace detail

/// The callable that `jacfwd` and `jacrev` return.
template <class F, class Arguments, class Reverse, class Aux = void>
using jacobian_fn = transformed<detail::jacobian_rule<Arguments, Reverse, Aux>, F>;

/// The Jacobian by forward mode: one pass per input element, so best for few inputs. For each
/// output leaf a tree like argument I, whose leaves have shape out + in. With `has_aux` the
/// function returns {value, aux}, and this {Jacobian of the value, aux}.
///
///     const calx::tensor<double, 2> x{1, 2};
///     calx::jacfwd([](auto v) { return v * v; })(x);   // {{2, 0}, {0, 4}}
template <int... I, class F>
constexpr auto jacfwd(F f) {
  return jacobian_fn<F, detail::argnums_or<0, I...>, std::false_type>{std::move(f)};
}
template <int... I, class F>
constexpr auto jacfwd(F f, has_aux_t) {
  return jacobian_fn<F, detail::argnums_or<0, I...>, std::false_type, has_aux_t>{std::move(f)};
}
/// The Jacobian by reverse mode: one pass per output element, so best for few outputs.
template <int... I, class F>
constexpr auto jacrev(F f) {
  return jacobian_fn<F, detail::argnums_or<0, I...>, std::true_type>{std::move(f)};
}
template <int... I, class F>
constexpr auto jacrev(F f, has_aux_t) {
  return jacobian_fn<F, detail::argnums_or<0, I...>, std::true_type, has_aux_t>{std::move(f)};
}
/// Second derivatives, forward over reverse: for a scalar function shape in + in. With `has_aux`
/// the function returns {value, aux}, and this {second derivatives, aux}.
///
///     calx::hessian([](auto x) { return x * x * x; })(2.0);   // 12.0
template <int... I, class F>
constexpr auto hessian(F f) {
  return jacfwd<I...>(
      jacobian_fn<F, detail::argnums_or<0, I...>, detail::reverse_of_scalar>{std::move(f)});
}
template <int... I, class F>
constexpr auto hessian(F f, has_aux_t) {
  using inner = jacobian_fn<F, detail::argnums_or<0, I...>, detail::reverse_of_scalar, has_aux_t>;
  return jacfwd<I...>(inner{std::move(f)}, has_aux);
}

}  // namespace calx::inline CALX_ABI
