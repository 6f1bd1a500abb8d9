// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops and branches over the kernels of bodies, as generated code.
#pragma once

#include <cstring>

#include <calx/codegen/cpu/run.hpp>
#include <calx/codegen/steps.hpp>

namespace calx::inline CALX_ABI::codegen {

/// Runs the bodies of control kernel K.
template <class P, int K, class Frame>
struct control_runner {
  static constexpr plan::control_record c = control_at<P, K>;
  static constexpr plan::statement s = P::data.statements[P::data.kernels[K].first];
  static constexpr int ports = c.last_port - c.first_port;

  CALX_NOINLINE static void run(const Frame& f) {
    if constexpr (s.kind == plan::statement::choose) choose(f);
    else run_steps(loop{f}, s, c.backward, f.template value<s.extent>());
  }

 private:
  template <int I>
  static constexpr plan::port port = P::data.ports[c.first_port + I];
  template <int B>
  static constexpr int pointer = P::temporary_of(B).pointer;

  template <class Use>
  CALX_INLINE static void for_each_port(const Use& use) {
    [&]<int... I>(std::integer_sequence<int, I...>) CALX_ALWAYS_INLINE {
      (use(std::integral_constant<int, I>()), ...);
    }(std::make_integer_sequence<int, ports>());
  }
  template <int B>
  CALX_INLINE static std::byte* memory(const Frame& f, dim offset = 0) {
    using T = std::remove_const_t<std::remove_pointer_t<decltype(f.template data<B>())>>;
    return reinterpret_cast<std::byte*>(const_cast<T*>(f.template data<B>()) + offset);
  }
  template <int B>
  static constexpr dim size_of_element =
      static_cast<dim>(sizeof(*std::declval<Frame>().template data<B>()));

  template <int Body>
  CALX_INLINE static void run_body(const Frame& f) {
    run_kernels<P, c.body[Body], c.body[Body + 1]>(f);
  }
  /// Carry I begins where it comes in.
  template <int I>
  CALX_INLINE static void begin(const Frame& f) {
    constexpr plan::port x = port<I>;
    if constexpr (x.kind == plan::port::carry)
      f.pointers[pointer<x.inside>] = memory<x.from>(f, f.template value<x.offset>());
  }
  /// Copies carry I from where it is to where it is wanted.
  template <int I>
  CALX_INLINE static void deliver(const Frame& f) {
    constexpr plan::port x = port<I>;
    if constexpr (x.kind == plan::port::carry)
      std::memcpy(memory<x.to>(f), f.pointers[pointer<x.inside>],
                  static_cast<std::size_t>(f.template value<x.size>() * size_of_element<x.to>));
  }
  /// What port I shows in step `step` of `steps`; the last one if `last`.
  template <int I>
  CALX_INLINE static void enter(const Frame& f, dim step, dim position, bool last) {
    constexpr plan::port x = port<I>;
    if constexpr (x.kind == plan::port::carry) {
      f.pointers[pointer<x.next>] = last            ? memory<x.to>(f)
                                    : step % 2 != 0 ? memory<x.spare[1]>(f)
                                                    : memory<x.spare[0]>(f);
    } else if constexpr (x.kind == plan::port::element) {
      const dim at = f.template value<x.offset>() + position * f.template value<x.size>();
      f.pointers[pointer<x.inside>] = memory<x.from>(f, at);
    } else if constexpr (x.kind == plan::port::stack) {
      f.pointers[pointer<x.next>] = memory<x.to>(f, position * f.template value<x.size>());
    }
  }
  template <int I>
  CALX_INLINE static void leave(const Frame& f) {
    constexpr plan::port x = port<I>;
    if constexpr (x.kind == plan::port::carry)
      f.pointers[pointer<x.inside>] = f.pointers[pointer<x.next>];
  }
  /// What run_steps asks for.
  struct loop {
    const Frame& f;
    CALX_INLINE void begin() const {
      for_each_port([&](auto i) { control_runner::begin<i.value>(f); });
    }
    CALX_INLINE void enter(dim step, dim position, bool last) const {
      for_each_port([&](auto i) { control_runner::enter<i.value>(f, step, position, last); });
    }
    template <int B>
    CALX_INLINE void body(std::integral_constant<int, B>) const {
      if constexpr (B < c.bodies) run_body<B>(f);
    }
    CALX_INLINE void leave() const {
      for_each_port([&](auto i) { control_runner::leave<i.value>(f); });
    }
    CALX_INLINE bool holds() const {
      if constexpr (c.decides >= 0) return *f.template data<c.decides>();
      else return false;
    }
    CALX_INLINE void deliver() const {
      for_each_port([&](auto i) { control_runner::deliver<i.value>(f); });
    }
  };
  static void choose(const Frame& f) {
    const dim number = *(f.template data<c.decides>() + f.template value<c.decides_offset>());
    [&]<int... B>(std::integer_sequence<int, B...>) CALX_ALWAYS_INLINE {
      (void)((number == B && (run_body<B>(f), true)) || ...);
    }(std::make_integer_sequence<int, c.bodies>());
  }
};

}  // namespace calx::inline CALX_ABI::codegen
