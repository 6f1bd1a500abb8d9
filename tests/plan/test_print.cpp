// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loop programs as text: what fusion, hoisting and accumulation make of typical programs.
#include <calx/calx.hpp>
#include <sstream>

#include "../catch.hpp"

using namespace calx;

namespace {
template <class F, class... A>
std::string text_of(const F& f, const A&... a) {
  std::ostringstream out;
  out << calx::loops_of(f, a...);
  return out.str();
}
const calx::array<double, 2> m = calx::zeros<double>(3, 4);
const calx::array<double, 1> v = calx::zeros<double>(4);
}  // namespace

TEST_CASE("a sum along rows is accumulated in lanes, what a row does not change is loaded once") {
  constexpr auto f = [](auto x, auto y) {
    return calx::sum(x * y(slice(), newaxis), axis<1>);
  };
  CHECK(text_of(calx::jit(f), m, calx::array<double, 1>{1, 2, 3}) == R"(in0: f64[a,b]
in1: f64[a]
out0: f64[a]
kernel 0
  loop i0 < a
    f64.1 = in1[i0]
    accumulate
      lanes i1 < b
        f64.0 = in0[b*i0 + i1]
        f64.2 = mul f64.0 f64.1
        f64.3 = reduce_sum with f64.2
    out0[i0] = f64.3
)");
}

TEST_CASE("a sum along columns walks down them, side by side") {
  CHECK(text_of(calx::jit([](auto x) { return calx::sum(x, axis<0>); }), m) == R"(in0: f64[a,b]
out0: f64[b]
kernel 0
  lanes i0 < b
    accumulate
      loop i1 < a
        f64.0 = in0[i0 + b*i1]
        f64.1 = reduce_sum with f64.0
    out0[i0] = f64.1
)");
}

TEST_CASE("differences of neighbours are one loop over one array, their adjoint fills no zeros") {
  constexpr auto steps = [](auto x) {
    auto d = x(slice(1, none)) - x(slice(0, -1));
    return calx::sum(d * d);
  };
  CHECK(text_of(calx::grad(steps), tensor<double, 100>()) == R"(in0: f64[100]
out0: f64[100]
tmp0: f64[100] in slot 0
tmp1: f64[100] in slot 1
kernel 0
  f64.0 = 0
  tmp0[0] = f64.0
kernel 1
  f64.0 = 0
  tmp1[99] = f64.0
kernel 2
  f64.3 = 2
  lanes i0 < 99
    f64.0 = in0[1 + i0]
    f64.1 = in0[i0]
    f64.2 = sub f64.0 f64.1
    f64.4 = mul f64.2 f64.3
    f64.5 = neg f64.4
    tmp0[1 + i0] = f64.4
    tmp1[i0] = f64.5
kernel 3
  lanes i0 < 100
    f64.0 = tmp0[i0]
    f64.1 = tmp1[i0]
    f64.2 = add f64.0 f64.1
    out0[i0] = f64.2
)");
}

TEST_CASE("a program of numbers has no loops, a product is a call, an array is named") {
  CHECK(text_of(calx::grad([](auto x) { return x * x; }), 2.0) == R"(in0: f64[]
out0: f64[]
kernel 0
  f64.0 = in0[0]
  f64.1 = 2
  f64.2 = mul f64.0 f64.1
  out0[0] = f64.2
)");
  const calx::array<double, 2> w = calx::ones<double>(20, 4);
  CHECK(text_of([&](auto x) { return calx::dot(w, x); }, v) == R"(in0: f64[4]
out0: f64[20]
literal0: f64[80]
kernel 0
  out0[i0] = sum of literal0[4*i0 + i1] * in0[i0] over rows 20 (4 0 1), contracted 4 (1 1 0)
)");
}
