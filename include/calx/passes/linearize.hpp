// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linearization: the tangent program with its tangents left open.
#pragma once

#include <calx/passes/jvp.hpp>
#include <calx/passes/transpose.hpp>

namespace calx::inline CALX_ABI::passes {

/// The linear part of a program at its primals: open tangents in, tangents of outputs out.
struct linear_program {
  node_list inputs, outputs;
};

template <class = void>
constexpr linear_program linearize(graph& g, const node_list& inputs, const node_list& outputs) {
  linear_program linear;
  for (int n : inputs)
    linear.inputs.push_back(variable_t::emit(g, aval(g.type(n))));
  linear.outputs = jvp(g, inputs, linear.inputs, outputs);
  return linear;
}

/// Reverse mode: cotangents of `inputs` from those of `outputs`; zeros are written out.
template <class = void>
constexpr node_list vjp(graph& g, const linear_program& linear, const node_list& cotangents) {
  node_list ct = transpose(g, linear.inputs, linear.outputs, cotangents);
  for (std::size_t i = 0; i < ct.size(); ++i)
    if (ct[i] < 0) ct[i] = detail::zeros_like(g, linear.inputs[i]);
  return ct;
}

}  // namespace calx::inline CALX_ABI::passes
