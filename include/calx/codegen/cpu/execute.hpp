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
  CALX_INLINE static constexpr void run(const Place& here, const plan::instruction&) {
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
      auto pair = []<class V>(V a, V b)
        requires(std::is_arithmetic_v<V> || is_float(x.type))
      { return Op::combine(a, b); };
      *p = Op::combine(*p, ops::fold(pair, result(r)));
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

/// The op, the operand count and the dtypes of a computation in one number: what code is keyed on.
/// Negative for what depends on more than that.
constexpr std::int64_t code_key(const plan::instruction& x, int number) {
  bool computes = x.op >= 0 || x.op == plan::op_constant || x.op == plan::op_convert;
  if (!computes) return -1 - number;
  std::int64_t key = (std::int64_t{x.op} + 8) << 2 | x.operands;
  key = key << 3 | static_cast<int>(x.type);
  for (dtype d : x.operand_type) key = key << 3 | static_cast<int>(d);
  return key;
}
static_assert(dtype_count <= 8);

template <int Id>
struct named_op {
  using type = op_t<Id>;
};
template <int Id>
  requires(Id < 0)
struct named_op<Id> {
  using type = void;
};
/// The op of a code key, or void.
template <std::int64_t Key>
using op_in = typename named_op<static_cast<int>(Key >> 14) - 8>::type;

/// Executes instructions that compute with one op, a constant or a conversion on registers of
/// certain dtypes. Register numbers are data, so that this is compiled once for a kind of
/// instruction, not once for each. Op is in the name of the code, as ops of two source files can
/// have one name, and so one key.
template <std::int64_t Key, int W, class Op>
struct computation {
  static constexpr int op = static_cast<int>(Key >> 14) - 8;
  static constexpr int operands = Key >> 12 & 3;
  static constexpr dtype type = static_cast<dtype>(Key >> 9 & 7);
  template <int I>
  static constexpr dtype operand_type = static_cast<dtype>(Key >> (6 - 3 * I) & 7);
  using T = element_t<type>;
  using ops = vector_ops<W>;

  template <class Place>
  CALX_INLINE static constexpr void run(const Place& here, const plan::instruction& n) {
    using file = typename Place::file;
    auto& r = static_cast<typename file::template bank<type>&>(here.r).r[n.result];
    if constexpr (op == plan::op_constant) r = ops::template splat<T>(from_bits<T>(n.value));
    else {
      auto& x = operand<0>(here.r, n);
      if constexpr (op == plan::op_convert) r = ops::template convert<T>(x);
      else if constexpr (operands == 1) r = apply(x);
      else if constexpr (operands == 2) r = apply(x, operand<1>(here.r, n));
      else r = apply(x, operand<1>(here.r, n), operand<2>(here.r, n));
    }
  }

 private:
  template <int I, class File>
  CALX_INLINE static constexpr auto& operand(File& r, const plan::instruction& n) {
    return static_cast<typename File::template bank<operand_type<I>>&>(r).r[n.operand[I]];
  }
  template <class... V>
  CALX_INLINE static constexpr auto apply(const V&... v) {
    if constexpr (on_all_lanes()) return Op::eval(v...);
    else return ops::map([](auto... one) { return Op::eval(one...); }, v...);
  }
  /// Ops on floats, and logic on conditions, work on all lanes at once; others lane by lane.
  static constexpr bool on_all_lanes() {
    constexpr dtype typed = operand_type<operands - 1>;
    return W == 1 || is_float(typed) || (typed == dtype::b1 && requires { Op::on_masks; });
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

/// What executes instructions with a key in step S.
template <class P, int S, int W, std::int64_t Key>
struct code_for : computation<Key, W, op_in<Key>> {};
template <class P, int S, int W, std::int64_t Key>
  requires(Key < 0)
struct code_for<P, S, W, Key> : executor<P, S, static_cast<int>(-1 - Key), W> {};

/// Executes instructions [First, Last).
template <class P, int S, int W, int First, int Last, class Frame, class File, class Row>
CALX_INLINE constexpr void execute_range(const Frame& f, File& r, const Row& row, dim i,
                                         int count) {
  if constexpr (Last - First > 64) {
    constexpr int middle = First + (Last - First) / 2;
    execute_range<P, S, W, First, middle>(f, r, row, i, count);
    execute_range<P, S, W, middle, Last>(f, r, row, i, count);
  } else {
    const place_of_execution<Frame, File, Row> here{f, r, row, i, count};
    [&]<int... K>(std::integer_sequence<int, K...>) CALX_ALWAYS_INLINE {
      (code_for<P, S, W, code_key(P::code[First + K], First + K)>::run(here, P::code[First + K]),
       ...);
    }(std::make_integer_sequence<int, Last - First>());
  }
}

}  // namespace calx::inline CALX_ABI::codegen
