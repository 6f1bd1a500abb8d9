// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The statements of a kernel as loops over registers of W lanes.
#pragma once

#include <calx/codegen/cpu/execute.hpp>

namespace calx::inline CALX_ABI::codegen {

/// How kernel K of plan P is run.
template <class P, int K>
struct kernel_shape {
  static constexpr plan::kernel kernel = P::data.kernels[K];
  static constexpr int accesses = kernel.last_access - kernel.first_access;
  using statement = plan::statement;

  static constexpr int first_of(statement::kind_t kind) {
    for (int s = kernel.first; s < kernel.last; ++s)
      if (P::data.statements[s].kind == kind) return s;
    return -1;
  }
  static constexpr int lanes_loop = first_of(statement::lanes);
  static constexpr int region = first_of(statement::accumulate);
  /// How many loops are around a statement.
  static constexpr int depth_of(int s) {
    int depth = 0;
    for (int o = kernel.first; o < s; ++o)
      depth += P::data.statements[o].is_loop() && P::data.statements[o].end > s ? 1 : 0;
    return depth;
  }
  static constexpr int lanes_depth = lanes_loop < 0 ? -1 : depth_of(lanes_loop);
  /// As many lanes as registers of the widest element type hold; numbers alone without a loop.
  static constexpr int width() {
    if (!simd::has_registers || lanes_loop < 0 ||
        P::data.statements[lanes_loop < 0 ? 0 : lanes_loop].extent == 0)
      return 1;
    std::size_t widest = 4;
    for (int d = 0; d < dtype_count; ++d)
      if (kernel.registers[d] > 0 && size_of(static_cast<dtype>(d)) > widest)
        widest = size_of(static_cast<dtype>(d));
    return simd::native_bytes / static_cast<int>(widest) > 1
               ? simd::native_bytes / static_cast<int>(widest) : 1;
  }
  /// The instructions inside of the innermost loops.
  static constexpr int body_size() {
    int n = 0;
    for (int s = lanes_loop; s < P::data.statements[lanes_loop].end; ++s)
      if (P::data.statements[s].kind == statement::code)
        n = P::data.statements[s].last - P::data.statements[s].first;
    return n;
  }
  /// Several files of registers side by side hide the latency of accumulators in short bodies.
  static constexpr int files() {
    if constexpr (region < 0 || lanes_loop < 0) return 1;
    else return body_size() <= 16 ? 4 : 1;
  }
  /// True if lanes hold positions of an axis that is accumulated over.
  static constexpr bool folds = region >= 0 && lanes_loop > region;
};

/// Runs kernel K of plan P.
template <class P, int K, class Frame>
struct kernel_runner {
  using shape = kernel_shape<P, K>;
  static constexpr plan::kernel kernel = shape::kernel;
  static constexpr int W = shape::width(), U = shape::files();
  using file = register_file<P, K, W>;
  using position = loop_position<shape::accesses>;
  static constexpr plan::statement at(int s) { return P::data.statements[s]; }

  /// Calls visit(integral_constant<int, u>) for N register files. No loop: a file is registers
  /// only if its number is a constant, which -O2 does not make of a loop's variable.
  template <int N, class F>
  CALX_INLINE static constexpr void each(F visit) {
    simd::detail::unroll<N>(visit);
  }

  /// How many accumulators the kernel has, and the instruction that combines into each.
  static constexpr int accumulators() {
    int n = 0;
    for (int s = shape::region; s >= 0 && s < at(shape::region).end; ++s)
      if (at(s).kind == plan::statement::code)
        for (int k = at(s).first; k < at(s).last; ++k) n += P::code[k].op == plan::op_accumulate;
    return n;
  }
  static constexpr int accumulator(int number) {
    for (int s = shape::region; s >= 0 && s < at(shape::region).end; ++s)
      if (at(s).kind == plan::statement::code)
        for (int k = at(s).first; k < at(s).last; ++k)
          if (P::code[k].op == plan::op_accumulate && number-- == 0) return k;
    return -1;
  }
  /// True if more than one block may be accumulated, so that there are partial results.
  static constexpr bool is_long() {
    dim steps = 1;
    for (int s = shape::region; s >= 0 && s < at(shape::region).end; ++s) {
      if (!at(s).is_loop()) continue;
      const dim n = at(s).extent, by = at(s).kind == plan::statement::lanes ? W * U : 1;
      if (is_symbol(n) || n > (dim{1} << 40)) return true;
      steps *= (n + by - 1) / by;
    }
    return steps > partial_length;
  }
  template <int A>
  using accumulating = executor<P, K, accumulator(A), W>;
  template <int A>
  static constexpr auto pair = []<class V>(const V& a, const V& b) CALX_ALWAYS_INLINE {
    using e = accumulating<A>;
    return combine<typename e::reduction, typename e::T, W>(a, b);
  };
  template <class Numbers>
  struct partials;
  template <int... A>
  struct partials<std::integer_sequence<int, A...>> {
    std::tuple<partial_results<lanes<typename accumulating<A>::T, W>>...> of;
  };
  using all_partials = partials<
      std::make_integer_sequence<int, is_long() ? accumulators() : 0>>;

  using partials_of_files = all_partials[static_cast<std::size_t>(shape::folds ? 1 : U)];
  /// The state of a running kernel. Partial results lie elsewhere: they are memory, which registers
  /// are not to become.
  struct state {
    const Frame& f;
    file r[static_cast<std::size_t>(U)];
    partials_of_files& partial;
    dim steps = 0;  // combinations since the last partial result
    CALX_INLINE constexpr state(const Frame& frame, partials_of_files& memory)
        : f(frame), partial(memory) {}
  };

  template <class F>
  CALX_INLINE static constexpr void each_accumulator(F visit) {
    if constexpr (shape::region >= 0) simd::detail::unroll<accumulators()>(visit);
  }
  template <int N>
  CALX_INLINE static constexpr void reset(state& t) {
    each_accumulator([&](auto a) CALX_ALWAYS_INLINE {
      using e = accumulating<a.value>;
      each<N>([&](auto u) CALX_ALWAYS_INLINE {
        e::result(t.r[u.value]) = vector_ops<W>::template splat<typename e::T>(
            e::reduction::template identity<typename e::T>());
      });
    });
  }
  /// Combines the accumulators of all files into those of the first.
  CALX_INLINE static constexpr void merge(state& t) {
    each_accumulator([&](auto a) CALX_ALWAYS_INLINE {
      using e = accumulating<a.value>;
      each<U - 1>([&](auto u) CALX_ALWAYS_INLINE {
        constexpr int last = U - 1 - u.value;
        auto& into = e::result(t.r[last - 1]);
        into = pair<a.value>(into, e::result(t.r[last]));
      });
    });
  }
  /// Called after `steps` combinations, one after the other. After `partial_length` of them, what N
  /// files hold becomes a partial result, and they start again.
  template <int N>
  CALX_INLINE static constexpr void tick(state& t, dim steps) {
    if constexpr (is_long()) {
      t.steps += steps;
      if (t.steps < partial_length) return;
      t.steps = 0;
      if constexpr (shape::folds) merge(t);
      each<shape::folds ? 1 : N>([&](auto u) CALX_ALWAYS_INLINE {
        each_accumulator([&](auto a) CALX_ALWAYS_INLINE {
          std::get<a.value>(t.partial[u.value].of)
              .push(accumulating<a.value>::result(t.r[u.value]), pair<a.value>);
        });
      });
      reset<shape::folds ? U : N>(t);
    }
  }
  /// Ends a region: the accumulators get all that N files have combined, in every lane if lanes
  /// are folded.
  template <int N>
  CALX_INLINE static constexpr void finish(state& t) {
    if constexpr (shape::folds) merge(t);
    each<shape::folds ? 1 : N>([&](auto u) CALX_ALWAYS_INLINE {
      each_accumulator([&](auto a) CALX_ALWAYS_INLINE {
        using e = accumulating<a.value>;
        auto& v = e::result(t.r[u.value]);
        if constexpr (is_long())
          v = std::get<a.value>(t.partial[u.value].of).total(v, pair<a.value>);
      });
    });
    if constexpr (shape::folds) fold_lanes(t);
  }
  /// The accumulators of the first file with their lanes combined, in every lane.
  CALX_INLINE static constexpr void fold_lanes(state& t) {
    each_accumulator([&](auto a) CALX_ALWAYS_INLINE {
      using e = accumulating<a.value>;
      auto& v = e::result(t.r[0]);
      v = vector_ops<W>::template splat<typename e::T>(
          fold<typename e::reduction, typename e::T, W>(v));
    });
  }

  /// The statements [First, Last) on N register files; Lanes is the depth of the loop in lanes
  /// around them or -1, and i the position in it.
  template <int First, int Last, int N, int Lanes>
  CALX_INLINE static constexpr void run(state& t, const position& p, dim i, int count) {
    if constexpr (First < Last) {
      constexpr plan::statement s = at(First);
      if constexpr (s.kind == plan::statement::code) run_code<First, N, Lanes>(t, p, i, count);
      else if constexpr (s.kind == plan::statement::serial)
        run_serial<First, N, Lanes>(t, p, i, count);
      else if constexpr (s.kind == plan::statement::lanes) run_lanes<First>(t, p);
      else run_region<First, N, Lanes>(t, p, i, count);
      run<s.end, Last, N, Lanes>(t, p, i, count);
    }
  }
  template <int S, int N, int Lanes>
  CALX_INLINE static constexpr void run_region(state& t, const position& p, dim i, int count) {
    // A row that is short in this call needs one file and no partial results.
    if constexpr (shape::folds && is_long() && at(S + 1).kind == plan::statement::lanes)
      if (t.f.template value<at(S + 1).extent>() <= 4 * W) return run_short_row<S + 1>(t, p);
    reset<N>(t);
    if constexpr (is_long()) t.steps = 0;
    run<S + 1, at(S).end, N, Lanes>(t, p, i, count);
    finish<N>(t);
  }
  template <int S>
  CALX_INLINE static constexpr void run_short_row(state& t, const position& p) {
    constexpr int depth = shape::depth_of(S), last = at(S).end;
    const dim n = t.f.template value<at(S).extent>();
    reset<1>(t);
    dim i = 0;
    for (; i + W <= n; i += W) run<S + 1, last, 1, depth>(t, p, i, W);
    if (W > 1 && i < n) run<S + 1, last, 1, depth>(t, p, i, static_cast<int>(n - i));
    fold_lanes(t);
  }
  template <int S, int N, int Lanes>
  CALX_INLINE static constexpr void run_code(state& t, const position& p, dim i, int count) {
    // Outside of lanes all files hold the same; what is stored there is accumulated.
    constexpr bool once = Lanes < 0 && P::code[at(S).first].op == plan::op_store;
    each<once ? 1 : N>([&](auto u) CALX_ALWAYS_INLINE {
      const execution<Lanes, Frame, file, position> here{t.f, t.r[u.value], p, i + u.value * W,
                                                         count};
      execute_range<P, K, W, at(S).first, at(S).last>(here);
    });
  }
  /// Steps every access along the loop at a depth.
  template <int Depth, int... A>
  CALX_INLINE static constexpr void advance(const Frame& f, position& p,
                                            std::integer_sequence<int, A...>) {
    ((p.base[A] +=
      f.template value<P::data.accesses[kernel.first_access + A].stride[Depth]>()), ...);
  }
  template <int S, int N, int Lanes>
  CALX_INLINE static constexpr void run_serial(state& t, position p, dim i, int count) {
    constexpr int depth = shape::depth_of(S);
    constexpr bool innermost =
        at(S + 1).kind == plan::statement::code && at(S + 1).end == at(S).end;
    constexpr bool accumulates = innermost && shape::region >= 0 && S > shape::region;
    const dim n = t.f.template value<at(S).extent>();
    auto run_to = [&](dim end) CALX_ALWAYS_INLINE {
      for (; p.index[depth] < end; ++p.index[depth]) {
        run<S + 1, at(S).end, N, Lanes>(t, p, i, count);
        advance<depth>(t.f, p, std::make_integer_sequence<int, shape::accesses>());
      }
    };
    p.index[depth] = 0;
    if constexpr (accumulates && is_long()) {
      for (dim from = 0; from < n; from += partial_length) {
        const dim end = n - from < partial_length ? n : from + partial_length;
        run_to(end);
        tick<N>(t, end - from);
      }
    } else {
      run_to(n);
    }
  }
  template <int S>
  CALX_INLINE static constexpr void run_lanes(state& t, const position& p) {
    constexpr int depth = shape::depth_of(S), last = at(S).end;
    constexpr bool blocks = shape::folds && is_long();
    const dim n = t.f.template value<at(S).extent>();
    dim i = 0;
    auto run_to = [&](dim end) CALX_ALWAYS_INLINE {
      if constexpr (U > 1)
        for (; i + U * W <= end; i += U * W) run<S + 1, last, U, depth>(t, p, i, W);
      for (; i + W <= end; i += W) run<S + 1, last, 1, depth>(t, p, i, W);
      if (W > 1 && i < end) {
        run<S + 1, last, 1, depth>(t, p, i, static_cast<int>(end - i));
        i = end;
      }
    };
    if constexpr (blocks) {
      constexpr dim block = partial_length * U * W;
      for (dim from = 0; from < n; from += block) {
        const dim end = n - from < block ? n : from + block;
        run_to(end);
        tick<U>(t, (end - from + U * W - 1) / (U * W));
      }
    } else {
      run_to(n);
    }
  }

  template <int... A>
  CALX_INLINE static constexpr position origin(const Frame& f, std::integer_sequence<int, A...>) {
    position p;
    ((p.base[A] = f.template value<P::data.accesses[kernel.first_access + A].offset>()), ...);
    return p;
  }
  CALX_INLINE static constexpr void run(const Frame& f) {
    partials_of_files memory;
    state t(f, memory);
    run<kernel.first, kernel.last, U, -1>(
        t, origin(f, std::make_integer_sequence<int, shape::accesses>()), 0, W);
  }
};

}  // namespace calx::inline CALX_ABI::codegen
