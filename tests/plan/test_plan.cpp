// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What plans of typical programs look like: loops, contractions, temporaries; and frozen plans.
#include <calx/calx.hpp>

#include "../catch.hpp"
#include "run_plan.hpp"

using namespace calx;

namespace {
using vector = calx::array<double, 1>;
using matrix = calx::array<double, 2>;

constexpr auto wave = [](auto x) { return calx::sum(calx::sin(x) * calx::exp(-x * x)); };
// One operation a line, as compilers may evaluate operands in any order, and so number them.
constexpr auto loss = [](auto W, auto b, auto inputs, auto targets) {
  auto p = calx::sigmoid(calx::dot(inputs, W) + b);
  auto yes = p * targets;
  auto not_p = 1 - p;
  auto not_targets = 1 - targets;
  auto no = not_p * not_targets;
  return -calx::sum(calx::log(yes + no));
};
constexpr auto product = [](auto a, auto b) { return calx::dot(a, b); };

/// The plan of a call of g with arguments of these types.
template <class... A, class G>
plan::program plan_of(const G&) {
  return plan::make(detail::traced_call<G, A...>::build());
}
/// How many steps of each kind a plan has: loops over something, single writes, contractions.
struct counts {
  int loops = 0, writes = 0, contractions = 0;
  std::size_t temporaries = 0, slots = 0;
  friend bool operator==(const counts&, const counts&) = default;
};
std::ostream& operator<<(std::ostream& out, const counts& c) {
  return out << c.loops << " loops, " << c.writes << " writes, " << c.contractions
             << " contractions, " << c.temporaries << " temporaries in " << c.slots << " slots";
}
counts count(const plan::program& p) {
  counts c{0, 0, 0, 0, p.slots.size()};
  for (const plan::step& s : p.steps)
    ++(s.kind == plan::step::contraction ? c.contractions
       : s.space.rank == 0              ? c.writes
                                        : c.loops);
  for (const plan::temporary& t : p.temporaries) c.temporaries += t.slot >= 0;
  return c;
}
/// How many instructions of a step have this opcode.
int instructions(const plan::program& p, int step, int op) {
  int n = 0;
  const plan::step& s = p.steps[plan::at(step)];
  for (int k = s.first; k < s.last; ++k) n += p.instructions[plan::at(k)].op == op;
  return n;
}
}  // namespace

TEST_CASE("elementwise programs are one loop that reads and writes once") {
  auto p = plan_of<vector>(calx::grad(wave));
  CHECK(count(p) == counts{1, 0, 0, 0, 0});
  CHECK(instructions(p, 0, plan::op_load) == 1);
  CHECK(instructions(p, 0, plan::op_store) == 1);
  CHECK(instructions(p, 0, op_id(&info_of<exp_t>)) == 1);
  // With the value: the sum starts from its identity, and is taken in the same loop.
  auto q = plan_of<vector>(calx::value_and_grad(wave));
  CHECK(count(q) == counts{1, 1, 0, 0, 0});
  CHECK(instructions(q, 0, plan::op_identity) == 1);
  CHECK(instructions(q, 1, plan::op_reduce) == 1);
  CHECK(instructions(q, 1, plan::op_load) == 1);
  CHECK(count(plan_of<vector>(calx::vmap(calx::grad(calx::grad([](auto x) {
          return calx::sin(x) * calx::exp(-x * x);
        }))))) == counts{1, 0, 0, 0, 0});
  // Axes that are stepped through alike are one.
  auto m = plan_of<matrix, matrix>(calx::jit([](auto a, auto b) { return 2.0 * a + b; }));
  CHECK(count(m) == counts{1, 0, 0, 0, 0});
  CHECK(m.steps[0].space.rank == 1);
}

TEST_CASE("the gradient of a logistic loss is two products of a matrix and a vector and one loop") {
  auto p = plan_of<vector, double, matrix, vector>(calx::value_and_grad<0, 1>(loss));
  counts c = count(p);
  CHECK(c.contractions == 2);
  CHECK(c.loops == 1);
  CHECK(c.temporaries <= 3);
  CHECK(instructions(p, 3, plan::op_reduce) == 2);
}

TEST_CASE("small extents become numbers in registers") {
  using small = calx::tensor<double, 3, 3>;
  auto p = plan_of<small, small>(calx::jit(product));
  CHECK(count(p) == counts{0, 1, 0, 0, 0});
  CHECK(instructions(p, 0, plan::op_load) == 18);
  CHECK(instructions(p, 0, op_id(&info_of<mul_t>)) == 27);
  CHECK(instructions(p, 0, op_id(&info_of<add_t>)) == 18);
  CHECK(instructions(p, 0, plan::op_store) == 9);
  // In a batch they are numbers for each example: one loop over the batch.
  using batch = basic_array<double, extents<dyn, 3, 3>>;
  auto q = plan_of<batch, batch>(calx::vmap(product));
  CHECK(count(q) == counts{1, 0, 0, 0, 0});
  CHECK(q.steps[0].space.rank == 1);
  CHECK(instructions(q, 0, op_id(&info_of<mul_t>)) == 27);
  // Large ones are not, and are computed in lanes.
  auto r = plan_of<calx::tensor<double, 100>>(calx::grad(wave));
  CHECK(count(r) == counts{1, 0, 0, 0, 0});
  auto s = plan_of<calx::tensor<double, 20, 20>, calx::tensor<double, 20, 20>>(calx::jit(product));
  CHECK(count(s) == counts{0, 0, 1, 0, 0});
}

TEST_CASE("views are index arithmetic") {
  CHECK(count(plan_of<matrix>(calx::jit([](auto x) { return x.T() + 1.0; }))) ==
        counts{1, 0, 0, 0, 0});
  CHECK(count(plan_of<matrix, matrix>(calx::jit([](auto x, auto y) {
          return calx::dot(x.T(), y);
        }))) == counts{0, 0, 1, 0, 0});
  auto p = plan_of<vector>(calx::jit([](auto x) { return x(slice(1, none)) - x(slice(0, -1)); }));
  CHECK(count(p) == counts{1, 0, 0, 0, 0});
  CHECK(instructions(p, 0, plan::op_load) == 2);
  auto q = plan_of<vector>(calx::jit([](auto x) {
    return calx::concatenate(axis<0>, x, 2.0 * x);
  }));
  CHECK(count(q) == counts{1, 0, 0, 0, 0});
  CHECK(instructions(q, 0, plan::op_store) == 2);
  // What one axis does not change is computed before its loop.
  auto r = plan_of<matrix, vector>(calx::jit([](auto x, auto y) {
    return x * calx::exp(y)(slice(), newaxis);
  }));
  CHECK(count(r).loops <= 2);
}

TEST_CASE("slots serve one temporary after the other") {
  auto f = [](auto x, auto W) {
    for (int i = 0; i < 6; ++i) x = calx::tanh(calx::dot(W, x));
    return x;
  };
  auto p = plan_of<vector, matrix>(calx::jit(f));
  counts c = count(p);
  CHECK(c.contractions == 6);
  CHECK(c.loops == 6);
  CHECK(c.temporaries == 11);
  CHECK(c.slots == 2);
}

TEST_CASE("softmax over rows") {
  auto p = plan_of<matrix>(calx::jit([](auto x) {
    auto e = calx::exp(x - calx::max(x, axis<1>, keepdims));
    return e / calx::sum(e, axis<1>, keepdims);
  }));
  // Three passes over the matrix, and two fills of a column with what its reduction starts from.
  CHECK(count(p).loops == 5);
  CHECK(count(p).contractions == 0);
}

namespace {
struct logistic_gradient {
  static constexpr graph build() {
    return detail::traced_call<decltype(calx::value_and_grad<0, 1>(loss)), vector, double,
                               matrix, vector>::build();
  }
};
struct failing {
  static constexpr graph build() {
    return detail::traced_call<decltype(calx::jit(product)), calx::tensor<double, 2>,
                               calx::tensor<double, 3>>::build();
  }
};
bool same(const plan::access& a, const plan::access& b) { return plan::same(a, b, max_rank); }
bool same(const plan::instruction& a, const plan::instruction& b) {
  bool equal = a.op == b.op && a.type == b.type && a.result == b.result &&
               a.operands == b.operands && a.access == b.access && a.value == b.value;
  for (int i = 0; i < 3; ++i)
    equal = equal && a.operand[i] == b.operand[i] && a.operand_type[i] == b.operand_type[i];
  return equal;
}
bool same(const plan::step& a, const plan::step& b) {
  bool equal = a.kind == b.kind && a.type == b.type && a.space == b.space && a.first == b.first &&
               a.hoisted == b.hoisted && a.last == b.last && a.first_access == b.first_access &&
               a.last_access == b.last_access;
  for (int d = 0; d < dtype_count; ++d) equal = equal && a.registers[d] == b.registers[d];
  return equal;
}
bool same(const plan::contraction_axis& a, const plan::contraction_axis& b) {
  return a.group == b.group && a.extent == b.extent && a.left == b.left && a.right == b.right &&
         a.result == b.result;
}
bool same(const plan::temporary& a, const plan::temporary& b) {
  return a.type == b.type && a.size == b.size && a.slot == b.slot;
}
/// CHECKs that the frozen records of a table are those of the plan.
template <class T, class At>
void same_table(int count, const calx::vec<T>& list, At at) {
  REQUIRE(count == static_cast<int>(list.size()));
  for (int k = 0; k < count; ++k) CHECK(same(at(k), list[plan::at(k)]));
}
}  // namespace

TEST_CASE("a frozen plan says what the plan says") {
  using frozen = plan::constant_plan<logistic_gradient>;
  const plan::program p = plan::make(logistic_gradient::build());
  CHECK_FALSE(frozen::failed);
  CHECK_FALSE(frozen::is_static);
  CHECK((frozen::inputs == 4 && frozen::outputs == 3));
  for (int k = 0; k < frozen::inputs; ++k) CHECK(frozen::input(k) == p.inputs[plan::at(k)]);
  for (int k = 0; k < frozen::outputs; ++k) CHECK(frozen::output(k) == p.outputs[plan::at(k)]);
  same_table(frozen::count(plan::t_steps), p.steps, frozen::step_at);
  same_table(frozen::code_count, p.instructions, frozen::instruction_at);
  same_table(frozen::count(plan::t_accesses), p.accesses, frozen::access_at);
  same_table(frozen::count(plan::t_axes), p.axes, frozen::axis_at);
  same_table(frozen::count(plan::t_temporaries), p.temporaries, frozen::temporary_at);
  REQUIRE(frozen::count(plan::t_slots) == static_cast<int>(p.slots.size()));
  for (int k = 0; k < frozen::count(plan::t_slots); ++k)
    CHECK(frozen::slot_at(k) == p.slots[plan::at(k)]);
  REQUIRE(frozen::count(plan::t_symbols) == static_cast<int>(p.symbols.symbols.size()));
  for (int k = 0; k < frozen::count(plan::t_symbols); ++k)
    CHECK(frozen::symbol_at(k) == p.symbols.symbols[plan::at(k)]);
  REQUIRE(frozen::count(plan::t_assumptions) == static_cast<int>(p.symbols.assumptions.size()));
  for (int k = 0; k < frozen::count(plan::t_assumptions); ++k) {
    const assumption a = frozen::assumption_at(k), b = p.symbols.assumptions[plan::at(k)];
    CHECK((a.kind == b.kind && a.a == b.a && a.b == b.b && a.message == b.message));
  }
  REQUIRE(frozen::count(plan::t_messages) == static_cast<int>(p.messages.size()));
  for (int k = 0; k < frozen::count(plan::t_messages); ++k)
    CHECK(frozen::message_at(k).message.view() == p.messages[plan::at(k)].message.view());
}

TEST_CASE("a plan that does not fit at once is the same") {
  using fits = plan::constant_plan<logistic_gradient>;
  using grows = plan::constant_plan<logistic_gradient, 16, 4>;
  CHECK_FALSE(plan::frozen_plan<logistic_gradient, 16, 4>().complete());
  REQUIRE(grows::code_count == fits::code_count);
  for (int k = 0; k < fits::code_count; ++k)
    CHECK(same(grows::instruction_at(k), fits::instruction_at(k)));
  REQUIRE(grows::count(plan::t_accesses) == fits::count(plan::t_accesses));
  for (int k = 0; k < fits::count(plan::t_accesses); ++k)
    CHECK(same(grows::access_at(k), fits::access_at(k)));
}

TEST_CASE("a plan that failed says why") {
  using frozen = plan::constant_plan<failing>;
  CHECK(frozen::failed);
  constexpr text said = frozen::error();
  CHECK(said.view().starts_with("dot: "));
  CHECK(plan::constant_plan<logistic_gradient>::error().length == 0);
}
