// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a plan of one elementwise loop to the expression type of its kernel.
#pragma once

#include <calx/codegen/cuda/expression.hpp>
#include <calx/plan/freeze.hpp>

namespace calx::inline CALX_ABI::cuda {

/// Encodes plan P: a program of numbers, which the kernel computes for every element of its
/// arrays, or one loop over one axis (what vmap makes of such a program).
template <class P>
struct encoder {
  static constexpr bool is_one_loop =
      P::count(plan::t_steps) == 1 && P::step_at(0).kind == plan::step::loop &&
      P::step_at(0).space.rank <= 1;
  static_assert(is_one_loop,
                "calx: only a program that is one elementwise loop becomes a kernel; this one has "
                "reductions, contractions or several loops");
  static constexpr plan::step step = P::step_at(0);
  static constexpr bool is_scalar = step.space.rank == 0;

  static constexpr bool stores(int k) { return P::instruction_at(k).op == plan::op_store; }
  static constexpr int count_stores() {
    int n = 0;
    for (int k = step.first; k < step.last; ++k) n += stores(k) ? 1 : 0;
    return n;
  }
  /// The k-th instruction that stores (or does not).
  static constexpr int nth(int k, bool storing) {
    int at = step.first;
    for (; at < step.last; ++at)
      if (stores(at) == storing && k-- == 0) break;
    return at;
  }
  /// How far apart the elements of neighbouring threads are.
  static constexpr long stride(const plan::access& a) {
    return is_scalar ? 1 : static_cast<long>(a.stride[0]);
  }
  static constexpr bool is_known(const plan::access& a) {
    return !is_symbol(a.offset) && !is_symbol(a.stride[0]);
  }

  template <int K>
  static constexpr auto encoded() {
    constexpr plan::instruction x = P::instruction_at(K);
    static_assert(x.op != plan::op_reduce && x.op != plan::op_identity && x.op != plan::op_extent,
                  "calx: a kernel's loop has no reductions and no extents of run time");
    if constexpr (x.op == plan::op_load) {
      constexpr plan::access a = P::access_at(x.access);
      static_assert(is_known(a), "calx: a kernel's strides must be known to the compiler");
      return instr<x.op, x.type, x.result, a.buffer, long{a.offset}, stride(a)>();
    } else if constexpr (x.op == plan::op_constant) {
      return instr<x.op, x.type, x.result, K - step.first>();
    } else {
      return instr<x.op, x.type, x.result, x.operand[0], x.operand[1], x.operand[2],
                   x.operand_type[0], x.operand_type[1], x.operand_type[2]>();
    }
  }
  template <int K>
  static constexpr auto encoded_output() {
    constexpr plan::instruction x = P::instruction_at(K);
    constexpr plan::access a = P::access_at(x.access);
    static_assert(is_known(a), "calx: a kernel's strides must be known to the compiler");
    return output<a.buffer - P::inputs, x.type, x.operand[0], long{a.offset}, stride(a)>();
  }
  template <int... I, int... O>
  static auto find(std::integer_sequence<int, I...>, std::integer_sequence<int, O...>) {
    return expression<list<decltype(encoded<nth(I, false)>())...>,
                      outputs<decltype(encoded_output<nth(O, true)>())...>>();
  }
  using type = decltype(find(
      std::make_integer_sequence<int, step.last - step.first - count_stores()>(),
      std::make_integer_sequence<int, count_stores()>()));

  /// The values of the program's constants, by the places that the expression names.
  static constexpr auto values() {
    constants<step.last - step.first> c;
    for (int k = step.first; k < step.last; ++k) {
      const plan::instruction x = P::instruction_at(k);
      if (x.op != plan::op_constant) continue;
      if (x.type == dtype::f64) c.real[k - step.first] = from_bits<double>(x.value);
      else if (x.type == dtype::f32) c.real[k - step.first] = double{from_bits<float>(x.value)};
      else c.integer[k - step.first] = x.value;
    }
    return c;
  }
};

/// The expression of plan P.
template <class P>
using expression_of = typename encoder<P>::type;

}  // namespace calx::inline CALX_ABI::cuda
