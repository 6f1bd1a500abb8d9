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

/// More numbers than this that both halves share are elements of one array for each dtype: each
/// leaf costs time to compile, numbers in one array do not.
inline constexpr std::size_t most_loose_numbers = 8;

/// Makes what the late half takes from the early one: its inputs, and the early half's outputs.
template <class = void>
constexpr void hand_over(halves& h, const node_list& residuals, node_list& image) {
  node_list numbers[dtype_count];
  for (int n : residuals)
    if (h.early.shape(n).rank == 0) numbers[static_cast<int>(h.early.element(n))].push_back(n);
  for (int n : residuals) {
    node_list& same = numbers[static_cast<int>(h.early.element(n))];
    if (h.early.shape(n).rank == 0 && same.size() > most_loose_numbers) continue;
    image[at(n)] = input_t::emit(h.late, h.early.type(n));
    h.early.outputs.push_back(n);
  }
  for (const node_list& same : numbers) {
    if (same.size() <= most_loose_numbers) continue;
    node_list ones;
    for (int n : same) ones.push_back(reshape_t::emit(h.early, n, {1}));
    const int all = concatenate_t::emit(h.early, ones, 0);
    h.early.outputs.push_back(all);
    const int packed = input_t::emit(h.late, aval(h.early.type(all)));
    for (std::size_t k = 0; k < same.size(); ++k)
      image[at(same[k])] = reshape_t::emit(
          h.late, slice_t::emit(h.late, packed, {static_cast<dim>(k)}, {1}, {1}), {});
  }
}

/// Cuts g, whose inputs from `first_late` on come later; what depends on ops that are late is
/// computed later, too, so that it need not be kept. Outputs of the early half: the first
/// `values` outputs of g, then the residuals; of the late half: the other outputs of g.
template <class = void>
constexpr halves partition(const graph& g, int first_late, std::size_t values) {
  halves h;
  auto middle = g.outputs.begin() + static_cast<std::ptrdiff_t>(values);
  node_list late_inputs(g.inputs.begin() + first_late, g.inputs.end());
  node_list late_outputs(middle, g.outputs.end());
  node_list later = late_inputs;
  for (int n = 0; n < g.size(); ++n)
    if (g.at(n).op->is_late) later.push_back(n);
  auto late = dependent(g, later), wanted = needed(g, late_outputs);
  const vec<char> open = open_nodes(g);  // what bodies compute goes with them
  auto is_free = [&](int n) {
    return open[at(n)] || (g.at(n).arg_count == 0 && !is<input_t>(g, n));
  };
  h.early = g;
  h.early.outputs.assign(g.outputs.begin(), middle);
  h.late.symbols = g.symbols;
  node_list image(at(g.size()), -1);
  node_list residuals;
  auto residual = [&](int n) {
    if (late[at(n)] || image[at(n)] >= 0 || is_free(n)) return;
    image[at(n)] = 0;  // until it is handed over
    residuals.push_back(n);
  };
  for (int n = 0; n < g.size(); ++n)
    if (late[at(n)] && wanted[at(n)])
      for (int i = 0; i < g.at(n).arg_count; ++i) residual(g.arg(n, i));
  for (int n : late_outputs) residual(n);
  hand_over(h, residuals, image);
  for (int n : late_inputs) image[at(n)] = input_t::emit(h.late, g.type(n));
  for (int n = 0; n < g.size(); ++n)
    if (!late[at(n)] && !is_free(n)) wanted[at(n)] = 0;
  copy_nodes(g, h.late, wanted, image, [](dim d) { return d; }, add_with_literals{g});
  for (int n : late_outputs) h.late.outputs.push_back(image[at(n)]);
  require_valid("partition", h.late);
  return h;
}

}  // namespace calx::inline CALX_ABI::passes
