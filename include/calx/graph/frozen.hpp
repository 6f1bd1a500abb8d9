// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs as arrays, which is what can leave the constant evaluator, and graphs made of them again.
#pragma once

#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI {

/// Graphs one behind the other as integers, and the ops of all their nodes. They hold no literals,
/// as those exist at run time only.
template <class = void>
struct basic_graph_writer {
  vec<dim> data;
  vec<const op_info*> ops;

  constexpr void add(const graph& g) {
    const std::size_t begin = data.size();
    put(0), put(g.size());  // how much a reader skips
    put(static_cast<dim>(g.failed)), put(g.message), put(g.values_only);
    put(static_cast<dim>(g.avals.size()));
    for (const aval& a : g.avals) put(a);
    put(static_cast<dim>(g.nodes.size()));
    for (int n = 0; n < g.size(); ++n) put(g, n);
    list(g.inputs), list(g.outputs);
    put(static_cast<dim>(g.symbols.symbols.size()));
    for (const symbol& s : g.symbols.symbols) put(static_cast<dim>(s.kind)), put(s.a), put(s.b);
    list(g.symbols.same_as);
    put(static_cast<dim>(g.symbols.assumptions.size()));
    for (const assumption& a : g.symbols.assumptions)
      put(static_cast<dim>(a.kind)), put(a.a), put(a.b), put(a.message);
    put(static_cast<dim>(g.messages.size()));
    for (const assumption_message& p : g.messages) put(static_cast<dim>(p.kind)), put(p.message);
    data[begin] = static_cast<dim>(data.size() - begin);
  }

 private:
  constexpr void put(dim v) { data.push_back(v); }
  constexpr void put(const text& t) {
    put(static_cast<dim>(t.length));
    for (std::size_t i = 0; i < t.length; ++i) put(dim{t.data[i]});
  }
  constexpr void put(const aval& a) {
    put(static_cast<dim>(a.type)), put(a.shape.rank);
    for (dim d : a.shape) put(d);
  }
  constexpr void put(const graph& g, int n) {
    const node& d = g.at(n);
    ops.push_back(d.op);
    put(d.aval), put(d.arg_count), put(d.int_count);
    for (int i = 0; i < d.arg_count; ++i) put(g.arg(n, i));
    for (int i = 0; i < d.int_count; ++i) put(g.param(n, i));
  }
  template <class T>
  constexpr void list(const vec<T>& values) {
    put(static_cast<dim>(values.size()));
    for (T v : values) put(static_cast<dim>(v));
  }
};
using graph_writer = basic_graph_writer<>;

/// Reads what a graph_writer wrote, graph by graph.
template <class = void>
struct basic_graph_reader {
  const dim* data;
  const op_info* const* ops;

  constexpr void skip() { ops += data[1], data += data[0]; }
  constexpr graph next() {
    graph g;
    data += 2;
    g.failed = static_cast<error_kind>(get()), g.message = message(), g.values_only = get() != 0;
    for (dim n = get(); n > 0; --n) g.avals.push_back(type());
    for (dim n = get(); n > 0; --n) read_node(g);
    list(g.inputs), list(g.outputs);
    for (dim n = get(); n > 0; --n) {
      const dim kind = get(), a = get();
      g.symbols.symbols.push_back({static_cast<symbol_kind>(kind), a, get()});
    }
    list(g.symbols.same_as);
    for (dim n = get(); n > 0; --n) {
      const dim kind = get(), a = get(), b = get();
      g.symbols.assumptions.push_back(
          {static_cast<assumption::kind_t>(kind), a, b, static_cast<int>(get())});
    }
    for (dim n = get(); n > 0; --n) {
      const auto kind = static_cast<error_kind>(get());
      g.messages.push_back({kind, message()});
    }
    return g;
  }

 private:
  constexpr dim get() { return *data++; }
  constexpr text message() {
    text t;
    for (dim n = get(); n > 0; --n) t.append_char(static_cast<char>(get()));
    return t;
  }
  constexpr aval type() {
    aval a{static_cast<dtype>(get()), {}};
    for (dim n = get(); n > 0; --n) a.shape.push(get());
    return a;
  }
  constexpr void read_node(graph& g) {
    const int type = static_cast<int>(get()), args = static_cast<int>(get());
    const int ints = static_cast<int>(get());
    vec<int> operands;
    for (int i = 0; i < args; ++i) operands.push_back(static_cast<int>(get()));
    g.append(**ops++, type, operands.data(), args, data, ints);
    data += ints;
  }
  template <class T>
  constexpr void list(vec<T>& values) {
    for (dim n = get(); n > 0; --n) values.push_back(static_cast<T>(get()));
  }
};
using graph_reader = basic_graph_reader<>;

/// Room for graphs: they are complete if `size` and `length` fit.
template <std::size_t Data, std::size_t Ops>
struct frozen_graphs {
  std::size_t size = 0, length = 0;
  dim data[Data] = {};
  const op_info* ops[Ops] = {};
  constexpr bool complete() const { return size <= Data && length <= Ops; }
};
/// What Source::write(graph_writer&) writes. Without arguments, so that compilers which remember
/// calls evaluate it once.
template <class Source, std::size_t Data, std::size_t Ops>
constexpr frozen_graphs<Data, Ops> freeze_graphs() {
  graph_writer w;
  Source::write(w);
  frozen_graphs<Data, Ops> out;
  out.size = w.data.size(), out.length = w.ops.size();
  if (!out.complete()) return out;
  for (std::size_t i = 0; i < out.size; ++i) out.data[i] = w.data.items[i];
  for (std::size_t i = 0; i < out.length; ++i) out.ops[i] = w.ops.items[i];
  return out;
}
/// Most programs fit in this at once; to hold it free costs compilers nothing.
inline constexpr std::size_t first_graph_data = 20000, first_graph_ops = 2500;

/// True if the compiler can evaluate what Source writes.
template <class Source>
concept freezable = requires {
  typename std::bool_constant<
      (freeze_graphs<Source, first_graph_data, first_graph_ops>(), true)>;
};

/// The graphs of Source as constants. If they do not fit in the room for the first evaluation, they
/// are evaluated again, with as much as they need.
template <class Source>
struct constant_graphs {
 private:
  static constexpr auto first = freeze_graphs<Source, first_graph_data, first_graph_ops>();
  using exact = frozen_graphs<first.size, first.length + 1>;
  static constexpr exact shrink() {
    if constexpr (!first.complete()) return freeze_graphs<Source, first.size, first.length + 1>();
    else {
      exact to;
      to.size = first.size, to.length = first.length;
      for (std::size_t i = 0; i < first.size; ++i) to.data[i] = first.data[i];
      for (std::size_t i = 0; i < first.length; ++i) to.ops[i] = first.ops[i];
      return to;
    }
  }
  static constexpr exact all = shrink();

 public:
  static constexpr graph_reader reader() { return {all.data, all.ops}; }
};

}  // namespace calx::inline CALX_ABI
