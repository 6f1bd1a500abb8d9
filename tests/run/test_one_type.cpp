// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One program, one type: results of what run time traces have the types that generated code has,
// wherever the types of the arguments tell them.
#include <type_traits>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"
#include "../support.hpp"

using calx::array;
using calx::dynamic_array;
using calx::tensor;

namespace {
double once() { return 1; }
template <class T>
struct point {
  T x, y;
};
constexpr auto total = [](auto x) { return calx::sum(x * x * x); };
constexpr auto product = [](auto p) { return calx::sum(p.x * p.y); };
constexpr auto first = [](auto t) { return calx::sum(std::get<0>(t)) * std::get<1>(t); };
constexpr auto cube = [](auto x) { return x * x * x; };
constexpr auto weighted = [](auto x, auto w) { return calx::sum(x * w); };

/// The ways in which the compiler does not see a function.
struct by_value {
  template <class F>
  static auto hide(const F& f) {
    return [one = 1.0, f](auto... a) { return one * f(a...); };
  }
};
struct by_reference {
  template <class F>
  static auto hide(const F& f) {
    static constexpr double one = 1;
    return [&one_ = one, f](auto... a) { return one_ * f(a...); };
  }
};
struct not_constexpr {
  template <class F>
  static auto hide(const F&) {
    return [](auto... a) { return once() * F()(a...); };
  }
};
struct asked {
  template <class F>
  static auto hide(const F& f) { return calx::at_run_time(f); }
};

struct grad {
  static auto of(const auto& f) { return calx::grad(f); }
};
struct value_and_grad {
  static auto of(const auto& f) { return calx::value_and_grad(f); }
};
struct hessian {
  static auto of(const auto& f) { return calx::hessian(f); }
};
struct jacfwd_of_grad {
  static auto of(const auto& f) { return calx::jacfwd(calx::grad(f)); }
};
struct jitted {
  static auto of(const auto& f) { return calx::jit(calx::value_and_grad(f)); }
};
template <class...>
struct list {};

/// Transform T of f, seen and hidden, has results of one type, which is equal in value.
template <class T, class Hidden, class F, class... X>
void check_one(const F& f, const X&... x) {
  const auto seen = T::of(f)(x...);
  const auto hidden = T::of(Hidden::hide(f))(x...);
  STATIC_REQUIRE(std::is_same_v<decltype(seen), decltype(hidden)>);
  auto check_leaves = [](const auto& p, const auto& q) { CHECK(calx::equal(p, q)); };
  calx::tree::map([&](const auto& p, const auto& q) {
    check_leaves(p, q);
    return p;
  }, seen, hidden);
}
template <class... T, class Hidden, class F, class... X>
void check(list<T...>, Hidden, const F& f, const X&... x) {
  (check_one<T, Hidden>(f, x...), ...);
}
using losses = list<grad, value_and_grad, hessian, jacfwd_of_grad, jitted>;
}  // namespace

TEST_CASE("losses of arrays") {
  check(losses(), by_value(), total, array<double, 1>{1, 2});
  check(losses(), by_value(), total, array<float, 1>{1, 2});
  check(list<value_and_grad>(), by_reference(), total, array<double, 2>{{1, 2}, {3, 4}});
  check(list<value_and_grad, hessian>(), not_constexpr(), total, array<double, 1>{1, 2});
  check(losses(), asked(), total, array<double, 1>{1, 2});
}
TEST_CASE("losses of tensors and numbers") {
  check(losses(), by_value(), total, tensor<double, 2>{1, 2});
  check(list<value_and_grad>(), by_value(), total, tensor<float, 2>{1, 2});
  check(losses(), by_value(), cube, 2.0);
  check(list<value_and_grad, hessian>(), by_value(), cube, 2.0f);
  check(list<value_and_grad>(), by_value(), total,
        calx::basic_array<double, calx::extents<calx::dyn, 2>>{{1, 2}, {3, 4}});
}
TEST_CASE("losses of structs, tuples and std::array") {
  check(losses(), by_value(), product, point<array<double, 1>>{{1, 2}, {3, 4}});
  check(list<value_and_grad, hessian>(), by_value(), product, point<float>{1, 2});
  check(list<value_and_grad>(), by_value(), first, std::tuple{array<double, 1>{1, 2}, 3.0});
  // The loss is of the float in which the leaves meet.
  check(list<value_and_grad>(), by_value(), first, std::tuple{array<float, 1>{1, 2}, 3.0});
  check(list<value_and_grad>(), by_value(), [](auto a) { return a[0] * a[1]; },
        std::array{1.0, 2.0});
}
TEST_CASE("losses of several arguments") {
  const array<double, 1> x{1, 2}, w{3, 4};
  const array<float, 1> narrow{1, 2};
  check(list<value_and_grad>(), by_value(), weighted, x, w);
  check(list<value_and_grad>(), by_value(), weighted, narrow, w);
  check(list<value_and_grad>(), by_value(), weighted, narrow, array<float, 1>{3, 4});
}

namespace {
struct batches {
  static auto of(const auto& f) { return calx::vmap(calx::grad(f)); }
};
struct values_of_batches {
  static auto of(const auto& f) { return calx::vmap(calx::value_and_grad(f)); }
};
struct columns {
  static auto of(const auto& f) {
    return calx::vmap(calx::hessian(f), calx::in_axes<-1>, calx::out_axes<1>);
  }
};
}  // namespace

TEST_CASE("batches of losses") {
  const array<double, 2> rows{{1, 2}, {3, 4}};
  check(list<batches, values_of_batches, columns>(), by_value(), total, rows);
  check(list<values_of_batches>(), by_value(), total, array<float, 2>{{1, 2}, {3, 4}});
  check(list<values_of_batches>(), by_value(), total, tensor<double, 2, 2>{{1, 2}, {3, 4}});
  check(list<batches>(), asked(), total, rows);
}

TEST_CASE("a loss that is wider or narrower than the arguments becomes of their float") {
  const array<double, 1> wide{3, 4};
  const array<float, 1> narrow{3, 4};
  auto f = [wide](auto x) { return calx::sum(x * wide); };
  auto [v, g] = calx::value_and_grad(f)(array<float, 1>{1, 2});
  STATIC_REQUIRE(std::is_same_v<decltype(v), float>);
  CHECK((v == 11 && calx::equal(g, narrow)));
  auto [each, gradients] = calx::vmap(calx::value_and_grad(f))(array<float, 2>{{1, 2}, {0, 1}});
  STATIC_REQUIRE(std::is_same_v<decltype(each), array<float, 1>>);
  CHECK(calx::equal(each, array<float, 1>{11, 4}));
  auto h = [narrow](auto x) {
    return calx::where(x(0) > 0.0, calx::sum(narrow), 2 * calx::sum(narrow));
  };
  auto [value, none] = calx::value_and_grad(h)(wide);
  STATIC_REQUIRE(std::is_same_v<decltype(value), double>);
  CHECK((value == 7 && calx::equal(none, array<double, 1>{0, 0})));
}

TEST_CASE("what the arguments do not tell is a dynamic_array, in the structure of the result") {
  const double one = 1;
  const array<double, 1> x{1, 2};
  auto pair_of = [one](auto v) { return std::tuple{one * v, calx::sum(v)}; };
  auto [a, b] = calx::jit(pair_of)(x);
  STATIC_REQUIRE((std::is_same_v<decltype(a), dynamic_array> &&
                  std::is_same_v<decltype(b), dynamic_array>));
  auto struct_of = [one](auto v) { return point<decltype(v)>{one * v, v}; };
  STATIC_REQUIRE(std::is_same_v<decltype(calx::jit(struct_of)(x)), point<dynamic_array>>);
  STATIC_REQUIRE(std::is_same_v<decltype(calx::vmap(struct_of)(x)), point<dynamic_array>>);
  STATIC_REQUIRE(std::is_same_v<decltype(calx::jacfwd(struct_of)(x)), point<dynamic_array>>);
  // They become what the caller knows.
  const array<double, 1> first_of = a;
  const double second_of = static_cast<double>(b);
  CHECK((calx::equal(first_of, x) && second_of == 3));
}

TEST_CASE("hessian of a function that captures is that of a scalar; other spellings take arrays") {
  const double one = 1;
  const array<double, 1> x{1, 2};
  auto f = [one](auto v) { return one * v * v; };
  CHECK(support::thrown<calx::shape_error>([&] { (void)calx::hessian(f)(x); }) ==
        "call: the result has shape (2, 2, 2), but the type that follows from the arguments has "
        "shape (-1, -1); they must be equal; hessian takes a function that captures to return a "
        "scalar: write jacfwd(jacrev(f)) for an array");
  const array<double, 3> want{{{2, 0}, {0, 0}}, {{0, 0}, {0, 2}}};
  const array<double, 3> nested = calx::jacfwd(calx::jacrev(f))(x);
  CHECK(calx::equal(nested, want));
  array<double, 3> out(2, 2, 2);
  calx::hessian(f).into(out)(x);
  CHECK(calx::equal(out, want));
}
