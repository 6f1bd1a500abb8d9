// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop program of known extents, made ready for the virtual machine.
#pragma once

#include <algorithm>
#include <memory>

#include <calx/base/memory.hpp>
#include <calx/codegen/vm/loops.hpp>
#include <calx/plan/make.hpp>

namespace calx::inline CALX_ABI::vm {

using plan::at;

/// How many elements an instruction computes at once: they stay in the first cache.
inline constexpr dim block_length = 256;

/// An instruction with its loop, and its registers as places in one list.
struct operation {
  int op = 0;
  std::size_t size = 8;  // bytes of an element of the result
  int result = -1, operand[3] = {-1, -1, -1};
  int read[3] = {};  // the operands, and any register in the place of those that there are not
  int access = -1;
  int forward = -1;  // the access of the store that follows, into whose memory the result goes
  dim value = 0;     // a constant or an identity as bits, an extent, the depth of a loop
  dtype type = dtype::f64;
  element_loop apply = nullptr;  // of an op, or what combines two values
  fold_loop fold = nullptr;
};

/// An access in bytes.
struct place {
  int buffer = 0;
  dim offset = 0;
  dim stride[max_rank] = {};
};

/// A program for the machine: a plan whose extents are known, its operations in the order of the
/// instructions, and where registers lie in the memory of a block.
struct compiled {
  plan::program plan;
  vec<operation> code;
  vec<place> places;        // of the accesses
  std::size_t most_registers = 0, most_accesses = 0;  // of a kernel
  vec<int> first_register;  // by kernel: its registers in `offset`
  vec<std::size_t> offset;  // by register: where its block lies
  std::size_t bytes = 0;    // of all blocks
  vec<std::size_t> slot;    // where each slot of the arena begins
  std::size_t arena = 0;
  vec<literal> literals;  // what keeps arrays alive to which the program refers
};

namespace compiling {
/// Elements of a block that a kernel needs: those of its loop in lanes, and one outside of it.
template <class = void>
dim width_of(const plan::program& p, const plan::kernel& k) {
  for (int s = k.first; s < k.last; ++s)
    if (p.statements[at(s)].kind == plan::statement::lanes) {
      const dim n = p.statements[at(s)].extent;
      return n < 1 ? 1 : n < block_length ? n : block_length;
    }
  return 1;
}
/// Puts the elements of tables into memory of their types, which the program then refers to.
template <class = void>
void keep_tables(compiled& c) {
  for (plan::temporary& t : c.plan.temporaries) {
    if (t.table < 0) continue;
    const auto n = static_cast<std::size_t>(t.size);
    visit_dtype(t.type, [&]<class T>() {
      auto kept = std::make_shared<owned_elements<T>>(n);
      for (std::size_t i = 0; i < n; ++i)
        kept->get()[i] = from_bits<T>(c.plan.elements[at(t.table) + i]);
      t.literal = kept->get();
      c.literals.push_back(literal(t.literal, kept));
    });
  }
}
[[noreturn]] inline void refuse(const op_info& op, dtype d) {
  raise(error_kind::dtype, text() << op.name << ": has no meaning for elements of " << d);
}

/// Gives each of `count` registers of a kernel a block of `width` elements. Those that live in one
/// piece of code alone share their memory.
template <class = void>
class block_placement {
 public:
  // A line more than they need, so that blocks do not compete for the same lines of the cache.
  block_placement(compiled& to, const plan::kernel& kernel, int count, dim width)
      : c(to), k(kernel), bytes((at(static_cast<int>(width)) * 8 + 127) / 64 * 64),
        begin(to.offset.size()) {
    c.offset.resize(begin + at(count), 0);
    if (width == 1) {  // as much as needs no thought
      for (int r = 0; r < count; ++r) c.offset[begin + at(r)] = 8 * at(r);
      c.bytes = std::max(c.bytes, 8 * at(count));
      return;
    }
    const auto n = at(count);
    piece.assign(n, none), last.assign(n, -1), state.assign(n, waiting);
    for_each_operation([&](int s, int i) { note(s, i); });
    // Accumulators live before what is accumulated is computed.
    for (int r = 0; r < count; ++r)
      if (last[at(r)] == always) take(r);
    for_each_operation([&](int s, int i) { place(s, i); });
    c.bytes = end > c.bytes ? end : c.bytes;
  }

 private:
  static constexpr int none = -1, several = -2, always = 1 << 30;
  enum state_t : char { waiting, placed, freed };
  compiled& c;
  const plan::kernel& k;
  const std::size_t bytes, begin;
  vec<int> piece;  // by register: the piece of code that it lives in
  vec<int> last;   // and the last operation there that needs it
  vec<state_t> state;
  vec<std::size_t> spare;
  std::size_t end = 0;

  template <class F>
  void for_each_operation(const F& f) {
    for (int s = k.first; s < k.last; ++s) {
      const plan::statement& x = c.plan.statements[at(s)];
      for (int i = x.first; x.kind == plan::statement::code && i < x.last; ++i) f(s, i);
    }
  }
  void note(int s, int i) {
    const operation& o = c.code[at(i)];
    for (int r : {o.operand[0], o.operand[1], o.operand[2], o.result}) {
      if (r < 0) continue;
      int& p = piece[at(r)];
      p = p == none || p == s ? s : several;
      if (o.op == plan::op_accumulate && r == o.result) last[at(r)] = always;
      last[at(r)] = last[at(r)] < i ? i : last[at(r)];
    }
  }
  void take(int r) {
    if (state[at(r)] != waiting) return;
    state[at(r)] = placed;
    std::size_t& to = c.offset[begin + at(r)];
    if (spare.empty()) to = end, end += bytes;
    else to = spare.back(), spare.pop_back();
  }
  void place(int s, int i) {
    const operation& o = c.code[at(i)];
    if (o.result >= 0) take(o.result);
    for (int r : o.operand)
      if (r >= 0 && piece[at(r)] == s && last[at(r)] == i && state[at(r)] == placed)
        spare.push_back(c.offset[begin + at(r)]), state[at(r)] = freed;
  }
};

/// Writes the operations of one kernel.
template <class = void>
struct kernel_compiler {
  compiled& to;
  const plan::kernel& k;
  int first[dtype_count] = {};

  kernel_compiler(compiled& c, const plan::kernel& kernel) : to(c), k(kernel) {
    int n = 0;
    for (int d = 0; d < dtype_count; ++d) first[d] = n, n += k.registers[d];
    to.first_register.push_back(static_cast<int>(to.offset.size()));
    for (int s = k.first; s < k.last; ++s) {
      const plan::statement& x = to.plan.statements[at(s)];
      if (x.kind != plan::statement::code) continue;
      for (int i = x.first; i < x.last; ++i) add(to.plan.instructions[at(i)]);
      forward_stores(x);
    }
    block_placement<>(to, k, n, width_of(to.plan, k));
  }
  int number(dtype d, int r) const { return first[static_cast<int>(d)] + r; }
  void add(const plan::instruction& x) {
    operation o;
    o.op = x.op, o.type = x.type, o.size = size_of(x.type), o.value = x.value;
    if (x.op != plan::op_store) o.result = number(x.type, x.result);
    for (int i = 0; i < x.operands; ++i) o.operand[i] = number(x.operand_type[i], x.operand[i]);
    for (int i = 0; i < x.operands; ++i) o.read[i] = o.operand[i];
    if (x.uses_memory()) o.access = x.access;
    const auto last = static_cast<int>(x.operands > 0 ? x.operand_type[x.operands - 1] : x.type);
    if (x.op == plan::op_convert) o.apply = detail::conversion(x.operand_type[0], x.type);
    else if (x.op == plan::op_apply) o.apply = x.info->loops().apply[last];
    else if (x.op == plan::op_accumulate) {
      o.apply = x.info->combine().loops().apply[last];
      o.fold = x.info->loops().fold[last];
      o.value = x.info->loops().identity[last];
    }
    if (x.info && !o.apply) refuse(*x.info, static_cast<dtype>(last));
    to.code.push_back(o);
  }
  /// What is computed and then stored is computed where it is stored.
  void forward_stores(const plan::statement& s) {
    for (int i = s.first; i < s.last; ++i) {
      operation& store = to.code[at(i)];
      if (store.op != plan::op_store) continue;
      for (int c = i; c-- > s.first;) {
        operation& maker = to.code[at(c)];
        if (maker.op == plan::op_store || maker.result != store.operand[0]) continue;
        if (maker.apply && maker.op != plan::op_accumulate &&
            maker.forward < 0)
          maker.forward = store.access;
        break;
      }
    }
  }
};
}  // namespace compiling

/// A finished program of known extents, ready to run. It refers to the arrays that g refers to.
template <class = void>
compiled compile(graph g) {
  compiled c;
  c.literals = g.literals;
  // To this machine a block of elements costs less than as many numbers.
  c.plan = plan::make<false>(std::move(g));
  compiling::keep_tables(c);
  if (c.plan.failed != error_kind::none) raise(c.plan.failed, c.plan.message);
  for (dim bytes : c.plan.slots) {
    c.slot.push_back(c.arena);
    c.arena += (static_cast<std::size_t>(bytes) + memory_alignment - 1) / memory_alignment *
               memory_alignment;
  }
  c.code.reserve(c.plan.instructions.size()), c.places.reserve(c.plan.accesses.size());
  for (const plan::access& a : c.plan.accesses) {
    const auto size = static_cast<dim>(size_of(c.plan.buffer_type(a.buffer)));
    place x{a.buffer, a.offset * size, {}};
    for (int i = 0; i < max_rank; ++i) x.stride[i] = a.stride[i] * size;
    c.places.push_back(x);
  }
  for (const plan::kernel& k : c.plan.kernels) {
    const std::size_t registers = c.offset.size(), accesses = at(k.last_access - k.first_access);
    compiling::kernel_compiler<>(c, k);
    c.most_registers = std::max(c.most_registers, c.offset.size() - registers);
    c.most_accesses = std::max(c.most_accesses, accesses);
  }
  return c;
}

}  // namespace calx::inline CALX_ABI::vm
