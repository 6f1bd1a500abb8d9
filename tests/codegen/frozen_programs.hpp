// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs made at random while the compiler runs, and every way to run them.
#pragma once

#include <calx/calx.hpp>
#include <calx/codegen/cuda/encode.hpp>
#include <calx/codegen/cuda/kernel.hpp>

#include "../plan/run_plan.hpp"

namespace frozen {
using namespace calx;
using programs::array;

/// What programs are made of: elementwise ops on vectors; those, moves and a product on matrices;
/// or elementwise ops and reductions of matrices.
enum class family { vectors, matrices, reductions };

/// Makes a program whose extents a and b only run time knows; the same seed makes the same one.
class program_maker {
 public:
  constexpr program_maker(family k, unsigned seed) : kind(k), state(seed * 2654435761u + 12345u) {
    const dim a = g.symbols.make({symbol_kind::input, 0, 0});
    dims shape{a};
    if (k != family::vectors) shape.push(g.symbols.make({symbol_kind::input, 0, 1}));
    for (dtype d : {dtype::f64, dtype::f32, dtype::i64, dtype::b1})
      values.push_back(input_t::emit(g, {d, shape}));
    values.push_back(k == family::vectors ? iota_t::emit(g, {dtype::f64, shape}, 0)
                                      : input_t::emit(g, {dtype::f64, {shape[1]}}));
    for (int i = 0; i < 12; ++i) add();
    for (int i = 0; i < 3; ++i) g.outputs.push_back(values[values.size() - 1 - pick(6)]);
    g.outputs.push_back(values.back());
    g.values_only = seed % 2 != 0;
  }
  graph g;

 private:
  family kind;
  std::uint32_t state;
  vec<int> values;
  bool multiplied = false;

  constexpr std::size_t pick(std::size_t n) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
  }
  /// A value, one of the last more often than others.
  constexpr int some() {
    const std::size_t n = values.size();
    return values[pick(3) == 0 ? pick(n) : n - 1 - pick(n < 6 ? n : 6)];
  }
  /// Another value of x's type, or x.
  constexpr int like(int x) {
    const std::size_t n = values.size(), first = pick(n);
    for (std::size_t i = 0; i < n; ++i)
      if (const int y = values[(first + i) % n]; g.type(y) == g.type(x)) return y;
    return x;
  }
  constexpr void keep(int x) { values.push_back(x); }

  constexpr void add() {
    const std::size_t what = pick(kind == family::vectors ? 6 : 10);
    const int x = some();
    if (what < 2) return unary(x);
    if (what < 5) return binary(x, like(x));
    if (what == 5) return keep(convert_t::emit(g, x, pick(2) == 0 ? dtype::f64 : dtype::f32));
    if (what < 8 || kind == family::reductions) return reduce(x);
    if (pick(3) == 0) multiply(x);
    else move(x);
  }
  constexpr void unary(int x) {
    using calx::detail::emit;
    if (g.element(x) == dtype::b1) return keep(emit<bit_not_t>(g, x));
    if (!is_float(g.element(x))) return keep(emit<neg_t>(g, x));
    switch (pick(7)) {
      case 0: return keep(emit<sin_t>(g, x));
      case 1: return keep(emit<tanh_t>(g, x));
      case 2: return keep(emit<abs_t>(g, x));
      case 3: return keep(emit<logistic_t>(g, x));
      case 4: return keep(emit<neg_t>(g, x));
      case 5: return keep(emit<floor_t>(g, x));
      default: return keep(emit<exp_t>(g, emit<sin_t>(g, x)));
    }
  }
  constexpr void binary(int x, int y) {
    using calx::detail::emit;
    if (g.element(x) == dtype::b1) return pick(2) ? keep(emit<bit_xor_t>(g, x, y)) : choose(x);
    switch (pick(7)) {
      case 0: case 1: return keep(emit<add_t>(g, x, y));
      case 2: return keep(emit<sub_t>(g, x, y));
      case 3: return keep(emit<mul_t>(g, x, y));
      case 4: return keep(emit<max_t>(g, x, y));
      case 5: return keep(emit<less_t>(g, x, y));
      default: return keep(emit<min_t>(g, x, y));
    }
  }
  constexpr void choose(int condition) {
    for (std::size_t i = values.size(); i-- > 0;)
      if (const int x = values[i]; g.shape(x) == g.shape(condition) && is_float(g.element(x))) {
        const int operands[] = {condition, x, like(x)};
        return keep(select_t::emit(g, operands));
      }
  }
  constexpr void reduce(int x) {
    const int rank = g.shape(x).rank;
    if (rank == 0) return;
    calx::detail::dim_list axes;
    const std::size_t which = pick(3);
    for (int i = 0; i < rank; ++i)
      if (which == 2 || static_cast<std::size_t>(i) == which % static_cast<std::size_t>(rank))
        axes.push_back(i);
    const dims from = g.shape(x);
    const int y = g.element(x) == dtype::b1 ? reduce_or_t::emit(g, x, axes)
                  : pick(4) != 0            ? reduce_sum_t::emit(g, x, axes)
                                            : reduce_max_t::emit(g, x, axes);
    keep(y);
    calx::detail::dim_list kept;
    for (int i = 0; i < rank; ++i)
      if (!calx::detail::contains(axes, i)) kept.push_back(i);
    if (pick(2) == 0) keep(broadcast_in_dim_t::emit(g, y, from, kept));
  }
  constexpr void multiply(int x) {
    const int y = like(x);
    if (multiplied || g.shape(x).rank != 2 || !is_float(g.element(x))) return;
    multiplied = true;
    const dim axis = static_cast<dim>(pick(2));
    keep(dot_general_t::emit(g, x, y, {{}, {}, {axis}, {axis}}));
  }
  constexpr void move(int x) {
    const dims shape = g.shape(x);
    if (shape.rank == 0) return;
    const int axis = static_cast<int>(pick(static_cast<std::size_t>(shape.rank)));
    dims to = shape, low, stride;
    switch (pick(4)) {
      case 0: return shape.rank < 2 ? void() : keep(transpose_t::emit(g, x, {1, 0}));
      case 1: return keep(rev_t::emit(g, x, {axis}));
      case 2: return keep(concatenate_t::emit(g, {x, like(x)}, axis));
      default:
        for (int i = 0; i < shape.rank; ++i)
          low.push(1), stride.push(1), to[i] = g.symbols.add(shape[i], 2);
        return keep(pad_t::emit(g, x, low, stride, to));
    }
  }
};

/// The program of a seed, as generated code is made of it.
template <family Family, unsigned Seed>
struct source {
  static constexpr graph build() { return passes::compact(program_maker(Family, Seed).g); }
};

/// Inputs and outputs of a call with extents a and b.
struct call {
  graph known;  // the program with these extents
  std::vector<array> in;
  call(const graph& g, dim a, dim b) {
    for (int n : g.inputs) {
      dims shape = g.shape(n);
      for (int i = 0; i < shape.rank; ++i) shape[i] = i == 1 || shape.rank < g_rank(g) ? b : a;
      in.push_back(programs::samples(g.element(n), shape, n));
    }
    known = programs::resolved(g, in);
  }

 private:
  static int g_rank(const graph& g) { return g.shape(g.inputs[0]).rank; }
};

template <class P>
std::vector<array> run_simd(const call& c) {
  auto out = programs::outputs_of(c.known);
  [&]<std::size_t... I, std::size_t... O>(std::index_sequence<I...>, std::index_sequence<O...>) {
    const std::tuple from{reinterpret_cast<const element_t<P::input(static_cast<int>(I)).type>*>(
        c.in[I].bytes.data())...};
    const std::tuple to{reinterpret_cast<element_t<P::output(static_cast<int>(O)).type>*>(
        out[O].bytes.data())...};
    codegen::run<P>(from, to, codegen::symbol_values<P>([&](int input, int axis) {
                      return c.in[static_cast<std::size_t>(input)].shape[axis];
                    }));
  }(std::make_index_sequence<static_cast<std::size_t>(P::inputs)>(),
    std::make_index_sequence<static_cast<std::size_t>(P::outputs)>());
  return out;
}
/// The kernel of a program on vectors of n elements.
template <class P>
std::vector<array> run_cuda_serially(const call& c) {
  auto out = programs::outputs_of(c.known);
  cuda::pointers<P::inputs, P::outputs> p{};
  for (std::size_t k = 0; k < c.in.size(); ++k) p.in[k] = c.in[k].bytes.data();
  for (std::size_t k = 0; k < out.size(); ++k) p.out[k] = out[k].bytes.data();
  cuda::launch_serial(cuda::expression_of<P>(), static_cast<long>(c.in[0].size()), p,
                      cuda::encoder<P>::values());
  return out;
}

/// Empty if a program computes the same in every way.
template <family Family, unsigned Seed>
std::string disagreement(dim a, dim b) {
  using plan_type = plan::constant_plan<source<Family, Seed>>;
  static_assert(!plan_type::failed);
  const graph g = source<Family, Seed>::build();
  if (std::string bad = programs::describe(g); !bad.empty()) return "malformed: " + bad;
  const call c(g, a, b);
  const programs::bounded_run<> want(c.known, c.in);
  std::string bad = programs::disagreement(want, programs::run_oracle(c.known, c.in), "the oracle");
  auto compare = [&](const char* whose, const std::vector<array>& got) {
    if (bad.empty()) bad = programs::disagreement(want, got, whose);
  };
  try {
    compare("the virtual machine", programs::run_machine(c.known, c.in));
    compare("the plan", programs::run_plan(g, c.in));
    compare("the compiler's plan", programs::run_compiled_plan(g, c.in));
    compare("generated code", run_simd<plan_type>(c));
    if constexpr (Family == family::vectors) compare("the kernel", run_cuda_serially<plan_type>(c));
  } catch (const programs::plan_fault& fault) {
    return fault.what();
  }
  return bad;
}
}  // namespace frozen
