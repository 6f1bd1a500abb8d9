// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which calls the compiler traces: a call that falls back to the interpreter for no reason of the
// user's gives the same numbers, slowly, so that nothing else would notice.
#include <calx/calx.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "../catch.hpp"

using namespace calx;
namespace rnd = calx::random;

namespace {
using scalar = double;
using vector = calx::array<double, 1>;
using matrix = calx::array<double, 2>;
using floats = calx::array<float, 1>;
using integers = calx::array<std::int64_t, 1>;
using flags = calx::array<bool, 1>;
using three = calx::tensor<double, 3>;
using rows_of_3 = basic_array<double, extents<dyn, 3>>;

template <class... A, class F>
constexpr bool traced(const F&) {
  return static_traceable<F, A...>;
}
template <class T>
struct pair_of {
  T first, second;
};
constexpr auto cube = [](auto x) { return x * x * x; };
constexpr auto total = [](auto x) { return calx::sum(x * x * x); };
constexpr auto quadratic = [](auto x, auto A) { return calx::vdot(x, calx::dot(A, x)); };

/// Whether an elementwise op is traced on arrays of T whose extents are not known.
template <class Op, class T, std::size_t... I>
bool op_is_traced(std::index_sequence<I...>) {
  return static_traceable<
      Op, calx::array<std::conditional_t<(I < std::size_t{Op::conditions}), bool, T>, 1>...>;
}
/// True if an op is a function that users call.
template <class Op, class X = const tracer&>
concept callable = requires(X x) { Op()(x); } || requires(X x) { Op()(x, x); } ||
                   requires(X x) { Op()(x, x, x); };
template <class Op>
void check_op() {
  if constexpr (callable<Op> && requires { Op::arity; }) {
    INFO(Op::name);
    constexpr auto arity = std::make_index_sequence<Op::arity>();
    if constexpr (Op::takes(dtype::f64)) CHECK(op_is_traced<Op, double>(arity));
    else CHECK(op_is_traced<Op, std::int64_t>(arity));
  }
}
}  // namespace

TEST_CASE("the compiler traces every op") {
  []<class... Op>(type_list<Op...>) { (check_op<Op>(), ...); }(all_ops());
}

TEST_CASE("the compiler traces NumPy's functions") {
  CHECK(traced<matrix>([](auto x) { return calx::sum(x, axis<0>); }));
  CHECK(traced<matrix>([](auto x) { return calx::mean(x, axes<0, 1>, keepdims); }));
  CHECK(traced<matrix>([](auto x) { return calx::prod(x); }));
  CHECK(traced<matrix>([](auto x) { return calx::max(x, axis<-1>); }));
  CHECK(traced<matrix>([](auto x) { return calx::min(x); }));
  CHECK(traced<matrix>([](auto x) { return calx::argmax(x, axis<1>); }));
  CHECK(traced<matrix>([](auto x) { return calx::argmin(x); }));
  CHECK(traced<matrix>([](auto x) { return calx::argmin(x, keepdims); }));
  CHECK(traced<flags>([](auto x) { return std::tuple{calx::any(x), calx::all(x), calx::sum(x)}; }));
  CHECK(traced<matrix, vector>(calx::dot));
  CHECK(traced<matrix, matrix>(calx::vdot));
  CHECK(traced<matrix, matrix>(calx::inner));
  CHECK(traced<vector, vector>(calx::outer));
  CHECK(traced<calx::array<double, 3>, calx::array<double, 3>>(calx::matmul));
  CHECK(traced<matrix>([](auto x) { return calx::reshape(x, -1); }));
  CHECK(traced<matrix>([](auto x) { return calx::reshape(x, 2, -1); }));
  CHECK(traced<matrix>([](auto x) { return calx::transpose(x, axes<1, 0>); }));
  CHECK(traced<vector>([](auto x) { return calx::broadcast_to(x, 4, 3); }));
  CHECK(traced<vector, vector>([](auto x, auto y) { return calx::concatenate(axis<0>, x, y); }));
  CHECK(traced<vector, vector>([](auto x, auto y) { return calx::stack(axis<-1>, x, y); }));
  CHECK(traced<vector>([](auto x) { return calx::clip(x, 0.0, 1.0); }));
  CHECK(traced<vector, flags>([](auto x, auto c) { return calx::where(c, x, 0.0); }));
  CHECK(traced<vector>([](auto x) { return x.sum() + x.mean() + x.max() + x.min() + x.prod(); }));
  CHECK(traced<integers, floats>([](auto n, auto x) { return n * x + n % 3; }));
  CHECK(traced<vector>([](auto x) { return calx::pow(x, 3) + calx::pow(2.0, calx::pow(x, 0.5)); }));
}

TEST_CASE("the compiler traces indices and parts that are replaced") {
  CHECK(traced<matrix>([](auto x) { return x(0); }));
  CHECK(traced<matrix>([](auto x) { return x(-1, slice(1, none)); }));
  CHECK(traced<matrix>([](auto x) { return x(slice(none, none, 2), slice(none, none, -1)); }));
  CHECK(traced<matrix>([](auto x) { return x(ellipsis, newaxis, slice(-3, -1)); }));
  CHECK(traced<matrix>([](auto x) { return x.at(0).set(1.0); }));
  CHECK(traced<matrix>([](auto x) { return x.at(slice(), 1).add(2.0).at(0, 0).mul(3.0); }));
  CHECK(traced<vector>([](auto x) { return x.at(slice(1, -1)).max(0.0).at(0).min(x(1)); }));
  CHECK(traced<rows_of_3>([](auto x) { return x(slice(), 2) + x(slice(), 0); }));
}

TEST_CASE("the compiler traces transforms, nested, with data that is bound") {
  CHECK(traced<vector>(calx::grad(total)));
  CHECK(traced<vector, matrix>(calx::value_and_grad<0, 1>(quadratic)));
  CHECK(traced<vector>(calx::grad(calx::partial(quadratic, matrix()))));
  CHECK(traced<vector>(calx::jacfwd(cube)));
  CHECK(traced<vector>(calx::jacrev(cube)));
  CHECK(traced<vector>(calx::hessian(total)));
  CHECK(traced<vector, vector>(calx::hvp(total)));
  CHECK(traced<matrix, vector>(calx::vmap(calx::vdot, in_axes<0, none>)));
  CHECK(traced<matrix>(calx::vmap(calx::grad(total), in_axes<-1>, out_axes<1>)));
  CHECK(traced<rows_of_3>(calx::vmap(calx::hessian(total))));
  CHECK(traced<vector>([](auto x) {
    auto [y, pullback] = calx::vjp(cube, x);
    return calx::vmap(pullback)(calx::stack(axis<0>, x, y));
  }));
  CHECK(traced<vector>([](auto x) {
    auto [y, pushforward] = calx::linearize(cube, x);
    return pushforward(y);
  }));
  CHECK(traced<pair_of<vector>>(calx::grad([](auto p) { return calx::vdot(p.first, p.second); })));
  CHECK(traced<std::tuple<vector, std::pair<double, std::array<double, 2>>>>(calx::jit([](auto t) {
    return calx::sum(std::get<0>(t)) * std::get<1>(t).second[1];
  })));
  CHECK(traced<std::vector<double>>(calx::grad(total)));
  CHECK(traced<vector>(calx::grad([](auto x) { return calx::sum(calx::stop_gradient(x) * x); })));
}

TEST_CASE("a lambda that may capture but does not is traced by the compiler") {
  auto f = [&](auto x) { return x * x; };
  static_assert(!std::is_default_constructible_v<decltype(f)>);
  CHECK(traced<double>(calx::grad(f)));
  CHECK(calx::grad(f)(3.0) == 6);
  auto g = [=](auto x) { return calx::grad([&](auto y) { return y * y * y; })(x); };
  CHECK(traced<vector>(calx::vmap(g)));
}

TEST_CASE("what the compiler cannot see takes the run-time trace") {
  double k = 2;
  CHECK_FALSE(traced<double>([k](auto x) { return k * x; }));
  CHECK_FALSE(traced<double>([&k](auto x) { return k * x; }));
  CHECK_FALSE(traced<double>(calx::grad([k](auto x) { return k * x; })));
  CHECK_FALSE(traced<std::vector<pair_of<double>>>([](auto v) { return v[0].first; }));
  CHECK_FALSE(traced<vector>([](auto x) { return x * static_cast<double>(x.shape(0)); }));
  // A known extent is a number.
  CHECK(traced<three>([](auto x) { return x * static_cast<double>(x.shape(0)); }));
}

TEST_CASE("require_static may stand inside of a transform") {
  const auto times = [](auto x, auto k) { return k * calx::sum(x * x); };
  STATIC_REQUIRE(calx::grad(calx::require_static(times))(2.0, 3.0) == 12.0);
  CHECK(calx::equal(calx::vmap(calx::grad(calx::require_static(total)))(matrix{{1, 2}, {3, 4}}),
                    matrix{{3, 12}, {27, 48}}));
}
