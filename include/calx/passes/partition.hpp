// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cuts a program in two: what can be computed early, and what needs later inputs.
#pragma once

#include <calx/passes/copy.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

/// A program cut in two: what does not depend on the late inputs, and the rest.
struct halves {
  graph early, late;  // late's inputs: residuals, then the late inputs
};

/// Cuts g, whose inputs from `first_late` on come later. Outputs of the early half: the first
/// `values` outputs of g, then the residuals; of the late half: the other outputs of g.
template <class = void>
constexpr halves partition(const graph& g, int first_late, std::size_t values) {
  halves h;
  auto middle = g.outputs.begin() + static_cast<std::ptrdiff_t>(values);
  node_list late_inputs(g.inputs.begin() + first_late, g.inputs.end());
  node_list late_outputs(middle, g.outputs.end());
  auto late = dependent(g, late_inputs), wanted = needed(g, late_outputs);
  auto is_free = [&](int n) { return g.at(n).arg_count == 0 && !is<input_t>(g, n); };
  h.early = g;
  h.early.outputs.assign(g.outputs.begin(), middle);
  h.late.symbols = g.symbols;
  node_list image(at(g.size()), -1);
  auto residual = [&](int n) {
    if (late[at(n)] || image[at(n)] >= 0 || is_free(n)) return;
    image[at(n)] = input_t::emit(h.late, g.type(n));
    h.early.outputs.push_back(n);
  };
  for (int n = 0; n < g.size(); ++n)
    if (late[at(n)] && wanted[at(n)])
      for (int i = 0; i < g.at(n).arg_count; ++i) residual(g.arg(n, i));
  for (int n : late_outputs) residual(n);
  for (int n : late_inputs) image[at(n)] = input_t::emit(h.late, g.type(n));
  for (int n = 0; n < g.size(); ++n)
    if (!late[at(n)] && !is_free(n)) wanted[at(n)] = 0;
  copy_nodes(g, h.late, wanted, image, [](dim d) { return d; }, add_with_literals{g});
  for (int n : late_outputs) h.late.outputs.push_back(image[at(n)]);
  check("partition", h.late);
  return h;
}

}  // namespace calx::inline CALX_ABI::passes
