// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every op of the registry, its derivatives and batches: plans compute what the oracle does.
#include "../catch.hpp"
#include "../laws/cases.hpp"
#include "run_plan.hpp"

using namespace laws;

namespace {
std::vector<array> arguments(const callable& f, const law_case& c) {
  std::vector<array> x;
  for (std::size_t a = 0; a < f.types.size(); ++a) {
    const aval& t = f.types[a];
    // Cotangents, tangents and batches are drawn like the first argument of their dtype.
    std::size_t like = a < c.ranges.size() ? a : 0;
    range r = c.ranges.empty() ? range{-1, 1} : c.ranges[like];
    if (!is_float(t.type)) x.push_back(samples(t.type, t.shape, static_cast<int>(a)));
    else
      x.push_back(array(t.type, t.shape, [&](dim i) {
        double v = r.lo + (r.hi - r.lo) * fraction(i, static_cast<int>(3 * a));
        return r.both_signs && i % 2 != 0 ? -v : v;
      }));
  }
  return x;
}
void plan_agrees(const callable& f, const law_case& c, const char* mode) {
  const graph g = passes::compact(program_of(f));
  const auto x = arguments(f, c);
  std::vector<array> want, all[2];
  std::string fault;
  try {
    want = programs::run(g, x);
    all[0] = run_plan(g, x), all[1] = run_compiled_plan(g, x);
  } catch (const plan_fault& e) {
    fault = e.what();
  } catch (const disagree& e) {
    fault = e.what();
  }
  INFO(c.label << ", " << mode);
  REQUIRE(fault == "");
  for (const auto& got : all)
    for (std::size_t k = 0; k < want.size(); ++k) {
      // Sums of at most 24 products, taken in another order.
      double eps = want[k].type == dtype::f32 ? 0x1p-23 : 0x1p-52;
      CHECK(close(got[k], want[k], is_float(want[k].type) ? 64 * eps : 0));
    }
}
bool is_differentiable(const law_case& c) {
  bool floats = false;
  for (const aval& a : result_types(c.f)) floats = floats || is_float(a.type);
  return floats && !float_types(c.f).empty();
}
}  // namespace

TEST_CASE("plans of every op, its derivatives and its batches agree with the oracle") {
  int cases = 0;
  for (const law_case& c : all_cases()) {
    ++cases;
    plan_agrees(c.f, c, "value");
    const std::vector<bool> all(c.f.types.size(), true);
    plan_agrees(vmap_of(c.f, all, 3), c, "vmap");
    plan_agrees(vmap_of(c.f, all, 9), c, "vmap of 9");
    if (!is_differentiable(c)) continue;
    plan_agrees(jvp_of(c.f), c, "jvp");
    plan_agrees(vjp_of(c.f), c, "vjp");
    plan_agrees(partial_vjp(jvp_of(c.f), c.f.types.size()), c, "vjp of jvp");
  }
  CHECK(cases > 500);
}
