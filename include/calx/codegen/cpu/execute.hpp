// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One instruction of a kernel as code on registers.
#pragma once

#include <calx/codegen/cpu/registers.hpp>
#include <calx/codegen/semantics.hpp>

namespace calx::inline CALX_ABI::codegen {

/// Where the serial loops are: the first element of each access, and the positions.
template <int Accesses>
struct loop_position {
  dim base[static_cast<std::size_t>(Accesses > 0 ? Accesses : 1)] = {};
  dim index[max_rank] = {};
};

/// Where an instruction is executed. Lanes is the depth of the loop in lanes around it, -1 if there
/// is none; `i` is the position in that loop, and the first `count` lanes are inside its extent.
template <int Lanes, class Frame, class File, class Position>
struct execution {
  static constexpr int in_lanes = Lanes;
  using file = File;
  const Frame& f;
  File& r;
  const Position& at;
  dim i;
  int count;
};

/// The op with a number, or void for a number below 0.
template <int Id>
struct named_op {
  using type = op_t<Id>;
};
template <int Id>
  requires(Id < 0)
struct named_op<Id> {
  using type = void;
};
/// Executes instruction N of kernel K, which touches memory or asks where it is, on W lanes.
template <class P, int K, int N, int W>
struct executor {
  static constexpr plan::instruction x = P::code[N];
  static constexpr plan::access where =
      x.uses_memory() ? P::data.accesses[x.access] : plan::access{};
  using T = element_t<x.type>;
  using ops = vector_ops<W>;

  template <class Here>
  CALX_INLINE static constexpr void run(const Here& here, const plan::instruction&) {
    if constexpr (x.op == plan::op_load) result(here.r) = load(here);
    else if constexpr (x.op == plan::op_store) put(here, operand(here.r));
    else if constexpr (x.op == plan::op_accumulate) accumulate(here);
    else if constexpr (x.op == plan::op_extent)
      result(here.r) = ops::template splat<T>(static_cast<T>(here.f.template value<x.value>()));
    else {
      static_assert(x.op == plan::op_iota);
      if constexpr (x.value == Here::in_lanes)
        result(here.r) = ops::template iota<T>(static_cast<T>(here.i));
      else result(here.r) = ops::template splat<T>(static_cast<T>(here.at.index[x.value]));
    }
  }
  template <class File>
  CALX_INLINE static constexpr auto& result(File& r) {
    return static_cast<typename File::template bank<x.type>&>(r).r[at(x.result)];
  }
  using reduction =
      typename named_op<static_cast<int>(x.op == plan::op_accumulate ? x.value : -1)>::type;

 private:
  template <class File>
  CALX_INLINE static constexpr auto& operand(File& r) {
    return static_cast<typename File::template bank<x.operand_type[0]>&>(r).r[at(x.operand[0])];
  }
  template <class Here>
  static constexpr dim stride_of() {
    return Here::in_lanes < 0 ? 0 : where.stride[Here::in_lanes < 0 ? 0 : Here::in_lanes];
  }
  template <class Here>
  CALX_INLINE static constexpr auto* address(const Here& here) {
    constexpr int first = P::data.kernels[K].first_access;
    auto* p = here.f.template data<where.buffer>() + here.at.base[x.access - first];
    if constexpr (Here::in_lanes < 0) return p;
    else return p + here.i * here.f.template value<stride_of<Here>()>();
  }
  template <class Here>
  CALX_INLINE static constexpr lanes<T, W> load(const Here& here) {
    constexpr dim stride = stride_of<Here>();
    auto* p = address(here);
    if constexpr (stride == 0) return ops::template splat<T>(*p);
    else if constexpr (stride != 1)
      return ops::load_strided(p, here.f.template value<stride>(), here.count);
    else return ops::load(p, here.count);
  }
  template <class Here>
  CALX_INLINE static constexpr void put(const Here& here, const lanes<T, W>& v) {
    constexpr dim stride = stride_of<Here>();
    auto* p = address(here);
    if constexpr (W == 1) *p = v;
    else if constexpr (stride == 0) *p = ops::first_lane(v);
    else if constexpr (stride != 1)
      ops::store_strided(p, here.f.template value<stride>(), v, here.count);
    else ops::store(p, v, here.count);
  }
  template <class Here>
  CALX_INLINE static constexpr void accumulate(const Here& here) {
    auto& sum = result(here.r);
    sum = ops::first(here.count, combine<reduction, T, W>(sum, operand(here.r)), sum);
  }
};

/// The op, the operand count and the dtypes of a computation in one number: what code is keyed on.
/// Negative for what depends on more than that.
constexpr std::int64_t code_key(const plan::instruction& x, int number) {
  bool computes = x.op >= 0 || x.op == plan::op_constant || x.op == plan::op_convert;
  if (!computes) return -1 - number;
  std::int64_t key = (std::int64_t{x.op} + 16) << 2 | x.operands;
  key = key << dtype_bits | static_cast<int>(x.type);
  for (dtype d : x.operand_type) key = key << dtype_bits | static_cast<int>(d);
  return key;
}

/// The op of a code key, or void.
template <std::int64_t Key>
using op_in = typename named_op<static_cast<int>(Key >> (4 * dtype_bits + 2)) - 16>::type;

/// Executes instructions that compute with one op, a constant or a conversion on registers of
/// certain dtypes. Register numbers are data, so that this is compiled once for a kind of
/// instruction, not once for each. Op is in the name of the code, as ops of two source files can
/// have one name, and so one key.
template <std::int64_t Key, int W, class Op>
struct computation {
  static constexpr int op = static_cast<int>(Key >> (4 * dtype_bits + 2)) - 16;
  static constexpr int operands = Key >> (4 * dtype_bits) & 3;
  static constexpr std::int64_t mask = (1 << dtype_bits) - 1;
  static constexpr dtype type = static_cast<dtype>(Key >> (3 * dtype_bits) & mask);
  template <int I>
  static constexpr dtype operand_type = static_cast<dtype>(Key >> ((2 - I) * dtype_bits) & mask);
  using T = element_t<type>;

  template <class Here>
  CALX_INLINE static constexpr void run(const Here& here, const plan::instruction& n) {
    using file = typename Here::file;
    auto& r = static_cast<typename file::template bank<type>&>(here.r).r[n.result];
    if constexpr (op == plan::op_constant)
      r = vector_ops<W>::template splat<T>(from_bits<T>(n.value));
    else if constexpr (op == plan::op_convert)
      r = vector_ops<W>::template convert<T>(operand<0>(here.r, n));
    else
      r = [&]<int... I>(std::integer_sequence<int, I...>) CALX_ALWAYS_INLINE {
        return apply<Op, operand_type<operands - 1>, W>(operand<I>(here.r, n)...);
      }(std::make_integer_sequence<int, operands>());
  }

 private:
  template <int I, class File>
  CALX_INLINE static constexpr auto& operand(File& r, const plan::instruction& n) {
    return static_cast<typename File::template bank<operand_type<I>>&>(r).r[n.operand[I]];
  }
};

/// What executes instructions with a key in kernel K.
template <class P, int K, int W, std::int64_t Key>
struct code_for : computation<Key, W, op_in<Key>> {};
template <class P, int K, int W, std::int64_t Key>
  requires(Key < 0)
struct code_for<P, K, W, Key> : executor<P, K, static_cast<int>(-1 - Key), W> {};

/// The most instructions that compilers see in one function: the time that they take for one grows
/// faster than its length.
inline constexpr int most_in_function = 400;

template <class P, int K, int W, int First, int Last, class Here>
CALX_INLINE constexpr void execute_range(const Here& here);

/// A copy of `here`, as the compiler must believe that what is stored changes the original.
template <class P, int K, int W, int First, int Last, class Here>
CALX_NOINLINE constexpr void execute_apart(const Here& here) {
  const Here mine = here;
  execute_range<P, K, W, First, Last>(mine);
}

/// Instructions [First, First + N) as a table of their own: an optimizer walks a table up to the
/// entry that it reads.
template <class P, int First, int N>
struct code_part {
  struct list {
    plan::instruction items[at(N)];
  };
  static constexpr list copied() {
    list part{};
    for (int k = 0; k < N; ++k) part.items[k] = P::code[First + k];
    return part;
  }
  static constexpr list code = copied();
};
/// Executes instructions [First, Last). Registers of long code lie in memory between its functions.
template <class P, int K, int W, int First, int Last, class Here>
CALX_INLINE constexpr void execute_range(const Here& here) {
  constexpr int middle = First + (Last - First) / 2;
  if constexpr (Last - First > most_in_function) {
    execute_apart<P, K, W, First, middle>(here);
    execute_apart<P, K, W, middle, Last>(here);
  } else if constexpr (Last - First > 64) {
    execute_range<P, K, W, First, middle>(here);
    execute_range<P, K, W, middle, Last>(here);
  } else if constexpr (First < Last) {
    constexpr const auto& code = code_part<P, First, Last - First>::code.items;
    [&]<int... N>(std::integer_sequence<int, N...>) CALX_ALWAYS_INLINE {
      (code_for<P, K, W, code_key(code[N], First + N)>::run(here, code[N]), ...);
    }(std::make_integer_sequence<int, Last - First>());
  }
}
}  // namespace calx::inline CALX_ABI::codegen
