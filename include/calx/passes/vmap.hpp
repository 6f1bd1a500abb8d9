// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Batching: the same program on every element of a batch, the batch axis first.
#pragma once

#include <calx/passes/reach.hpp>
#include <calx/passes/verify.hpp>

namespace calx::inline CALX_ABI::passes {

/// A value in a batched program: its node, and whether that has the batch axis.
struct batched_value {
  int id;
  bool batched;
};

/// The outputs when each of `inputs` stands for a batch (`batches`, axis first) of `size`.
template <class = void>
constexpr vec<batched_value> vmap(graph& g, const node_list& inputs,
                                          const node_list& batches, dim size,
                                          const node_list& outputs) {
  vec<batched_value> out;
  if (g.rehearsal != 0) {
    for (int n : outputs) out.push_back({n, false});
    return out;
  }
  auto wanted = needed(g, outputs), varies = dependent(g, inputs);
  int last = g.size(), first = last;
  for (int n : inputs) first = n < first ? n : first;
  node_list image(at(last), -1);
  for (std::size_t i = 0; i < inputs.size(); ++i) image[at(inputs[i])] = batches[i];
  node_list args;
  vec<bool> batched;
  for (int n = first; n < last; ++n) {
    if (!varies[at(n)] || !wanted[at(n)] || image[at(n)] >= 0) continue;
    args.clear(), batched.clear();
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      int a = g.arg(n, i);
      batched.push_back(varies[at(a)] != 0);
      args.push_back(batched.back() ? image[at(a)] : a);
    }
    image[at(n)] = g.at(n).op->batch(g, n, args.data(), batched.data(), size);
  }
  for (std::size_t i = 0, count = g.extended.size(); i < count; i += 2) {
    if (g.extended[i + 1] >= last) continue;  // of batches inside of this one
    const int shorter = image[at(g.extended[i])], longer = image[at(g.extended[i + 1])];
    if (shorter >= 0 && longer >= 0) g.extended.push_back(shorter), g.extended.push_back(longer);
  }
  require_valid("vmap", g, last);
  for (int n : outputs) {
    bool varied = varies[at(n)] != 0;
    out.push_back({varied ? image[at(n)] : n, varied});
  }
  return out;
}

}  // namespace calx::inline CALX_ABI::passes

namespace calx::inline CALX_ABI::detail {
template <class Tracer>
constexpr vec<int> batched_in(graph_for<Tracer>& g, const vec<int>& variables,
                              const vec<int>& batches, dim size, const vec<int>& out,
                              vec<char>& batched) {
  vec<int> ids;
  for (const auto& [id, varies] : passes::vmap(g, variables, batches, size, out))
    ids.push_back(id), batched.push_back(varies);
  return ids;
}
}  // namespace calx::inline CALX_ABI::detail
