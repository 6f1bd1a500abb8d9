// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registers of a loop, and what code needs to know of one call: pointers and extents.
#pragma once

#include <cstddef>
#include <tuple>

#include <calx/codegen/cpu/lanes.hpp>
#include <calx/plan/freeze.hpp>

namespace calx::inline CALX_ABI::codegen {

using plan::at;

/// The registers of one dtype. Arrays of which every access has a constant index become variables.
template <class T, int W, int N>
struct register_bank {
  lanes<T, W> r[static_cast<std::size_t>(N > 0 ? N : 1)];
};
/// The registers of step S of plan P, W lanes wide.
template <class P, int S, int W>
struct register_file {
  static constexpr plan::step step = P::step_at(S);
  template <dtype D>
  using bank = register_bank<element_t<D>, W, step.registers[static_cast<int>(D)]>;

  bank<dtype::b1> b1;
  bank<dtype::i32> i32;
  bank<dtype::i64> i64;
  bank<dtype::u32> u32;
  bank<dtype::u64> u64;
  bank<dtype::f32> f32;
  bank<dtype::f64> f64;

  template <dtype D, int I>
  CALX_INLINE constexpr auto& get() {
    constexpr auto i = at(I);
    if constexpr (D == dtype::b1) return b1.r[i];
    else if constexpr (D == dtype::i32) return i32.r[i];
    else if constexpr (D == dtype::i64) return i64.r[i];
    else if constexpr (D == dtype::u32) return u32.r[i];
    else if constexpr (D == dtype::u64) return u64.r[i];
    else if constexpr (D == dtype::f32) return f32.r[i];
    else return f64.r[i];
  }
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
