// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One instruction of a plan as code on registers.
#pragma once

#include <calx/codegen/cpu/registers.hpp>

namespace calx::inline CALX_ABI::codegen {

/// Where a loop is: the first element of each access in this row, and positions on outer axes.
template <int Accesses>
struct row_position {
  dim base[static_cast<std::size_t>(Accesses > 0 ? Accesses : 1)] = {};
  dim index[max_rank] = {};
};

/// Executes instruction K of step S on W lanes, of which the first `count` exist; `i` is the
/// position along the innermost axis.
template <class P, int S, int K, int W>
struct executor {
  /// True for a reduction along the innermost axis, which its result register accumulates.
  static constexpr bool accumulates() {
    return x.op == plan::op_reduce && inner >= 0 && stride == 0;
  }
  static constexpr plan::step step = P::step_at(S);
  static constexpr plan::instruction x = P::instruction_at(K);
  static constexpr int inner = step.space.rank - 1;
  static constexpr bool is_memory =
      x.op == plan::op_load || x.op == plan::op_store || x.op == plan::op_reduce;
  static constexpr plan::access where = is_memory ? P::access_at(x.access) : plan::access{};
  static constexpr dim stride = inner >= 0 ? where.stride[inner >= 0 ? inner : 0] : 0;
  using T = element_t<x.type>;
  using ops = vector_ops<W>;

  template <class File, int I>
  CALX_INLINE static constexpr auto& operand(File& r) {
    return static_cast<typename File::template bank<x.operand_type[I]>&>(r).r[at(x.operand[I])];
  }
  template <class Frame, class Row>
  CALX_INLINE static constexpr auto* address(const Frame& f, const Row& row, dim i) {
    return f.template data<where.buffer>() + row.base[x.access - step.first_access] +
           i * f.template value<stride>();
  }

  template <class Place>
  CALX_INLINE static constexpr void run(const Place& here, int, int, int, int, dim) {
    auto& [f, r, row, i, count] = here;
    if constexpr (x.op == plan::op_load) result(r) = load(f, row, i, count);
    else if constexpr (x.op == plan::op_store) store(f, r, row, i, count);
    else if constexpr (x.op == plan::op_reduce) reduce(f, r, row, i, count);
    else if constexpr (x.op == plan::op_extent)
      result(r) = ops::template splat<T>(static_cast<T>(f.template value<x.value>()));
    else if constexpr (x.op == plan::op_iota) {
      if constexpr (x.value == inner) result(r) = ops::template iota<T>(static_cast<T>(i));
      else result(r) = ops::template splat<T>(static_cast<T>(row.index[x.value]));
    } else {
      static_assert(x.op == plan::op_identity);
      result(r) = ops::template splat<T>(op_t<static_cast<int>(x.value)>::template identity<T>());
    }
  }

  /// Before a row: accumulators start from the identity.
  template <class File>
  CALX_INLINE static constexpr void start(File& r) {
    if constexpr (accumulates())
      result(r) = ops::template splat<T>(op_t<static_cast<int>(x.value)>::template identity<T>());
  }
  /// Adds another file's accumulator to this one's.
  template <class File>
  CALX_INLINE static constexpr void merge(File& into, File& from) {
    if constexpr (accumulates()) result(into) = combine(result(into), result(from));
  }
  /// After a row, or a block of it: combines the accumulator with memory.
  template <class Frame, class File, class Row>
  CALX_INLINE static constexpr void finish(const Frame& f, File& r, const Row& row) {
    if constexpr (accumulates()) {
      using Op = op_t<static_cast<int>(x.value)>;
      auto* p = address(f, row, 0);
      *p = Op::combine(*p, ops::fold([](T a, T b) { return Op::combine(a, b); }, result(r)));
    }
  }

 private:
  template <class File>
  CALX_INLINE static constexpr auto& result(File& r) {
    return static_cast<typename File::template bank<x.type>&>(r).r[at(x.result)];
  }
  template <class Frame, class Row>
  CALX_INLINE static constexpr lanes<T, W> load(const Frame& f, const Row& row, dim i,
                                                      int count) {
    auto* p = address(f, row, i);
    if constexpr (stride == 0) return ops::template splat<T>(*p);
    else if constexpr (stride != 1)
      return ops::load_strided(p, f.template value<stride>(), count);
    else return ops::load(p, count);
  }
  template <class Frame, class File, class Row>
  CALX_INLINE static constexpr void store(const Frame& f, File& r, const Row& row, dim i,
                                          int count) {
    put(f, row, i, count, operand<File, 0>(r));
  }
  template <class Frame, class Row>
  CALX_INLINE static constexpr void put(const Frame& f, const Row& row, dim i, int count,
                                        const lanes<T, W>& v) {
    auto* p = address(f, row, i);
    if constexpr (stride != 1 && W > 1)
      ops::store_strided(p, f.template value<stride>(), v, count);
    else ops::store(p, v, count);
  }
  /// Combines with an accumulator along the innermost axis, else with memory.
  template <class Frame, class File, class Row>
  CALX_INLINE static constexpr void reduce(const Frame& f, File& r, const Row& row, dim i,
                                           int count) {
    if constexpr (inner < 0 || stride != 0) {
      put(f, row, i, count, combine(load(f, row, i, count), operand<File, 0>(r)));
    } else {
      auto& sum = result(r);
      sum = ops::first(count, combine(sum, operand<File, 0>(r)), sum);
    }
  }

  /// The reduction's combination of two values.
  template <class V>
  CALX_INLINE static constexpr V combine(const V& a, const V& b) {
    using Op = op_t<static_cast<int>(x.value)>;
    if constexpr (W == 1 || is_float(x.type)) return Op::combine(a, b);
    else return ops::map([](T p, T q) { return Op::combine(p, q); }, a, b);
  }
};

/// Executes the instructions that compute with `Op`, a constant or a conversion on registers of
/// these dtypes. Their numbers are arguments, so that this is compiled once for a kind of
/// instruction, not once for each.
template <int Op, int W, int Operands, dtype D, dtype A, dtype B, dtype C>
struct computation {
  using T = element_t<D>;
  using ops = vector_ops<W>;

  template <class Place>
  CALX_INLINE static constexpr void run(const Place& here, int to, int a, int b, int c, dim value) {
    using file = typename Place::file;
    auto& r = static_cast<typename file::template bank<D>&>(here.r).r[to];
    auto& x = static_cast<typename file::template bank<A>&>(here.r).r;
    auto& y = static_cast<typename file::template bank<B>&>(here.r).r;
    auto& z = static_cast<typename file::template bank<C>&>(here.r).r;
    if constexpr (Op == plan::op_constant) r = ops::template splat<T>(from_bits<T>(value));
    else if constexpr (Op == plan::op_convert) r = ops::template convert<T>(x[a]);
    else if constexpr (!on_all_lanes()) {
      auto f = [](auto... v) { return op_t<Op>::eval(v...); };
      if constexpr (Operands == 1) r = ops::map(f, x[a]);
      else if constexpr (Operands == 2) r = ops::map(f, x[a], y[b]);
      else r = ops::map(f, x[a], y[b], z[c]);
    } else if constexpr (Operands == 1) r = op_t<Op>::eval(x[a]);
    else if constexpr (Operands == 2) r = op_t<Op>::eval(x[a], y[b]);
    else r = op_t<Op>::eval(x[a], y[b], z[c]);
  }

 private:
  /// Ops on floats, and logic on conditions, work on all lanes at once; others lane by lane.
  static constexpr bool on_all_lanes() {
    constexpr dtype typed = Operands == 1 ? A : Operands == 2 ? B : C;
    return W == 1 || is_float(typed) || (typed == dtype::b1 && requires { op_t<Op>::on_masks; });
  }
};

/// Where an instruction is executed.
template <class Frame, class File, class Row>
struct place_of_execution {
  using file = File;
  const Frame& f;
  File& r;
  const Row& row;
  dim i;
  int count;
};

/// The instructions of step S, and what executes each.
template <class P, int S>
struct step_code {
  static constexpr plan::step step = P::step_at(S);
  static constexpr auto list = [] {
    std::array<plan::instruction, at(step.last - step.first + 1)> all{};
    for (int k = step.first; k < step.last; ++k) all[at(k - step.first)] = P::instruction_at(k);
    return all;
  }();
  static constexpr const plan::instruction& of(int k) { return list[at(k - step.first)]; }
  static constexpr bool computes(int k) {
    int op = of(k).op;
    return op >= 0 || op == plan::op_constant || op == plan::op_convert;
  }
};
template <bool Computes>
struct choice {
  template <class P, int S, int K, int W>
  using code = executor<P, S, K, W>;
};
template <>
struct choice<true> {
  template <class P, int S, int K, int W, class C = step_code<P, S>>
  using code = computation<C::of(K).op, W, C::of(K).operands, C::of(K).type,
                           C::of(K).operand_type[0], C::of(K).operand_type[1],
                           C::of(K).operand_type[2]>;
};

/// Executes instructions [First, Last).
template <class P, int S, int W, int First, int Last, class Frame, class File, class Row>
CALX_INLINE constexpr void execute_range(const Frame& f, File& r, const Row& row, dim i,
                                         int count) {
  if constexpr (Last - First > 64) {
    constexpr int middle = First + (Last - First) / 2;
    execute_range<P, S, W, First, middle>(f, r, row, i, count);
    execute_range<P, S, W, middle, Last>(f, r, row, i, count);
  } else {
    using code = step_code<P, S>;
    const place_of_execution<Frame, File, Row> here{f, r, row, i, count};
    [&]<int... K>(std::integer_sequence<int, K...>) CALX_ALWAYS_INLINE {
      (choice<code::computes(First + K)>::template code<P, S, First + K, W>::run(
           here, code::of(First + K).result, code::of(First + K).operand[0],
           code::of(First + K).operand[1], code::of(First + K).operand[2],
           code::of(First + K).value),
       ...);
    }(std::make_integer_sequence<int, Last - First>());
  }
}

}  // namespace calx::inline CALX_ABI::codegen
