// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program becomes before code is made of it: steps, each a loop of instructions.
#pragma once

#include <calx/passes/reach.hpp>
#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI::plan {

using passes::at;
using calx::detail::dim_list;

/// What an instruction does; other values are the id of an elementwise op.
enum opcode : int {
  op_load = -1,      // result = memory
  op_store = -2,     // memory = operand
  op_constant = -3,  // result = bits in `value`
  op_iota = -4,      // result = position along axis `value`
  op_extent = -5,    // result = the extent `value`
  op_convert = -6,   // result = operand in another dtype
  op_identity = -7,  // result = what the reduction with id `value` starts from
  op_reduce = -8,    // memory = combine(memory, operand) by the reduction with id `value`
};

/// One operation on registers, which are numbered within each dtype.
struct instruction {
  int op = 0;
  dtype type = dtype::f64;  // of the result, or of what is stored
  int result = 0;
  int operands = 0;  // how many
  int operand[3] = {};
  dtype operand_type[3] = {};
  int access = 0;  // of load, store and reduce
  dim value = 0;
};

/// Where the elements of a value lie, seen from the axes of a loop. Buffers count inputs first,
/// then outputs, then temporaries.
struct access {
  int buffer = 0;
  dim offset = 0;
  dim stride[max_rank] = {};
};

/// The four groups of axes of a contraction, and the operands' strides along them.
struct contraction_axis {
  enum group_t : unsigned char { batch, rows, columns, contracted } group = batch;
  dim extent = 1, left = 0, right = 0, result = 0;  // strides
};

/// A loop nest over `space`: instructions [first, hoisted) run once per innermost loop, those from
/// `hoisted` to `last` in it; or a contraction, whose axes are [first, last) and whose accesses
/// are those of the left operand, the right one and the result.
struct step {
  enum kind_t : unsigned char { loop, contraction } kind = loop;
  dims space;
  int first = 0, hoisted = 0, last = 0;
  int first_access = 0, last_access = 0;
  dtype type = dtype::f64;             // of a contraction
  int registers[dtype_count] = {};     // how many of each dtype
};

/// A temporary: its dtype, the number of its elements and its slot in the arena.
struct temporary {
  dtype type = dtype::f64;
  dim size = 0;
  int slot = -1;
};

/// A program as steps to be run in order.
struct program {
  vec<aval> inputs, outputs;
  vec<step> steps;
  vec<instruction> instructions;
  vec<access> accesses;
  vec<contraction_axis> axes;
  vec<temporary> temporaries;
  vec<dim> slots;  // bytes of each slot of the arena
  symbol_table symbols;
  vec<assumption_message> messages;
  error_kind failed = error_kind::none;
  text message;
};

}  // namespace calx::inline CALX_ABI::plan
