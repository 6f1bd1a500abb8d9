// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A planned elementwise loop as a type of numbers alone: what a kernel can be keyed on.
#pragma once

#include <calx/base/dtype.hpp>

namespace calx::inline CALX_ABI::cuda {

/// One operation: `Op` is an opcode of the plan or the id of an elementwise op. `Result` and the
/// operands are registers, numbered within each dtype. `A` means, for a load, the buffer, with
/// `B` the offset and `C` the stride of its elements; for a constant, its place in the kernel's
/// argument.
template <int Op, dtype Type, int Result, long A = 0, long B = 0, long C = 0,
          dtype TypeA = dtype::f64, dtype TypeB = dtype::f64, dtype TypeC = dtype::f64>
struct instr {};

/// A result: register `Register` goes to element `Offset + i * Stride` of buffer `Buffer`.
template <int Buffer, dtype Type, int Register, long Offset, long Stride>
struct output {};

template <class... Instr>
struct list {};
template <class... Output>
struct outputs {};

/// A whole loop body. nvcc accepts neither closure types nor class-type arguments in the name of a
/// `__global__` function, and floating-point ones need a newer front end: so operations are
/// numbers, and the values of constants come as an argument.
template <class Instrs, class Outputs>
struct expression {};

/// The constants of an expression, as bits.
template <int Count>
struct constants {
  std::int64_t bits[Count > 0 ? Count : 1] = {};
};

}  // namespace calx::inline CALX_ABI::cuda
