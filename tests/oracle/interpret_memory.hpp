// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the interpreter keeps each value: at the caller's, in the arena, or in another's place.
#pragma once

#include <cstddef>

#include <calx/passes/linearize.hpp>
#include <calx/passes/vmap.hpp>

namespace calx::inline CALX_ABI::interpreting {

using passes::at;

/// The memory of an arena of unbounded size: which of it is free.
class block_list {
 public:
  /// The offset of `bytes` that are free: the smallest gap that fits, or new memory at the end.
  std::size_t take(std::size_t bytes) {
    std::size_t best = gaps_.size();
    for (std::size_t i = 0; i < gaps_.size(); ++i)
      if (gaps_[i].bytes >= bytes && (best == gaps_.size() || gaps_[i].bytes < gaps_[best].bytes))
        best = i;
    if (best == gaps_.size()) {
      end_ += bytes;
      return end_ - bytes;
    }
    std::size_t from = gaps_[best].from;
    gaps_[best].from += bytes, gaps_[best].bytes -= bytes;
    if (gaps_[best].bytes == 0) gaps_.erase(gaps_.begin() + static_cast<std::ptrdiff_t>(best));
    return from;
  }
  /// Frees what `take` gave; neighbouring gaps become one.
  void give(std::size_t from, std::size_t bytes) {
    auto next = gaps_.begin();
    while (next != gaps_.end() && next->from < from) ++next;
    next = gaps_.insert(next, {from, bytes});
    if (next + 1 != gaps_.end() && from + bytes == (next + 1)->from) {
      next->bytes += (next + 1)->bytes;
      gaps_.erase(next + 1);
    }
    if (next != gaps_.begin() && (next - 1)->from + (next - 1)->bytes == from) {
      (next - 1)->bytes += next->bytes;
      gaps_.erase(next);
    }
  }
  /// How large the arena became.
  std::size_t bytes() const { return end_; }

 private:
  struct gap {
    std::size_t from, bytes;
  };
  vec<gap> gaps_;  // by offset, never adjacent
  std::size_t end_ = 0;
};

/// The places of a program's values.
struct memory_plan {
  vec<char> wanted;         // whether an output needs the node
  vec<int> owner;           // the node whose memory this one reads; mostly itself
  vec<int> output;          // the output it is computed into, or -1
  vec<std::size_t> offset;  // in the arena, where it lies there
  std::size_t bytes = 0;            // of the arena
};

inline constexpr std::size_t alignment = 64;

template <class = void>
std::size_t bytes_of(const graph& g, int n) {
  return static_cast<std::size_t>(g.shape(n).size()) * size_of(g.element(n));
}
/// Whether a node is an Op; unlike `is`, this leaves the op's rules uncompiled.
template <class Op>
bool names(const graph& g, int n) {
  return is<Op>(g, n);
}
template <class = void>
bool is_external(const graph& g, int n) {
  return names<input_t>(g, n) || names<literal_t>(g, n);
}
/// True if the value has the elements of its operand in the same order.
template <class = void>
bool is_view(const graph& g, int n) {
  return g.at(n).op->is_renaming || names<reshape_t>(g, n);
}

/// Decides who owns memory: outputs are computed in place, and views share their operand's.
template <class = void>
memory_plan plan_owners(const graph& g) {
  memory_plan p;
  p.wanted = passes::needed(g, g.outputs);
  p.output.assign(at(g.size()), -1);
  p.offset.assign(at(g.size()), 0);
  for (std::size_t k = g.outputs.size(); k-- > 0;)
    if (int n = g.outputs[k]; !is_external(g, n)) p.output[at(n)] = static_cast<int>(k);
  for (int n = 0; n < g.size(); ++n) {
    bool shares = p.wanted[at(n)] && is_view(g, n) && p.output[at(n)] < 0;
    p.owner.push_back(shares ? p.owner[at(g.arg(n, 0))] : n);
  }
  return p;
}

/// Gives each value that lives in the arena a place there from its node to its last use.
template <class = void>
memory_plan plan_memory(const graph& g) {
  memory_plan p = plan_owners(g);
  vec<int> last(at(g.size()), -1);
  for (int n = 0; n < g.size(); ++n)
    for (int i = 0; p.wanted[at(n)] && i < g.at(n).arg_count; ++i)
      last[at(p.owner[at(g.arg(n, i))])] = n;
  auto needs_arena = [&](int n) {
    return p.wanted[at(n)] && p.owner[at(n)] == n && p.output[at(n)] < 0 && !is_external(g, n);
  };
  auto rounded = [&](int n) { return (bytes_of(g, n) + alignment - 1) / alignment * alignment; };
  block_list arena;
  for (int n = 0; n < g.size(); ++n) {
    if (!p.wanted[at(n)]) continue;
    if (needs_arena(n) && rounded(n) > 0) p.offset[at(n)] = arena.take(rounded(n));
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      int x = p.owner[at(g.arg(n, i))];
      if (last[at(x)] != n || !needs_arena(x)) continue;
      if (rounded(x) > 0) arena.give(p.offset[at(x)], rounded(x));
      last[at(x)] = -1;  // the same operand twice is freed once
    }
  }
  p.bytes = arena.bytes();
  return p;
}

}  // namespace calx::inline CALX_ABI::interpreting
