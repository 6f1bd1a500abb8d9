// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a constant plan on typed memory: checks, one arena, then kernel by kernel.
#pragma once

#include <calx/base/error.hpp>
#include <calx/base/memory.hpp>
#include <calx/codegen/cpu/loop.hpp>

namespace calx::inline CALX_ABI::codegen {

/// Where contractions are run; Eigen comes with them, so scalar programs do without.
template <class P, int K, class Frame>
struct contraction_runner;
template <class R>
concept has_contractions = requires { sizeof(R); };

/// The values of the symbols of plan P, given (input, axis) -> extent.
template <class P>
struct symbol_values {
  dim value[static_cast<std::size_t>(P::data.size.symbols) + 1] = {};

  constexpr dim of(dim d) const { return is_symbol(d) ? value[symbol_index(d)] : d; }
  template <class Extent>
  constexpr explicit symbol_values(const Extent& extent) {
    [&]<int... K>(std::integer_sequence<int, K...>) {
      ((value[K] = evaluate(P::data.symbols[K], extent)), ...);
    }(std::make_integer_sequence<int, P::data.size.symbols>());
  }
  constexpr dims of(dims shape) const {
    for (dim& d : shape.extent) d = of(d);
    return shape;
  }

 private:
  template <class Extent>
  constexpr dim evaluate(const symbol& s, const Extent& extent) const {
    if (s.kind == symbol_kind::input) return extent(static_cast<int>(s.a), static_cast<int>(s.b));
    dim a = of(s.a), b = of(s.b);
    if (s.kind == symbol_kind::add) return a + b;
    if (s.kind == symbol_kind::mul) return a * b;
    return b == 0 ? 0 : (a >= 0 ? a / b : -((-a + b - 1) / b));
  }
};

/// The message of a broken assumption with numbers in the place of symbols.
template <class P>
text filled(const text& message, const symbol_values<P>& values) {
  text out;
  for (std::size_t i = 0; i < message.length; ++i) {
    if (message.data[i] != mark_begin) {
      out.append_char(message.data[i]);
      continue;
    }
    int index = 0;
    for (++i; message.data[i] != mark_end; ++i) index = index * 10 + (message.data[i] - '0');
    out << values.value[index];
  }
  return out;
}
/// Raises the error of the first assumption of P that does not hold.
template <class P>
void check_assumptions(const symbol_values<P>& values) {
  auto check_one = [&]<int K>(std::integral_constant<int, K>) {
    constexpr assumption x = P::data.assumptions[K];
    dim a = values.of(x.a), b = values.of(x.b);
    bool holds = x.kind == assumption::equal      ? a == b
                 : x.kind == assumption::positive ? a >= 0
                                                  : (a == 0 ? b == 0 : b % a == 0);
    if (holds) return;
    if constexpr (x.message < 0) raise(error_kind::shape, "extents that must agree differ");
    else {
      static constexpr assumption_message said = P::message_at(x.message);
      raise(said.kind, filled<P>(said.message, values));
    }
  };
  [&]<int... K>(std::integer_sequence<int, K...>) {
    (check_one(std::integral_constant<int, K>()), ...);
  }(std::make_integer_sequence<int, P::data.size.assumptions>());
}

/// The arena of a plan: where each slot begins, and how many bytes all take.
template <class P>
struct arena_layout {
  static constexpr int slots = P::data.size.slots;
  static constexpr std::size_t alignment = memory_alignment;
  std::size_t begin[static_cast<std::size_t>(slots) + 1] = {};

  constexpr explicit arena_layout(const symbol_values<P>& values) {
    for (int k = 0; k < slots; ++k) {
      auto bytes = static_cast<std::size_t>(values.of(P::data.slots[k]));
      begin[k + 1] = begin[k] + (bytes + alignment - 1) / alignment * alignment;
    }
  }
  constexpr std::size_t bytes() const { return begin[slots]; }
};

template <class P, int K>
inline constexpr bool is_control =
    P::data.statements[P::data.kernels[K].first].is_control();
/// Control record K of plan P, and its ports.
template <class P, int K>
inline constexpr plan::control_record control_at =
    P::data.controls[P::data.statements[P::data.kernels[K].first].first];

/// True if kernel K is in a body of one of the kernels from `first` on.
template <class P>
constexpr bool is_inside(int first, int k) {
  for (int i = first; i < k; ++i) {
    const plan::statement& s = P::data.statements[P::data.kernels[i].first];
    if (!s.is_control()) continue;
    const plan::control_record& c = P::data.controls[s.first];
    if (k < c.body[c.bodies]) return true;
    i = c.body[c.bodies] - 1;
  }
  return false;
}

template <class P, int K, class Frame>
struct control_runner;  // in control.hpp

template <class P, int K, class Frame>
CALX_INLINE constexpr void run_kernel(const Frame& f) {
  constexpr plan::kernel k = P::data.kernels[K];
  if constexpr (is_control<P, K>) {
    control_runner<P, K, Frame>::run(f);
  } else if constexpr (P::data.statements[k.first].kind != plan::statement::contraction) {
    constexpr bool found = has_vector_ops<kernel_shape<P, K>::width()>;
    static_assert(found,
                  "calx: loops over arrays need the header calx/codegen/cpu/vector.hpp, which "
                  "brings SIMD; include it, or calx/calx.hpp");
    if constexpr (found) kernel_runner<P, K, Frame>::run(f);
  } else {
    using runner = contraction_runner<P, K, Frame>;
    constexpr bool found = has_contractions<runner>;
    static_assert(found,
                  "calx: matrix products need the header calx/codegen/cpu/contraction.hpp, which "
                  "brings Eigen; include it, or calx/calx.hpp");
    if constexpr (found) runner::run(f);
  }
}
/// Runs kernels [First, Last), of which loops and branches run their bodies.
template <class P, int First, int Last, class Frame>
CALX_INLINE constexpr void run_kernels(const Frame& f) {
  [&]<int... K>(std::integer_sequence<int, K...>) CALX_ALWAYS_INLINE {
    auto run = [&]<int I>(std::integral_constant<int, I>) CALX_ALWAYS_INLINE {
      if constexpr (P::data.size.controls == 0) run_kernel<P, I>(f);
      else if constexpr (!is_inside<P>(First, I)) run_kernel<P, I>(f);
    };
    (run(std::integral_constant<int, First + K>()), ...);
  }(std::make_integer_sequence<int, Last - First>());
}
template <class P, class Frame>
CALX_INLINE constexpr void run_all(const Frame& f) {
  if constexpr (P::data.pointers == 0) {
    run_kernels<P, 0, P::data.size.kernels>(f);
  } else {
    std::byte* pointers[at(P::data.pointers)] = {};
    Frame mine = f;
    mine.pointers = pointers;
    run_kernels<P, 0, P::data.size.kernels>(mine);
  }
}

/// The largest arena that lies on the stack: programs of static extents up to it allocate nothing.
inline constexpr std::size_t largest_stack_arena = std::size_t{1} << 18;

/// Runs plan P. `inputs` and `outputs` are tuples of pointers to row-major elements. The
/// assumptions must hold.
template <class P, class Inputs, class Outputs>
CALX_INLINE constexpr void run(const Inputs& inputs, const Outputs& outputs,
                               const symbol_values<P>& values) {
  using frame = call_frame<P, Inputs, Outputs>;
  if constexpr (P::data.size.slots == 0) {
    run_all<P>(frame{inputs, outputs, nullptr, nullptr, values.value});
  } else {
    const arena_layout<P> layout(values);
    if constexpr (P::is_static) {
      constexpr std::size_t bytes =
          arena_layout<P>(symbol_values<P>([](int, int) { return dim{0}; })).bytes();
      if constexpr (bytes <= largest_stack_arena) {
        alignas(64) std::byte memory[bytes > 0 ? bytes : 1];
        run_all<P>(frame{inputs, outputs, memory, layout.begin, values.value});
        return;
      }
    }
    const owned_elements<std::byte> memory(layout.bytes());
    run_all<P>(frame{inputs, outputs, memory.get(), layout.begin, values.value});
  }
}

}  // namespace calx::inline CALX_ABI::codegen
