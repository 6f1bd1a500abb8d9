// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop program as arrays of plain structs, which is what can leave the constant evaluator.
#pragma once

#include <calx/plan/make.hpp>

namespace calx::inline CALX_ABI::plan {

/// How many records each table of a frozen program has, or has room for.
struct table_sizes {
  int inputs = 0, outputs = 0, kernels = 0, statements = 0, instructions = 0, accesses = 0;
  int axes = 0, temporaries = 0, controls = 0, ports = 0;
  int elements = 0, slots = 0, symbols = 0, assumptions = 0;
  int sentences = 0, words = 0;

  constexpr bool hold(const table_sizes& n) const {
    return n.inputs <= inputs && n.outputs <= outputs && n.kernels <= kernels &&
           n.statements <= statements && n.instructions <= instructions &&
           n.accesses <= accesses && n.axes <= axes && n.temporaries <= temporaries &&
           n.controls <= controls && n.ports <= ports &&
           n.elements <= elements && n.slots <= slots && n.symbols <= symbols &&
           n.assumptions <= assumptions && n.sentences <= sentences && n.words <= words;
  }
};
/// Most programs fit in this at once. Room that stays empty is free with g++; other compilers fill
/// it, so that four times the room costs them a tenth of their time.
struct usual_room {
#if defined(__GNUC__) && !defined(__clang__) && !defined(__NVCC__)
  static constexpr table_sizes sizes{2000, 2000, 3000,  20000, 200000, 30000, 5000, 5000,
                                     500,  3000, 20000, 2000,  500,    300,   300,  20000};
#else
  static constexpr table_sizes sizes{200,  200, 300, 2000, 8000, 3000, 500, 1000,
                                     50,   300, 2000, 500, 500,  300,  300, 20000};
#endif
};

/// What is said where an assumption does not hold: characters [first, last) of the words.
struct sentence {
  error_kind kind = error_kind::none;
  int first = 0, last = 0;
};

/// The tables of a program, with room for `Room`.
template <table_sizes Room>
struct tables {
  table_sizes size;
  error_kind failed = error_kind::none;
  aval inputs[at(Room.inputs + 1)] = {}, outputs[at(Room.outputs + 1)] = {};
  kernel kernels[at(Room.kernels + 1)] = {};
  statement statements[at(Room.statements + 1)] = {};
  instruction instructions[at(Room.instructions + 1)] = {};
  access accesses[at(Room.accesses + 1)] = {};
  contraction_axis axes[at(Room.axes + 1)] = {};
  temporary temporaries[at(Room.temporaries + 1)] = {};
  control_record controls[at(Room.controls + 1)] = {};
  port ports[at(Room.ports + 1)] = {};
  int pointers = 0;
  dim elements[at(Room.elements + 1)] = {};
  dim slots[at(Room.slots + 1)] = {};
  symbol symbols[at(Room.symbols + 1)] = {};
  assumption assumptions[at(Room.assumptions + 1)] = {};
  sentence sentences[at(Room.sentences + 1)] = {};
  char words[at(Room.words + 1)] = {};
};

namespace freezing {
template <class T>
constexpr void copy(T* to, const T* from, int n) {
  for (int i = 0; i < n; ++i) to[i] = from[i];
}
template <class T>
constexpr const T* records(const vec<T>& list) { return list.items; }
template <class T>
constexpr const T* records(const T* list) { return list; }
template <class To, class From>
constexpr void copy_all(To& to, const From& from, const table_sizes& n) {
  copy(to.inputs, records(from.inputs), n.inputs);
  copy(to.outputs, records(from.outputs), n.outputs);
  copy(to.kernels, records(from.kernels), n.kernels);
  copy(to.statements, records(from.statements), n.statements);
  copy(to.instructions, records(from.instructions), n.instructions);
  copy(to.accesses, records(from.accesses), n.accesses);
  copy(to.axes, records(from.axes), n.axes);
  copy(to.temporaries, records(from.temporaries), n.temporaries);
  copy(to.controls, records(from.controls), n.controls);
  copy(to.ports, records(from.ports), n.ports);
  to.pointers = from.pointers;
  copy(to.elements, records(from.elements), n.elements);
  copy(to.slots, records(from.slots), n.slots);
}
template <class = void>
constexpr table_sizes sizes_of(const program& p, const vec<assumption_message>& said) {
  auto count = [](const auto& list) { return static_cast<int>(list.size()); };
  table_sizes n{count(p.inputs), count(p.outputs), count(p.kernels), count(p.statements),
                count(p.instructions), count(p.accesses), count(p.axes), count(p.temporaries),
                count(p.controls), count(p.ports), count(p.elements), count(p.slots),
                count(p.symbols.symbols),
                count(p.symbols.assumptions), count(said), 0};
  for (const assumption_message& x : said) n.words += static_cast<int>(x.message.length);
  return n;
}
/// What a frozen program says of an op: its id.
template <class = void>
constexpr void number_ops(instruction* code, int n) {
  for (int i = 0; i < n; ++i) {
    instruction& x = code[i];
    if (x.op == op_apply) x.op = op_id(x.info);
    else if (x.op == op_accumulate) x.value = op_id(x.info);
    x.info = nullptr;
  }
}
}  // namespace freezing

/// The frozen program; if there is no room for all of it, only its sizes. Of a program that failed
/// the one sentence says why.
template <table_sizes Room>
constexpr tables<Room> freeze(const program& p) {
  tables<Room> to;
  vec<assumption_message> said = p.messages;
  if (p.failed != error_kind::none) said = {{p.failed, p.message}};
  to.size = freezing::sizes_of(p, said), to.failed = p.failed;
  if (!Room.hold(to.size)) return to;
  freezing::copy_all(to, p, to.size);
  freezing::number_ops(to.instructions, to.size.instructions);
  freezing::copy(to.symbols, p.symbols.symbols.items, to.size.symbols);
  freezing::copy(to.assumptions, p.symbols.assumptions.items, to.size.assumptions);
  int words = 0;
  for (std::size_t k = 0; k < said.size(); ++k) {
    const int n = static_cast<int>(said[k].message.length);
    to.sentences[k] = {said[k].kind, words, words + n};
    freezing::copy(to.words + words, said[k].message.data, n);
    words += n;
  }
  return to;
}
/// Source::build() makes the graph. One evaluation, whatever the size; without arguments, so that
/// compilers which remember calls run it once for the concept and the constant.
template <class Source, table_sizes Room>
constexpr tables<Room> frozen() {
  return freeze<Room>(make(Source::build()));
}

/// True if the compiler can build the program of Source.
template <class Source>
concept buildable = requires {
  typename std::bool_constant<(frozen<Source, usual_room::sizes>(), true)>;
};

/// The loop program of Source as constants: the type on which generated code is keyed. One for
/// which there is no room in the first evaluation is evaluated again, with as much as it needs.
template <class Source, class Room = usual_room>
struct constant_plan {
 private:
#if defined(__GNUC__) && !defined(__clang__) && !defined(__NVCC__)
  // A call, which g++ remembers, and no object, which it would write into unoptimised files.
  static constexpr table_sizes size = frozen<Source, Room::sizes>().size;
  static constexpr tables<size> shrink() { return fitted(frozen<Source, Room::sizes>()); }
#else
  static constexpr auto first = frozen<Source, Room::sizes>();
  static constexpr table_sizes size = first.size;
  static constexpr tables<size> shrink() { return fitted(first); }
#endif
  static constexpr tables<size> fitted(const tables<Room::sizes>& from) {
    if constexpr (Room::sizes.hold(size)) {
      tables<size> to;
      to.size = size, to.failed = from.failed;
      freezing::copy_all(to, from, size);
      freezing::copy(to.symbols, from.symbols, size.symbols);
      freezing::copy(to.assumptions, from.assumptions, size.assumptions);
      freezing::copy(to.sentences, from.sentences, size.sentences);
      freezing::copy(to.words, from.words, size.words);
      return to;
    } else {
      return frozen<Source, size>();
    }
  }

 public:
  static constexpr tables<size> data = shrink();
  static constexpr const auto& code = data.instructions;
  static constexpr bool failed = data.failed != error_kind::none;
  static constexpr int inputs = size.inputs, outputs = size.outputs;
  /// True if every extent is known: then nothing is allocated.
  static constexpr bool is_static = size.symbols == 0;

  static constexpr aval input(int k) { return data.inputs[k]; }
  static constexpr aval output(int k) { return data.outputs[k]; }
  static constexpr temporary temporary_of(int buffer) {
    return data.temporaries[buffer - inputs - outputs];
  }
  static constexpr assumption_message message_at(int k) {
    assumption_message p{data.sentences[k].kind, {}};
    for (int i = data.sentences[k].first; i < data.sentences[k].last; ++i)
      p.message.append_char(data.words[i]);
    return p;
  }
  /// What is wrong with the program, empty if nothing is.
  static constexpr text error() { return failed ? message_at(0).message : text(); }
};

}  // namespace calx::inline CALX_ABI::plan
