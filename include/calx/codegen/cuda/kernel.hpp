// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel of an expression: its body for one element, on the device or on the CPU.
#pragma once

#include <calx/base/convert.hpp>
#include <calx/codegen/cuda/expression.hpp>
#include <calx/codegen/semantics.hpp>
#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::cuda {

/// Where a kernel reads and writes: the first elements of its inputs and outputs.
template <int Inputs, int Outputs>
struct pointers {
  const void* in[Inputs > 0 ? Inputs : 1];
  void* out[Outputs > 0 ? Outputs : 1];
};

/// The registers of dtype D of one thread; every index is a constant, so they are the machine's.
template <dtype D, int N>
struct thread_bank {
  element_t<D> r[N > 0 ? N : 1];
};
template <int N, class Dtypes>
struct thread_banks;
template <int N, int... D>
struct thread_banks<N, std::integer_sequence<int, D...>>
    : thread_bank<static_cast<dtype>(D), N>... {
  template <dtype E>
  CALX_HD constexpr auto& get(long i) {
    return static_cast<thread_bank<E, N>&>(*this).r[i];
  }
};
/// The registers of one thread: a bank for each dtype.
template <int N>
using thread_registers = thread_banks<N, std::make_integer_sequence<int, dtype_count>>;

/// One instruction on the registers of the thread of element i.
template <class Instr>
struct instr_body;
template <int Op, dtype Type, int Result, long A, long B, long C, dtype TA, dtype TB, dtype TC>
struct instr_body<instr<Op, Type, Result, A, B, C, TA, TB, TC>> {
  using T = element_t<Type>;

  template <class Registers, class Pointers, class Constants>
  CALX_HD static void run(Registers& r, long i, const Pointers& p, const Constants& c) {
    T& to = r.template get<Type>(Result);
    if constexpr (Op == plan::op_load) to = static_cast<const T*>(p.in[A])[B + i * C];
    else if constexpr (Op == plan::op_iota) to = static_cast<T>(i);
    else if constexpr (Op == plan::op_convert) to = detail::convert<T>(r.template get<TA>(A));
    else if constexpr (Op == plan::op_constant) to = from_bits<T>(c.bits[A]);
    else compute<op_t<Op>>(to, r);
  }

 private:
  template <class Function, class Registers>
  CALX_HD static void compute(T& to, Registers& r) {
    using codegen::apply;
    if constexpr (Function::arity == 1) to = apply<Function, TA, 1>(r.template get<TA>(A));
    else if constexpr (Function::arity == 2)
      to = apply<Function, TB, 1>(r.template get<TA>(A), r.template get<TB>(B));
    else
      to = apply<Function, TC, 1>(r.template get<TA>(A), r.template get<TB>(B),
                                  r.template get<TC>(C));
  }
};

/// The body of an expression's kernel for element i.
template <class Expression>
struct kernel_body;
template <class... I, int... Buffer, dtype... Type, int... Register, long... Offset,
          long... Stride>
struct kernel_body<
    expression<list<I...>, outputs<output<Buffer, Type, Register, Offset, Stride>...>>> {
  static constexpr int size = static_cast<int>(sizeof...(I));

  template <class Pointers, class Constants>
  CALX_HD static void run(long i, const Pointers& p, const Constants& c) {
    thread_registers<size> r;
    (instr_body<I>::run(r, i, p, c), ...);
    ((static_cast<element_t<Type>*>(p.out[Buffer])[Offset + i * Stride] =
          r.template get<Type>(Register)),
     ...);
  }
};

/// How many threads a block has.
inline constexpr int block_size = 256;

// Expressions are deduced from a value: a name such as `expression_of<P>` would put the lambda in
// P into the name of the kernel, which nvcc's host code cannot spell.

/// Runs the kernel of an expression for elements 0 to n - 1 on the CPU, block by block, thread by
/// thread: the same body that the device runs.
template <class Instrs, class Outputs, class Pointers, class Constants>
void launch_serial(expression<Instrs, Outputs>, long n, const Pointers& p, const Constants& c) {
  for (long block = 0; block * block_size < n; ++block)
    for (long thread = 0; thread < block_size; ++thread)
      if (long i = block * block_size + thread; i < n)
        kernel_body<expression<Instrs, Outputs>>::run(i, p, c);
}

#if defined(__CUDACC__)
/// One thread an element.
template <class Instrs, class Outputs, class Pointers, class Constants>
__global__ void elementwise_kernel(long n, Pointers p, Constants c) {
  long i = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < n) kernel_body<expression<Instrs, Outputs>>::run(i, p, c);
}
/// The same on the device, whose memory the pointers are to; returns after the launch.
template <class Instrs, class Outputs, class Pointers, class Constants>
void launch(expression<Instrs, Outputs>, long n, const Pointers& p, const Constants& c,
            cudaStream_t stream = nullptr) {
  const auto blocks = static_cast<unsigned>((n + block_size - 1) / block_size);
  if (blocks > 0)
    elementwise_kernel<Instrs, Outputs><<<blocks, block_size, 0, stream>>>(n, p, c);
}
#endif

}  // namespace calx::inline CALX_ABI::cuda
