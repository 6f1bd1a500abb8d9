// What most programs use, compiled with every warning that users turn on, as errors.
#include <cmath>

#include <calx/calx.hpp>

#include "check.hpp"

constexpr auto f = [](auto x) { return calx::sum(calx::square(sin(x)) * x); };
constexpr auto product = [](auto A, auto x) { return calx::sum(calx::dot(A, x) * calx::dot(x, A)); };

int main() {
  const calx::array<double, 1> x{1, 2, 3};
  const calx::array<float, 1> single{1, 2, 3};
  const calx::tensor<double, 3> t{1, 2, 3};
  const auto A = calx::ones<double>(3, 3);
  const double k = 2;
  auto scaled = calx::grad([k](auto u) { return k * calx::sum(u * u); });
  CHECK(scaled(x)(2) == 12);
  CHECK(std::abs(calx::grad(f)(t)(0) - calx::grad(f)(x)(0)) < 1e-14);
  CHECK(std::abs(double(calx::grad(f)(single)(0)) - calx::grad(f)(x)(0)) < 1e-6);
  CHECK(std::abs(calx::hessian(f)(x)(1, 1) - calx::jacfwd(calx::grad(f))(t)(1, 1)) < 1e-13);
  auto [y, pullback] = calx::vjp(f, x);
  CHECK(std::abs(std::get<0>(pullback(y))(0) - double(y) * calx::grad(f)(x)(0)) < 1e-12);
  CHECK(std::get<1>(calx::grad<0, 1>(product)(A, x))(0) == 36);
  CHECK(calx::vmap(calx::grad(f))(x).shape(0) == 3);
  auto [first, second] = calx::random::split(calx::random::key(1));
  CHECK(calx::random::normal<double>(first, 3, 4).size() == 12);
  CHECK(calx::random::randint<int>(second, 0, 5, 4).size() == 4);
  CHECK(calx::dot(A, A)(0, 0) == 3);
  return finish("17_strict_warnings");
}
