// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a graph to its loop program: split, fused, written as kernels, with slots in one arena.
#pragma once

#include <utility>

#include <calx/plan/buffers.hpp>
#include <calx/plan/contract.hpp>
#include <calx/plan/emit.hpp>
#include <calx/plan/numbers.hpp>
#include <calx/plan/scalarise.hpp>

namespace calx::inline CALX_ABI::plan {

/// Types with the extents that were found equal written alike.
template <class = void>
constexpr vec<aval> canonical_types(const graph& g, const vec<int>& nodes) {
  vec<aval> all;
  for (int n : nodes) {
    aval a = g.type(n);
    for (int i = 0; i < a.shape.rank; ++i) a.shape[i] = g.symbols.canonical(a.shape[i]);
    all.push_back(a);
  }
  return all;
}

/// The loop program of a graph: small extents scalarised if `Split`, the rest in as few loops as
/// `grouping` finds.
template <bool Split = true, class Graph>
constexpr program make(Graph source) {
  program p;
  p.failed = source.failed, p.message = source.message;
  p.inputs = canonical_types(source, source.inputs);
  if (source.failed != error_kind::none) return p;
  if (is_of_numbers(source)) {
    p.outputs = canonical_types(source, source.outputs);
    number_writer(source, p);
    p.symbols = std::move(source.symbols), p.messages = std::move(source.messages);
    return p;
  }
  Graph g = std::move(source);
  if constexpr (Split) g = scalarise(std::move(g));
  p.outputs = canonical_types(g, g.outputs);
  grouping in(g);
  p.temporaries = std::move(in.temporaries), p.elements = std::move(in.elements);
  for (std::size_t k = 0; k < in.groups.size(); ++k)
    if (in.groups[k].contraction) append_contraction(in, p, in.groups[k].items[0].node);
    else kernel_writer(in, p, static_cast<int>(k), !Split);
  p.symbols = std::move(g.symbols), p.messages = std::move(g.messages);
  p.failed = g.failed, p.message = g.message;
  assign_slots(p);
  return p;
}

}  // namespace calx::inline CALX_ABI::plan
