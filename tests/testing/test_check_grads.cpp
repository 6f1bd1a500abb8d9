// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// check_grads: right derivatives pass, wrong ones are named by order and mode; captures, structs.
#include <Eigen/Core>
#include <calx/calx.hpp>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "../catch.hpp"
#include "../support.hpp"

using calx::testing::check_grads;
using support::thrown;

namespace {
template <class T>
struct line {
  T slope, offset;
};
constexpr auto stopped = [](auto x) { return calx::stop_gradient(x); };
constexpr auto kink = [](auto x) { return calx::abs(x - 1.0); };
}  // namespace

TEST_CASE("check_grads: right derivatives of every order, of structs, arrays and captures") {
  const calx::array<double, 1> x{0.1, 0.2, 0.3}, w{0.5, -1, 2};
  auto captured = [&](auto v) { return calx::sum(calx::exp(w * v)); };
  constexpr auto fit = [](auto p, auto v) {
    return calx::sum(calx::square(p.slope * calx::sin(v) + p.offset));
  };
  for (int order : {1, 2, 3}) {
    auto report = check_grads(captured, std::tuple{x}, order, 1e-5);
    CHECK((report && report.message == ""));
    CHECK(check_grads(fit, std::tuple{line<double>{1.5, 0.5}, x}, order, 1e-5));
  }
}

TEST_CASE("check_grads: a wrong derivative is named by its order and mode") {
  constexpr auto wrong = [](auto x) { return x * stopped(x); };  // x^2, with derivative x
  const auto report = check_grads(wrong, std::tuple{2.0}, 1);
  CHECK_FALSE(report);
  // The directions are fixed, so the numbers are: the one is half of the other.
  CHECK(report.message ==
        "check_grads: order 1, jvp gives -0.817405, but -1.634811 is expected");
}

TEST_CASE("check_grads: an order that is wrong is found at that order, and not before") {
  constexpr auto cube = [](auto x) {  // x^3, with derivative 3 x^2 and second derivative 0
    auto s = stopped(x);
    return s * s * s + 3.0 * s * s * (x - s);
  };
  CHECK(check_grads(cube, std::tuple{1.5}, 1));
  const auto report = check_grads(cube, std::tuple{1.5}, 2);
  CHECK_FALSE(report);
  CHECK(report.message.starts_with("check_grads: order 2, jvp gives "));
}

TEST_CASE("check_grads: a kink is a wrong derivative, unless the tolerance is wide") {
  CHECK(check_grads(kink, std::tuple{1.5}, 1));
  CHECK_FALSE(check_grads(kink, std::tuple{1.0002}, 1));
  CHECK(check_grads(kink, std::tuple{1.0002}, 1, 2.0));
}

TEST_CASE("check_grads: orders that it does not have") {
  CHECK(thrown<calx::error>([] { check_grads(kink, std::tuple{1.5}, 0); }) ==
        "check_grads: order must be 1, 2 or 3, but is 0");
  CHECK(thrown<calx::error>([] { check_grads(kink, std::tuple{1.5}, 4); }) ==
        "check_grads: order must be 1, 2 or 3, but is 4");
}

TEST_CASE("check_grads: the function sees traced values, whatever the arguments are") {
  const auto cubes = [](auto v) { return calx::sum(v * v * v); };
  CHECK(check_grads(cubes, std::tuple{std::vector<double>{1, 2, 3}}, 2));
  CHECK(check_grads(cubes, std::tuple{Eigen::MatrixXd(Eigen::Matrix2d::Constant(0.5))}, 3));
  const auto product = [](const auto& p) { return p.at("x") * p.at("y"); };
  CHECK(check_grads(product, std::tuple{std::map<std::string, double>{{"x", 2}, {"y", 3}}}, 1));
  const double k = 2;  // traced at run time
  CHECK(check_grads([k](auto v) { return k * calx::sum(v * v); },
                    std::tuple{std::vector<double>{1, 2}}, 2));
}
