// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// has_aux: what comes out beside derivatives, on both ways that a call can take.
#include <cstdint>
#include <type_traits>

#include <calx/calx.hpp>

#include "../catch.hpp"

using calx::array;
using calx::has_aux;

namespace {
constexpr auto with_count = [](auto w) {
  return std::pair{calx::sum(w * w * w), std::tuple{calx::sum(w > 1.0), w + 1.0}};
};
constexpr auto pointwise = [](auto w) { return std::tuple{w * w, calx::sum(w)}; };
constexpr auto pointwise_loss = [](auto x) { return std::pair{calx::sum(x * x), calx::sum(x)}; };
/// The same function, which the compiler does not see into.
template <class F>
auto captured(const F& f) {
  return [one = 1.0, f](auto... a) { return one > 0 ? f(a...) : f((a * 2.0)...); };
}
template <class A, class B>
constexpr bool alike = std::is_same_v<A, B>;
const array<double, 1> w{1, 2};

template <class F>
void check_gradients(const F& f) {
  auto [gradient, aux] = calx::grad(f, has_aux)(w);
  STATIC_REQUIRE(alike<decltype(gradient), array<double, 1>>);
  CHECK(calx::equal(gradient, array<double, 1>{3, 12}));
  CHECK(static_cast<std::int64_t>(std::get<0>(aux)) == 1);
  const array<double, 1> more = std::get<1>(aux);
  CHECK(calx::equal(more, array<double, 1>{2, 3}));
  auto [value, same] = calx::value_and_grad(f, has_aux)(w);
  STATIC_REQUIRE(alike<std::remove_cvref_t<decltype(value.first)>, double>);
  CHECK((value.first == 9 && calx::equal(same, gradient)));
  auto [H, rest] = calx::hessian(f, has_aux)(w);
  STATIC_REQUIRE(alike<decltype(H), array<double, 2>>);
  CHECK(calx::equal(H, array<double, 2>{{6, 0}, {0, 12}}));
  CHECK(static_cast<std::int64_t>(std::get<0>(rest)) == 1);
}
template <class F>
void check_jacobians(const F& f) {
  const array<double, 2> want{{2, 0}, {0, 4}};
  auto [J, total] = calx::jacfwd(f, has_aux)(w);
  const array<double, 2> forward = J;
  CHECK((calx::equal(forward, want) && static_cast<double>(total) == 3));
  auto [K, again] = calx::jacrev(f, has_aux)(w);
  const array<double, 2> reverse = K;
  CHECK((calx::equal(reverse, want) && static_cast<double>(again) == 3));
  auto [y, dy, aux] = calx::jvp(f, std::tuple{w}, std::tuple{array<double, 1>{1, 10}}, has_aux);
  const array<double, 1> value = y, tangent = dy;
  CHECK(calx::equal(value, array<double, 1>{1, 4}));
  CHECK(calx::equal(tangent, array<double, 1>{2, 40}));
  CHECK(static_cast<double>(aux) == 3);
}
}  // namespace

TEST_CASE("has_aux: gradients and second derivatives") {
  check_gradients(with_count);
  check_gradients(captured(with_count));
  STATIC_REQUIRE(calx::static_traceable<decltype(calx::grad(with_count, has_aux)),
                                        array<double, 1>>);
}

TEST_CASE("has_aux: Jacobians, and one direction") {
  check_jacobians(pointwise);
  check_jacobians(captured(pointwise));
}

TEST_CASE("has_aux: several arguments, batches, other traces") {
  auto f = [](auto x, auto y) { return std::pair{calx::sum(x * y), x + y}; };
  auto [gradients, sums] = calx::grad<1, 0>(f, has_aux)(w, w + 1.0);
  CHECK(calx::equal(std::get<0>(gradients), w));
  CHECK(calx::equal(std::get<1>(gradients), array<double, 1>{2, 3}));
  CHECK(calx::equal(sums, array<double, 1>{3, 5}));
  const array<double, 2> rows{{1, 2}, {3, 4}};
  auto [each, counts] = calx::vmap(calx::grad(with_count, has_aux))(rows);
  CHECK(calx::equal(each, array<double, 2>{{3, 12}, {27, 48}}));
  CHECK(calx::equal(std::get<0>(counts), array<std::int64_t, 1>{1, 2}));
  auto power = [](auto x, int n) { return std::pair{n > 1 ? x * x : x, x}; };
  auto [d, same] = calx::grad(power, has_aux)(3.0, calx::fixed<2>);
  CHECK((d == 6 && same == 3));
  auto [e, again] = calx::grad(power, has_aux)(3.0, calx::option(1));
  CHECK((e == 1 && static_cast<double>(again) == 3));
  auto outer = [](auto x) {
    auto [gradient, aux] = calx::grad(pointwise_loss, has_aux)(x);
    return calx::sum(gradient) * aux;
  };
  // sum(2 x) sum(x), whose gradient is 4 sum(x).
  CHECK(calx::equal(calx::grad(outer)(w), array<double, 1>{12, 12}));
}
