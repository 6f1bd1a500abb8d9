// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The passes in the constant evaluator: what they leave of programs, and that it is well-formed.
#include <calx/graph/print.hpp>
#include <calx/passes/verify.hpp>
#include <calx/passes/compact.hpp>
#include <calx/passes/linearize.hpp>
#include <calx/passes/vmap.hpp>
#include <calx/trace/structure.hpp>
#include <sstream>

#include "../catch.hpp"

using namespace calx;
using passes::node_list;

namespace {
constexpr tracer input(graph& g, dims shape = {4}, dtype d = dtype::f64) {
  return {&g, input_t::emit(g, {d, shape})};
}
constexpr tracer constant(graph& g, double v, dims shape = {4}) {
  return {&g, constant_t::emit(g, shape, dtype::f64, v)};
}
/// f(x) of two inputs of shape (4,) as a program.
template <class F>
constexpr graph traced(F f) {
  graph g;
  tracer x = input(g), y = input(g);
  g.outputs.push_back(f(x, y).id);
  return g;
}
/// How many nodes a pass leaves of f, beside the two inputs; -1 if that is not well-formed.
template <class F>
constexpr int left(F f) {
  graph g = passes::compact(traced(f));
  return passes::verify(g).length > 0 ? -1 : g.size() - 2;
}
/// The same for the gradient of sum(f), `order` times.
template <class F>
constexpr int left_of_gradient(F f, int order = 1) {
  graph g;
  tracer x = input(g), y = input(g);
  int out = f(x, y).id;
  for (int k = 0; k < order; ++k) {
    auto linear = passes::linearize(g, {x.id}, {out});
    out = passes::vjp(g, linear, {constant_t::emit(g, g.shape(out), dtype::f64, 1.0)})[0];
  }
  g.outputs.push_back(out);
  g = passes::compact(g);
  return passes::verify(g).length > 0 ? -1 : g.size() - 2;
}
constexpr int result_is_input(auto f) {
  graph g = passes::compact(traced(f));
  return g.outputs[0] == g.inputs[0];
}
using var = tracer;
}  // namespace

TEST_CASE("algebra that changes no bit") {
  static_assert(result_is_input([](var x, var) { return x * 1.0; }));
  static_assert(result_is_input([](var x, var) { return x - 0.0; }));
  static_assert(result_is_input([](var x, var) { return x + -0.0; }));
  static_assert(result_is_input([](var x, var) { return -(-x); }));
  static_assert(result_is_input([](var x, var) { return x / 1.0; }));
  static_assert(result_is_input([](var x, var y) { return where(x < y, x, x); }));
  static_assert(result_is_input([](var x, var y) {
    return where(calx::less(constant(*x.program, 1), constant(*x.program, 2)), x, y);
  }));
  static_assert(result_is_input([](var x, var) { return maximum(x, x); }));
  static_assert(result_is_input([](var x, var) { return calx::pow(x, 1); }));
  static_assert(left([](var x, var) { return calx::exp(x) * 1.0; }) == 1);
  static_assert(left([](var x, var) { return calx::exp(x) - 0.0; }) == 1);
  static_assert(left([](var x, var y) { return -x * -y; }) == 1);
  static_assert(left([](var x, var y) { return x - -y; }) == 1);
  static_assert(left([](var x, var y) { return x + -y; }) == 1);
  static_assert(left([](var x, var) { return x * -1.0; }) == 1);
  static_assert(left([](var x, var) { return -0.0 - x; }) == 1);
  static_assert(left([](var x, var) { return calx::abs(-x); }) == 1);
  static_assert(left([](var x, var) { return calx::floor(calx::floor(x)); }) == 1);
  static_assert(left([](var x, var y) { return where(!(x < y), y, x); }) == 2);
  static_assert(left([](var x, var y) { return where(x < y, where(x < y, x, y), y); }) == 2);
  static_assert(left([](var x, var y) {
                  return guarded_mul(x, y.like(3.0)) + guarded_mul(x.like(0.0), y);
                }) == 4);
}

TEST_CASE("algebra that would change a bit is left alone") {
  static_assert(left([](var x, var) { return x + 0.0; }) == 2);  // of -0.0
  static_assert(left([](var x, var) { return 0.0 - x; }) == 2);
  static_assert(left([](var x, var) { return x * 0.0; }) == 2);  // of infinity
  static_assert(left([](var x, var) { return x - x; }) == 1);
  static_assert(left([](var x, var) { return x / x; }) == 1);
  static_assert(left([](var x, var) { return equal_to(x, x); }) == 1);
  static_assert(left([](var x, var) { return x / 3.0; }) == 2);
  static_assert(left([](var x, var) { return guarded_mul(x, x.like(inf)); }) == 4);
}

TEST_CASE("what is equal is computed once, in either order") {
  static_assert(left([](var x, var y) { return (x + y) * (y + x); }) == 2);
  static_assert(left([](var x, var y) { return x * y - y * x; }) == 2);
  static_assert(left([](var x, var) { return calx::exp(x) + calx::exp(x); }) == 2);
  static_assert(left([](var x, var y) { return x - y + (y - x); }) == 3);
}

TEST_CASE("constants are computed by the compiler where that is safe") {
  static_assert(left([](var x, var) { return x + (constant(*x.program, 2) * 3.0 - 1.0); }) == 2);
  static_assert(left([](var x, var) { return where(constant(*x.program, 2) > 1.0, x, x + 1.0); }) ==
                0);
  static_assert(left([](var x, var) { return x / (constant(*x.program, 1) / 0.0); }) == 4);
  static_assert(left([](var x, var) { return x * (constant(*x.program, 1e200) * 1e200); }) == 3);
  static_assert(left([](var x, var) { return x / 4.0; }) == 2);
  constexpr auto is_product = [](double divisor) {
    graph g = traced([=](var x, var) { return x / divisor; });
    return is<mul_t>(g, g.outputs[0]);
  };
  static_assert(is_product(4.0) && is_product(-0.125) && !is_product(6.0) && !is_product(0.0));
  static_assert(!is_product(0x1p-1074) && !is_product(0x1p1023));
}

TEST_CASE("integers know more algebra than floats") {
  constexpr auto of_integers = [](auto f, dtype d) {
    graph g;
    g.outputs.push_back(f(input(g, {4}, d)).id);
    return passes::compact(g).size() - 1;
  };
  static_assert(of_integers([](var x) { return x + 0; }, dtype::i32) == 0);
  static_assert(of_integers([](var x) { return x * 0 + x; }, dtype::u64) == 0);
  static_assert(of_integers([](var x) { return x - x; }, dtype::i64) == 1);
  static_assert(of_integers([](var x) { return x == x; }, dtype::i64) == 1);
  static_assert(of_integers([](var x) { return (x & x) | x; }, dtype::b1) == 0);
  static_assert(of_integers([](var x) { return !!x; }, dtype::b1) == 0);
  static_assert(of_integers([](var x) { return bit_and(x, true); }, dtype::b1) == 0);
  static_assert(of_integers([](var x) { return bit_or(x, true); }, dtype::b1) == 1);
  static_assert(of_integers([](var x) { return calx::floor(x); }, dtype::i32) == 0);
}

TEST_CASE("conversions by way of a wider type are one, or none") {
  constexpr auto by_way = [](dtype from, dtype by, dtype to) {
    graph g;
    int x = input(g, {4}, from).id;
    g.outputs.push_back(convert_t::emit(g, convert_t::emit(g, x, by), to));
    return passes::compact(g).size() - 1;
  };
  using enum dtype;
  static_assert(by_way(f32, f64, f32) == 0 && by_way(i32, f64, i32) == 0 &&
                by_way(b1, f32, b1) == 0);
  static_assert(by_way(i32, i64, u32) == 1 && by_way(i32, f64, f32) == 1 &&
                by_way(b1, i32, f64) == 1);
  static_assert(by_way(f32, f64, i32) == 1 && by_way(u32, i64, f32) == 1 &&
                by_way(i32, f64, b1) == 1);
  // Integers wrap where floats stop; and what rounds or wraps is no way back.
  static_assert(by_way(i32, f64, u32) == 2 && by_way(f64, f32, f64) == 2 &&
                by_way(i64, f64, i64) == 2);
  static_assert(by_way(i32, u32, i64) == 2 && by_way(i64, i32, i64) == 2 &&
                by_way(i32, f32, f64) == 2);
}

namespace {
/// How many nodes are left of f(g, x) beside x, of shape `from`; -1 if that is not well-formed.
template <class F>
constexpr int nodes(dims from, F f) {
  graph g;
  int x = input(g, from).id;
  g.outputs.push_back(f(g, x));
  g = passes::compact(g);
  return passes::verify(g).length > 0 ? -1 : g.size() - 1;
}
}  // namespace

TEST_CASE("axes moved again are moved once") {
  static_assert(nodes({2, 3}, [](graph& g, int x) {
    return transpose_t::emit(g, transpose_t::emit(g, x, {1, 0}), {1, 0});
  }) == 0);
  static_assert(nodes({2, 3, 4}, [](graph& g, int x) {
    return transpose_t::emit(g, transpose_t::emit(g, x, {1, 2, 0}), {1, 2, 0});
  }) == 1);
  static_assert(nodes({2, 3}, [](graph& g, int x) {
    return reshape_t::emit(g, reshape_t::emit(g, x, {6}), {2, 3});
  }) == 0);
  static_assert(nodes({3}, [](graph& g, int x) {
    int wide = broadcast_in_dim_t::emit(g, x, {2, 3}, {1});
    return broadcast_in_dim_t::emit(g, wide, {2, 5, 3}, {0, 2});
  }) == 1);
  static_assert(nodes({3}, [](graph& g, int x) {
    return transpose_t::emit(g, broadcast_in_dim_t::emit(g, x, {2, 3}, {1}), {1, 0});
  }) == 1);
  static_assert(nodes({3}, [](graph& g, int x) {
    return reshape_t::emit(g, broadcast_in_dim_t::emit(g, x, {1, 3}, {1}), {3});
  }) == 0);
}

TEST_CASE("parts of parts are one part") {
  static_assert(nodes({9}, [](graph& g, int x) {
    return slice_t::emit(g, slice_t::emit(g, x, {1}, {2}, {4}), {1}, {1}, {2});
  }) == 1);
  static_assert(nodes({9}, [](graph& g, int x) { return slice_t::emit(g, x, {0}, {1}, {9}); }) ==
                0);
  static_assert(nodes({3}, [](graph& g, int x) {
    int wide = broadcast_in_dim_t::emit(g, x, {4, 3}, {1});
    return slice_t::emit(g, wide, {1, 0}, {1, 1}, {2, 3});
  }) == 1);
  static_assert(nodes({3}, [](graph& g, int x) {
    int both = concatenate_t::emit(g, {constant_t::emit(g, {2}, dtype::f64, 1.0), x}, 0);
    return slice_t::emit(g, both, {2}, {1}, {3});
  }) == 0);
  static_assert(nodes({3}, [](graph& g, int x) {
    return slice_t::emit(g, pad_t::emit(g, x, {1}, {2}, {8}), {1}, {2}, {3});
  }) == 0);
  static_assert(nodes({3}, [](graph& g, int x) {
    return rev_t::emit(g, broadcast_in_dim_t::emit(g, x, {4, 3}, {1}), {0});
  }) == 1);
  static_assert(nodes({3, 1}, [](graph& g, int x) {
    return rev_t::emit(g, rev_t::emit(g, x, {0, 1}), {0});
  }) == 0);
  static_assert(nodes({3}, [](graph& g, int x) {
    int empty = constant_t::emit(g, {0}, dtype::f64, 1.0);
    return concatenate_t::emit(g, {empty, x, empty}, 0);
  }) == 0);
}

TEST_CASE("reductions of one, of constants and of repeated elements") {
  static_assert(nodes({1}, [](graph& g, int x) { return reduce_sum_t::emit(g, x, {0}); }) == 1);
  static_assert(nodes({3, 1}, [](graph& g, int x) {
                  return reduce_max_t::emit(g, x, {0, 1});
                }) == 2);
  static_assert(nodes({}, [](graph& g, int x) {
    return reduce_sum_t::emit(g, broadcast_in_dim_t::emit(g, x, {5}, {}), {0});
  }) == 2);  // x * 5
  static_assert(nodes({3}, [](graph& g, int x) {
    return reduce_max_t::emit(g, broadcast_in_dim_t::emit(g, x, {5, 3}, {1}), {0, 1});
  }) == 1);
  static_assert(nodes({3}, [](graph& g, int) {
    return reduce_sum_t::emit(g, constant_t::emit(g, {2, 3}, dtype::f64, 0.5), {0, 1});
  }) == 1);
  static_assert(nodes({3}, [](graph& g, int) {
    return reduce_sum_t::emit(g, constant_t::emit(g, {0}, dtype::f64, 0.5), {0});
  }) == 2);  // of nothing: left to run time
}

TEST_CASE("gradients are no larger than need be") {
  static_assert(left_of_gradient([](var x, var) { return calx::pow(x, 3); }) == 3);
  static_assert(left_of_gradient([](var x, var) { return calx::sin(x) * calx::exp(-x * x); }) ==
                11);
  static_assert(left_of_gradient([](var x, var y) { return x * y; }) == 0);
  static_assert(left_of_gradient([](var x, var y) { return x / y; }) == 2);
  static_assert(left_of_gradient([](var x, var y) { return y / x; }) == 5);
  static_assert(left_of_gradient([](var x, var) { return calx::logistic(x); }) == 4);
  static_assert(left_of_gradient([](var x, var) { return calx::tanh(x); }) == 16);
  static_assert(left_of_gradient([](var x, var) { return calx::log(x); }) == 2);
  static_assert(left_of_gradient([](var x, var) { return calx::pow(x, 0); }) == 1);
  static_assert(left_of_gradient([](var x, var) { return calx::pow(x, 2.5); }) == 4);
  static_assert(left_of_gradient([](var x, var) { return calx::pow(x, 3); }, 2) == 2);
  static_assert(left_of_gradient([](var x, var) { return calx::exp(x); }, 3) == 1);
  static_assert(left_of_gradient([](var x, var) { return calx::sin(x); }, 4) == 1);
}

TEST_CASE("each pass does its part") {
  constexpr auto sizes = [] {
    graph g;
    tracer x = input(g), unused = calx::exp(x);
    tracer a(&g, alias_t::emit(g, x.id)), y = a + a.like(-0.0);  // simplified at once to a
    int twice[] = {x.id, x.id};
    g.outputs.push_back(g.append(info_of<mul_t>, g.at(x.id).aval, twice, 2, nullptr, 0));
    g.outputs.push_back(g.append(info_of<mul_t>, g.at(x.id).aval, twice, 2, nullptr, 0));
    g.outputs.push_back(y.id);
    static_cast<void>(unused);
    return std::array{g.size(), passes::dce(g).size(), passes::cse(g).size(),
                      passes::simplify(g).size(), passes::compact(g).size()};
  }();
  static_assert(sizes[0] == 6);  // x, exp, alias, -0.0, and two products
  static_assert(sizes[1] == 3 || sizes[1] == 4);
  static_assert(sizes[2] == 5);
  static_assert(sizes[4] == 2);
  CHECK(sizes[3] <= sizes[2]);
}

TEST_CASE("what a program knows beside its nodes survives") {
  graph g;
  tracer x = input(g), y = input(g, {symbol_at(0)});
  dim n = g.symbols.make({symbol_kind::input, 1, 0}),
      m = g.symbols.make({symbol_kind::input, 0, 0});
  REQUIRE(g.require_equal(n, m, error_kind::shape, [](text& t) { t << "say so"; }));
  auto held = std::make_shared<double>(2.5);
  tracer l(&g, literal_t::emit(g, {dtype::f64, {}}, literal(held.get(), held)));
  g.outputs = {(x * l).id, y.id};
  for (const graph& p : {passes::dce(g), passes::cse(g), passes::simplify(g), passes::compact(g)}) {
    CHECK(p.symbols.symbols.size() == 2);
    REQUIRE(p.symbols.assumptions.size() == 1);
    REQUIRE(p.messages.size() == 1);
    CHECK(p.messages[0].message.view() == "say so");
    REQUIRE(p.literals.size() == 1);
    CHECK(p.literals[0].data() == held.get());
    CHECK(p.inputs.size() == 2);
    CHECK(passes::verify(p).view() == "");
    // Extents that are assumed equal are one.
    CHECK(p.shape(p.inputs[1])[0] == p.symbols.canonical(n));
  }
  g.failed = error_kind::shape, g.message = text("it failed");
  graph p = passes::compact(g);
  CHECK(p.failed == error_kind::shape);
  CHECK(p.message.view() == "it failed");
}

namespace {
/// Adds the derivatives of y by x, forwards and backwards, to the outputs of g.
constexpr void differentiate(graph& g, const node_list& x, int y) {
  node_list floats;
  for (int n : x)
    if (is_float(g.element(n))) floats.push_back(n);
  if (floats.empty() || !is_float(g.element(y))) return;
  auto linear = passes::linearize(g, floats, {y});
  int ct = input_t::emit(g, aval(g.type(y)));
  for (int n : passes::vjp(g, linear, {ct})) g.outputs.push_back(n);
  node_list tangents;
  for (int n : floats) tangents.push_back(input_t::emit(g, aval(g.type(n))));
  for (int n : passes::jvp(g, floats, tangents, {y}))
    if (n >= 0) g.outputs.push_back(n);
}
/// f of arguments of some types, its derivatives and its batch: well-formed before and after.
template <class F>
constexpr bool rules_work(const std::vector<aval>& types, F f) {
  graph g;
  node_list x, variables, batches;
  for (aval t : types) {
    x.push_back(input_t::emit(g, t));
    variables.push_back(variable_t::emit(g, t));
    t.shape.insert(0, 3);
    batches.push_back(input_t::emit(g, t));
  }
  int y = f(g, x), z = f(g, variables);
  g.outputs.push_back(y);
  differentiate(g, x, y);
  for (auto b : passes::vmap(g, variables, batches, 3, {z})) g.outputs.push_back(b.id);
  return g.failed == error_kind::none && passes::verify(g).length == 0 &&
         passes::verify(passes::compact(g)).length == 0;
}
template <class Op>
constexpr bool op_works() {
  if constexpr (requires { Op::arity; }) {
    dtype d = Op::takes(dtype::f64) ? dtype::f64 : dtype::i64;
    std::vector<aval> types;
    for (int i = 0; i < Op::arity; ++i)
      types.push_back({i < Op::conditions ? dtype::b1 : d, {2}});
    return rules_work(types, [](graph& g, const node_list& x) { return Op::emit(g, x.data()); });
  } else if constexpr (Op::kind == op_kind::reduction) {
    dtype d = Op::takes(dtype::f64) ? dtype::f64 : dtype::b1;
    return rules_work({{d, {2, 5}}}, [](graph& g, const node_list& x) {
      return Op::emit(g, x[0], {1});
    });
  } else {
    return true;
  }
}
template <class... Op>
constexpr bool all_work(type_list<Op...>) {
  bool works[] = {op_works<Op>()...};
  for (bool w : works)
    if (!w) return false;
  return true;
}
constexpr int chain(graph& g, const node_list& x) {
  int a = transpose_t::emit(g, x[0], {1, 0}), b = rev_t::emit(g, x[1], {0});
  int c = dot_general_t::emit(g, a, b, {{}, {}, {1}, {0}});
  int d = pad_t::emit(g, c, {1, 0}, {2, 1}, {7, 2});
  int e = slice_t::emit(g, d, {1, 0}, {1, 1}, {4, 2});
  int f = concatenate_t::emit(g, {e, broadcast_in_dim_t::emit(g, x[2], {3, 2}, {1})}, 0);
  return reshape_t::emit(g, convert_t::emit(g, f, dtype::f32), {14});
}
}  // namespace

TEST_CASE("every rule of every op runs in the constant evaluator") {
  static_assert(all_work(all_ops()));
  static_assert(rules_work({{dtype::f64, {4, 3}}, {dtype::f64, {4, 2}}, {dtype::f64, {2}}}, chain));
}

TEST_CASE("programs print one node a line") {
  graph g = passes::compact(traced([](var x, var y) { return calx::exp(x) * y + 2.5; }));
  std::ostringstream out;
  out << g;
  CHECK(out.str() == "%0:f64[4] = input {0}\n"
                     "%1:f64[4] = input {1}\n"
                     "%2:f64[4] = exp %0\n"
                     "%3:f64[4] = mul %1 %2\n"
                     "%4:f64[4] = constant {2.5}\n"
                     "%5:f64[4] = add %3 %4\n"
                     "return %5\n");
  CHECK(to_dot(g).find("n0 -> n2;") != std::string::npos);
}

TEST_CASE("an op may have any number of operands") {
  graph g;
  tracer x = input(g);
  vec<int> parts;
  for (int i = 0; i < 100; ++i) parts.push_back((x * static_cast<double>(i)).id);
  int all = concatenate_t::emit(g, parts, 0);
  CHECK(g.at(all).arg_count == 100);
  int batch = input_t::emit(g, {dtype::f64, {3, 4}});
  auto many = passes::vmap(g, {x.id}, {batch}, 3, {all});
  CHECK(g.shape(many[0].id) == dims{3, 400});
  auto linear = passes::linearize(g, {x.id}, {all});
  int one = constant_t::emit(g, g.shape(all), dtype::f64, 1.0);
  g.outputs = {many[0].id, passes::vjp(g, linear, {one})[0]};
  CHECK(g.failed == error_kind::none);
  CHECK(passes::verify(passes::compact(g)).view() == "");
}
