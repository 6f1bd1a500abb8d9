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
    else if constexpr (x.op == plan::op_constant)
      result(r) = ops::template splat<T>(from_bits<T>(x.value));
    else if constexpr (x.op == plan::op_extent)
      result(r) = ops::template splat<T>(static_cast<T>(f.template value<x.value>()));
    else if constexpr (x.op == plan::op_iota) {
      if constexpr (x.value == inner) result(r) = ops::template iota<T>(static_cast<T>(i));
      else result(r) = ops::template splat<T>(static_cast<T>(row.index[x.value]));
    } else if constexpr (x.op == plan::op_identity)
      result(r) = ops::template splat<T>(op_t<static_cast<int>(x.value)>::template identity<T>());
    else if constexpr (x.op == plan::op_convert)
      result(r) = ops::template convert<T>(operand<File, 0>(r));
    else result(r) = compute<op_t<x.op>>(r, std::make_integer_sequence<int, x.operands>());
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
    return r.template get<x.type, x.result>();
  }
  /// Ops on floats, and logic on conditions, work on all lanes at once; others lane by lane.
  template <class Op, class File, int... I>
  CALX_INLINE static constexpr auto compute(File& r, std::integer_sequence<int, I...>) {
    constexpr dtype typed = x.operand_type[x.operands - 1];
    if constexpr (W == 1 || is_float(typed) || (typed == dtype::b1 && requires { Op::on_masks; }))
      return Op::eval(operand<File, I>(r)...);
    else
      return ops::map([](auto... a) { return Op::eval(a...); }, operand<File, I>(r)...);
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
