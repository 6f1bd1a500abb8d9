// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs run on arrays of any dtype, by the virtual machine and by the oracle.
#pragma once

#include <calx/codegen/vm/machine.hpp>
#include <calx/passes/compact.hpp>
#include <calx/passes/verify.hpp>
#include <calx/trace/structure.hpp>
#include <stdexcept>

#include "../oracle/bounds.hpp"

namespace programs {

/// Two executors disagree about a program.
struct disagree : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A program with the extents that its inputs have, node by node: nothing is simplified anew.
inline graph resolved(graph g, const std::vector<array>& inputs) {
  auto value = [&](dim d) {
    return evaluate(g.symbols.symbols.begin(), d, [&](int k, int axis) {
      return inputs[static_cast<std::size_t>(k)].shape[axis];
    });
  };
  for (aval& a : g.avals)
    for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = value(a.shape[i]);
  for (const node& n : g.nodes)
    for (int i = 0; i < n.int_count && n.op->parameters != param_kind::bits; ++i) {
      dim& d = g.ints[static_cast<std::size_t>(n.first_int + i)];
      d = value(d);
    }
  return g;
}
/// Arrays for g's outputs, and the addresses of arrays.
inline std::vector<array> outputs_of(const graph& g) {
  std::vector<array> outputs;
  for (int n : g.outputs) outputs.emplace_back(g.element(n), g.shape(n));
  return outputs;
}
inline std::vector<const void*> addresses(const std::vector<array>& arrays) {
  std::vector<const void*> all;
  for (const array& a : arrays) all.push_back(a.bytes.data());
  return all;
}
inline std::vector<void*> addresses(std::vector<array>& arrays) {
  std::vector<void*> all;
  for (array& a : arrays) all.push_back(a.bytes.data());
  return all;
}

/// The outputs of the virtual machine, for a program without names: see `passes::compact`.
inline std::vector<array> run_machine(const graph& g, const std::vector<array>& inputs) {
  auto outputs = outputs_of(g);
  vm::run(vm::compile(g), addresses(inputs).data(), addresses(outputs).data());
  return outputs;
}
/// The outputs of the oracle.
template <class Ops = all_ops>
std::vector<array> run_oracle(const graph& g, const std::vector<array>& inputs) {
  auto outputs = outputs_of(g);
  interpret<Ops>(g, addresses(inputs).data(), addresses(outputs).data());
  return outputs;
}
/// The outputs of the oracle, with which those of the virtual machine must agree.
template <class Ops = all_ops>
std::vector<array> run(const graph& g, const std::vector<array>& inputs) {
  const graph clean = passes::compact(g);
  const bounded_run<Ops> want(clean, inputs);
  const std::string bad = disagreement(want, run_machine(clean, inputs), "the virtual machine");
  if (!bad.empty()) throw disagree(bad);
  return run_oracle<Ops>(g, inputs);
}
inline std::string describe(const graph& g) { return std::string(passes::verify(g).view()); }
}  // namespace programs
