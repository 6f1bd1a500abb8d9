// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loop program, to which a graph is lowered: buffers, and kernels that are trees of statements.
#pragma once

#include <calx/passes/reach.hpp>
#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI::plan {

using passes::at;
using calx::detail::dim_list;

/// What an instruction does. In a frozen program an op is its id, which is not negative, instead of
/// `op_apply` and a description.
enum opcode : int {
  op_load = -1,        // result = memory
  op_store = -2,       // memory = operand
  op_constant = -3,    // result = bits in `value`
  op_iota = -4,        // result = position in the loop at depth `value`
  op_extent = -5,      // result = the extent `value`
  op_convert = -6,     // result = operand in another dtype
  op_accumulate = -7,  // result = combine(result, operand) by a reduction; see `accumulate`
  op_apply = -8,       // result = an elementwise op of the operands
};

/// One operation on registers, which are numbered within each dtype.
struct instruction {
  int op = 0;
  dtype type = dtype::f64;  // of the result, or of what is stored
  int result = 0;
  int operands = 0;  // how many
  int operand[3] = {};
  dtype operand_type[3] = {};
  int access = 0;                 // of load and store
  dim value = 0;                  // of a reduction in a frozen program: its id
  const op_info* info = nullptr;  // of the op that is applied, or the reduction
  constexpr bool uses_memory() const { return op == op_load || op == op_store; }
};

/// Where the elements of a value lie: a stride for each of the loops around, outermost first.
/// Buffers count inputs first, then outputs, then temporaries.
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

/// A statement; those inside of it follow it, up to `end`.
///  - code: instructions [first, last), one after the other
///  - loop: `extent` times what is inside; a loop in lanes does several positions at once
///  - accumulate: a region. At its begin the results of the `op_accumulate` inside are identities;
///    at its end each holds all that was combined. If the loop in lanes is inside, each lane
///    combines on its own, and the lanes are folded at the end. Long regions make partial results,
///    which are combined in pairs (codegen/semantics.hpp)
///  - repeat, until, choose: runs the kernels of bodies, as control record `first` says: so many
///    times as `extent` says, as long as a condition holds, or those of one body
///  - contraction: a call of a product over axes [first, last); the accesses of its kernel are
///    those of the left operand, the right one and the result
struct statement {
  enum kind_t : unsigned char {
    code, serial, lanes, accumulate, contraction, repeat, until, choose
  } kind = code;
  int end = 0;
  int first = 0, last = 0;
  dim extent = 1;
  constexpr bool is_loop() const { return kind == serial || kind == lanes; }
  constexpr bool is_control() const { return kind >= repeat; }
};

/// How bodies see a buffer. Pointers are temporaries that each step lets point elsewhere.
///  - carry: pointer `inside` is what the step before wrote, `from` at first; `next` is written:
///    the spare buffers in turn, `to` in the last step
///  - element: pointer `inside` steps through `from`
///  - stack: pointer `next` steps through `to`
///  - shared: `from` is read, or `to` written, by the bodies, and lives as long
struct port {
  enum kind_t : unsigned char { carry, element, stack, shared } kind = carry;
  int from = -1, to = -1, inside = -1, next = -1, spare[2] = {-1, -1};
  dim offset = 0;  // into `from`
  dim size = 1;    // elements a step
};

/// A control statement's bodies: body b is the kernels from body[b] on, up to body[b + 1].
struct control_record {
  static constexpr int most_bodies = 16;
  int bodies = 0, body[most_bodies + 1] = {};
  int first_port = 0, last_port = 0;
  bool backward = false;
  int decides = -1;  // the buffer of the condition, or of the number of the body
  dim decides_offset = 0;
};

/// Statements that share registers and accesses: [first, last) of the program's.
struct kernel {
  int first = 0, last = 0;
  int first_access = 0, last_access = 0;
  dtype type = dtype::f64;          // of a contraction
  const op_info* info = nullptr;    // likewise
  int registers[dtype_count] = {};  // how many of each dtype
};

/// A temporary: its dtype, the number of its elements and its slot in the arena; or an array that
/// the program refers to; or one whose elements the program has, from number `table` on.
struct temporary {
  dtype type = dtype::f64;
  dim size = 0;
  int slot = -1;
  const void* literal = nullptr;
  int table = -1;
  int pointer = -1;  // which of the program's pointers it is, or -1
  /// True if it has no memory of its own.
  constexpr bool is_given() const { return table >= 0 || literal != nullptr || pointer >= 0; }
};

/// A program: kernels to be run in order.
struct program {
  vec<aval> inputs, outputs;
  vec<kernel> kernels;
  vec<statement> statements;
  vec<instruction> instructions;
  vec<access> accesses;
  vec<contraction_axis> axes;
  vec<temporary> temporaries;
  vec<control_record> controls;
  vec<port> ports;
  int pointers = 0;  // that bodies use
  vec<dim> elements;  // of tables, as bits
  vec<dim> slots;     // bytes of each slot of the arena
  symbol_table symbols;
  vec<assumption_message> messages;
  error_kind failed = error_kind::none;
  text message;

  /// The dtype of a buffer's elements.
  constexpr dtype buffer_type(int b) const {
    const int in = static_cast<int>(inputs.size()), out = static_cast<int>(outputs.size());
    if (b < in) return inputs[at(b)].type;
    return b < in + out ? outputs[at(b - in)].type : temporaries[at(b - in - out)].type;
  }
};

}  // namespace calx::inline CALX_ABI::plan
