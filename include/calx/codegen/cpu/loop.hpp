// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loop nest of a step: outer axes one by one, the innermost in lanes.
#pragma once

#include <calx/codegen/cpu/execute.hpp>

namespace calx::inline CALX_ABI::codegen {

/// How a step is run.
template <class P, int S>
struct loop_shape {
  static constexpr plan::step step = P::step_at(S);
  static constexpr int rank = step.space.rank;
  static constexpr int accesses = step.last_access - step.first_access;

  /// As many lanes as registers of the widest element type hold; numbers alone for rank 0.
  static constexpr int lanes() {
    if (!simd::has_registers || rank == 0 || step.space[rank > 0 ? rank - 1 : 0] == 0) return 1;
    std::size_t widest = 4;
    for (int d = 0; d < dtype_count; ++d)
      if (step.registers[d] > 0 && size_of(static_cast<dtype>(d)) > widest)
        widest = size_of(static_cast<dtype>(d));
    return simd::native_bytes / static_cast<int>(widest) > 1
               ? simd::native_bytes / static_cast<int>(widest) : 1;
  }
  static constexpr int width = lanes();
  /// True if some reduction runs along the innermost axis.
  static constexpr bool accumulates() {
    constexpr int inner = rank > 0 ? rank - 1 : 0;
    for (int k = step.hoisted; rank > 0 && k < step.last; ++k) {
      plan::instruction x = P::instruction_at(k);
      if (x.op == plan::op_reduce && P::access_at(x.access).stride[inner] == 0) return true;
    }
    return false;
  }
  /// Independent accumulators hide the latency of short loop bodies.
  static constexpr int unroll = accumulates() && step.last - step.hoisted <= 16 ? 4 : 1;
};
/// Partial results are combined with memory after this many elements, so that long sums are sums
/// of sums, whatever the number of threads or lanes.
inline constexpr dim sum_block = 4096;

template <class P, int S, class Frame>
struct loop_runner {
  using shape = loop_shape<P, S>;
  static constexpr plan::step step = shape::step;
  static constexpr int rank = shape::rank, W = shape::width, U = shape::unroll;
  using file = register_file<P, S, W>;
  using row_type = row_position<shape::accesses>;

  template <int First, int Last>
  CALX_INLINE static constexpr void execute(const Frame& f, file& r, const row_type& row, dim i,
                                            int count) {
    execute_range<P, S, W, First, Last>(f, r, row, i, count);
  }
  /// Calls visit(integral_constant<int, K>) for the instructions of the inner loop.
  template <class F>
  CALX_INLINE static constexpr void for_stores(F visit) {
    [&]<int... K>(std::integer_sequence<int, K...>) CALX_ALWAYS_INLINE {
      (visit(std::integral_constant<int, step.hoisted + K>()), ...);
    }(std::make_integer_sequence<int, shape::accumulates() ? step.last - step.hoisted : 0>());
  }

  /// Calls visit(integral_constant<int, U>) for the register files. No loop: a file is registers
  /// only if its number is a constant, which -O2 does not make of a loop's variable.
  template <class F>
  CALX_INLINE static constexpr void each_file(F visit) {
    simd::detail::unroll<U>(visit);
  }
  /// Elements [from, to) of the innermost axis.
  CALX_INLINE static constexpr void run_block(const Frame& f, file (&r)[U], const row_type& row,
                                              dim from, dim to) {
    each_file([&](auto u) CALX_ALWAYS_INLINE {
      for_stores([&](auto k) { executor<P, S, k.value, W>::start(r[u]); });
    });
    dim i = from;
    if constexpr (U > 1)
      for (; i + U * W <= to; i += U * W)
        each_file([&](auto u) CALX_ALWAYS_INLINE {
          execute<step.hoisted, step.last>(f, r[u], row, i + u * W, W);
        });
    for (; i + W <= to; i += W) execute<step.hoisted, step.last>(f, r[0], row, i, W);
    if (W > 1 && i < to)
      execute<step.hoisted, step.last>(f, r[0], row, i, static_cast<int>(to - i));
    each_file([&](auto u) CALX_ALWAYS_INLINE {
      constexpr int from_last = U - 1 - u.value;
      if constexpr (from_last > 0)
        for_stores([&](auto k) {
          executor<P, S, k.value, W>::merge(r[from_last - 1], r[from_last]);
        });
    });
    for_stores([&](auto k) { executor<P, S, k.value, W>::finish(f, r[0], row); });
  }
  CALX_INLINE static constexpr void run_row(const Frame& f, const row_type& row) {
    file r[U];
    each_file([&](auto u) CALX_ALWAYS_INLINE {
      execute<step.first, step.hoisted>(f, r[u], row, 0, W);
    });
    const dim n = f.template value<step.space[rank - 1]>();
    if constexpr (!shape::accumulates()) run_block(f, r, row, 0, n);
    else
      for (dim from = 0; from < n; from += sum_block)
        run_block(f, r, row, from, n - from < sum_block ? n : from + sum_block);
  }
  /// Steps every access along one axis.
  template <int Axis, int... A>
  CALX_INLINE static constexpr void advance(const Frame& f, row_type& row,
                                            std::integer_sequence<int, A...>) {
    ((row.base[A] += f.template value<P::access_at(step.first_access + A).stride[Axis]>()), ...);
  }
  template <int Axis>
  CALX_INLINE static constexpr void run_axis(const Frame& f, row_type row) {
    if constexpr (Axis + 1 == rank) run_row(f, row);
    else {
      const dim n = f.template value<step.space[Axis]>();
      for (row.index[Axis] = 0; row.index[Axis] < n; ++row.index[Axis]) {
        run_axis<Axis + 1>(f, row);
        advance<Axis>(f, row, std::make_integer_sequence<int, shape::accesses>());
      }
    }
  }
  template <int... A>
  CALX_INLINE static constexpr row_type origin(const Frame& f, std::integer_sequence<int, A...>) {
    row_type row;
    ((row.base[A] = f.template value<P::access_at(step.first_access + A).offset>()), ...);
    return row;
  }
  CALX_INLINE static constexpr void run(const Frame& f) {
    auto row = origin(f, std::make_integer_sequence<int, shape::accesses>());
    if constexpr (rank > 0) run_axis<0>(f, row);
    else {
      file r;
      execute<step.first, step.last>(f, r, row, 0, 1);
    }
  }
};

}  // namespace calx::inline CALX_ABI::codegen
