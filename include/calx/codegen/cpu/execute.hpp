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

  template <class File, int I>
  CALX_INLINE static constexpr auto& operand(File& r) {
    return r.template get<x.operand_type[I], x.operand[I]>();
  }
  template <class Frame, class Row>
  CALX_INLINE static constexpr auto* address(const Frame& f, const Row& row, dim i) {
    return f.template data<where.buffer>() + row.base[x.access - step.first_access] +
           i * f.template value<stride>();
  }

  template <class Frame, class File, class Row>
  CALX_INLINE static constexpr void run(const Frame& f, File& r, const Row& row, dim i,
                                        int count) {
    if constexpr (x.op == plan::op_load) result(r) = load(f, row, i, count);
    else if constexpr (x.op == plan::op_store) store(f, r, row, i, count);
    else if constexpr (x.op == plan::op_reduce) reduce(f, r, row, i, count);
    else if constexpr (x.op == plan::op_constant) result(r) = simd::splat<T, W>(from_bits<T>(x.value));
    else if constexpr (x.op == plan::op_extent)
      result(r) = simd::splat<T, W>(static_cast<T>(f.template value<x.value>()));
    else if constexpr (x.op == plan::op_iota) {
      if constexpr (x.value == inner) result(r) = simd::iota<T, W>(static_cast<T>(i));
      else result(r) = simd::splat<T, W>(static_cast<T>(row.index[x.value]));
    } else if constexpr (x.op == plan::op_identity)
      result(r) = simd::splat<T, W>(op_t<static_cast<int>(x.value)>::template identity<T>());
    else if constexpr (x.op == plan::op_convert)
      result(r) = simd::convert<T>(operand<File, 0>(r));
    else result(r) = compute<op_t<x.op>>(r, std::make_integer_sequence<int, x.operands>());
  }

  /// Before a row: accumulators start from the identity.
  template <class File>
  CALX_INLINE static constexpr void start(File& r) {
    if constexpr (accumulates())
      result(r) = simd::splat<T, W>(op_t<static_cast<int>(x.value)>::template identity<T>());
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
      *p = Op::combine(*p, simd::fold([](T a, T b) { return Op::combine(a, b); }, result(r)));
    }
  }

 private:
  template <class File>
  CALX_INLINE static constexpr auto& result(File& r) {
    return r.template get<x.type, x.result>();
  }
  /// Ops on floats, and logic on conditions, work on all lanes at once; others lane by lane.
  template <class Op, class File, int... I>
  CALX_INLINE static constexpr auto compute(File& r, std::integer_sequence<int, I...>) {
    constexpr dtype typed = x.operand_type[x.operands - 1];
    if constexpr (W == 1 || is_float(typed) || (typed == dtype::b1 && requires { Op::on_masks; }))
      return Op::eval(operand<File, I>(r)...);
    else
      return simd::map_lanes([](auto... a) { return Op::eval(a...); }, operand<File, I>(r)...);
  }
  template <class Frame, class Row>
  CALX_INLINE static constexpr simd::lanes<T, W> load(const Frame& f, const Row& row, dim i,
                                                      int count) {
    auto* p = address(f, row, i);
    if constexpr (W == 1) return *p;
    else if constexpr (stride == 0) return simd::splat<T, W>(*p);
    else if constexpr (stride != 1)
      return simd::load_strided<W>(p, f.template value<stride>(), count);
    else return count == W ? simd::load<W>(p) : simd::load_part<W>(p, count);
  }
  template <class Frame, class File, class Row>
  CALX_INLINE static constexpr void store(const Frame& f, File& r, const Row& row, dim i,
                                          int count) {
    put(f, row, i, count, operand<File, 0>(r));
  }
  template <class Frame, class Row>
  CALX_INLINE static constexpr void put(const Frame& f, const Row& row, dim i, int count,
                                        const simd::lanes<T, W>& v) {
    auto* p = address(f, row, i);
    if constexpr (W == 1) *p = v;
    else if constexpr (stride != 1)
      simd::store_strided(p, f.template value<stride>(), v, count);
    else if (count == W) simd::store(p, v);
    else simd::store_part(p, v, count);
  }
  /// Combines with an accumulator along the innermost axis, else with memory.
  template <class Frame, class File, class Row>
  CALX_INLINE static constexpr void reduce(const Frame& f, File& r, const Row& row, dim i,
                                           int count) {
    if constexpr (inner < 0 || stride != 0) {
      put(f, row, i, count, combine(load(f, row, i, count), operand<File, 0>(r)));
    } else {
      auto& sum = result(r);
      if constexpr (W == 1) sum = combine(sum, operand<File, 0>(r));
      else {
        using simd::select;
        auto next = combine(sum, operand<File, 0>(r));
        sum = count == W ? next : select(simd::first_lanes<W>(count), next, sum);
      }
    }
  }

  /// The reduction's combination of two values.
  template <class V>
  CALX_INLINE static constexpr V combine(const V& a, const V& b) {
    using Op = op_t<static_cast<int>(x.value)>;
    if constexpr (W == 1 || is_float(x.type)) return Op::combine(a, b);
    else return simd::map_lanes([](T p, T q) { return Op::combine(p, q); }, a, b);
  }
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
    [&]<int... K>(std::integer_sequence<int, K...>) __attribute__((always_inline)) {
      (executor<P, S, First + K, W>::run(f, r, row, i, count), ...);
    }(std::make_integer_sequence<int, Last - First>());
  }
}

}  // namespace calx::inline CALX_ABI::codegen
