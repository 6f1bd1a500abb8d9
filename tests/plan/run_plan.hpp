// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a plan at run time, and checks each access: the plan's meaning, spelled out slowly.
#pragma once

#include <calx/plan/make.hpp>
#include <list>
#include <stdexcept>

#include "../codegen/arrays.hpp"

namespace programs {

/// What is wrong with a plan, found while it runs.
struct plan_fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One run of a plan. Of each element it is known which buffer wrote it last, as slots of the arena
/// serve one temporary after the other, and in which kernel, as loops in lanes read ahead of what
/// they write. Of each register it is known whether the code around has made it.
class plan_run {
 public:
  plan_run(const plan::program& program, const std::vector<array>& inputs)
      : p(program), in(inputs) {
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
    for (plan::temporary& t : p.temporaries) {
      if (t.table >= 0) fill_table(t);
      const auto k = in.size() + out.size() + literals.size();
      const dim bytes = t.literal ? value(t.size) * static_cast<dim>(size_of(t.type)) : 0;
      literals.emplace_back(plan::at(static_cast<int>(bytes)), cell{static_cast<int>(k), -1});
    }
    for (now = 0; now < static_cast<int>(p.kernels.size()); ++now) run(p.kernels[plan::at(now)]);
    for (std::size_t k = 0; k < out.size(); ++k)
      for (const cell& c : memory[in.size() + k])
        require(c.writer == static_cast<int>(in.size() + k), "part of an output is never written");
  }

  plan::program p;
  const std::vector<array>& in;
  std::vector<array> out;

 private:
  struct cell {
    int writer = -1, kernel = -1;
    int reader = -1;  // the last kernel that read it
  };
  using region = std::vector<cell>;
  struct alignas(8) one_register {
    std::byte bytes[8];       // large enough for any element
    int depth = -1;           // how many loops are around what made it; -1: nothing has
    bool accumulates = false; // in the region around
  };

  std::vector<array> arena;
  std::list<array> tables;
  std::vector<region> memory;    // by byte: inputs, outputs, slots
  std::vector<region> literals;  // by temporary, empty for others
  std::vector<one_register> file[dtype_count];
  int now = 0, depth = 0;
  bool in_lanes = false, in_region = false;
  dim index[max_rank] = {};

  void fill_table(plan::temporary& t) {
    tables.emplace_back(t.type, dims{t.size});
    visit_dtype(t.type, [&]<class T>() {
      for (dim i = 0; i < t.size; ++i)
        tables.back().put(i, from_bits<T>(p.elements[plan::at(t.table) + plan::at(int(i))]));
    });
    t.literal = tables.back().bytes.data();
  }
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
    const plan::temporary& t = p.temporaries[b - external];
    if (t.literal)
      return {static_cast<std::byte*>(const_cast<void*>(t.literal)), &literals[b - external]};
    const int slot = t.slot;
    require(slot >= 0 && slot < static_cast<int>(arena.size()), "a used temporary has no slot");
    return {arena[plan::at(slot)].bytes.data(), &memory[external + plan::at(slot)]};
  }
  /// The bytes of one element, within their buffer.
  std::byte* element(int buffer, dtype type, dim offset, region::iterator& known) {
    place m = place_of(buffer);
    dim size = static_cast<dim>(size_of(type)), count = static_cast<dim>(m.known->size()) / size;
    require(type == p.buffer_type(buffer), "an access has another dtype than its buffer");
    require(offset >= 0 && offset < count, "an access is outside of its buffer");
    known = m.known->begin() + offset * size;
    return m.bytes + offset * size;
  }
  void read(int buffer, dtype type, dim offset, void* to) {
    region::iterator known;
    const std::byte* from = element(buffer, type, offset, known);
    for (std::size_t i = 0; i < size_of(type); ++i) {
      require(known[static_cast<dim>(i)].writer == buffer, "an element is read that nobody wrote");
      require(known[static_cast<dim>(i)].kernel < now, "a loop reads what it writes itself");
      known[static_cast<dim>(i)].reader = now;
    }
    std::memcpy(to, from, size_of(type));
  }
  bool is_literal(int buffer) const {
    const auto b = plan::at(buffer), external = in.size() + out.size();
    return b >= external && p.temporaries[b - external].literal != nullptr;
  }
  void write(int buffer, dtype type, dim offset, const void* from, bool again = false) {
    region::iterator known;
    const bool own = buffer >= static_cast<int>(in.size());
    require(own && !is_literal(buffer), "an input or an array of the program is written");
    std::byte* to = element(buffer, type, offset, known);
    for (std::size_t i = 0; i < size_of(type); ++i) {
      cell& c = known[static_cast<dim>(i)];
      require(again || c.kernel < now, "a loop writes an element twice");
      require(c.reader < now, "a loop writes what it has read");
      c.writer = buffer, c.kernel = now;
    }
    std::memcpy(to, from, size_of(type));
  }

  dim offset_of(const plan::access& a) const {
    dim at = value(a.offset);
    for (int i = 0; i < max_rank; ++i) {
      require(i < depth || a.stride[i] == 0, "an access moves along a loop that is not around");
      if (i < depth) at += index[i] * value(a.stride[i]);
    }
    return at;
  }

  one_register& reg(dtype d, int i) {
    auto& bank = file[static_cast<int>(d)];
    require(i >= 0 && plan::at(i) < bank.size(), "no such register");
    return bank[plan::at(i)];
  }
  /// The element in an operand of an instruction.
  const void* operand(const plan::instruction& x, int i) {
    const one_register& r = reg(x.operand_type[i], x.operand[i]);
    require(r.depth >= 0, "a register is read that the code around does not make");
    require(!r.accumulates, "an accumulator is read inside of its region");
    return r.bytes;
  }
  void* result(const plan::instruction& x) {
    one_register& r = reg(x.type, x.result);
    require(r.depth < 0, "a register is made twice");
    r.depth = depth;
    return r.bytes;
  }
  /// Forgets what was made inside of more loops than are around now.
  void leave_loop() {
    for (auto& bank : file)
      for (one_register& r : bank)
        if (r.depth > depth) r = one_register{};
  }

  void run(const plan::kernel& k) {
    require(k.first < k.last, "a kernel does nothing");
    const plan::statement& s = p.statements[plan::at(k.first)];
    if (s.kind == plan::statement::contraction) {
      require(s.end == k.last && k.last_access - k.first_access == 3, "a product is not alone");
      return contract(k, s);
    }
    for (int d = 0; d < dtype_count; ++d)
      file[d].assign(plan::at(k.registers[d]), one_register{});
    depth = 0, in_lanes = in_region = false;
    run(k, k.first, k.last);
  }
  void run(const plan::kernel& k, int first, int last) {
    for (int s = first; s < last; s = p.statements[plan::at(s)].end) {
      const plan::statement& x = p.statements[plan::at(s)];
      require(x.end > s && x.end <= last, "a statement ends outside of the one around it");
      require(x.kind != plan::statement::contraction, "a product is inside of something");
      if (x.kind == plan::statement::code) {
        require(x.end == s + 1, "statements are inside of code");
        for (int i = x.first; i < x.last; ++i) execute(k, p.instructions[plan::at(i)]);
      } else if (x.kind == plan::statement::accumulate) {
        accumulate(k, s, x);
      } else {
        loop(k, s, x);
      }
    }
  }
  void loop(const plan::kernel& k, int s, const plan::statement& x) {
    const bool lanes = x.kind == plan::statement::lanes;
    require(!(lanes && in_lanes), "a loop in lanes is inside of another one");
    require(depth < max_rank, "more loops than an access has strides");
    in_lanes = in_lanes || lanes;
    const int at = depth++;
    for (index[at] = 0; index[at] < value(x.extent); ++index[at]) {
      run(k, s + 1, x.end);
      --depth, leave_loop(), ++depth;
    }
    --depth;
    in_lanes = in_lanes && !lanes;
  }
  /// A region: its accumulators start from identities, and can be read once it has ended.
  void accumulate(const plan::kernel& k, int s, const plan::statement& x) {
    require(!in_region, "a region is inside of another one");
    in_region = true;
    std::vector<one_register*> all;
    for (int t = s + 1; t < x.end; ++t) {
      const plan::statement& y = p.statements[plan::at(t)];
      for (int i = y.first; y.kind == plan::statement::code && i < y.last; ++i) {
        const plan::instruction& o = p.instructions[plan::at(i)];
        if (o.op != plan::op_accumulate) continue;
        fold_of(o)(0, nullptr, result(o));
        all.push_back(&reg(o.type, o.result));
        all.back()->accumulates = true;
      }
    }
    require(!all.empty(), "a region accumulates nothing");
    run(k, s + 1, x.end);
    for (one_register* r : all) r->accumulates = false;
    in_region = false;
  }

  template <class V>
  void put(const plan::instruction& x, V v) {
    void* to = result(x);
    visit_dtype(x.type, [&]<class T>() {
      T element = static_cast<T>(v);
      std::memcpy(to, &element, sizeof element);
    });
  }
  void execute(const plan::kernel& k, const plan::instruction& x) {
    plan::access a;
    if (x.uses_memory()) {
      require(x.access >= k.first_access && x.access < k.last_access, "another kernel's access");
      a = p.accesses[plan::at(x.access)];
    }
    const dim offset = x.uses_memory() ? offset_of(a) : 0;
    switch (x.op) {
      case plan::op_load: return read(a.buffer, x.type, offset, result(x));
      case plan::op_store: return write(a.buffer, x.type, offset, operand(x, 0));
      case plan::op_accumulate: return accumulate(x);
      case plan::op_constant:
        return visit_dtype(x.type, [&]<class T>() { put(x, from_bits<T>(x.value)); });
      case plan::op_iota:
        require(x.value < depth, "a position is asked for along a loop that is not around");
        return put(x, index[x.value]);
      case plan::op_extent: return put(x, value(x.value));
      case plan::op_convert: {
        const void* from = operand(x, 0);
        return interpreting::conversion(x.operand_type[0], x.type)(1, &from, result(x));
      }
      default: return compute(x);
    }
  }
  void compute(const plan::instruction& x) {
    require(x.op == plan::op_apply && x.info != nullptr, "an instruction says no op");
    const void* operands[3] = {};
    for (int i = 0; i < x.operands; ++i) operands[i] = operand(x, i);
    const auto& kernels = interpreting::find_kernels(x.info, all_ops());
    auto loop = kernels.elementwise[static_cast<int>(x.operand_type[x.operands - 1])];
    require(loop != nullptr, "an instruction has no value for its dtype");
    loop(1, operands, result(x));
  }
  interpreting::fold_loop fold_of(const plan::instruction& x) const {
    require(x.info != nullptr, "a reduction is not named");
    auto fold = interpreting::find_kernels(x.info, all_ops()).reduction[static_cast<int>(x.type)];
    require(fold != nullptr, "a reduction has no value for its dtype");
    return fold;
  }
  /// *to = *to combined with an operand.
  void combine_with(const plan::instruction& x, void* to) {
    const std::size_t size = size_of(x.type);
    alignas(8) std::byte pair[16];
    std::memcpy(pair, to, size);
    std::memcpy(pair + size, operand(x, 0), size);
    fold_of(x)(2, pair, pair);
    std::memcpy(to, pair, size);
  }
  void accumulate(const plan::instruction& x) {
    one_register& sum = reg(x.type, x.result);
    require(sum.accumulates, "something is accumulated outside of a region");
    combine_with(x, sum.bytes);
  }
  void contract(const plan::kernel& kernel, const plan::statement& s) {
    require(kernel.info != nullptr && is<dot_general_t>(*kernel.info), "a product has another op");
    dims extents;
    std::vector<plan::contraction_axis> axes;
    for (int k = s.first; k < s.last; ++k) {
      axes.push_back(p.axes[plan::at(k)]);
      extents.push(value(axes.back().extent));
    }
    for (bool sums : {false, true})
      visit_dtype(kernel.type, [&]<class T>() { contract<T>(kernel, axes, extents, sums); });
  }
  /// First zeros in all elements of the result, then the sums of the products.
  template <class T>
  void contract(const plan::kernel& s, const std::vector<plan::contraction_axis>& axes,
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

/// Runs g's plan as it is made at run time, or as compilers make it, with small extents split; its
/// outputs.
inline std::vector<array> run_plan(const graph& g, const std::vector<array>& inputs) {
  return plan_run(plan::make<false>(g), inputs).out;
}
inline std::vector<array> run_compiled_plan(const graph& g, const std::vector<array>& inputs) {
  return plan_run(plan::make(g), inputs).out;
}
}  // namespace programs
