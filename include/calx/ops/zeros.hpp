// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Zeros of structure: where a tangent or cotangent vanishes whatever it is multiplied with.
#pragma once

#include <calx/ops/structural.hpp>

namespace calx::inline CALX_ABI {

// A derivative is zero by structure where a branch was not taken, where an element was cut off or
// overwritten, where padding is. There it stays zero even if a factor is infinite or NaN, which a
// product of numbers would not do. The zeros are read off the program: each op says by `zeros` and
// `support` how they come through it. A zero that was computed is none of them.

struct bit_and_t;
struct bit_or_t;

namespace detail {
template <class Op>
constexpr int emit(auto& g, int a) { return Op::emit(g, &a); }
template <class Op>
constexpr int emit(auto& g, int a, int b) {
  int x[] = {a, b};
  return Op::emit(g, x);
}

// What is known of a node: a mask, or
inline constexpr int everywhere = -1;  // it has no zeros of structure
inline constexpr int not_asked = -2;
inline constexpr int somewhere = -3;  // it has some; their mask is not made yet

/// The table of what is known of nodes.
constexpr vec<int>& supports(auto& g, bool given) {
  return given ? g.given_supports : g.supports;
}
/// Decides whether node n may have zeros of structure, if that follows from what is known of its
/// operands; else adds those to `open` that must be known first.
constexpr void judge(const auto& g, int n, vec<int>& known, bool given, vec<int>& open) {
  const node& d = g.at(n);
  const zero_rule rule = d.op->zeros;
  int verdict = rule == zero_rule::own || (rule == zero_rule::given && given) ? somewhere
                                                                               : everywhere;
  if (rule == zero_rule::any || rule == zero_rule::all) {
    const bool all = rule == zero_rule::all;
    verdict = all ? somewhere : everywhere;
    for (int i = 0; i < d.arg_count; ++i) {
      const int k = known.items[g.arg(n, i)];
      if (k == not_asked) return open.push_back(g.arg(n, i));
      if ((k == everywhere) == all) {
        verdict = all ? everywhere : somewhere;
        break;
      }
    }
  }
  known.items[n] = verdict;
}
/// Whether node n may have zeros of structure: a question that costs little and makes no node.
constexpr bool may_vanish(auto& g, int n, bool given) {
  vec<int>& known = supports(g, given);
  if (known.size() < g.nodes.size()) known.resize(g.nodes.size(), not_asked);
  if (known.items[n] == not_asked) {
    vec<int> open;  // mostly stays empty: what is known of the operands decides at once
    judge(g, n, known, given, open);
    while (known.items[n] == not_asked) {
      const int k = open.empty() ? n : open.back();
      if (known.items[k] != not_asked) open.pop_back();
      else judge(g, k, known, given, open);
    }
  }
  return known.items[n] != everywhere;
}
/// True if a mask is true everywhere.
constexpr bool is_whole(const auto& g, int mask) {
  return mask < 0 || (is<constant_t>(g, mask) && g.param(mask, 0) != 0);
}
/// Asks the op of node n where it is not zero, once its operands have their masks; else adds those
/// operands to `open`.
constexpr void make_mask(auto& g, int n, bool given, vec<int>& open) {
  vec<int> masks;
  const std::size_t before = open.size();
  const int count = g.at(n).op->zeros == zero_rule::given ? 0 : g.at(n).arg_count;
  for (int i = 0; i < count; ++i) {
    const int a = g.arg(n, i);
    masks.push_back(may_vanish(g, a, given) ? supports(g, given).items[a] : everywhere);
    if (masks.back() == somewhere) open.push_back(a);
  }
  if (open.size() > before) return;
  const int mask = g.at(n).op->support(g, n, masks.data());
  supports(g, given).items[n] = is_whole(g, mask) ? everywhere : mask;
}
/// Where node n is not zero by structure, as a node of bool of its shape; -1 if everywhere.
/// `given`: the zeros of a tangent that the user gave count as well.
constexpr int support(auto& g, int n, bool given = false) {
  if (!may_vanish(g, n, given)) return everywhere;
  vec<int> open{n};
  while (!open.empty()) {
    const int k = open.back();
    if (supports(g, given).items[k] != somewhere) open.pop_back();
    else make_mask(g, k, given, open);
  }
  return supports(g, given).items[n];
}

constexpr int constant_mask(auto& g, int n, bool value) {
  return constant_t::emit(g, dims(g.shape(n)), dtype::b1, value);
}
constexpr int kept(auto& g, int c, int t);  // t where c, else 0; in select.hpp
/// Where one of two is, where both are; -1 is everywhere.
constexpr int either(auto& g, int a, int b) {
  return a < 0 || b < 0 ? -1 : emit<bit_or_t>(g, a, b);
}
constexpr int both(auto& g, int a, int b) {
  return a < 0 ? b : b < 0 ? a : emit<bit_and_t>(g, a, b);
}
/// The masks of operands, moved as node n moves its operands.
constexpr int moved_support(auto& g, int n, const int* masks) {
  vec<int> operands;
  node d = g.at(n);
  const dim_list params = params_of(g, n);
  for (int i = 0; i < d.arg_count; ++i)
    operands.push_back(masks[i] < 0 ? constant_mask(g, g.arg(n, i), true) : masks[i]);
  const int type = g.intern({dtype::b1, dims(g.shape(n))});
  return g.add(*d.op, type, operands.data(), d.arg_count, params.data(), d.int_count);
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
