// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an op's struct to what passes know of it, and to its place in the registry.
#pragma once

#include <calx/base/type_list.hpp>
#include <calx/graph/graph.hpp>
#include <calx/ops/identity.hpp>

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
template <class Op>
constexpr const op_info& described() {
  return info_of<Op>;
}
/// How many operands Op has.
template <class Op>
constexpr int operand_count() {
  if constexpr (requires { Op::operand_count; }) return Op::operand_count;
  else if constexpr (requires { Op::arity; }) return Op::arity;
  else return Op::kind == op_kind::leaf ? 0 : Op::kind == op_kind::contraction ? 2 : 1;
}
/// The part of a description that says what nodes look like.
template <class Op>
constexpr void describe_nodes(op_info& info) {
  info.operand_count = operand_count<Op>();
  if constexpr (Op::kind == op_kind::elementwise) info.param_count = 0;
  if constexpr (requires { Op::param_count; }) info.param_count = Op::param_count;
  if constexpr (requires { Op::parameters; }) info.parameters = Op::parameters;
  if constexpr (requires { Op::pole; }) info.pole = Op::pole;
  if constexpr (requires { Op::row_major; }) info.row_major = Op::row_major;
  if constexpr (requires { Op::is_renaming; }) info.is_renaming = Op::is_renaming;
  if constexpr (requires { Op::is_late; }) info.is_late = Op::is_late;
  if constexpr (requires { Op::has_bodies; }) info.has_bodies = Op::has_bodies;
  if constexpr (requires { Op::is_result; }) info.is_result = Op::is_result;
  if constexpr (requires { Op::is_unique; }) info.is_unique = Op::is_unique;
  if constexpr (requires { info.support = &Op::template support<graph>; })
    info.support = &Op::template support<graph>, info.zeros = Op::zeros;
  info.type_of = &Op::template type_of<graph>;
  if constexpr (requires { info.map = &Op::template map<graph>; })
    info.map = &Op::template map<graph>, info.has_map = true;
  if constexpr (requires { info.fault = &Op::template fault<graph>; })
    info.fault = &Op::template fault<graph>, info.has_fault = true;
}
/// The loops of an op, in codegen/vm/loops.hpp: a function, so that they are compiled with what
/// emits the op, and one that nothing calls where that header is not read.
template <class Op>
const block_loops& loops_of();
template <class Op>
constexpr op_info make_info() {
  op_info info{Op::name, Op::kind, op_key<Op>};
  describe_nodes<Op>(info);
  if constexpr (requires { typename Op::combine_op; })
    info.combine = &described<typename Op::combine_op>, info.has_combine = true;
  if constexpr (requires { info.simplify = &Op::template simplify<graph>; })
    info.simplify = &Op::template simplify<graph>, info.has_simplify = true;
  if constexpr (requires { info.jvp = &Op::template jvp<tracer>; })
    info.jvp = &Op::template jvp<tracer>, info.has_jvp = true;
  if constexpr (requires { info.transpose = &Op::template transpose<tracer>; })
    info.transpose = &Op::template transpose<tracer>, info.has_transpose = true;
  if constexpr (requires { info.batch = &Op::template batch<tracer>; })
    info.batch = &Op::template batch<tracer>;
  if constexpr (Op::kind != op_kind::leaf && Op::kind != op_kind::structural &&
                Op::kind != op_kind::control)
    info.loops = &loops_of<Op>;
  return info;
}
}  // namespace detail

/// True if this is Op's description. It compiles none of the op's rules.
template <class Op>
constexpr bool is(const op_info& op) {
  return op.key == detail::op_key<Op>;
}
/// True if node n is an Op.
template <class Op>
constexpr bool is(const graph& g, int n) {
  return g.nodes.items[n].op->key == detail::op_key<Op>;
}

}  // namespace calx::inline CALX_ABI
