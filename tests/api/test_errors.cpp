// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What transforms say of calls that do not fit, where only run time can know.
#include <calx/calx.hpp>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::in_axes;
using calx::leaf_axes;
using calx::none;
using calx::out_axes;
using calx::tensor;
using support::thrown;

namespace {
const array<double, 1> two{1, 2}, three{1, 2, 3};
const array<double, 2> matrix{{1, 2, 3}, {4, 5, 6}};
const array<float, 1> floats{1, 2};
const double one = 1;
}  // namespace

TEST_CASE("grad: results and arguments that have no gradient") {
  auto f = [k = one](auto x) { return k * x; };
  CHECK(thrown<calx::shape_error>([&] { calx::grad(f)(three); }) ==
        "grad: the function must return a scalar, but it returned shape (3,); use jacrev or vjp "
        "for arrays");
  CHECK(thrown<calx::shape_error>([&] { calx::value_and_grad(f)(matrix); }) ==
        "value_and_grad: the function must return a scalar, but it returned shape (2, 3); use "
        "jacrev or vjp for arrays");
  auto pair = [k = one](auto x) { return std::tuple{k * x, x}; };
  CHECK(thrown<calx::shape_error>([&] { calx::grad(pair)(2.0); }) ==
        "grad: the function must return one scalar, but it returned 2 values; use jacrev or vjp, "
        "or has_aux for extras");
  auto compare = [k = one](auto x) { return x < k; };
  CHECK(thrown<calx::dtype_error>([&] { calx::grad(compare)(2.0); }) ==
        "grad: the function must return a float, but it returned dtype bool");
  CHECK(thrown<calx::dtype_error>([&] { calx::grad(f)(3); }) ==
        "grad: argument 0 has dtype int32, which has no derivative; pass a float or differentiate "
        "another argument");
  auto product = [k = one](auto a, auto b) { return k * a * b; };
  CHECK(thrown<calx::dtype_error>([&] { calx::grad<1>(product)(1.0, true); }) ==
        "grad: argument 1 has dtype bool, which has no derivative; pass a float or differentiate "
        "another argument");
  CHECK(thrown<calx::dtype_error>([&] { calx::vjp(f, 3); }) ==
        "vjp: argument 0 has dtype int32, which has no derivative; pass a float or differentiate "
        "another argument");
  CHECK(thrown<calx::dtype_error>([&] { calx::linearize(f, 3); }) ==
        "linearize: argument 0 has dtype int32, which has no derivative; pass a float or "
        "differentiate another argument");
  CHECK(thrown<calx::dtype_error>([&] { calx::jacfwd(f)(3); }) ==
        "jacfwd: argument 0 has dtype int32, which has no derivative; pass a float or "
        "differentiate another argument");
  CHECK(thrown<calx::dtype_error>([&] { calx::jacrev(compare)(2.0); }) ==
        "jacrev: the function must return floats, but it returned dtype bool, which has no "
        "derivative");
}

TEST_CASE("jvp: tangents must be like their primals") {
  auto f = [k = one](auto x) { return k * x; };
  constexpr auto g = [](auto x) { return 2.0 * x; };
  const char* shapes = "jvp: tangent 0 has shape (2,), but its primal has shape (3,); they must be "
                       "equal";
  CHECK(thrown<calx::shape_error>([&] { calx::jvp(f, std::tuple{three}, std::tuple{two}); }) ==
        shapes);
  CHECK(thrown<calx::shape_error>([&] { calx::jvp(g, std::tuple{three}, std::tuple{two}); }) ==
        shapes);
  CHECK(thrown<calx::dtype_error>([&] { calx::jvp(f, std::tuple{two}, std::tuple{floats}); }) ==
        "jvp: tangent 0 has dtype float32, but its primal has dtype float64; they must be equal");
  CHECK(thrown<calx::shape_error>([&] { calx::jvp(f, std::tuple{two}, std::tuple{two, two}); }) ==
        "jvp: got 2 tangents for 1 primals; give one for each");

}

TEST_CASE("pullbacks and pushforwards: what is passed must be like the output or the primal") {
  auto f = [k = one](auto x) { return k * x; };
  constexpr auto g = [](auto x) { return 2.0 * x; };
  // The function that the compiler traces, and the one that is traced at run time.
  auto pulled = [&](const auto& pullback) {
    CHECK(thrown<calx::shape_error>([&] { pullback(two); }) ==
          "pullback: cotangent 0 has shape (2,), but its output has shape (3,); they must be "
          "equal");
    array<double, 1> out(calx::dims{3});
    CHECK(thrown<calx::shape_error>([&] { pullback.into(out)(two); }) ==
          "pullback: cotangent 0 has shape (2,), but its output has shape (3,); they must be "
          "equal");
  };
  auto [y, traced_later] = calx::vjp(f, three);
  auto [z, compiled] = calx::vjp(g, three);
  pulled(traced_later), pulled(compiled);
  CHECK(thrown<calx::dtype_error>([&, &p = traced_later] { p(array<float, 1>(three)); }) ==
        "pullback: cotangent 0 has dtype float32, but its output has dtype float64; they must be "
        "equal");
  CHECK(thrown<calx::shape_error>([&, &p = traced_later] { p(std::tuple{three, three}); }) ==
        "pullback: got 2 cotangents for 1 outputs; give one for each");
  auto pushed = [&](const auto& pushforward) {
    CHECK(thrown<calx::shape_error>([&] { pushforward(two); }) ==
          "pushforward: tangent 0 has shape (2,), but its primal has shape (3,); they must be "
          "equal");
  };
  auto [w, pushed_later] = calx::linearize(f, three);
  auto [v, linear] = calx::linearize(g, three);
  pushed(pushed_later), pushed(linear);
}

TEST_CASE("pullbacks and linear functions inside of a trace") {
  auto f = [&, k = one](auto x) { return k * x; };
  auto inner = [&, k = one](auto x) {
    auto [a, back] = calx::vjp(f, x);
    return std::get<0>(back(k));
  };
  CHECK(thrown<calx::shape_error>([&] { calx::jit(inner)(three); }) ==
        "pullback: cotangent 0 has shape (), but its output has shape (3,); they must be equal");
  auto forward = [&](auto x) {
    auto [a, push] = calx::linearize(f, x);
    return push(x, x);
  };
  CHECK(thrown<calx::shape_error>([&] { calx::jit(forward)(three); }) ==
        "pushforward: got 2 tangents for 1 primals; give one for each");
  CHECK(thrown<calx::dtype_error>([&] { calx::hvp([k = one](auto x) { return k * calx::sum(x); })(
            floats, two); }) ==
        "hvp: tangent 0 has dtype float64, but its primal has dtype float32; they must be equal");
}

TEST_CASE("the residuals of a pullback are no batch") {
  auto f = [k = one](auto x) { return k * calx::sum(x * x); };
  auto pullback = std::get<1>(calx::vjp(f, matrix));
  auto apply = [k = one](const auto& p, auto c) { return k * calx::sum(std::get<0>(p(c))); };
  CHECK(thrown<calx::shape_error>([&] { calx::vmap(apply)(pullback, two); }) ==
        "pullback: a residual has another shape than when it was computed");
  CHECK(calx::equal(calx::vmap(apply, in_axes<none, 0>)(pullback, two),
                    array<double, 1>{42, 84}));
}

TEST_CASE("vmap: axes and sizes") {
  auto f = [k = one](auto x) { return k * x; };
  auto g = [k = one](auto x, auto y) { return k * x + y; };
  constexpr auto h = [](auto x, auto y) { return x + y; };
  CHECK(thrown<calx::index_error>([&] { calx::vmap(f, in_axes<2>)(matrix); }) ==
        "vmap: axis 2 is outside shape (2, 3) of argument 0");
  CHECK(thrown<calx::index_error>([&] { calx::vmap(g, in_axes<0, -2>)(two, two); }) ==
        "vmap: axis -2 is outside shape (2,) of argument 1");
  CHECK(thrown<calx::index_error>([&] { calx::vmap(f)(2.0); }) ==
        "vmap: axis 0 is outside shape () of argument 0");
  const char* sizes = "vmap: argument 1 has size 3 along its mapped axis, but an earlier one has "
                      "size 2; batches must be equally long";
  CHECK(thrown<calx::shape_error>([&] { calx::vmap(g)(two, three); }) == sizes);
  CHECK(thrown<calx::shape_error>([&] { calx::vmap(h)(two, three); }) == sizes);
  CHECK(thrown<calx::error>([&] { calx::vmap(g, in_axes<none>)(two, two); }) ==
        "vmap: in_axes is none for every argument, so there is nothing to map over; give at least "
        "one an axis");
  CHECK(thrown<calx::error>([&] { calx::vmap(f, in_axes<0>, out_axes<none>)(two); }) ==
        "vmap: out_axes is none for an output that differs between examples; give it an axis");
  CHECK(thrown<calx::index_error>([&] { calx::vmap(f, in_axes<0>, out_axes<1>)(two); }) ==
        "vmap: out axis 1 is outside shape (2,)");
  auto pair = [k = one](auto t) { return k * std::get<0>(t); };
  CHECK(thrown<calx::error>([&] {
          calx::vmap(pair, in_axes<leaf_axes<0, 0, 0>>)(std::tuple{two, two});
        }) ==
        "vmap: in_axes of argument 0 has 3 entries for 2 leaves; give one for each, or one for "
        "all");
  CHECK(thrown<calx::error>([&] { calx::vmap(f, in_axes<0>, out_axes<0, 0>)(two); }) ==
        "vmap: out_axes has 2 entries for 1 leaves; give one for each, or one for all");
  // An output that is the same for all examples may have no axis.
  CHECK(calx::equal(calx::vmap([k = one](auto, auto y) { return k * y; }, in_axes<0, none>,
                               out_axes<none>)(two, three),
                    three));
}

TEST_CASE("extents that must agree, checked before anything runs") {
  constexpr auto sum = [](auto a, auto b) { return a + b; };
  CHECK(thrown<calx::shape_error>([&] { calx::jit(sum)(two, three); }) ==
        thrown<calx::shape_error>([&] { calx::jit([sum, k = one](auto a, auto b) {
          return k * sum(a, b);
        })(two, three); }));
  CHECK(thrown<calx::shape_error>([&] { calx::jit(sum)(two, three); }) ==
        "add: shapes (2,) and (3,) do not broadcast; axes must be equal, or 1 where the type says "
        "so");
  CHECK(thrown<calx::shape_error>([&] { calx::jit(calx::dot)(matrix, two); }) ==
        "dot: shapes (2, 3) and (2,) do not align: axis 1 of the first must match axis 0 of the "
        "second");
  CHECK(thrown<calx::shape_error>([&] { calx::max(array<double, 1>(calx::dims{0})); }) ==
        "max: shape (0,) is empty along axis 0; there is no element to choose");
  constexpr auto middle = [](auto x) { return calx::sum(x(calx::slice(3, -1))); };
  CHECK(thrown<calx::index_error>([&] { calx::jit(middle)(three); }) ==
        "slice: an axis of extent 3 is too short; of a dynamic extent the start must not be behind "
        "the stop");
  auto total = [k = one](auto x) { return k * calx::sum(x, calx::axis<2>); };
  CHECK(thrown<calx::index_error>([&] { calx::jit(total)(matrix); }) ==
        "sum: axis 2 is outside shape (2, 3), or named twice");
  CHECK(thrown<calx::index_error>([&] {
          calx::jit([k = one](auto x) { return k * x(5); })(two);
        }) ==
        "index 5 is outside axis 0 of extent 2 of shape (2,)");
  CHECK(thrown<calx::index_error>([&] { calx::jit([](auto x) { return 2.0 * x(5); })(two); }) ==
        "index 5 is outside axis 0 of extent 2 of shape (2,)");
}

TEST_CASE("a captured value of an outer trace, where no argument is traced") {
  auto outer = [&](auto x) {
    auto inner = [&](auto y) { return calx::sum(x * y); };
    return calx::grad(inner)(three);
  };
  CHECK(thrown<calx::error>([&] { calx::jit(outer)(2.0); }) ==
        "a value of one traced function is used in another: pass it as an argument of the inner "
        "function instead of capturing it, or call that with a traced argument, x.like(1.0) "
        "instead of 1.0");
}

TEST_CASE("an index of a traced value has one ellipsis") {
  auto twice = [k = one](auto x) { return x(calx::ellipsis, calx::ellipsis) * k; };
  CHECK(thrown<calx::index_error>([&] { calx::jit(twice)(matrix); }) ==
        "index: 2 times ellipsis for shape (2, 3); it may stand once");
}

TEST_CASE("a mistake has one sentence, in a trace or not") {
  auto same = [](auto f, const auto&... a) {
    const std::string now = thrown<calx::error>([&] { f(a...); });
    CHECK(thrown<calx::error>([&] { calx::jit(f)(a...); }) == now);
    CHECK(thrown<calx::error>([&, &c = one] {
            calx::jit([&](const auto&... x) { return c * calx::sum(f(x...)); })(a...);
          }) == now);
    return now;
  };
  // The compiler says this one where it traces.
  CHECK(thrown<calx::shape_error>([&] {
          calx::jit([k = one](auto x) { return k * calx::reshape(x, -1, -1); })(two);
        }) == thrown<calx::shape_error>([&] { calx::reshape(two, -1, -1); }));
  CHECK(same([](auto x) { return calx::reshape(x, 3); }, two) ==
        "reshape: shape (2,) has not as many elements as (3,); one extent may be -1 to be filled "
        "in");
  CHECK(same([](auto x) { return calx::broadcast_to(x, 4); }, two) ==
        "broadcast_to: shape (2,) does not broadcast to (4,); axes must be equal, or 1 where the "
        "type says so");
  CHECK(same([](auto x) { return x(5, calx::newaxis); }, two) ==
        "index 5 is outside axis 0 of extent 2 of shape (2,)");
  const std::string misfit = ": shape (3,) does not broadcast to (2,); axes must be equal, or 1 "
                             "where the type says so";
  constexpr auto s = calx::slice(0, 2);
  CHECK(same([&](auto x, auto v) { return x.at(s).set(v); }, three, three) ==
        "at(...).set" + misfit);
  CHECK(same([&](auto x, auto v) { return x.at(s).add(v); }, three, three) ==
        "at(...).add" + misfit);
  CHECK(same([&](auto x, auto v) { return x.at(s).mul(v); }, three, three) ==
        "at(...).mul" + misfit);
  CHECK(same([&](auto x, auto v) { return x.at(s).min(v); }, three, three) ==
        "at(...).min" + misfit);
  CHECK(same([&](auto x, auto v) { return x.at(s).max(v); }, three, three) ==
        "at(...).max" + misfit);
}

TEST_CASE("calls without a traced argument, inside a trace and out of it") {
  CHECK(thrown<calx::error>([] { calx::grad([](auto x) { return x * x; })(calx::tracer(2.0)); }) ==
        "a transform was called on numbers that belong to no program; give it at least one traced "
        "argument");
  auto returned = [&](auto x) { return calx::jit([=](auto) { return x; })(three); };
  CHECK(thrown<calx::error>([&] { calx::jit(returned)(2.0); }) ==
        "a traced value of another function was returned; pass it as an argument instead of "
        "capturing it, or call the function that returns it with a traced argument, x.like(1.0) "
        "instead of 1.0");
}

TEST_CASE("jacobians: blocks of too many axes") {
  const array<double, 4> x(calx::dims{1, 1, 1, 1});
  CHECK(thrown<calx::shape_error>([&] { calx::jacfwd([k = one](auto a) { return k * a; })(x); }) ==
        "jacobian: blocks of shape (1, 1, 1, 1) + (1, 1, 1, 1) have too many axes; calx has 8");
}
