// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The oracle: runs a program node by node, sharing no code with the executors of plans.
#pragma once

#include <new>

#include "interpret_dot.hpp"
#include "interpret_memory.hpp"
#include "interpret_reduce.hpp"

namespace calx::inline CALX_ABI {

namespace interpreting {
/// What computes nodes of one op: a function of the node, or a loop for each dtype.
struct kernels {
  void (*node)(const step&) = nullptr;
  element_loop elementwise[dtype_count] = {};
  fold_loop reduction[dtype_count] = {};
};
template <class Op>
constexpr kernels kernels_of() {
  kernels k;
  for (int i = 0; i < dtype_count; ++i)
    visit_dtype(static_cast<dtype>(i), [&]<class T>() {
      if constexpr (requires { Op::arity; }) k.elementwise[i] = loop_of<Op, T>();
      if constexpr (Op::kind == op_kind::reduction) k.reduction[i] = fold_of<Op, T>();
    });
  if constexpr (requires(const step& s) { run(tag<Op>(), s); })
    k.node = [](const step& s) { run(tag<Op>(), s); };
  return k;
}
template <class = void>
void run_node(const kernels& k, const step& s) {
  auto type = static_cast<int>(s.operand_count() > 0 ? s.type(s.operand_count() - 1) : s.type());
  if (k.node) k.node(s);
  else if (auto loop = k.elementwise[type]) loop(s.shape().size(), s.operands, s.result);
  else if (auto fold = k.reduction[type]) run_reduction(fold, s);
  else
    raise(error_kind::dtype, text() << "interpret: node " << s.node << ", "
                                    << s.program.at(s.node).op->name
                                    << ", has no value of this kind");
}
/// The kernels of an op among those of a list.
template <class... Op>
const kernels& find_kernels(const op_info* op, type_list<Op...>) {
  static constexpr kernels table[] = {kernels_of<Op>()...};
  static constexpr int keys[] = {detail::op_key<Op>...};
  for (std::size_t i = 0; i < sizeof...(Op); ++i)
    if (keys[i] == op->key) return table[i];
  static constexpr kernels moves{&run_moves<>};
  if (op->kind != op_kind::structural)
    raise(error_kind::generic, text() << "interpret: op " << op->name << " is not in the list of "
                                      << "ops; give one that ends with it");
  return moves;
}

/// The arena of one run.
class arena {
 public:
  explicit arena(std::size_t bytes)
      : begin_(static_cast<std::byte*>(::operator new(bytes, std::align_val_t(alignment)))) {}
  ~arena() { ::operator delete(begin_, std::align_val_t(alignment)); }
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;
  void* at(std::size_t offset) const { return begin_ + offset; }

 private:
  std::byte* begin_;
};

template <class = void>
void require_static(const graph& g, const memory_plan& plan) {
  for (int n = 0; n < g.size(); ++n)
    if (plan.wanted[at(n)] && !g.shape(n).is_static())
      raise(error_kind::shape, text() << "interpret: shape " << g.shape(n) << " of node " << n
                                      << " has an extent that is not known");
}

/// Where the elements of each wanted node are.
template <class = void>
vec<void*> places(const graph& g, const memory_plan& plan, const arena& memory,
                                 const void* const* inputs, void* const* outputs) {
  vec<void*> place(at(g.size()), nullptr);
  for (int n = 0; n < g.size(); ++n) {
    void*& p = place[at(n)];
    if (!plan.wanted[at(n)]) continue;
    // Externals are only ever read.
    if (names<input_t>(g, n)) p = const_cast<void*>(inputs[g.param(n, 0)]);
    else if (names<literal_t>(g, n))
      p = const_cast<void*>(g.literals[static_cast<std::size_t>(g.param(n, 0))].data());
    else if (plan.owner[at(n)] != n) p = place[at(plan.owner[at(n)])];
    else if (plan.output[at(n)] >= 0) p = outputs[plan.output[at(n)]];
    else p = memory.at(plan.offset[at(n)]);
  }
  return place;
}
}  // namespace interpreting

/// Runs a program whose extents are all known. `inputs[i]` points to the row-major elements of
/// input i (bool stored as C++ bool), `outputs[k]` receives those of output k and must not overlap
/// anything else. Ops of a user run if `Ops` lists them behind the library's.
template <class Ops = all_ops>
void interpret(const graph& g, const void* const* inputs, void* const* outputs) {
  using namespace interpreting;
  memory_plan plan = plan_memory(g);
  require_static(g, plan);
  arena memory(plan.bytes);
  auto place = places(g, plan, memory, inputs, outputs);
  vec<const void*> operands;
  for (int n = 0; n < g.size(); ++n) {
    if (!plan.wanted[at(n)] || plan.owner[at(n)] != n || is_external(g, n)) continue;
    operands.clear();
    for (int i = 0; i < g.at(n).arg_count; ++i) operands.push_back(place[at(g.arg(n, i))]);
    run_node(find_kernels(g.at(n).op, Ops()), {g, n, operands.data(), place[at(n)]});
  }
  for (std::size_t k = 0; k < g.outputs.size(); ++k)
    if (int n = g.outputs[k]; place[at(n)] != outputs[k] && bytes_of(g, n) > 0)
      std::memcpy(outputs[k], place[at(n)], bytes_of(g, n));
}

}  // namespace calx::inline CALX_ABI
