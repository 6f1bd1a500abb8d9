// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From instructions for each element of a space to loops: each instruction as far out as it can be.
#pragma once

#include <calx/plan/axes.hpp>

namespace calx::inline CALX_ABI::plan {

/// Appends a nest to a program as its next kernel.
template <class = void>
class nest_writer {
 public:
  constexpr nest_writer(program& to, nest& from)
      : p(to), l(from), inside(at(from.space.rank + 1)), level(at(dtype_count)) {
    kernel k;
    k.first = static_cast<int>(p.statements.size());
    k.first_access = static_cast<int>(p.accesses.size());
    for (int d = 0; d < dtype_count; ++d) {
      level[at(d)].assign(at(l.registers[d] + 1), 0);
      k.registers[d] = l.registers[d];
    }
    if (l.space.rank == 0) inside[0] = std::move(l.body);
    else
      for (const instruction& x : l.body) inside[at(depth_of(x))].push_back(x);
    write(0);
    for (const access& a : l.accesses) p.accesses.push_back(a);
    k.last = static_cast<int>(p.statements.size());
    k.last_access = static_cast<int>(p.accesses.size());
    p.kernels.push_back(k);
  }

 private:
  program& p;
  nest& l;
  vec<vec<instruction>> inside;  // by the number of loops around
  // Of registers of each dtype: the number of loops around what makes them. No array, as nvcc's
  // evaluator leaves the lists in one alive.
  vec<vec<int>> level;

  /// In how many loops an instruction must be: those along which it or an operand changes.
  constexpr int depth_of(const instruction& x) {
    const int rank = l.space.rank;
    int depth = 0;
    if (x.op == op_store || x.op == op_accumulate) return rank;
    if (x.op == op_load) {
      const access& a = l.accesses[at(x.access)];
      for (int i = 0; i < rank; ++i)
        if (a.stride[i] != 0) depth = i + 1;
    } else if (x.op == op_iota) {
      depth = static_cast<int>(x.value) + 1;
    }
    for (int i = 0; i < x.operands; ++i) {
      const int d = level[static_cast<std::size_t>(x.operand_type[i])][at(x.operand[i])];
      depth = d > depth ? d : depth;
    }
    level[static_cast<std::size_t>(x.type)][at(x.result)] = depth;
    return depth;
  }
  constexpr void write_code(vec<instruction>& list) {
    if (list.empty()) return;
    statement s;
    s.first = static_cast<int>(p.instructions.size());
    const int first_access = static_cast<int>(p.accesses.size());
    for (instruction& x : list)
      if (x.uses_memory()) x.access += first_access;
    if (p.instructions.empty()) p.instructions = std::move(list);
    else p.instructions.insert(p.instructions.end(), list.begin(), list.end());
    s.last = static_cast<int>(p.instructions.size());
    s.end = static_cast<int>(p.statements.size()) + 1;
    p.statements.push_back(s);
  }
  constexpr int open(statement::kind_t kind, dim extent = 1) {
    statement s;
    s.kind = kind, s.extent = extent;
    p.statements.push_back(s);
    return static_cast<int>(p.statements.size()) - 1;
  }
  constexpr void close(int s) { p.statements[at(s)].end = static_cast<int>(p.statements.size()); }

  /// What is inside of `depth` loops.
  constexpr void write(int depth) {
    write_code(inside[at(depth)]);
    if (depth == l.space.rank) return;
    const bool accumulates = depth == l.kept && !l.results.empty();
    const int region = accumulates ? open(statement::accumulate) : -1;
    const int s = open(depth == l.in_lanes ? statement::lanes : statement::serial,
                       l.space[depth]);
    write(depth + 1);
    close(s);
    if (!accumulates) return;
    close(region);
    write_code(l.results);
  }
};

}  // namespace calx::inline CALX_ABI::plan
