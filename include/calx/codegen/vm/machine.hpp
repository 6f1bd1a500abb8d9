// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The virtual machine: runs a loop program block by block, each instruction a loop of its op.
#pragma once

#include <calx/base/memory.hpp>
#include <calx/codegen/vm/control.hpp>
#include <calx/codegen/vm/moves.hpp>
#include <calx/codegen/vm/operations.hpp>
#include <calx/codegen/vm/product.hpp>

namespace calx::inline CALX_ABI::vm {

/// One run of a program.
template <class = void>
class machine {
 public:
  machine(const compiled& program, const void* const* inputs, void* const* outputs)
      : c(program), memory_(c.arena + c.bytes) {
    const auto& p = c.plan;
    buffers_.reserve(p.inputs.size() + p.outputs.size() + p.temporaries.size());
    registers_.reserve(c.most_registers), base_.reserve(c.most_accesses);
    for (std::size_t k = 0; k < p.inputs.size(); ++k)
      add_buffer(const_cast<void*>(inputs[k]));
    for (std::size_t k = 0; k < p.outputs.size(); ++k) add_buffer(outputs[k]);
    for (const plan::temporary& t : p.temporaries)
      buffers_.push_back(t.literal ? static_cast<std::byte*>(const_cast<void*>(t.literal))
                         : t.slot < 0 ? nullptr : memory_.get() + c.slot[at(t.slot)]);
    blocks_ = memory_.get() + c.arena;
    run_kernels(0, static_cast<int>(p.kernels.size()));
  }

 private:
  template <class>
  friend class control_machine;
  /// An accumulator: what it has combined, and partial results.
  struct accumulator {
    int operation;
    dim width;                  // elements: 1, or those of a block
    vec<std::byte> partial;     // finished ones, the latest last
    std::uint64_t count = 0;    // how many were finished
    int top = 0;                // how many are kept
    dim steps = 0;              // combinations since the last
  };

  const compiled& c;
  owned_elements<std::byte> memory_;
  vec<std::byte*> buffers_;
  std::byte* blocks_ = nullptr;
  vec<void*> registers_;  // of the kernel: where each one's elements are now
  vec<std::byte*> base_;  // of the kernel's accesses: the element at the loops' positions
  int first_access_ = 0, first_register_ = 0;
  dim index_[max_rank] = {};
  int lanes_depth_ = -1, depth_ = 0;
  dim lanes_ = 0, width_ = 1;  // the position in the loop in lanes; elements of a block
  bool folds_ = false;         // lanes are accumulated over
  vec<accumulator> accumulators_;

  /// Arrays without elements have no address to count from: any other serves.
  void add_buffer(void* p) {
    buffers_.push_back(p ? static_cast<std::byte*>(p) : memory_.get());
  }

  /// Runs kernels [first, last), of which loops and branches run their bodies.
  void run_kernels(int first, int last) {
    for (int k = first; k < last; ++k) {
      const plan::statement& s = c.plan.statements[at(c.plan.kernels[at(k)].first)];
      if (!s.is_control()) {
        run(k);
        continue;
      }
      const plan::control_record& x = c.plan.controls[at(s.first)];
      control_machine<machine>(*this, s, x).run();
      k = x.body[x.bodies] - 1;
    }
  }
  void run(int kernel) {
    const plan::kernel& k = c.plan.kernels[at(kernel)];
    if (c.plan.statements[at(k.first)].kind == plan::statement::contraction)
      return run_contraction(k);
    first_access_ = k.first_access;
    base_.clear();
    for (int a = k.first_access; a < k.last_access; ++a) {
      const place& where = c.places[at(a)];
      base_.push_back(buffers_[at(where.buffer)] + where.offset);
    }
    first_register_ = c.first_register[at(kernel)];
    const int last = at(kernel) + 1 < c.first_register.size()
                         ? c.first_register[at(kernel + 1)] : static_cast<int>(c.offset.size());
    registers_.clear();
    for (int r = first_register_; r < last; ++r) registers_.push_back(blocks_ + c.offset[at(r)]);
    width_ = compiling::width_of(c.plan, k);
    lanes_depth_ = -1, depth_ = 0;
    run(k.first, k.last, 1);
  }

  /// Statements [first, last), for n elements of the loop in lanes around them, or 1.
  void run(int first, int last, dim n) {
    for (int s = first; s < last; s = c.plan.statements[at(s)].end) {
      const plan::statement& x = c.plan.statements[at(s)];
      switch (x.kind) {
        case plan::statement::code:
          for (int i = x.first; i < x.last; ++i) run(c.code.items[i], i, n);
          break;
        case plan::statement::serial: run_serial(s, n); break;
        case plan::statement::lanes: run_lanes(s); break;
        case plan::statement::accumulate: run_region(s, n); break;
        default: break;  // a kernel of its own
      }
    }
  }
  void advance(int depth, dim by) {
    for (std::size_t a = 0; a < base_.size(); ++a)
      base_.items[a] += by * c.places.items[at(first_access_) + a].stride[depth];
  }
  void run_serial(int s, dim n) {
    const plan::statement& x = c.plan.statements[at(s)];
    const int depth = depth_++;
    for (index_[depth] = 0; index_[depth] < x.extent; ++index_[depth]) {
      run(s + 1, x.end, n);
      advance(depth, 1);
    }
    advance(depth, -x.extent);
    --depth_;
  }
  void run_lanes(int s) {
    const plan::statement& x = c.plan.statements[at(s)];
    lanes_depth_ = depth_++;
    for (lanes_ = 0; lanes_ < x.extent; lanes_ += block_length) {
      const dim n = x.extent - lanes_ < block_length ? x.extent - lanes_ : block_length;
      run(s + 1, x.end, n);
    }
    lanes_depth_ = -1, --depth_;
  }

  std::byte* address(int access) const {
    std::byte* p = base_.items[access - first_access_];
    return lanes_depth_ < 0 ? p : p + lanes_ * c.places.items[access].stride[lanes_depth_];
  }
  /// From one lane to the next, in elements.
  dim stride(int access) const {
    return lanes_depth_ < 0 ? 1 : c.plan.accesses.items[access].stride[lanes_depth_];
  }
  void*& reg(int r) { return registers_.items[r]; }
  /// The memory that belongs to a register.
  void* own(int r) const { return blocks_ + c.offset[at(first_register_ + r)]; }

  /// A result that is computed outside of the loop in lanes is repeated for all lanes of a block.
  void widen(const operation& o, dim n) {
    if (lanes_depth_ < 0 && width_ > 1 && n == 1)
      splat(o.size, width_, reg(o.result), reg(o.result));
  }
  void run(const operation& o, int number, dim n) {
    switch (o.op) {
      case plan::op_load: load(o, n); break;
      case plan::op_store: store(o, n); break;
      case plan::op_accumulate: accumulate(o, number, n); break;
      case plan::op_constant:
      case plan::op_extent:
        put_constant(o.type, o.value, reg(o.result));
        splat(o.size, width_, reg(o.result), reg(o.result));
        break;
      case plan::op_iota:
        if (o.value == lanes_depth_) count(o.type, n, lanes_, reg(o.result));
        else count(o.type, 1, index_[o.value], reg(o.result)),
             splat(o.size, width_, reg(o.result), reg(o.result));
        break;
      default: {
        const void* x[3] = {reg(o.read[0]), reg(o.read[1]), reg(o.read[2])};
        if (o.forward >= 0)
          reg(o.result) = lanes_depth_ < 0 || stride(o.forward) == 1 ? address(o.forward)
                                                                     : own(o.result);
        o.apply(lanes_depth_ >= 0 && n == 1 ? -1 : n, x, reg(o.result));
        if (o.forward < 0) widen(o, n);
      }
    }
  }
  void load(const operation& o, dim n) {
    std::byte* from = address(o.access);
    if (lanes_depth_ < 0) {
      splat(o.size, width_, from, reg(o.result) = own(o.result));
    } else if (const dim by = stride(o.access); by == 1) {
      reg(o.result) = from;
    } else if (by == 0) {
      splat(o.size, n, from, reg(o.result));
    } else {
      gather(o.size, n, from, by, reg(o.result));
    }
  }
  void store(const operation& o, dim n) {
    std::byte* to = address(o.access);
    if (reg(o.operand[0]) != to) scatter(o.size, n, reg(o.operand[0]), to, stride(o.access));
  }
  void run_region(int s, dim n) {
    const plan::statement& x = c.plan.statements[at(s)];
    folds_ = lanes_depth_ < 0;
    accumulators_.clear();
    for (int t = s + 1; t < x.end; ++t) {
      const plan::statement& y = c.plan.statements[at(t)];
      for (int i = y.first; y.kind == plan::statement::code && i < y.last; ++i) {
        const operation& o = c.code[at(i)];
        if (o.op != plan::op_accumulate) continue;
        accumulators_.push_back({i, folds_ ? 1 : n, {}, 0, 0, 0});
        restart(o, accumulators_.back().width);
      }
    }
    run(s + 1, x.end, n);
    for (accumulator& a : accumulators_) {
      const operation& o = c.code[at(a.operation)];
      while (a.top > 0) pop(o, a, reg(o.result));
    }
  }
  void restart(const operation& o, dim width) {
    put_constant(o.type, o.value, reg(o.result) = own(o.result));
    if (width > 1) splat(o.size, width, reg(o.result), reg(o.result));
  }
  /// value = the latest partial result combined with it.
  void pop(const operation& o, accumulator& a, void* value) {
    const std::size_t bytes = static_cast<std::size_t>(a.width) * o.size;
    const void* x[3] = {a.partial.data() + at(--a.top) * bytes, value};
    o.apply(a.width, x, value);
  }
  void push(const operation& o, accumulator& a) {
    const std::size_t bytes = static_cast<std::size_t>(a.width) * o.size;
    for (std::uint64_t carry = a.count++; carry % 2 != 0; carry /= 2) pop(o, a, reg(o.result));
    a.partial.resize(at(a.top + 1) * bytes);
    std::memcpy(a.partial.data() + at(a.top++) * bytes, reg(o.result), bytes);
    restart(o, a.width);
    a.steps = 0;
  }
  void accumulate(const operation& o, int number, dim n) {
    const void* x[3] = {reg(o.result), reg(o.operand[0])};
    alignas(memory_alignment) std::byte one[8];
    if (folds_) o.fold(n, x[1], one), x[1] = one;
    o.apply(folds_ ? 1 : n, x, reg(o.result));
    for (accumulator& a : accumulators_)
      if (a.operation == number && ++a.steps == codegen::partial_length) push(o, a);
  }

  void run_contraction(const plan::kernel& k) {
    run_product(c.plan, k, [this](int buffer) { return buffers_[at(buffer)]; });
  }
};

/// Runs a compiled program. `inputs` and `outputs` point to row-major elements, bool as C++ bool;
/// the outputs overlap nothing else.
template <class = void>
void run(const compiled& c, const void* const* inputs, void* const* outputs) {
  machine<> m(c, inputs, outputs);
}

}  // namespace calx::inline CALX_ABI::vm
