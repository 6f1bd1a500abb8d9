// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registers of a kernel, and what code needs to know of one call: pointers and extents.
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
template <class P, int K, int W, class Dtypes>
struct register_banks;
template <class P, int K, int W, int... D>
struct register_banks<P, K, W, std::integer_sequence<int, D...>>
    : register_bank<static_cast<dtype>(D), W, P::data.kernels[K].registers[D]>... {
  template <dtype E>
  using bank = register_bank<E, W, P::data.kernels[K].registers[static_cast<int>(E)]>;
};
/// The registers of kernel K of plan P: a bank for each dtype.
template <class P, int K, int W>
using register_file = register_banks<P, K, W, std::make_integer_sequence<int, dtype_count>>;

/// The elements of a table of plan P, typed.
template <class P, int Buffer>
struct table_elements {
  static constexpr plan::temporary t = P::temporary_of(Buffer);
  struct list {
    alignas(64) element_t<t.type> items[at(static_cast<int>(t.size))];
  };
  static constexpr list copied() {
    list copy{};
    for (int i = 0; i < static_cast<int>(t.size); ++i)
      copy.items[i] = from_bits<element_t<t.type>>(P::data.elements[t.table + i]);
    return copy;
  }
  static constexpr list all = copied();
};

/// One call of plan P: typed pointers to what is outside, the arena, the values of the symbols.
template <class P, class Inputs, class Outputs>
struct call_frame {
  Inputs inputs;    // a tuple of const T*
  Outputs outputs;  // a tuple of T*
  std::byte* arena = nullptr;
  const std::size_t* slots = nullptr;  // where each slot begins in the arena
  const dim* symbols = nullptr;
  std::byte** pointers = nullptr;  // of temporaries that steps of loops move

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
      constexpr plan::temporary t = P::temporary_of(B);
      if constexpr (t.table >= 0) return table_elements<P, B>::all.items;
      else if constexpr (t.pointer >= 0)
        return reinterpret_cast<element_t<t.type>*>(pointers[t.pointer]);
      else return reinterpret_cast<element_t<t.type>*>(arena + slots[t.slot]);
    }
  }
};

}  // namespace calx::inline CALX_ABI::codegen
