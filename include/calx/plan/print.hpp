// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop program as text: one statement or instruction a line, indented by the loops around it.
#pragma once

#include <ostream>

#include <calx/graph/print.hpp>
#include <calx/plan/plan.hpp>

namespace calx::inline CALX_ABI::plan {

/// Writes a program to a stream.
template <class = void>
class printer {
 public:
  printer(std::ostream& to, const program& from) : out(to), p(from) {
    for (std::size_t i = 0; i < p.inputs.size(); ++i) declare("in", i, p.inputs[i]);
    for (std::size_t i = 0; i < p.outputs.size(); ++i) declare("out", i, p.outputs[i]);
    for (std::size_t i = 0; i < p.temporaries.size(); ++i) {
      const temporary& t = p.temporaries[i];
      if (t.slot < 0 && !t.is_given()) continue;
      out << name_of(t) << i << ": " << abbreviation(t.type) << "[";
      put(t.size);
      out << "]";
      if (!t.is_given()) out << " in slot " << t.slot;
      out << "\n";
    }
    for (std::size_t k = 0; k < p.kernels.size(); ++k) {
      out << "kernel " << k << "\n";
      current = &p.kernels[k];
      depth = 0;
      write(current->first, current->last, 1);
    }
  }

 private:
  static const char* name_of(const temporary& t) {
    return t.pointer >= 0 ? "step" : t.table >= 0 ? "table" : t.literal ? "literal" : "tmp";
  }

  std::ostream& out;
  const program& p;
  const kernel* current = nullptr;
  int depth = 0;  // how many loops are around

  void put(dim d) {
    text t;
    append_dim(t, d);
    out << t.view();
  }
  void declare(const char* what, std::size_t i, const aval& a) {
    out << what << i << ": " << abbreviation(a.type) << "[";
    for (int k = 0; k < a.shape.rank; ++k)
      put(a.shape[k]), out << (k + 1 < a.shape.rank ? "," : "");
    out << "]\n";
  }
  void indent(int level) {
    for (int i = 0; i < level; ++i) out << "  ";
  }
  void write(int first, int last, int level) {
    for (int s = first; s < last; s = p.statements[at(s)].end) {
      const statement& x = p.statements[at(s)];
      if (x.kind == statement::code) {
        for (int i = x.first; i < x.last; ++i) indent(level), write(p.instructions[at(i)]);
        continue;
      }
      indent(level);
      if (x.is_control()) {
        control(x);
      } else if (x.kind == statement::contraction) {
        contraction(x);
      } else if (x.kind == statement::accumulate) {
        out << "accumulate\n";
        write(s + 1, x.end, level + 1);
      } else {
        out << (x.kind == statement::lanes ? "lanes i" : "loop i") << depth++ << " < ";
        put(x.extent);
        out << "\n";
        write(s + 1, x.end, level + 1);
        --depth;
      }
    }
  }
  void memory(const access& a) {
    const int in = static_cast<int>(p.inputs.size()), all = in + static_cast<int>(p.outputs.size());
    if (a.buffer < in) out << "in" << a.buffer;
    else if (a.buffer < all) out << "out" << a.buffer - in;
    else out << name_of(p.temporaries[at(a.buffer - all)]) << a.buffer - all;
    out << "[";
    bool first = true;
    if (a.offset != 0) put(a.offset), first = false;
    for (int i = 0; i < max_rank; ++i) {
      if (a.stride[i] == 0) continue;
      out << (first ? "" : " + ");
      if (a.stride[i] != 1) put(a.stride[i]), out << "*";
      out << "i" << i;
      first = false;
    }
    out << (first ? "0]" : "]");
  }
  void reg(dtype d, int r) { out << abbreviation(d) << "." << r; }
  void operands(const instruction& x) {
    for (int i = 0; i < x.operands; ++i) out << " ", reg(x.operand_type[i], x.operand[i]);
  }
  void write(const instruction& x) {
    if (x.op == op_store) {
      memory(p.accesses[at(x.access)]);
      out << " = ";
      reg(x.operand_type[0], x.operand[0]), out << "\n";
      return;
    }
    reg(x.type, x.result), out << " = ";
    if (x.op == op_load) memory(p.accesses[at(x.access)]);
    else if (x.op == op_constant)
      visit_dtype(x.type, [&]<class T>() { out << +from_bits<T>(x.value); });
    else if (x.op == op_iota) out << "i" << x.value;
    else if (x.op == op_extent) put(x.value);
    else if (x.op == op_accumulate) out << x.info->name << " with", operands(x);
    else out << x.info->name, operands(x);
    out << "\n";
  }
  void control(const statement& s) {
    const control_record& c = p.controls[at(s.first)];
    if (s.kind == statement::repeat) out << "repeat ", put(s.extent);
    else out << (s.kind == statement::until ? "while kernels " : "one of kernels ");
    if (s.kind == statement::repeat)
      out << (c.backward ? " times backward, kernels " : " times, kernels ");
    for (int b = 0; b < c.bodies; ++b)
      out << (b > 0 ? ", " : "") << c.body[b] << " to " << c.body[b + 1] - 1;
    out << "\n";
  }
  void contraction(const statement& s) {
    const access* a = &p.accesses[at(current->first_access)];
    memory(a[2]), out << " = sum of ", memory(a[0]), out << " * ", memory(a[1]), out << " over";
    static constexpr const char* names[] = {"batch", "rows", "columns", "contracted"};
    for (int k = s.first; k < s.last; ++k) {
      const contraction_axis& x = p.axes[at(k)];
      out << (k > s.first ? ", " : " ") << names[x.group] << " ";
      put(x.extent), out << " (", put(x.left), out << " ", put(x.right), out << " ";
      put(x.result), out << ")";
    }
    out << "\n";
  }
};

/// Inputs, outputs and temporaries; then each kernel as its loops, the innermost indented most.
template <std::same_as<program> P>
std::ostream& operator<<(std::ostream& out, const P& p) {
  if (p.failed != error_kind::none) return out << p.message.view() << "\n";
  printer<>(out, p);
  return out;
}

}  // namespace calx::inline CALX_ABI::plan
