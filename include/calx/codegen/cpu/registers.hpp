// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registers of a loop, and what code needs to know of one call: pointers and extents.
#pragma once

#include <cstddef>
#include <tuple>

#include <calx/codegen/cpu/lanes.hpp>
#include <calx/plan/freeze.hpp>

namespace calx::inline CALX_ABI::codegen {

using plan::at;

/// The N registers of dtype D, W lanes wide. Arrays of which every access has an index that
/// inlining makes a constant become variables.
template <dtype D, int W, int N>
struct register_bank {
  lanes<element_t<D>, W> r[static_cast<std::size_t>(N > 0 ? N : 1)];
};
/// How many registers of a dtype step S of plan P has.
template <class P, int S, dtype D>
inline constexpr int register_count = P::step_at(S).registers[static_cast<int>(D)];
/// The registers of step S of plan P.
template <class P, int S, int W>
struct register_file : register_bank<dtype::b1, W, register_count<P, S, dtype::b1>>,
                       register_bank<dtype::i32, W, register_count<P, S, dtype::i32>>,
                       register_bank<dtype::i64, W, register_count<P, S, dtype::i64>>,
                       register_bank<dtype::u32, W, register_count<P, S, dtype::u32>>,
                       register_bank<dtype::u64, W, register_count<P, S, dtype::u64>>,
                       register_bank<dtype::f32, W, register_count<P, S, dtype::f32>>,
                       register_bank<dtype::f64, W, register_count<P, S, dtype::f64>> {
  template <dtype D>
  using bank = register_bank<D, W, register_count<P, S, D>>;
};

/// One call of plan P: typed pointers to what is outside, the arena, the values of the symbols.
template <class P, class Inputs, class Outputs>
struct call_frame {
  Inputs inputs;    // a tuple of const T*
  Outputs outputs;  // a tuple of T*
  std::byte* arena = nullptr;
  const std::size_t* slots = nullptr;  // where each slot begins in the arena
  const dim* symbols = nullptr;

  /// The number that a dim of the plan is in this call.
  template <dim D>
  CALX_INLINE constexpr dim value() const {
    if constexpr (is_symbol(D)) return symbols[symbol_index(D)];
    else return D;
  }
  template <int B>
  CALX_INLINE constexpr auto* data() const {
    constexpr int external = P::inputs + P::outputs;
    if constexpr (B < P::inputs) return std::get<at(B)>(inputs);
    else if constexpr (B < external) return std::get<at(B - P::inputs)>(outputs);
    else {
      constexpr plan::temporary t = P::temporary_at(B - external);
      return reinterpret_cast<element_t<t.type>*>(arena + slots[t.slot]);
    }
  }
};

}  // namespace calx::inline CALX_ABI::codegen
