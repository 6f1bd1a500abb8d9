// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// verify finds each way in which a program can be broken, and names the node.
#include <calx/codegen/vm/loops.hpp>
#include <calx/passes/verify.hpp>
#include <calx/trace/structure.hpp>

#include "../catch.hpp"

using namespace calx;

namespace {
/// A program with a node of each kind; the names are the nodes.
struct sample {
  graph g;
  int x, y, c, sum, less, choice, moved, part, padded, both, product, total;
  constexpr sample() {
    x = input_t::emit(g, {dtype::f64, {2, 3}}), y = input_t::emit(g, {dtype::f64, {3, 2}});
    c = constant_t::emit(g, {2, 3}, dtype::f64, 1.5);
    sum = detail::emit<add_t>(g, x, c), less = detail::emit<less_t>(g, x, c);
    int choose[] = {less, x, sum};
    choice = select_t::emit(g, choose), moved = transpose_t::emit(g, sum, {1, 0});
    part = slice_t::emit(g, x, {0, 1}, {1, 1}, {2, 2});
    padded = pad_t::emit(g, part, {1, 0}, {2, 1}, {4, 2});
    both = concatenate_t::emit(g, {moved, y}, 1);
    product = dot_general_t::emit(g, x, y, {{}, {}, {1}, {0}});
    total = reduce_sum_t::emit(g, product, {0, 1});
    g.outputs.push_back(total);
  }
};
template <class F>
std::string broken(F f) {
  sample s;
  f(s.g, s);
  return std::string(passes::verify(s.g).view());
}
node& at(graph& g, int n) { return g.nodes[static_cast<std::size_t>(n)]; }
int& operand_at(graph& g, int n, int i) {
  return g.args[static_cast<std::size_t>(g.at(n).first_arg + i)];
}
dim& param_at(graph& g, int n, int i) {
  return g.ints[static_cast<std::size_t>(g.at(n).first_int + i)];
}
void retype(graph& g, int n, dtype d, dims s) { at(g, n).aval = g.intern({d, s}); }
}  // namespace

TEST_CASE("a program that ops have built is well-formed, in the compiler too") {
  static_assert(passes::verify(sample().g).length == 0);
  CHECK(broken([](graph&, const sample&) {}) == "");
  CHECK(passes::verify(graph()).length == 0);
}

TEST_CASE("nodes that point outside the program") {
  CHECK(broken([](graph& g, const sample& s) { at(g, s.c).op = nullptr; }) ==
        "node %2 (?) has no op");
  CHECK(broken([](graph& g, const sample& s) { at(g, s.c).aval = 1000; }) ==
        "node %2 (constant) has no type");
  CHECK(broken([](graph& g, const sample& s) { at(g, s.sum).first_arg = 1000; }) ==
        "node %3 (add) has operands outside their pool");
  CHECK(broken([](graph& g, const sample& s) { at(g, s.part).int_count = 1000; }) ==
        "node %7 (slice) has parameters outside their pool");
  CHECK(broken([](graph& g, const sample& s) { operand_at(g, s.sum, 0) = s.choice; }) ==
        "node %3 (add) has an operand that does not come before it");
  CHECK(broken([](graph& g, const sample& s) {
    aval deep = g.type(s.c);
    deep.shape.rank = max_rank + 1;
    at(g, s.c).aval = static_cast<int>(g.avals.size());
    g.avals.push_back(deep);
  }) == "node %2 (constant) has more axes than max_rank");
  CHECK(broken([](graph& g, const sample&) { g.outputs[0] = 99; }) ==
        "output %99 is not a node of the program");
  CHECK(broken([](graph& g, const sample& s) { g.inputs.push_back(s.sum); }) ==
        "input %3 is not an input of the program");
}

TEST_CASE("nodes whose types do not follow from their operands") {
  std::string shape = " has a shape or parameters that do not fit its operand";
  CHECK(broken([](graph& g, const sample& s) { at(g, s.sum).arg_count = 1; }) ==
        "node %3 (add) has the wrong number of operands");
  CHECK(broken([](graph& g, const sample& s) { at(g, s.x).int_count = 0; }) ==
        "node %0 (input) has the wrong number of parameters");
  CHECK(broken([](graph& g, const sample& s) { param_at(g, s.x, 0) = 9; }) ==
        "node %0 (input) has a number that is out of range");
  CHECK(broken([](graph& g, const sample& s) { operand_at(g, s.sum, 1) = s.y; }) ==
        "node %3 (add) has operands of different shapes");
  CHECK(broken([](graph& g, const sample& s) { retype(g, s.sum, dtype::f32, {2, 3}); }) ==
        "node %3 (add) is float32(2, 3), but its operands and parameters make it float64(2, 3)");
  CHECK(broken([](graph& g, const sample& s) { retype(g, s.less, dtype::f64, {2, 3}); }) ==
        "node %4 (less) is float64(2, 3), but its operands and parameters make it bool(2, 3)");
  CHECK(broken([](graph& g, const sample& s) { operand_at(g, s.choice, 0) = s.x; }) ==
        "node %5 (select) has a condition that is not bool");
  CHECK(broken([](graph& g, const sample& s) { operand_at(g, s.choice, 1) = s.less; }) ==
        "node %5 (select) has operands of different dtypes");
  CHECK(broken([](graph& g, const sample& s) { param_at(g, s.moved, 0) = 0; }) ==
        "node %6 (transpose)" + shape);
  CHECK(broken([](graph& g, const sample& s) { param_at(g, s.part, 1) = 2; }) ==
        "node %7 (slice)" + shape);
  CHECK(broken([](graph& g, const sample& s) { param_at(g, s.padded, 2) = 4; }) ==
        "node %8 (pad)" + shape);
  CHECK(broken([](graph& g, const sample& s) { retype(g, s.both, dtype::f64, {3, 5}); }) ==
        "node %9 (concatenate) is float64(3, 5), but its operands and parameters make it "
        "float64(3, 4)");
  CHECK(broken([](graph& g, const sample& s) { operand_at(g, s.both, 1) = s.x; }) ==
        "node %9 (concatenate) has operands that do not align");
  CHECK(broken([](graph& g, const sample& s) { param_at(g, s.product, 2) = 0; }) ==
        "node %10 (dot_general) has parameters that do not fit its operands");
  CHECK(broken([](graph& g, const sample& s) { param_at(g, s.total, 1) = 0; }) ==
        "node %11 (reduce_sum) has parameters that are no axes");
  CHECK(broken([](graph& g, const sample& s) {
    retype(g, s.total, dtype::f64, {2});
  }) == "node %11 (reduce_sum) is float64(2,), but its operands and parameters make it float64()");
  CHECK(broken([](graph& g, const sample& s) {
    std::swap(param_at(g, s.total, 0), param_at(g, s.total, 1));
  }) == "node %11 (reduce_sum) has axes that do not increase");
}

TEST_CASE("extents that were assumed equal count as equal") {
  graph g;
  dim n = g.symbols.make({symbol_kind::input, 0, 0}),
      m = g.symbols.make({symbol_kind::input, 1, 0});
  int x = input_t::emit(g, {dtype::f64, {n}}), y = input_t::emit(g, {dtype::f64, {m}});
  int args[] = {x, y};
  g.append(info_of<add_t>, g.at(x).aval, args, 2, nullptr, 0);
  CHECK(passes::verify(g).view() == "node %2 (add) has operands of different shapes");
  g.symbols.assume_equal(n, m);
  CHECK(passes::verify(g).view() == "");
}

namespace {
/// True where x is NaN: an op of a user whose result has another dtype than its operand.
struct is_nan_t : elementwise<is_nan_t, 1> {
  static constexpr std::string_view name = "is_nan";
  static constexpr dtype_rule rule = dtype_rule::compare;
  template <class T>
  CALX_HD static constexpr auto eval(T x) { return x != x; }
};
/// Two operands, each all over the result: an op of a user that says an impossible map.
struct both_t : structural<both_t> {
  static constexpr std::string_view name = "both";
  static constexpr int operand_count = 2, param_count = 0;
  static constexpr index_map map(const auto& g, symbol_table&, int n, int) {
    index_map m;
    for (int k = 0; k < g.shape(n).rank; ++k) m.add(k, k);
    return m;
  }
};
}  // namespace

TEST_CASE("what an op of a user says of its type is checked, and nothing else") {
  graph g;
  int x = input_t::emit(g, {dtype::f32, {3}}), y = is_nan_t::emit(g, &x);
  CHECK(g.element(y) == dtype::b1);
  CHECK(passes::verify(g).view() == "");
  retype(g, y, dtype::f32, {3});
  CHECK(passes::verify(g).view() == "node %1 (is_nan) is float32(3,), but its operands and "
                                    "parameters make it bool(3,)");
}

TEST_CASE("operands of an op of a user fill boxes of its result") {
  graph g;
  int x = input_t::emit(g, {dtype::f32, {3}});
  g.add<both_t>(g.type(x), {x, x});
  CHECK(passes::verify(g).view() ==
        "node %1 (both) has an operand that does not fill a box of its result");
}

#if defined(CALX_CHECKED)
TEST_CASE("what a pass leaves is checked in builds that ask for it") {
  sample s;
  retype(s.g, s.sum, dtype::f32, {2, 3});
  std::string said;
  try {
    passes::require_valid("a pass", s.g);
  } catch (const error& e) {
    said = e.what();
  }
  CHECK(said == "a pass: node %3 (add) is float32(2, 3), but its operands and parameters make it "
                "float64(2, 3); an op or this pass is wrong, please report it");
}
#endif
