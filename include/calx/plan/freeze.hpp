// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plan as arrays, which is what can leave the constant evaluator.
#pragma once

#include <calx/plan/make.hpp>

namespace calx::inline CALX_ABI::plan {

/// Where the tables of a frozen plan begin, and how many records each has.
enum table : int {
  t_inputs, t_outputs, t_steps, t_accesses, t_axes, t_temporaries, t_slots,
  t_symbols, t_assumptions, t_messages, t_count
};
inline constexpr int header_size = 2 * t_count + 2;  // begin and count of each; failed; nodes

/// Writes records of integers.
template <class = void>
struct record_writer {
  vec<dim> data = vec<dim>(at(header_size), 0);
  constexpr void begin(table t, std::size_t count) {
    data[at(2 * t)] = static_cast<dim>(data.size());
    data[at(2 * t + 1)] = static_cast<dim>(count);
  }
  constexpr void put(dim v) { data.push_back(v); }
  constexpr void put(dtype v) { data.push_back(static_cast<dim>(v)); }
  constexpr void put(const dims& v) {
    put(v.rank);
    for (dim d : v.extent) put(d);
  }
  constexpr void put(const aval& v) { put(v.type), put(v.shape); }
  constexpr void put(const access& v) {
    put(v.buffer), put(v.offset);
    for (dim d : v.stride) put(d);
  }
  constexpr void put(const step& v) {
    put(v.kind), put(v.type), put(v.space), put(v.first), put(v.hoisted), put(v.last);
    put(v.first_access), put(v.last_access);
    for (int r : v.registers) put(r);
  }
  constexpr void put(const contraction_axis& v) {
    put(v.group), put(v.extent), put(v.left), put(v.right), put(v.result);
  }
  constexpr void put(const temporary& v) { put(v.type), put(v.size), put(v.slot); }
  constexpr void put(const symbol& v) { put(static_cast<dim>(v.kind)), put(v.a), put(v.b); }
  constexpr void put(const assumption& v) {
    put(static_cast<dim>(v.kind)), put(v.a), put(v.b), put(v.message);
  }
  constexpr void put(const assumption_message& v) {
    put(static_cast<dim>(v.kind)), put(static_cast<dim>(v.message.length));
    for (std::size_t i = 0; i < sizeof v.message.data; ++i)
      if (i < v.message.length) put(dim{v.message.data[i]});
  }
  template <class T>
  constexpr void all(table t, const vec<T>& list) {
    begin(t, list.size());
    for (const T& v : list) put(v);
  }
};

/// The tables of a plan as integers, but for the instructions: there are so many of them that they
/// stay what they are. If the plan failed, its one message says why.
template <class = void>
constexpr vec<dim> freeze(const program& p) {
  record_writer<> w;
  w.all(t_inputs, p.inputs), w.all(t_outputs, p.outputs), w.all(t_steps, p.steps);
  w.all(t_accesses, p.accesses), w.all(t_axes, p.axes);
  w.all(t_temporaries, p.temporaries), w.all(t_slots, p.slots);
  w.all(t_symbols, p.symbols.symbols), w.all(t_assumptions, p.symbols.assumptions);
  vec<assumption_message> messages = p.messages;
  if (p.failed != error_kind::none) messages = {{p.failed, p.message}};
  w.all(t_messages, messages);
  w.data[at(2 * t_count)] = static_cast<dim>(p.failed);
  return w.data;
}

/// Room for a plan: it is complete if `size` and `length` fit.
template <std::size_t Data, std::size_t Code>
struct frozen {
  std::size_t size = 0, length = 0;
  dim data[Data] = {};
  instruction code[Code] = {};
  constexpr bool complete() const { return size <= Data && length <= Code; }
};
/// Source::build() makes the graph. One evaluation, whatever the size; without arguments, so that
/// compilers which remember calls run it once for the concept and the constant.
template <class Source, std::size_t Data, std::size_t Code>
constexpr frozen<Data, Code> frozen_plan() {
  frozen<Data, Code> out;
  program p = make(Source::build());
  vec<dim> data = freeze(p);
  out.size = data.size(), out.length = p.instructions.size();
  if (!out.complete()) return out;
  for (std::size_t i = 0; i < out.size; ++i) out.data[i] = data.items[i];
  for (std::size_t i = 0; i < out.length; ++i) out.code[i] = p.instructions.items[i];
  return out;
}
/// Most plans fit in this at once; to hold it free costs compilers nothing.
inline constexpr std::size_t first_data = 8000, first_code = 8000;

/// True if the compiler can build the program of Source.
template <class Source>
concept buildable = requires {
  typename std::bool_constant<(frozen_plan<Source, first_data, first_code>(), true)>;
};

/// The plan of Source as constants: the type on which generated code is keyed. One that does not
/// fit in the room for the first evaluation is evaluated again, with as much as it needs.
template <class Source, std::size_t Data = first_data, std::size_t Code = first_code>
struct constant_plan {
 private:
  static constexpr auto first = frozen_plan<Source, Data, Code>();
  struct exact {
    dim data[first.size] = {};
    instruction code[first.length + 1] = {};
  };
  template <class Frozen>
  static constexpr exact shrunk(const Frozen& from) {
    exact to;
    for (std::size_t i = 0; i < first.size; ++i) to.data[i] = from.data[i];
    for (std::size_t i = 0; i < first.length; ++i) to.code[i] = from.code[i];
    return to;
  }
  static constexpr exact shrink() {
    if constexpr (first.complete()) return shrunk(first);
    else return shrunk(frozen_plan<Source, first.size, first.length + 1>());
  }
  static constexpr exact all = shrink();
  static constexpr const auto& data = all.data;

  /// Reads one record after the other.
  struct reader {
    std::size_t i;
    constexpr dim get() { return data[i++]; }
    constexpr int integer() { return static_cast<int>(get()); }
    constexpr dtype type() { return static_cast<dtype>(get()); }
    constexpr dims shape() {
      dims d;
      d.rank = integer();
      for (dim& e : d.extent) e = get();
      return d;
    }
  };
  static constexpr reader record(table t, int k, int size) {
    return {at(static_cast<int>(data[at(2 * t)]) + k * size)};
  }

 public:
  static constexpr int count(table t) { return static_cast<int>(data[at(2 * t + 1)]); }
  static constexpr bool failed = data[at(2 * t_count)] != 0;
  static constexpr int inputs = count(t_inputs), outputs = count(t_outputs);

  static constexpr aval type(table t, int k) {
    reader r = record(t, k, 10);
    dtype d = r.type();
    return {d, r.shape()};
  }
  static constexpr aval input(int k) { return type(t_inputs, k); }
  static constexpr aval output(int k) { return type(t_outputs, k); }
  static constexpr step step_at(int k) {
    reader r = record(t_steps, k, 16 + dtype_count);
    step s;
    s.kind = static_cast<step::kind_t>(r.get()), s.type = r.type(), s.space = r.shape();
    s.first = r.integer(), s.hoisted = r.integer(), s.last = r.integer();
    s.first_access = r.integer(), s.last_access = r.integer();
    for (int& n : s.registers) n = r.integer();
    return s;
  }
  /// The instructions of all steps, and how many there are.
  static constexpr const auto& code = all.code;
  static constexpr int code_count = static_cast<int>(first.length);
  static constexpr const instruction& instruction_at(int k) { return code[at(k)]; }
  static constexpr access access_at(int k) {
    reader r = record(t_accesses, k, 2 + max_rank);
    access a;
    a.buffer = r.integer(), a.offset = r.get();
    for (dim& d : a.stride) d = r.get();
    return a;
  }
  static constexpr contraction_axis axis_at(int k) {
    reader r = record(t_axes, k, 5);
    contraction_axis a;
    a.group = static_cast<contraction_axis::group_t>(r.get());
    a.extent = r.get(), a.left = r.get(), a.right = r.get(), a.result = r.get();
    return a;
  }
  static constexpr temporary temporary_at(int k) {
    reader r = record(t_temporaries, k, 3);
    dtype d = r.type();
    dim n = r.get();
    return {d, n, r.integer()};
  }
  static constexpr dim slot_at(int k) { return data[record(t_slots, k, 1).i]; }
  static constexpr symbol symbol_at(int k) {
    reader r = record(t_symbols, k, 3);
    auto kind = static_cast<symbol_kind>(r.get());
    dim a = r.get();
    return {kind, a, r.get()};
  }
  static constexpr assumption assumption_at(int k) {
    reader r = record(t_assumptions, k, 4);
    auto kind = static_cast<assumption::kind_t>(r.get());
    dim a = r.get(), b = r.get();
    return {kind, a, b, r.integer()};
  }
  static constexpr assumption_message message_at(int k) {
    reader r = record(t_messages, 0, 0);
    for (; k > 0; --k) r.i += 2 + static_cast<std::size_t>(data[r.i + 1]);
    assumption_message p{static_cast<error_kind>(r.get()), {}};
    for (dim n = r.get(); n > 0; --n) p.message.append_char(static_cast<char>(r.get()));
    return p;
  }
  /// The dtype of a buffer's elements.
  static constexpr dtype buffer_type(int b) {
    if (b < inputs) return input(b).type;
    return b < inputs + outputs ? output(b - inputs).type
                                : temporary_at(b - inputs - outputs).type;
  }
  /// True if every extent is known: then nothing is allocated.
  static constexpr bool is_static = count(t_symbols) == 0;
  /// What is wrong with the program, empty if nothing is.
  static constexpr text error() { return failed ? message_at(0).message : text(); }
};

}  // namespace calx::inline CALX_ABI::plan
