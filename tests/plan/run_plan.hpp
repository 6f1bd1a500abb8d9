// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a plan at run time, and checks each access: the plan's meaning, spelled out slowly.
#pragma once

#include <calx/plan/make.hpp>
#include <stdexcept>

#include "../codegen/arrays.hpp"

namespace programs {

/// What is wrong with a plan, found while it runs.
struct plan_fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... Op>
std::vector<const op_info*> infos_of(type_list<Op...>) {
  return {&info_of<Op>...};
}

/// One run of a plan. Of each element it is known which buffer wrote it last, as slots of the arena
/// serve one temporary after the other, and in which step, as loops read ahead of what they write.
class plan_run {
 public:
  plan_run(const plan::program& program, const std::vector<array>& inputs)
      : p(program), in(inputs), ops(infos_of(all_ops())) {
    for (const aval& a : p.outputs) out.emplace_back(a.type, shape_of(a.shape));
    for (const array& a : in) memory.push_back(region(a.bytes.size()));
    for (const array& a : out) memory.push_back(region(a.bytes.size()));
    for (dim bytes : p.slots) {
      arena.emplace_back(dtype::b1, dims{value(bytes)});
      memory.push_back(region(arena.back().bytes.size()));
    }
    for (const aval& a : p.inputs)
      require(shape_of(a.shape) == in[static_cast<std::size_t>(&a - p.inputs.begin())].shape,
              "an input has another shape than the plan says");
    for (std::size_t k = 0; k < in.size(); ++k)
      for (cell& c : memory[k]) c = {static_cast<int>(k), -1};
    for (now = 0; now < static_cast<int>(p.steps.size()); ++now) run(p.steps[plan::at(now)]);
    for (std::size_t k = 0; k < out.size(); ++k)
      for (const cell& c : memory[in.size() + k])
        require(c.writer == static_cast<int>(in.size() + k), "part of an output is never written");
  }

  const plan::program& p;
  const std::vector<array>& in;
  std::vector<array> out;

 private:
  struct cell {
    int writer = -1, step = -1;
    int reader = -1;  // the last step that read it
  };
  using region = std::vector<cell>;
  struct alignas(8) one_register {  // large enough for any element
    std::byte bytes[8];
  };
  using registers = std::vector<one_register>;  // of one dtype

  std::vector<const op_info*> ops;
  std::vector<array> arena;
  std::vector<region> memory;  // by byte: inputs, outputs, slots
  registers file[dtype_count];
  int now = 0;

  static void require(bool holds, const char* sentence) {
    if (!holds) throw plan_fault(sentence);
  }
  dim value(dim d) const {
    return evaluate(p.symbols.symbols.begin(), d, [this](int k, int axis) {
      return in[static_cast<std::size_t>(k)].shape[axis];
    });
  }
  dims shape_of(dims s) const {
    for (int i = 0; i < s.rank; ++i) s[i] = value(s[i]);
    return s;
  }

  /// The memory of a buffer: its bytes, and what is known of each.
  struct place {
    std::byte* bytes;
    region* known;
  };
  place place_of(int buffer) {
    std::size_t b = plan::at(buffer), external = in.size() + out.size();
    if (b < in.size()) return {const_cast<std::byte*>(in[b].bytes.data()), &memory[b]};
    if (b < external) return {out[b - in.size()].bytes.data(), &memory[b]};
    int slot = p.temporaries[b - external].slot;
    require(slot >= 0 && slot < static_cast<int>(arena.size()), "a used temporary has no slot");
    return {arena[plan::at(slot)].bytes.data(), &memory[external + plan::at(slot)]};
  }
  dtype type_of(int buffer) const {
    std::size_t b = plan::at(buffer), external = in.size() + out.size();
    if (b < in.size()) return p.inputs[b].type;
    return b < external ? p.outputs[b - in.size()].type : p.temporaries[b - external].type;
  }
  /// The bytes of one element, within their buffer.
  std::byte* element(int buffer, dtype type, dim offset, region::iterator& known) {
    place m = place_of(buffer);
    dim size = static_cast<dim>(size_of(type)), count = static_cast<dim>(m.known->size()) / size;
    require(type == type_of(buffer), "an access has another dtype than its buffer");
    require(offset >= 0 && offset < count, "an access is outside of its buffer");
    known = m.known->begin() + offset * size;
    return m.bytes + offset * size;
  }
  void read(int buffer, dtype type, dim offset, void* to) {
    region::iterator known;
    const std::byte* from = element(buffer, type, offset, known);
    for (std::size_t i = 0; i < size_of(type); ++i) {
      require(known[static_cast<dim>(i)].writer == buffer, "an element is read that nobody wrote");
      require(known[static_cast<dim>(i)].step < now, "a loop reads what it writes itself");
      known[static_cast<dim>(i)].reader = now;
    }
    std::memcpy(to, from, size_of(type));
  }
  void write(int buffer, dtype type, dim offset, const void* from, bool again = false) {
    region::iterator known;
    require(buffer >= static_cast<int>(in.size()), "an input is written");
    std::byte* to = element(buffer, type, offset, known);
    for (std::size_t i = 0; i < size_of(type); ++i) {
      cell& c = known[static_cast<dim>(i)];
      require(again || c.step < now, "a loop writes an element twice");
      require(c.reader < now, "a loop writes what it has read");
      c.writer = buffer, c.step = now;
    }
    std::memcpy(to, from, size_of(type));
  }

  dim offset_of(const plan::access& a, const dims& index) const {
    dim at = value(a.offset);
    for (int i = 0; i < index.rank; ++i) at += index[i] * value(a.stride[i]);
    return at;
  }
  void* reg(dtype d, int i) {
    require(i >= 0 && plan::at(i) < file[static_cast<int>(d)].size(), "no such register");
    return file[static_cast<int>(d)][plan::at(i)].bytes;
  }

  void run(const plan::step& s) {
    if (s.kind == plan::step::contraction) return contract(s);
    for (int d = 0; d < dtype_count; ++d)
      file[d].assign(plan::at(s.registers[d]), one_register{});
    dims space = shape_of(s.space), index = space;
    for (int i = 0; i < space.rank; ++i) index[i] = 0;
    if (space.rank == 0) return execute(s.first, s.last, index);
    if (space.size() == 0) return;
    const int inner = space.rank - 1;
    for (dim i = 0; i < space.size(); ++i) {
      dim rest = i;
      for (int k = space.rank; k-- > 0; rest /= space[k]) index[k] = rest % space[k];
      if (index[inner] == 0) execute(s.first, s.hoisted, index);
      execute(s.hoisted, s.last, index);
    }
  }
  void execute(int first, int last, const dims& index) {
    for (int k = first; k < last; ++k) execute(p.instructions[plan::at(k)], index);
  }
  template <class V>
  void put(const plan::instruction& x, V v) {
    visit_dtype(x.type, [&]<class T>() {
      T element = static_cast<T>(v);
      std::memcpy(reg(x.type, x.result), &element, sizeof element);
    });
  }
  void execute(const plan::instruction& x, const dims& index) {
    const bool moves = x.op == plan::op_load || x.op == plan::op_store || x.op == plan::op_reduce;
    const plan::access a = moves ? p.accesses[plan::at(x.access)] : plan::access{};
    const dim offset = moves ? offset_of(a, index) : 0;
    if (x.op == plan::op_load) read(a.buffer, x.type, offset, reg(x.type, x.result));
    else if (x.op == plan::op_store)
      write(a.buffer, x.type, offset, reg(x.type, x.operand[0]));
    else if (x.op == plan::op_reduce) combine(x, a.buffer, offset);
    else if (x.op == plan::op_constant)
      visit_dtype(x.type, [&]<class T>() { put(x, from_bits<T>(x.value)); });
    else if (x.op == plan::op_iota) put(x, index[static_cast<int>(x.value)]);
    else if (x.op == plan::op_extent) put(x, value(x.value));
    else if (x.op == plan::op_identity) identity(x);
    else if (x.op == plan::op_convert) {
      const void* from = reg(x.operand_type[0], x.operand[0]);
      interpreting::conversion(x.operand_type[0], x.type)(1, &from, reg(x.type, x.result));
    } else {
      compute(x);
    }
  }
  const op_info* op_with(int id) const {
    for (const op_info* op : ops)
      if (op_id(op) == id) return op;
    throw plan_fault("an instruction has no op");
  }
  void compute(const plan::instruction& x) {
    const void* operands[3] = {};
    for (int i = 0; i < x.operands; ++i) operands[i] = reg(x.operand_type[i], x.operand[i]);
    const auto& kernels = interpreting::find_kernels(op_with(x.op), all_ops());
    auto loop = kernels.elementwise[static_cast<int>(x.operand_type[x.operands - 1])];
    require(loop != nullptr, "an instruction has no value for its dtype");
    loop(1, operands, reg(x.type, x.result));
  }
  interpreting::fold_loop fold_of(const plan::instruction& x) const {
    const op_info* op = op_with(static_cast<int>(x.value));
    auto fold = interpreting::find_kernels(op, all_ops()).reduction[static_cast<int>(x.type)];
    require(fold != nullptr, "a reduction has no value for its dtype");
    return fold;
  }
  void identity(const plan::instruction& x) {
    fold_of(x)(0, nullptr, reg(x.type, x.result));
  }
  void combine(const plan::instruction& x, int buffer, dim offset) {
    const std::size_t size = size_of(x.type);
    alignas(8) std::byte pair[16];
    region::iterator known;
    std::memcpy(pair, element(buffer, x.type, offset, known), size);
    for (std::size_t i = 0; i < size; ++i)
      require(known[static_cast<dim>(i)].writer == buffer, "a reduction starts from nothing");
    std::memcpy(pair + size, reg(x.type, x.operand[0]), size);
    fold_of(x)(2, pair, pair);
    write(buffer, x.type, offset, pair, true);
  }

  void contract(const plan::step& s) {
    dims extents;
    std::vector<plan::contraction_axis> axes;
    for (int k = s.first; k < s.last; ++k) {
      axes.push_back(p.axes[plan::at(k)]);
      extents.push(value(axes.back().extent));
    }
    for (bool sums : {false, true})
      visit_dtype(s.type, [&]<class T>() { contract<T>(s, axes, extents, sums); });
  }
  /// First zeros in all elements of the result, then the sums of the products.
  template <class T>
  void contract(const plan::step& s, const std::vector<plan::contraction_axis>& axes,
                dims extents, bool sums) {
    const plan::access* a = p.accesses.begin() + s.first_access;
    for (std::size_t k = 0; k < axes.size() && !sums; ++k)
      if (axes[k].group == plan::contraction_axis::contracted) extents[static_cast<int>(k)] = 1;
    for (dim i = 0; i < extents.size(); ++i) {
      dim at[3] = {value(a[0].offset), value(a[1].offset), value(a[2].offset)}, rest = i;
      for (int k = extents.rank; k-- > 0; rest /= extents[k]) {
        const plan::contraction_axis& x = axes[plan::at(k)];
        at[0] += rest % extents[k] * value(x.left), at[1] += rest % extents[k] * value(x.right);
        at[2] += rest % extents[k] * value(x.result);
      }
      region::iterator known;
      std::byte* result = element(a[2].buffer, s.type, at[2], known);
      T l{}, r{}, sum{};
      if (sums) {
        read(a[0].buffer, s.type, at[0], &l), read(a[1].buffer, s.type, at[1], &r);
        std::memcpy(&sum, result, sizeof sum);
        sum = add_t::eval(sum, mul_t::eval(l, r));
      }
      write(a[2].buffer, s.type, at[2], &sum, sums);
    }
  }
};

/// Runs g's plan; its outputs.
inline std::vector<array> run_plan(const graph& g, const std::vector<array>& inputs) {
  return plan_run(plan::make(g), inputs).out;
}
}  // namespace programs
