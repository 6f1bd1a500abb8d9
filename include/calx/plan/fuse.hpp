// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decides which nodes share a loop, and which values must lie in memory.
#pragma once

#include <calx/plan/outline.hpp>
#include <calx/plan/views.hpp>

namespace calx::inline CALX_ABI::plan {

/// What a group does for one node:
///  - compute: computes it in registers
///  - reduce: reduces its operand into it
///  - part: stores operand number `operand` into its part of the node, the box of its index map.
///    `source` is the node to read: the operand before extents of 1 were added or dropped
///  - copy: copies it to `copies[source]`
struct item {
  enum kind_t : unsigned char { compute, reduce, part, copy } kind;
  int node, operand = 0, source = -1;
};
/// Nodes that share a loop over `space`; or one contraction. Its reductions go over the same axes,
/// of more than one element, so that each can be accumulated in registers.
struct group {
  bool contraction = false;  // or a control node
  dims space;
  vec<item> items;
  unsigned reduced = 0;  // the axes, as bits
};

/// Puts each node of a program into a group, as early as what it reads allows.
template <class Graph>
class grouping {
 public:
  constexpr explicit grouping(Graph& program) : g(program) {
    auto n = at(g.size());
    wanted = passes::needed(g, g.outputs);
    group_of.assign(n, -1), ready.assign(n, 0), place.assign(n, access{-1, 0, {}});
    in_order.assign(n, access{-1, 0, {}});
    output_of.assign(n, -1);
    for (std::size_t k = g.outputs.size(); k-- > 0;) claim_output(static_cast<int>(k));
    for (int i = 0; i < g.size(); ++i)
      if (wanted[at(i)]) visit(i);
    for (std::size_t k = 0; k < g.outputs.size(); ++k) deliver(static_cast<int>(k));
  }

  Graph& g;
  vec<group> groups;
  vec<char> wanted;
  vec<int> group_of;   // of nodes that are computed in a loop
  vec<int> ready;      // the first group that may read a node's memory
  vec<access> place;   // where a node lies, if it is in memory
  vec<access> in_order;  // where it is row-major, if bodies read it
  vec<temporary> temporaries;
  vec<dim> elements;   // of tables
  vec<access> copies;  // where copies go

  /// Constants and the like, which every loop makes for itself.
  constexpr bool is_free(int n) const {
    return g.at(n).arg_count == 0 && !is_given(n);
  }
  /// True for what lies in memory before the program runs.
  constexpr bool is_given(int n) const {
    return is<input_t>(g, n) || is<literal_t>(g, n) || is<table_t>(g, n);
  }
  constexpr bool is_computed(int n) const {
    return g.at(n).op->kind == op_kind::elementwise && g.at(n).arg_count > 0;
  }
  /// The axes over which node n reduces, without those of one element.
  constexpr unsigned reduced_axes_of(int n) const {
    unsigned s = 0;
    for (int i = 0; i < g.at(n).int_count; ++i)
      if (g.shape(g.arg(n, 0))[static_cast<int>(g.param(n, i))] != 1) s |= 1u << g.param(n, i);
    return s;
  }
  constexpr bool in_memory(int n) const { return place[at(n)].buffer >= 0; }

 private:
  vec<int> output_of;  // the output into which a node is computed

  constexpr int external() const {
    return static_cast<int>(g.inputs.size() + g.outputs.size());
  }
  /// Output k, if it is node n or n in another shape: n is computed in its memory.
  constexpr void claim_output(int k) {
    int n = g.outputs[at(k)];
    while (g.at(n).op->row_major) n = g.arg(n, 0);
    if (!is_given(n) && !is_free(n) && !is_view(g, n))
      output_of[at(n)] = k;
  }
  constexpr access new_place(int n) {
    int k = output_of[at(n)], buffer = static_cast<int>(g.inputs.size()) + k;
    if (k < 0) buffer = new_temporary(n);
    return row_major(g.symbols, buffer, g.shape(n));
  }
  constexpr int new_temporary(int n) {
    temporaries.push_back({g.element(n), g.symbols.size_of(g.shape(n))});
    return external() + static_cast<int>(temporaries.size()) - 1;
  }

  /// The first group that may read value a as an operand of a loop over a's shape.
  constexpr int earliest(int a) {
    if (group_of[at(a)] >= 0) return group_of[at(a)];
    if (is_free(a)) return 0;
    if (is_view(g, a)) keep(a);
    return ready[at(a)];
  }
  constexpr int find_group(const dims& space, int lower, unsigned reduced = 0) {
    for (int k = lower; k < static_cast<int>(groups.size()); ++k) {
      group& x = groups.items[k];
      const bool fits = reduced == 0 || x.reduced == 0 || x.reduced == reduced;
      if (x.contraction || !fits || !(x.space == space)) continue;
      x.reduced |= reduced;
      return k;
    }
    groups.push_back({false, space, {}, reduced});
    return static_cast<int>(groups.size()) - 1;
  }
  /// An operand of group k that another group computes must lie in memory.
  constexpr void use(int a, int k) {
    if (group_of[at(a)] != k && is_computed(a)) keep(a);
  }
  /// Makes sure that value n can be read from memory.
  constexpr void keep(int n) {
    if (in_memory(n)) return;
    if (is_view(g, n)) {
      keep_view(n);
    } else if (is_computed(n)) {
      place[at(n)] = new_place(n);
      ready[at(n)] = group_of[at(n)] + 1;
    } else {
      copy(n, row_major(g.symbols, new_temporary(n), g.shape(n)));
    }
  }
  /// Copies value n to memory of its own, from where it is read from now on.
  constexpr void copy(int n, const access& to) {
    int k = find_group(g.shape(n), earliest(n));
    groups[at(k)].items.push_back({item::copy, n, 0, static_cast<int>(copies.size())});
    copies.push_back(to);
    place[at(n)] = to;
    ready[at(n)] = k + 1;
  }

  /// Makes sure that value n can be read from memory in which it is row-major.
  constexpr void keep_in_order(int n) {
    keep(n);
    access& here = in_order[at(n)];
    if (here.buffer >= 0) return;
    here = place[at(n)];
    if (is_row_major(g.symbols, here, g.shape(n))) return;
    const access from = here;
    const int when = ready[at(n)];
    here = row_major(g.symbols, new_temporary(n), g.shape(n));
    copy(n, here);
    place[at(n)] = from, ready[at(n)] = when;  // others go on reading it where it was
  }
  constexpr void visit(int n) {
    const node& d = g.at(n);
    if (is_computed(n)) {
      visit_elementwise(n);
    } else if (is<input_t>(g, n)) {
      place[at(n)] = row_major(g.symbols, static_cast<int>(g.param(n, 0)), g.shape(n));
    } else if (is<literal_t>(g, n)) {
      place[at(n)] = row_major(g.symbols, new_temporary(n), g.shape(n));
      temporaries.back().literal = g.literals[at(static_cast<int>(g.param(n, 0)))].data();
    } else if (is<table_t>(g, n)) {
      place[at(n)] = row_major(g.symbols, new_temporary(n), g.shape(n));
      temporaries.back().table = static_cast<int>(elements.size());
      elements.append(g.ints.items + d.first_int, at(d.int_count));
    } else if (is_free(n) || is_view(g, n)) {
      return;  // made where they are used
    } else if (d.op->kind == op_kind::reduction) {
      int a = g.arg(n, 0), k = find_group(g.shape(a), earliest(a), reduced_axes_of(n));
      use(a, k);
      groups[at(k)].items.push_back({item::reduce, n});
      place[at(n)] = new_place(n);
      ready[at(n)] = k + 1;
    } else if (d.op->kind == op_kind::contraction) {
      keep(g.arg(n, 0)), keep(g.arg(n, 1));
      groups.push_back({true, g.shape(n), {{item::compute, n}}, 0});
      place[at(n)] = new_place(n);
      ready[at(n)] = static_cast<int>(groups.size());
    } else if (is<outlined_t>(g, n)) {
      for (int i = 0; i < d.arg_count; ++i) keep_in_order(g.arg(n, i));
      groups.push_back({true, g.shape(n), {{item::compute, n}}, 0});
      ready[at(n)] = static_cast<int>(groups.size());
    } else if (is<result_t>(g, n)) {
      place[at(n)] = new_place(n), ready[at(n)] = ready[at(g.arg(n, 0))];
    } else if (d.op->has_map) {
      visit_parts(n);
    } else {
      refuse(n);
    }
  }
  constexpr void visit_elementwise(int n) {
    int count = g.at(n).arg_count, lower = 0;
    for (int i = 0; i < count; ++i) {
      int e = earliest(g.arg(n, i));
      lower = e > lower ? e : lower;
    }
    int k = find_group(g.shape(n), lower);
    for (int i = 0; i < count; ++i) use(g.arg(n, i), k);
    groups[at(k)].items.push_back({item::compute, n});
    group_of[at(n)] = k;
  }
  constexpr void keep_view(int n) {
    int a = g.arg(n, 0);
    keep(a);
    bool ones = g.at(n).op->row_major && moves_only_ones(g.shape(a), g.shape(n));
    // Loops that read it before this one go on reading it where it was.
    const access where = place[at(a)];
    const int when = ready[at(a)];
    if (g.at(n).op->row_major && !ones && !is_row_major(g.symbols, where, g.shape(a)))
      copy(a, row_major(g.symbols, new_temporary(a), g.shape(a)));
    place[at(n)] = ones ? through_ones(g.shape(n), g.shape(a), place[at(a)])
                        : through_view(g, n, place[at(a)]);
    ready[at(n)] = ready[at(a)];
    place[at(a)] = where, ready[at(a)] = when;
  }
  /// What is reshaped to n by adding or dropping extents of 1.
  constexpr int without_ones(int n) const {
    while (g.at(n).op->row_major && moves_only_ones(g.shape(g.arg(n, 0)), g.shape(n)))
      n = g.arg(n, 0);
    return n;
  }
  /// An op that does not say where elements go has no loop.
  constexpr void refuse(int n) {
    g.fail(error_kind::generic, calx::detail::without_map(*g.at(n).op));
    place[at(n)] = new_place(n);
  }
  /// Operands that fill boxes of the result: each is stored into its part of it.
  constexpr void visit_parts(int n) {
    place[at(n)] = new_place(n);
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      int a = without_ones(g.arg(n, i)), k = find_group(g.shape(a), earliest(a));
      use(a, k);
      groups[at(k)].items.push_back({item::part, n, i, a});
      ready[at(n)] = ready[at(n)] > k ? ready[at(n)] : k + 1;
    }
  }
  constexpr void deliver(int k) {
    int n = g.outputs[at(k)], buffer = static_cast<int>(g.inputs.size()) + k, base = n;
    while (g.at(base).op->row_major) base = g.arg(base, 0);
    if (output_of[at(base)] == k) return keep(base);
    if (is_computed(n) || is_view(g, n)) keep(n);
    access from = place[at(n)];
    int before = ready[at(n)];
    copy(n, row_major(g.symbols, buffer, g.shape(n)));
    place[at(n)] = from, ready[at(n)] = before;  // others go on reading it where it was
  }
};

}  // namespace calx::inline CALX_ABI::plan
