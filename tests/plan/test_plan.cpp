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
/// How many kernels of each kind a plan has: loops over something, single writes, contractions.
struct counts {
  int loops = 0, writes = 0, contractions = 0;
  std::size_t temporaries = 0, slots = 0;
  friend bool operator==(const counts&, const counts&) = default;
};
std::ostream& operator<<(std::ostream& out, const counts& c) {
  return out << c.loops << " loops, " << c.writes << " writes, " << c.contractions
             << " contractions, " << c.temporaries << " temporaries in " << c.slots << " slots";
}
/// How many statements of a kernel are of this kind.
int statements(const plan::program& p, int kernel, plan::statement::kind_t kind) {
  int n = 0;
  const plan::kernel& k = p.kernels[plan::at(kernel)];
  for (int s = k.first; s < k.last; ++s) n += p.statements[plan::at(s)].kind == kind;
  return n;
}
int loops(const plan::program& p, int kernel) {
  return statements(p, kernel, plan::statement::serial) +
         statements(p, kernel, plan::statement::lanes);
}
counts count(const plan::program& p) {
  counts c{0, 0, 0, 0, p.slots.size()};
  for (int k = 0; k < static_cast<int>(p.kernels.size()); ++k)
    ++(statements(p, k, plan::statement::contraction) == 1 ? c.contractions
       : loops(p, k) == 0                                  ? c.writes
                                                           : c.loops);
  for (const plan::temporary& t : p.temporaries) c.temporaries += t.slot >= 0;
  return c;
}
/// How many instructions of a kernel fit.
template <class Fits>
int instructions_that(const plan::program& p, int kernel, Fits fits) {
  int n = 0;
  const plan::kernel& k = p.kernels[plan::at(kernel)];
  for (int s = k.first; s < k.last; ++s) {
    const plan::statement& x = p.statements[plan::at(s)];
    for (int i = x.first; x.kind == plan::statement::code && i < x.last; ++i)
      n += fits(p.instructions[plan::at(i)]) ? 1 : 0;
  }
  return n;
}
int instructions(const plan::program& p, int kernel, int op) {
  return instructions_that(p, kernel, [op](const auto& x) { return x.op == op; });
}
/// How often a kernel applies Op.
template <class Op>
int applied(const plan::program& p, int kernel) {
  return instructions_that(p, kernel, [](const plan::instruction& x) {
    return x.op == plan::op_apply && is<Op>(*x.info);
  });
}
}  // namespace

TEST_CASE("elementwise programs are one loop that reads and writes once") {
  auto p = plan_of<vector>(calx::grad(wave));
  CHECK(count(p) == counts{1, 0, 0, 0, 0});
  CHECK(instructions(p, 0, plan::op_load) == 1);
  CHECK(instructions(p, 0, plan::op_store) == 1);
  CHECK(applied<exp_t>(p, 0) == 1);
  // With the value: the sum is accumulated in the same loop, and stored once it is.
  auto q = plan_of<vector>(calx::value_and_grad(wave));
  CHECK(count(q) == counts{1, 0, 0, 0, 0});
  CHECK(statements(q, 0, plan::statement::accumulate) == 1);
  CHECK(instructions(q, 0, plan::op_accumulate) == 1);
  CHECK(instructions(q, 0, plan::op_load) == 1);
  CHECK(instructions(q, 0, plan::op_store) == 2);
  CHECK(count(plan_of<vector>(calx::vmap(calx::grad(calx::grad([](auto x) {
          return calx::sin(x) * calx::exp(-x * x);
        }))))) == counts{1, 0, 0, 0, 0});
  // Axes that are stepped through alike are one.
  auto m = plan_of<matrix, matrix>(calx::jit([](auto a, auto b) { return 2.0 * a + b; }));
  CHECK(count(m) == counts{1, 0, 0, 0, 0});
  CHECK(loops(m, 0) == 1);
}

TEST_CASE("the gradient of a logistic loss is two products of a matrix and a vector and one loop") {
  auto p = plan_of<vector, double, matrix, vector>(calx::value_and_grad<0, 1>(loss));
  counts c = count(p);
  CHECK(c.contractions == 2);
  CHECK(c.loops == 1);
  CHECK(c.writes == 1);  // of the value, which is a sum negated
  CHECK(c.temporaries <= 3);
  CHECK(instructions(p, 1, plan::op_accumulate) == 2);
}

TEST_CASE("small extents become numbers in registers") {
  using small = calx::tensor<double, 3, 3>;
  auto p = plan_of<small, small>(calx::jit(product));
  CHECK(count(p) == counts{0, 1, 0, 0, 0});
  CHECK(instructions(p, 0, plan::op_load) == 18);
  CHECK(applied<mul_t>(p, 0) == 27);
  CHECK(applied<add_t>(p, 0) == 18);
  CHECK(instructions(p, 0, plan::op_store) == 9);
  // In a batch they are numbers for each example: one loop over the batch.
  using batch = basic_array<double, extents<dyn, 3, 3>>;
  auto q = plan_of<batch, batch>(calx::vmap(product));
  CHECK(count(q) == counts{1, 0, 0, 0, 0});
  CHECK(loops(q, 0) == 1);
  CHECK(applied<mul_t>(q, 0) == 27);
  // Large ones are not, and are computed in lanes.
  auto r = plan_of<calx::tensor<double, 100>>(calx::grad(wave));
  CHECK(count(r) == counts{1, 0, 0, 0, 0});
  auto s = plan_of<calx::tensor<double, 20, 20>, calx::tensor<double, 20, 20>>(calx::jit(product));
  CHECK(count(s) == counts{0, 0, 1, 0, 0});
}

namespace {
/// `steps` steps of a recursion on small matrices, far more than 1200 operations.
template <int steps>
constexpr auto recursion = [](auto F, auto P, auto x) {
  for (int i = 0; i < steps; ++i) {
    auto K = calx::dot(calx::dot(F, P), F.T());
    P = K - calx::dot(calx::dot(K, P), K.T()) * 0.01;
    x = calx::dot(P, x) + calx::sin(x);
  }
  return x;
};
using four = calx::tensor<double, 4, 4>;
using numbers = calx::tensor<double, 4>;
template <int steps>
plan::program recursion_plan() {
  return plan_of<four, four, numbers>(calx::jit(recursion<steps>));
}
}  // namespace

TEST_CASE("a long program of small tensors is split as a short one is") {
  auto p = recursion_plan<6>(), q = recursion_plan<12>();
  CHECK(count(p) == counts{0, 1, 0, 0, 0});
  CHECK(count(q) == counts{0, 1, 0, 0, 0});
  const auto a = static_cast<int>(p.instructions.size());
  const auto b = static_cast<int>(q.instructions.size());
  CHECK(a > 2 * plan::most_operations);
  CHECK(b > 2 * a - 100);
  CHECK(b < 2 * a + 100);
  // Beside a large array, too: it stays a loop, and the numbers are numbers.
  auto r = plan_of<four, four, numbers, calx::tensor<double, 200>>(
      calx::jit([](auto F, auto P, auto x, auto y) {
        return calx::sum(calx::sin(y) * calx::sum(recursion<12>(F, P, x)));
      }));
  CHECK(count(r).contractions == 0);
  CHECK(count(r).loops == 1);
  // In a batch of any size as well.
  using batch = basic_array<double, extents<dyn, 4, 4>>;
  auto s = plan_of<batch, batch, basic_array<double, extents<dyn, 4>>>(
      calx::vmap(recursion<12>));
  CHECK(count(s).contractions == 0);
  CHECK(count(s).loops == 1);
}

TEST_CASE("long chains of elementwise ops stay loops in lanes") {
  auto p = plan_of<calx::tensor<double, 64>>(calx::jit([](auto x) {
    for (int i = 0; i < 40; ++i) x = calx::sin(x) * 0.5;
    return x;
  }));
  CHECK(count(p) == counts{1, 0, 0, 0, 0});
  CHECK(p.instructions.size() < 200);
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
  // Three passes over the matrix, and no fills: reductions are accumulated.
  CHECK(count(p).loops == 3);
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
bool same(const plan::kernel& a, const plan::kernel& b) {
  bool equal = a.first == b.first && a.last == b.last && a.first_access == b.first_access &&
               a.last_access == b.last_access && a.type == b.type;
  for (int d = 0; d < dtype_count; ++d) equal = equal && a.registers[d] == b.registers[d];
  return equal;
}
bool same(const plan::statement& a, const plan::statement& b) {
  return a.kind == b.kind && a.end == b.end && a.first == b.first && a.last == b.last &&
         a.extent == b.extent;
}
bool same(const plan::contraction_axis& a, const plan::contraction_axis& b) {
  return a.group == b.group && a.extent == b.extent && a.left == b.left && a.right == b.right &&
         a.result == b.result;
}
bool same(const plan::temporary& a, const plan::temporary& b) {
  return a.type == b.type && a.size == b.size && a.slot == b.slot;
}
bool same(const aval& a, const aval& b) { return a == b; }
bool same(const symbol& a, const symbol& b) { return a == b; }
bool same(dim a, dim b) { return a == b; }
bool same(const assumption& a, const assumption& b) {
  return a.kind == b.kind && a.a == b.a && a.b == b.b && a.message == b.message;
}
/// CHECKs that the frozen records of a table are those of the plan.
template <class T>
void same_table(const T* frozen, int count, const calx::vec<T>& list) {
  REQUIRE(count == static_cast<int>(list.size()));
  for (int k = 0; k < count; ++k) CHECK(same(frozen[k], list[plan::at(k)]));
}
/// CHECKs that two frozen plans are the same.
template <class T>
void same_table(const T* a, const T* b, int count) {
  for (int k = 0; k < count; ++k) CHECK(same(a[k], b[k]));
}
struct small_room {
  static constexpr plan::table_sizes sizes{4, 4, 2, 3, 16, 4, 1, 1, 1, 1, 1, 1, 1, 1, 4};
};
}  // namespace

TEST_CASE("a frozen plan says what the plan says") {
  using frozen = plan::constant_plan<logistic_gradient>;
  plan::program p = plan::make(logistic_gradient::build());
  static constexpr const auto& data = frozen::data;
  constexpr plan::table_sizes n = data.size;
  CHECK_FALSE(frozen::failed);
  CHECK_FALSE(frozen::is_static);
  CHECK((frozen::inputs == 4 && frozen::outputs == 3));
  same_table(data.inputs, n.inputs, p.inputs);
  same_table(data.outputs, n.outputs, p.outputs);
  same_table(data.kernels, n.kernels, p.kernels);
  same_table(data.statements, n.statements, p.statements);
  same_table(data.accesses, n.accesses, p.accesses);
  same_table(data.axes, n.axes, p.axes);
  same_table(data.temporaries, n.temporaries, p.temporaries);
  same_table(data.slots, n.slots, p.slots);
  same_table(data.symbols, n.symbols, p.symbols.symbols);
  same_table(data.assumptions, n.assumptions, p.symbols.assumptions);
  REQUIRE(n.sentences == static_cast<int>(p.messages.size()));
  for (int k = 0; k < n.sentences; ++k) {
    CHECK(frozen::message_at(k).kind == p.messages[plan::at(k)].kind);
    CHECK(frozen::message_at(k).message.view() == p.messages[plan::at(k)].message.view());
  }
  // Instructions say an op by its id instead of by its description.
  for (plan::instruction& x : p.instructions) {
    if (x.op == plan::op_apply) x.op = op_id(x.info);
    else if (x.info && x.op != plan::op_convert) x.value = op_id(x.info);
  }
  same_table(data.instructions, n.instructions, p.instructions);
  for (int k = 0; k < n.instructions; ++k) CHECK(data.instructions[k].info == nullptr);
}

TEST_CASE("a plan that does not fit at once is the same") {
  using fits = plan::constant_plan<logistic_gradient>;
  using grows = plan::constant_plan<logistic_gradient, small_room>;
  constexpr plan::table_sizes n = fits::data.size;
  CHECK_FALSE(small_room::sizes.hold(n));
  constexpr plan::table_sizes sizes = grows::data.size;
  REQUIRE((sizes.hold(n) && n.hold(sizes)));
  same_table(grows::data.kernels, fits::data.kernels, n.kernels);
  same_table(grows::data.statements, fits::data.statements, n.statements);
  same_table(grows::data.instructions, fits::data.instructions, n.instructions);
  same_table(grows::data.accesses, fits::data.accesses, n.accesses);
  same_table(grows::data.symbols, fits::data.symbols, n.symbols);
  for (int k = 0; k < n.sentences; ++k)
    CHECK(grows::message_at(k).message.view() == fits::message_at(k).message.view());
}

TEST_CASE("a plan that failed says why") {
  using frozen = plan::constant_plan<failing>;
  CHECK(frozen::failed);
  constexpr text said = frozen::error();
  CHECK(said.view().starts_with("dot: "));
  CHECK(plan::constant_plan<logistic_gradient>::error().length == 0);
}
