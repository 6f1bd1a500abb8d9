// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every line of tour.jsonl against the library, to the rounding of its dtype.
#include "tour.hpp"

#include "../catch.hpp"

using namespace golden;

namespace {
const tour::cases& all_cases() {
  static const tour::cases all = [] {
    tour::cases c;
    tour::add_scalar_cases(c);
    tour::add_vmap_cases(c);
    tour::add_logistic_cases(c);
    return c;
  }();
  return all;
}
std::vector<reference_line> all_lines() {
  return read_lines(std::string(CALX_GOLDEN_DATA) + "/tour.jsonl");
}
/// The results with one element off by the same part of its size as half of the digits.
tour::results spoilt(tour::results r, double epsilon_of_dtype) {
  double& x = r.back().values.front();
  x += std::sqrt(epsilon_of_dtype) * (1 + std::abs(x));
  return r;
}
}  // namespace

TEST_CASE("tour: every line has a case, every case a line") {
  auto lines = all_lines();
  CHECK(lines.size() == 100);
  CHECK(all_cases().size() == lines.size());
  for (const auto& line : lines) {
    INFO(line.id());
    CHECK(all_cases().count(line.id()) == 1);
  }
}

TEST_CASE("tour: every line agrees with the reference") {
  int checked = 0;
  for (const auto& line : all_lines()) {
    INFO(line.id());
    auto run = all_cases().find(line.id());
    REQUIRE(run != all_cases().end());
    auto got = run->second(line);
    CHECK(difference(got, line) == "");
    double eps = line.dtype() == "f32" ? epsilon<float> : epsilon<double>;
    CHECK(difference(spoilt(got, eps), line) != "");
    ++checked;
  }
  CHECK(checked == 100);
}

TEST_CASE("tour: the arguments of logistic regression are what the keys draw") {
  namespace rnd = calx::random;
  auto check = [](const reference_line& line, auto t) {
    using T = decltype(t);
    auto [key, W_key, b_key] = rnd::split<3>(rnd::key(0));
    auto [next, v_key] = rnd::split(key);
    auto [last, u_key] = rnd::split(next);
    auto agrees = [](const auto& drawn, const reference_array& want) {
      result r = values_of(drawn);
      for (double x : r.values) r.bounds.push_back(tour::normal_bound<T>(x));
      CHECK(difference(r, want) == "");
    };
    agrees(rnd::normal<T>(W_key, 3), line.arrays("args")[0]);
    agrees(rnd::normal<T>(b_key), line.arrays("args")[1]);
    if (line.record().find("tangents"))
      agrees(rnd::normal<T>(v_key, 3), line.arrays("tangents")[0]);
    if (line.record().find("cotangent"))
      agrees(rnd::normal<T>(u_key, 4), line.arrays("cotangent")[0]);
  };
  int checked = 0;
  for (const auto& line : all_lines()) {
    if (line.id().find("logistic/") != 0) continue;
    INFO(line.id());
    bool narrow = line.record()["params"]["drawn"].string() == "f32";
    if (narrow) check(line, float());
    else check(line, double());
    ++checked;
  }
  CHECK(checked == 60);
}
