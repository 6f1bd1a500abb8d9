// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The partial derivatives of every elementwise op, against formulas in extended precision: as many
// digits as the operands allow, over the whole domain.
#include <calx/ops/all.hpp>
#include <cmath>
#include <map>
#include <numbers>
#include <random>

#include "../catch.hpp"
#include "../laws/cases.hpp"

using namespace laws;

namespace {
using real = long double;
/// The derivative by one operand of an op on (a, b).
using formula = real (*)(real a, real b);
constexpr real root_pi = 1 / std::numbers::inv_sqrtpi_v<real>;

/// The inverse error function by Newton's method, from erfc where erf has lost the digits.
real inverse_erf(real y) {
  if (y < 0) return -inverse_erf(-y);
  real x = y < 0.9L ? y : std::sqrt(-std::log((1 - y) * root_pi));
  for (int i = 0; i < 60; ++i) {
    const real miss = y < 0.5L ? std::erf(x) - y : (1 - y) - std::erfc(x);
    x -= miss * root_pi / 2 * std::exp(x * x);
  }
  return x;
}

const std::map<std::string, formula> formulas = {
    {"neg 0", [](real, real) -> real { return -1; }},
    {"add 0", [](real, real) -> real { return 1; }},
    {"add 1", [](real, real) -> real { return 1; }},
    {"sub 0", [](real, real) -> real { return 1; }},
    {"sub 1", [](real, real) -> real { return -1; }},
    {"mul 0", [](real, real b) { return b; }},
    {"mul 1", [](real a, real) { return a; }},
    {"div 0", [](real, real b) { return 1 / b; }},
    {"div 1", [](real a, real b) { return -a / b / b; }},
    {"rem 0", [](real, real) -> real { return 1; }},
    {"rem 1", [](real a, real b) { return -std::round((a - std::fmod(a, b)) / b); }},
    {"square 0", [](real a, real) { return 2 * a; }},
    {"exp 0", [](real a, real) { return std::exp(a); }},
    {"expm1 0", [](real a, real) { return std::exp(a); }},
    {"log 0", [](real a, real) { return 1 / a; }},
    {"log1p 0", [](real a, real) { return 1 / (1 + a); }},
    {"sqrt 0", [](real a, real) { return 1 / (2 * std::sqrt(a)); }},
    {"rsqrt 0", [](real a, real) { return -1 / (2 * a * std::sqrt(a)); }},
    {"sin 0", [](real a, real) { return std::cos(a); }},
    {"cos 0", [](real a, real) { return -std::sin(a); }},
    {"tan 0", [](real a, real) { return 1 / (std::cos(a) * std::cos(a)); }},
    {"tanh 0", [](real a, real) { return 1 / (std::cosh(a) * std::cosh(a)); }},
    {"logistic 0", [](real a, real) { return 1 / (2 + 2 * std::cosh(a)); }},
    {"erf 0", [](real a, real) { return 2 / root_pi * std::exp(-a * a); }},
    {"erfc 0", [](real a, real) { return -2 / root_pi * std::exp(-a * a); }},
    {"erf_inv 0", [](real a, real) {
       const real y = inverse_erf(a);
       return root_pi / 2 * std::exp(y * y);
     }},
    {"pow 0", [](real a, real b) { return b * std::pow(a, b - 1); }},
    {"pow 1", [](real a, real b) { return std::pow(a, b) * std::log(a); }},
    {"max 0", [](real a, real b) -> real { return a > b; }},
    {"max 1", [](real a, real b) -> real { return b > a; }},
    {"min 0", [](real a, real b) -> real { return a < b; }},
    {"min 1", [](real a, real b) -> real { return b < a; }},
    {"abs 0", [](real a, real) -> real { return a < 0 ? -1 : 1; }}};

/// How many units of the last place the partial changes when the operands change by one unit.
real condition(formula f, real a, real b, real p) {
  const real h = 1e-7L;
  const real by_a = (f(a * (1 + h), b) - p) / (h * p), by_b = (f(a, b * (1 + h)) - p) / (h * p);
  return std::fabs(by_a) + std::fabs(by_b);
}

/// Points of the domain, of all sizes: some near its ends, some that overflow.
array points(const op_facts& op, dtype d, int operand) {
  std::mt19937_64 bits{static_cast<std::uint64_t>(20250 + operand)};
  const double widest = d == dtype::f64 ? 300 : 36;
  return array(d, {4000}, [&](dim i) {
    auto uniform = [&](double lo, double hi) {
      return std::uniform_real_distribution<double>(lo, hi)(bits);
    };
    // A third of ordinary size, a third where exponentials overflow, a third of any size.
    const double exponent = i % 3 == 1 ? uniform(-4, 10) : uniform(-widest, widest);
    const double size = i % 3 == 0 ? uniform(0, 4) : std::exp2(exponent);
    double v = bits() % 2 != 0 ? size : -size;
    if (!std::isinf(op.lo) && !std::isinf(op.hi)) v = std::tanh(v);
    else if (v < op.lo) v = op.lo == -1 ? std::expm1(v) : -v;
    return op.info->name == std::string_view("pow") ? std::abs(v) : v;
  });
}
/// The derivative by operand i, at each point, as both modes compute it; none if there is none.
std::vector<array> partials(const op_facts& op, dtype d, int i, const std::vector<array>& x) {
  const aval type{d, {4000}};
  callable f{std::vector<aval>(x.size(), type), [&](graph& g, const node_list& args) {
               node_list renamed_args = renamed(g, args);
               const int y = g.add(*op.info, g.intern({op.result(d), {4000}}),
                                   renamed_args.data(), op.arity, nullptr, 0);
               const node_list in{renamed_args[static_cast<std::size_t>(i)]};
               const int one = constant_t::emit(g, {4000}, d, 1.0);
               node_list out = passes::jvp(g, in, {one}, {y});
               if (out[0] < 0) return node_list{};
               auto linear = passes::linearize(g, in, {y});
               out.push_back(passes::vjp(g, linear, {one})[0]);
               return out;
             }};
  graph g = program_of(f);
  if (g.outputs.empty()) return {};
  g.values_only = true;
  return programs::run(passes::compact(g), x);
}
/// The furthest that a partial is from its formula, as a part of what is allowed.
real worst_of(const op_facts& op, dtype d, formula f, const std::vector<array>& x,
              const array& got) {
  const real unit = d == dtype::f64 ? 0x1p-53L : 0x1p-24L;
  const real least = d == dtype::f64 ? 0x1p-1020L : 0x1p-124L;
  real worst = 0;
  for (dim k = 0; k < got.size(); ++k) {
    const real a = x[0].at(k), b = x.size() > 1 ? x[1].at(k) : 1.0, want = f(a, b);
    if (want == 0) {
      if (got.at(k) != 0) worst = 1e9L;
      continue;
    }
    if (!(std::fabs(want) < 1 / least && std::fabs(want) > least)) continue;
    const real allowed = 6 + 4 * real(op.ulp) + 4 * condition(f, a, b, want);
    worst = std::max(worst, std::fabs(got.at(k) - want) / std::fabs(want) / unit / allowed);
  }
  return worst;
}
}  // namespace

TEST_CASE("partials have as many digits as their operands, over the whole domain") {
  std::size_t met = 0;
  for (const op_facts& op : every_op) {
    if (op.arity == 0 || op.conditions > 0 || !op.takes(dtype::f64)) continue;
    for (dtype d : {dtype::f32, dtype::f64}) {
      std::vector<array> x;
      for (int i = 0; i < op.arity; ++i) x.push_back(points(op, d, i));
      for (int i = 0; i < op.arity && is_float(op.result(d)); ++i) {
        const auto got = partials(op, d, i, x);
        const auto f = formulas.find(std::string(op.info->name) + " " + std::to_string(i));
        INFO(op.info->name << " by operand " << i << " of " << name_of(d));
        CHECK(got.empty() == (f == formulas.end()));
        if (got.empty() || f == formulas.end()) continue;
        ++met;
        CHECK(worst_of(op, d, f->second, x, got[0]) <= 1);
        CHECK(worst_of(op, d, f->second, x, got[1]) <= 1);
      }
    }
  }
  CHECK(met == 2 * formulas.size());
}

TEST_CASE("the derivative of fmod by its divisor counts whole divisors") {
  const double a[] = {1, -1, 7.5, 7.5, 0.3, 1e300}, b[] = {0.1, 0.1, -2, 2, 0.1, 3e299};
  const double want[] = {-9, 9, 3, -3, -2, -3};
  for (const op_facts& op : every_op) {
    if (op.info->name != std::string_view("rem")) continue;
    for (int k = 0; k < 6; ++k) {
      const array x(dtype::f64, {4000}, [&](dim) { return a[k]; });
      const array y(dtype::f64, {4000}, [&](dim) { return b[k]; });
      for (const array& got : partials(op, dtype::f64, 1, {x, y})) CHECK(got.at(0) == want[k]);
    }
  }
}
