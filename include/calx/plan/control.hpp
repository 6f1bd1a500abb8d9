// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops and branches over kernels: the plans of bodies within that of the program around them.
#pragma once

#include <calx/plan/fuse.hpp>
#include <calx/plan/outline.hpp>

namespace calx::inline CALX_ABI::plan {

/// Puts the plan of a body into another: `inputs` and `outputs` say where what it reads and writes
/// lies there.
template <class = void>
class splicer {
 public:
  constexpr splicer(program& into, const program& body, const vec<access>& inputs,
                    const vec<access>& outputs)
      : p(into), b(body) {
    const int before = external(p) + static_cast<int>(p.temporaries.size());
    for (const access& a : inputs) place.push_back(a);
    for (const access& a : outputs) place.push_back(a);
    for (std::size_t t = 0; t < b.temporaries.size(); ++t)
      place.push_back({before + static_cast<int>(t), 0, {}});
    for (temporary t : b.temporaries) {
      if (t.table >= 0) t.table += static_cast<int>(p.elements.size());
      t.slot = -1;
      p.temporaries.push_back(t);
    }
    for (dim d : b.elements) p.elements.push_back(d);
    copy_code();
  }

 private:
  program& p;
  const program& b;
  vec<access> place;  // by buffer of the body

  static constexpr int external(const program& x) {
    return static_cast<int>(x.inputs.size() + x.outputs.size());
  }
  static constexpr int count(const auto& list) { return static_cast<int>(list.size()); }

  constexpr void copy_code() {
    const int kernels = count(p.kernels), statements = count(p.statements),
              instructions = count(p.instructions), accesses = count(p.accesses),
              axes = count(p.axes), controls = count(p.controls), ports = count(p.ports);
    for (kernel k : b.kernels) {
      k.first += statements, k.last += statements;
      k.first_access += accesses, k.last_access += accesses;
      p.kernels.push_back(k);
    }
    for (statement s : b.statements) {
      s.end += statements;
      if (s.kind == statement::code) s.first += instructions, s.last += instructions;
      else if (s.kind == statement::contraction) s.first += axes, s.last += axes;
      else if (s.is_control()) s.first += controls;
      p.statements.push_back(s);
    }
    for (instruction x : b.instructions) {
      if (x.uses_memory()) x.access += accesses;
      p.instructions.push_back(x);
    }
    for (access a : b.accesses) {
      const access& to = place[at(a.buffer)];
      a.buffer = to.buffer, a.offset = p.symbols.add(a.offset, to.offset);
      p.accesses.push_back(a);
    }
    for (const contraction_axis& x : b.axes) p.axes.push_back(x);
    copy_controls(ports, kernels);
  }
  constexpr void copy_controls(int ports, int kernels) {
    for (port x : b.ports) {
      for (int* i : {&x.from, &x.to, &x.inside, &x.next, &x.spare[0], &x.spare[1]})
        if (*i >= 0) {
          if (i == &x.from) x.offset = p.symbols.add(x.offset, place[at(*i)].offset);
          *i = place[at(*i)].buffer;
        }
      p.ports.push_back(x);
    }
    for (control_record c : b.controls) {
      c.first_port += ports, c.last_port += ports;
      if (c.decides >= 0) {
        c.decides_offset = p.symbols.add(c.decides_offset, place[at(c.decides)].offset);
        c.decides = place[at(c.decides)].buffer;
      }
      for (int& k : c.body) k += kernels;
      p.controls.push_back(c);
    }
  }
};

/// Writes the control kernel of one node, and the kernels of its bodies behind it.
template <class Graph, class Make>
class control_writer {
 public:
  /// `make` plans a graph.
  constexpr control_writer(grouping<Graph>& from, program& to, outlined_bodies& o, int n,
                           const Make& plan_of)
      : in(from), g(from.g), p(to), bodies(o), make(plan_of), node_number(n) {
    find_results();
    const int first_kernel = static_cast<int>(p.kernels.size());
    control_record c;
    c.backward = bodies.backward;
    write_kernel();
    if (bodies.kind == statement::choose) choose(c);
    else loop(c);
    c.body[c.bodies] = static_cast<int>(p.kernels.size());
    c.first_port = static_cast<int>(p.ports.size());
    for (const port& x : ports) p.ports.push_back(x);
    c.last_port = static_cast<int>(p.ports.size());
    const int number = static_cast<int>(p.controls.size());
    p.statements[at(p.kernels[at(first_kernel)].first)].first = number;
    p.controls.push_back(c);
  }

 private:
  grouping<Graph>& in;
  Graph& g;
  program& p;
  outlined_bodies& bodies;
  const Make& make;
  const int node_number;
  vec<int> result_node;  // by result: its node, or -1
  vec<port> ports;

  constexpr void find_results() {
    result_node.assign(bodies.output.size(), -1);
    for (int n = node_number + 1; n < g.size(); ++n)
      if (in.wanted[at(n)] && is<result_t>(g, n) && g.arg(n, 0) == node_number)
        result_node[at(static_cast<int>(g.param(n, 0)))] = n;
  }
  constexpr void write_kernel() {
    kernel k;
    k.first = static_cast<int>(p.statements.size());
    k.last = k.first + 1;
    k.first_access = k.last_access = static_cast<int>(p.accesses.size());
    statement s;
    s.kind = bodies.kind, s.end = k.last, s.extent = bodies.length;
    p.statements.push_back(s);
    p.kernels.push_back(k);
  }
  constexpr int new_temporary(dtype type, dim size, bool moves = false) {
    temporary t;
    t.type = type, t.size = size;
    if (moves) t.pointer = p.pointers++;
    p.temporaries.push_back(t);
    return static_cast<int>(p.inputs.size() + p.outputs.size() + p.temporaries.size()) - 1;
  }
  /// The plan of body b, with the symbols that it made.
  constexpr program plan_body(int b) {
    graph body = std::move(bodies.bodies[at(b)]);
    body.symbols = g.symbols, body.messages = g.messages;
    program made = make(std::move(body));
    g.symbols = made.symbols, g.messages = made.messages;
    if (made.failed != error_kind::none) g.fail(made.failed, made.message);
    p.pointers = made.pointers;  // it numbered on
    return made;
  }
  /// A buffer as bodies see it, from an element on.
  static constexpr access seen(int buffer, dim offset = 0) {
    access a;
    a.buffer = buffer, a.offset = offset;
    return a;
  }
  constexpr access incoming(int i) const { return in.in_order[at(g.arg(node_number, i))]; }
  constexpr void splice(control_record& c, const program& body, const vec<access>& inputs,
                        const vec<access>& outputs) {
    c.body[c.bodies++] = static_cast<int>(p.kernels.size());
    p.symbols = g.symbols;
    splicer<> put(p, body, inputs, outputs);
    g.symbols = p.symbols;
  }
  constexpr void share(int i) {
    port x;
    x.kind = port::shared, x.from = incoming(i).buffer;
    ports.push_back(x);
  }
  /// Where result k goes: where its node lies, or memory that nothing reads.
  constexpr int destination(int k, dtype type, dim size) {
    const int n = result_node[at(k)];
    return n >= 0 ? in.place[at(n)].buffer : new_temporary(type, size);
  }

  constexpr void loop(control_record& c) {
    const bool counted = bodies.kind == statement::repeat;
    program condition;
    if (!counted) condition = plan_body(0);
    program body = plan_body(counted ? 0 : 1);
    vec<access> inputs, outputs;
    const int count = g.at(node_number).arg_count;
    for (int i = 0; i < count; ++i) {
      const aval type = body.inputs[at(i)];
      const dim size = g.symbols.size_of(type.shape);
      port x;
      x.from = incoming(i).buffer, x.offset = incoming(i).offset, x.size = size;
      if (i >= bodies.carries + bodies.arrays) {
        share(i);
        inputs.push_back(seen(x.from, x.offset));
        continue;
      }
      x.inside = new_temporary(type.type, size, true);
      inputs.push_back(seen(x.inside));
      if (i < bodies.carries) add_carry(x, i, type.type);
      else x.kind = port::element;
      if (i < bodies.carries) outputs.push_back(seen(x.next));
      ports.push_back(x);
    }
    for (int k = bodies.carries; k < static_cast<int>(bodies.output.size()); ++k)
      if (bodies.output[at(k)] >= 0) outputs.push_back(add_stack(k, body));
    if (!counted) {
      c.decides = new_temporary(dtype::b1, 1);
      splice(c, condition, inputs, {seen(c.decides)});
    }
    splice(c, body, inputs, outputs);
  }
  constexpr void add_carry(port& x, int i, dtype type) {
    x.kind = port::carry;
    x.next = new_temporary(type, x.size, true);
    x.to = destination(i, type, x.size);
    for (int& s : x.spare) s = new_temporary(type, x.size);
  }
  constexpr access add_stack(int k, const program& body) {
    const aval type = body.outputs[at(bodies.output[at(k)])];
    port x;
    x.kind = port::stack, x.size = g.symbols.size_of(type.shape);
    x.to = destination(k, type.type, g.symbols.mul(x.size, bodies.length));
    x.next = new_temporary(type.type, x.size, true);
    ports.push_back(x);
    return seen(x.next);
  }
  constexpr void choose(control_record& c) {
    c.decides = incoming(0).buffer, c.decides_offset = incoming(0).offset;
    for (int i = 0; i < g.at(node_number).arg_count; ++i) share(i);
    vec<access> inputs, outputs;
    for (int i = 1; i < g.at(node_number).arg_count; ++i)
      inputs.push_back(seen(incoming(i).buffer, incoming(i).offset));
    for (std::size_t k = 0; k < bodies.output.size(); ++k) {
      if (bodies.output[k] < 0) continue;
      port x;
      x.kind = port::shared, x.to = in.place[at(result_node[k])].buffer;
      ports.push_back(x);
      outputs.push_back(seen(x.to));
    }
    for (int b = 0; b < static_cast<int>(bodies.bodies.size()); ++b)
      splice(c, plan_body(b), inputs, outputs);
  }
};

}  // namespace calx::inline CALX_ABI::plan
