// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// State of loops: what begins as a constant and takes traced values; packs of numbers; range-for.
#include <calx/calx.hpp>
#include <numeric>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::tensor, calx::array, calx::dtype, calx::graph, calx::tracer;
using support::thrown;

namespace {
// Each loop begins with a constant and is run eagerly and traced, by the compiler and by run time.
constexpr auto running_sum = [](auto x) {
  auto s = x(0).like(0.0);
  for (int i = 0; i < 3; ++i) s += x(i) * x(i);
  return s;
};
constexpr auto ranged_sum = [](auto x) {
  auto s = x(0).like(0);
  for (auto e : x) s += e * e;
  return s;
};
constexpr auto power_step = [](auto a) {
  auto v = a.like(tensor<double, 2>{1, 2});
  for (int i = 0; i < 2; ++i) v = calx::dot(a, v);
  return calx::sum(v);
};
constexpr auto rotation = [](auto t) {
  return calx::pack(calx::pack(calx::cos(t), -calx::sin(t)),
                    calx::pack(calx::sin(t), calx::cos(t)));
};
const double c = std::cos(0.5), s = std::sin(0.5);
}  // namespace

TEST_CASE("state: a loop begins with x.like(0.0), traced by the compiler or at run time") {
  const tensor<double, 3> t{1, 2, 3}, twice{2, 4, 6};
  const array<double, 1> a{1, 2, 3};
  const std::vector<double> v{1, 2, 3};
  CHECK(calx::equal(calx::require_static(calx::grad(running_sum))(t), twice));
  CHECK(calx::equal(calx::require_static(calx::grad(running_sum))(a), twice));
  CHECK(calx::grad(running_sum)(v) == std::vector<double>{2, 4, 6});
  const double one = t(0);
  CHECK(calx::equal(calx::grad([=](auto x) { return one * running_sum(x); })(a), twice));
  CHECK(calx::equal(calx::jacfwd(calx::jacrev(running_sum))(t), 2.0 * calx::eye(3)));
  const array<double, 2> rows{{1, 2, 3}, {1, 2, 3}};
  CHECK(calx::equal(calx::vmap(calx::grad(running_sum))(rows),
                    array<double, 2>{{2, 4, 6}, {2, 4, 6}}));
}

TEST_CASE("state: like of arrays has the number in their shape, or another array in its own") {
  const tensor<double, 2, 2> a{{1, 1}, {0, 2}};
  static_assert(std::is_same_v<decltype(a.like(1)), tensor<double, 2, 2>>);
  static_assert(std::is_same_v<decltype(a.like(tensor<int, 2>{1, 2})), tensor<double, 2>>);
  CHECK(calx::equal(a.like(3), tensor<double, 2, 2>{{3, 3}, {3, 3}}));
  CHECK(calx::equal((a + 1.0).like(2.5), tensor<double, 2, 2>{{2.5, 2.5}, {2.5, 2.5}}));
  CHECK(calx::equal(calx::array<int, 1>{7, 8}.like(2.5), calx::array<int, 1>{2, 2}));
  const array<float, 1> f{1, 2, 3};
  static_assert(std::is_same_v<decltype(f.like(tensor<double, 2>{1, 2})), array<float, 1>>);
  CHECK(calx::equal(f.like(f * 2.0), array<float, 1>{2, 4, 6}));
  CHECK(f.like(0).size() == 3);
  const calx::dynamic_array d(f);
  CHECK(d.like(2).dtype() == dtype::f32);
  CHECK(calx::equal(array<float, 1>(d.like(2)), array<float, 1>{2, 2, 2}));
  CHECK(calx::equal(array<float, 1>(d.like(tensor<double, 1>{0.5})), array<float, 1>{0.5f}));
  CHECK(calx::equal(array<float, 1>(d.like(f + f)), array<float, 1>{2, 4, 6}));
  CHECK(calx::equal(array<float, 1>(f.like(d)), f));
}

TEST_CASE("state: an array constant takes later values, eagerly and traced") {
  // a = {{1, 1}, {0, 2}}: a a {1, 2} = a {3, 4} = {7, 8}.
  const tensor<double, 2, 2> t{{1, 1}, {0, 2}};
  const array<double, 2> a{{1, 1}, {0, 2}};
  CHECK(double(power_step(t)) == 15);
  CHECK(double(power_step(a)) == 15);
  CHECK(double(calx::jit(power_step)(t)) == 15);
  CHECK(double(calx::jit(power_step)(a)) == 15);
  // d sum(a a v) / da_ij = (sum of column i of a) v_j + (a v)_j.
  const tensor<double, 2, 2> gradient{{1 + 3, 2 + 4}, {3 + 3, 6 + 4}};
  CHECK(calx::equal(calx::require_static(calx::grad(power_step))(t), gradient));
  CHECK(calx::equal(calx::grad(power_step)(a), gradient));
  const double one = t(0, 0);
  CHECK(calx::equal(calx::grad([=](auto x) { return one * power_step(x); })(a), gradient));
}

TEST_CASE("state: like of traced values keeps dtype and shape") {
  graph g;
  const tracer x(&g, calx::input_t::emit(g, {dtype::f32, {2, 3}}));
  CHECK(x.like(2).dtype() == dtype::f32);
  CHECK(x.like(2).dimensions() == calx::dims{2, 3});
  CHECK(x(0, 0).like(true).rank() == 0);
  CHECK(x.like(tensor<double, 2>{1, 2}).dtype() == dtype::f32);
  CHECK(x.like(tensor<double, 2>{1, 2}).dimensions() == calx::dims{2});
  CHECK(x.like(tracer(3)).dtype() == dtype::f32);
  CHECK(tracer(2.5).like(1).dtype() == dtype::f64);
  CHECK(tracer(2).like(0.5).weak_bits == calx::to_bits(0.5));
  CHECK(thrown<calx::error>([] { tracer(2).like(tensor<double, 2>{1, 2}); }) ==
        "like: the number belongs to no program yet, which an array needs; call it of a traced "
        "argument");
}

TEST_CASE("state: pack makes arrays of numbers, of traced ones, of arrays") {
  static_assert(std::is_same_v<decltype(calx::pack(1, 2.5)), tensor<double, 2>>);
  static_assert(std::is_same_v<decltype(calx::pack(1.0f, 2.0f)), tensor<float, 2>>);
  static_assert(std::is_same_v<decltype(calx::pack(1, 2, 3)), tensor<std::int64_t, 3>>);
  static_assert(std::is_same_v<decltype(calx::pack(true)), tensor<bool, 1>>);
  static_assert(calx::pack(1, 2.5)(1) == 2.5);
  CHECK(calx::equal(rotation(0.5), tensor<double, 2, 2>{{c, -s}, {s, c}}));
  CHECK(calx::equal(calx::jit(rotation)(0.5), tensor<double, 2, 2>{{c, -s}, {s, c}}));
  CHECK(calx::equal(calx::require_static(calx::jacfwd(rotation))(0.5),
                    tensor<double, 2, 2>{{-s, -c}, {c, -s}}));
  const double one = c / c;
  const auto captured = [=](auto t) { return rotation(t * one); };
  CHECK(calx::equal(array<double, 2>(calx::jacrev(captured)(0.5)),
                    tensor<double, 2, 2>{{-s, -c}, {c, -s}}));
  const array<double, 1> row{1, 2};
  CHECK(calx::equal(calx::pack(row, row * 2.0), array<double, 2>{{1, 2}, {2, 4}}));
  CHECK(thrown<calx::shape_error>([&] {
          static_cast<void>(calx::pack(row, array<double, 1>{1, 2, 3}));
        }) == "pack: value 0 has shape (2,), but value 1 has shape (3,); they must be equal");
}

TEST_CASE("state: beside traced values, C++ numbers in a pack take their dtype") {
  auto f = [](auto x) { return calx::pack(x, 1.5, 2); };
  static_assert(std::is_same_v<decltype(calx::jit(f)(0.5f)), tensor<float, 3>>);
  static_assert(std::is_same_v<decltype(calx::jit(f)(0.5)), tensor<double, 3>>);
  CHECK(calx::equal(calx::jit(f)(0.5f), tensor<float, 3>{0.5f, 1.5f, 2}));
  CHECK(calx::equal(calx::jacrev(f)(0.5), tensor<double, 3>{1, 0, 0}));
  CHECK(calx::equal(calx::vmap(f)(tensor<double, 2>{3, 4}),
                    tensor<double, 2, 3>{{3, 1.5, 2}, {4, 1.5, 2}}));
  CHECK(calx::equal(calx::grad([](auto x) { return calx::vdot(calx::pack(x(0) * x(1), 3.0),
                                                              calx::pack(x(0), x(1))); })(
                        tensor<double, 2>{2, 5}),
                    tensor<double, 2>{2 * 2 * 5.0, 2 * 2 + 3.0}));
  CHECK(thrown<calx::error>([] { static_cast<void>(calx::pack(tracer(1), 2)); }) ==
        "pack: the numbers belong to no program yet; make one of them x.like(v) with a traced "
        "argument x");
}

TEST_CASE("state: range-for goes through the entries of traced arrays") {
  const tensor<double, 3> t{1, 2, 3}, twice{2, 4, 6};
  CHECK(calx::equal(calx::require_static(calx::grad(ranged_sum))(t), twice));
  // Extents of run time: the run-time trace.
  CHECK(calx::equal(calx::grad(ranged_sum)(array<double, 1>{1, 2, 3}), twice));
  CHECK(calx::grad(ranged_sum)(std::vector<double>{1, 2, 3, 4}) == std::vector<double>{2, 4, 6, 8});
  const auto row_products = [](auto x) {
    auto p = x(0, 0).like(0);
    for (auto row : x) p += calx::prod(row);
    return p;
  };
  CHECK(calx::equal(calx::grad(row_products)(tensor<double, 2, 2>{{2, 3}, {4, 5}}),
                    tensor<double, 2, 2>{{3, 2}, {5, 4}}));
  CHECK(calx::equal(calx::grad(row_products)(array<double, 2>{{2, 3}, {4, 5}}),
                    tensor<double, 2, 2>{{3, 2}, {5, 4}}));
  CHECK(calx::equal(calx::vmap(calx::grad(ranged_sum))(tensor<double, 2, 2>{{1, 2}, {3, 4}}),
                    tensor<double, 2, 2>{{2, 4}, {6, 8}}));
  const auto accumulated = [](auto x) { return std::accumulate(x.begin(), x.end(), x(0).like(0)); };
  CHECK(calx::equal(calx::grad(accumulated)(t), tensor<double, 3>{1, 1, 1}));
}

TEST_CASE("state: range-for over numbers is an index_error") {
  const std::string why = "a traced number has no entries to go through; a for loop takes an array";
  const double one = c / c;
  const auto loops = [one](auto x) {
    auto sum = x * one;
    for (auto e : x) sum += e;
    return sum;
  };
  CHECK(thrown<calx::index_error>([&] { static_cast<void>(calx::jit(loops)(1.0)); }) == why);
  CHECK(thrown<calx::index_error>([&] { static_cast<void>(loops(tracer(1.0))); }) == why);
}

TEST_CASE("state: inner functions capture outer values where their arguments are like those") {
  // x d/dy (x + y) at y = 1 is x; x d/dy (x y y) at y = 1 is 2 x x.
  const auto plain = [](auto x) {
    return x * calx::grad([=](auto y) { return x + y; })(x.like(1.0));
  };
  const auto product = [](auto x) {
    return x * calx::grad([=](auto y) { return x * y * y; })(x.like(1.0));
  };
  CHECK(calx::require_static(calx::jit(plain))(2.0) == 2);
  CHECK(calx::require_static(calx::grad(plain))(2.0) == 1);
  CHECK(calx::require_static(calx::grad(product))(3.0) == 12);
  CHECK(calx::require_static(calx::hessian(product))(3.0) == 4);
  const double one = c / c;
  CHECK(calx::grad([=](auto x) { return one * product(x); })(3.0) == 12);
  CHECK(calx::equal(calx::vmap(calx::grad(product))(tensor<double, 2>{1, 3}),
                    tensor<double, 2>{4, 12}));
  // An inner function that captures plain numbers only is computed with concrete arguments.
  const auto square = [=](auto y) { return one * y * y; };
  CHECK(calx::grad([=](auto x) { return x * calx::grad(square)(3.0); })(2.0) == 6);
}
