// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a graph to its loop program: split, fused, written as kernels, with slots in one arena.
#pragma once

#include <utility>

#include <calx/plan/buffers.hpp>
#include <calx/plan/contract.hpp>
#include <calx/plan/control.hpp>
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

template <bool Split = true, class Graph>
constexpr program make(Graph source, int pointers = 0);

/// Writes the kernels of groups, in their order.
template <bool Split, class Graph>
constexpr void write_groups(grouping<Graph>& in, program& p, vec<outlined_bodies>& bodies) {
  for (std::size_t k = 0; k < in.groups.size(); ++k) {
    const int n = in.groups[k].contraction ? in.groups[k].items[0].node : -1;
    if (n < 0) {
      kernel_writer(in, p, static_cast<int>(k), !Split);
    } else if (is<outlined_t>(in.g, n)) {
      const auto plan_of = [&](Graph body) { return make<Split>(std::move(body), p.pointers); };
      control_writer(in, p, bodies[at(static_cast<int>(in.g.param(n, 0)))], n, plan_of);
    } else {
      append_contraction(in, p, n);
    }
  }
}
/// The loop program of a graph: small extents scalarised if `Split`, the rest in as few loops as
/// `grouping` finds. Of a body, `pointers` are those that are taken.
template <bool Split, class Graph>
constexpr program make(Graph source, int pointers) {
  program p;
  p.pointers = pointers;
  p.failed = source.failed, p.message = source.message;
  p.inputs = canonical_types(source, source.inputs);
  if (source.failed != error_kind::none) return p;
  if (is_of_numbers(source)) {
    p.outputs = canonical_types(source, source.outputs);
    number_writer(source, p);
    p.symbols = std::move(source.symbols), p.messages = std::move(source.messages);
    return p;
  }
  vec<outlined_bodies> bodies;
  if (has_bodies(source)) {
    outliner apart(source);
    bodies = std::move(apart.all);
    source = std::move(apart.out);
  }
  Graph g = std::move(source);
  if constexpr (Split) g = scalarise(std::move(g));
  p.outputs = canonical_types(g, g.outputs);
  grouping in(g);
  p.temporaries = std::move(in.temporaries), p.elements = std::move(in.elements);
  write_groups<Split>(in, p, bodies);
  p.symbols = std::move(g.symbols), p.messages = std::move(g.messages);
  p.failed = g.failed, p.message = g.message;
  assign_slots(p);
  return p;
}

}  // namespace calx::inline CALX_ABI::plan
