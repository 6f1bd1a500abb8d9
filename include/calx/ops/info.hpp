// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an op's struct to what passes know of it, and to its place in the registry.
#pragma once

#include <calx/base/type_list.hpp>
#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI {

namespace value {
struct tracer;
}
using value::tracer;

namespace detail {
template <class>
struct graph_type {
  using type = graph;
};
}  // namespace detail
/// `graph`, spelled so that a rule's body is compiled only when the rule is used.
template <class Tracer>
using graph_for = typename detail::graph_type<Tracer>::type;

/// Names an operand in a rule: `partial(arg<0>, ...)`.
template <int I>
struct arg {};

namespace detail {
/// Its address names the op, without its rules.
template <class Op>
inline constexpr char op_token = 0;

template <class Op>
constexpr op_info make_info() {
  op_info info{Op::name, Op::kind, &op_token<Op>};
  if constexpr (requires { Op::slot; }) info.user_slot = Op::slot;
  if constexpr (requires { typename Op::combine_op; })
    info.combine = &info_of<typename Op::combine_op>;
  if constexpr (requires { info.simplify = &Op::template simplify<graph>; })
    info.simplify = &Op::template simplify<graph>;
  if constexpr (requires { info.jvp = &Op::template jvp<tracer>; })
    info.jvp = &Op::template jvp<tracer>;
  if constexpr (requires { info.transpose = &Op::template transpose<tracer>; })
    info.transpose = &Op::template transpose<tracer>;
  if constexpr (requires { info.batch = &Op::template batch<tracer>; })
    info.batch = &Op::template batch<tracer>;
  return info;
}
}  // namespace detail

/// True if node n is an Op.
template <class Op>
constexpr bool is(const graph& g, int n) {
  return g.at(n).op->token == &detail::op_token<Op>;  // without compiling its rules
}

}  // namespace calx::inline CALX_ABI
