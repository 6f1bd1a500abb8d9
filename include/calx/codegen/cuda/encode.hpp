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
 private:
  using statement = plan::statement;
  static constexpr const auto& data = P::data;
  /// The instructions of the kernel and the loop around the last of them, if there is one.
  struct body {
    bool fits = false;
    int first = 0, last = 0, loop = -1;
  };
  /// Fits if there is one kernel: code, or code and then a loop with code inside. A thread does
  /// what is before the loop again for its element.
  static constexpr body find_body() {
    body b;
    if (data.size.kernels != 1 || data.size.elements != 0) return b;
    const plan::kernel& k = data.kernels[0];
    b.first = data.size.instructions;
    for (int s = k.first; s < k.last; ++s) {
      const statement& x = data.statements[s];
      if (x.is_loop() && b.loop < 0) b.loop = s;
      else if (x.kind != statement::code) return b;
      else if (b.loop >= 0 && s >= data.statements[b.loop].end) return b;
      else {
        b.first = x.first < b.first ? x.first : b.first;
        b.last = x.last > b.last ? x.last : b.last;
      }
    }
    b.fits = b.last > b.first;
    return b;
  }
  static constexpr body code = find_body();

 public:
  static constexpr bool is_one_loop = code.fits;
  static_assert(is_one_loop,
                "calx: only a program that is one elementwise loop becomes a kernel; this one has "
                "reductions, contractions, tables or several loops");
  static constexpr bool is_scalar = code.loop < 0;

 private:
  static constexpr int first = code.first, count = code.last - code.first;
  static constexpr plan::instruction at(int k) { return data.instructions[first + k]; }
  static constexpr bool stores(int k) { return at(k).op == plan::op_store; }
  static constexpr int count_stores() {
    int n = 0;
    for (int k = 0; k < count; ++k) n += stores(k) ? 1 : 0;
    return n;
  }
  /// The k-th instruction that stores (or does not).
  static constexpr int nth(int k, bool storing) {
    int found = 0;
    for (; found < count; ++found)
      if (stores(found) == storing && k-- == 0) break;
    return found;
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
    constexpr plan::instruction x = at(K);
    static_assert(x.op != plan::op_accumulate && x.op != plan::op_extent,
                  "calx: a kernel's loop has no reductions and no dynamic extents");
    if constexpr (x.op == plan::op_load) {
      constexpr plan::access a = data.accesses[x.access];
      static_assert(is_known(a), "calx: a kernel's strides must be known to the compiler");
      return instr<x.op, x.type, x.result, a.buffer, long{a.offset}, stride(a)>();
    } else if constexpr (x.op == plan::op_constant) {
      return instr<x.op, x.type, x.result, K>();
    } else {
      return instr<x.op, x.type, x.result, x.operand[0], x.operand[1], x.operand[2],
                   x.operand_type[0], x.operand_type[1], x.operand_type[2]>();
    }
  }
  template <int K>
  static constexpr auto encoded_output() {
    constexpr plan::instruction x = at(K);
    constexpr plan::access a = data.accesses[x.access];
    static_assert(is_known(a), "calx: a kernel's strides must be known to the compiler");
    return output<a.buffer - P::inputs, x.type, x.operand[0], long{a.offset}, stride(a)>();
  }
  template <int... I, int... O>
  static auto find(std::integer_sequence<int, I...>, std::integer_sequence<int, O...>) {
    return expression<list<decltype(encoded<nth(I, false)>())...>,
                      outputs<decltype(encoded_output<nth(O, true)>())...>>();
  }

 public:
  using type = decltype(find(std::make_integer_sequence<int, count - count_stores()>(),
                             std::make_integer_sequence<int, count_stores()>()));

  /// The values of the program's constants, by the places that the expression names.
  static constexpr auto values() {
    constants<count> c;
    for (int k = 0; k < count; ++k)
      if (at(k).op == plan::op_constant) c.bits[k] = at(k).value;
    return c;
  }
};

/// The expression of plan P.
template <class P>
using expression_of = typename encoder<P>::type;

}  // namespace calx::inline CALX_ABI::cuda
