// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs: plans, and the virtual machine, compute what the oracle computes.
#include <calx/graph/print.hpp>
#include <calx/passes/compact.hpp>
#include <sstream>

#include "../catch.hpp"
#include "random_programs.hpp"
#include "run_plan.hpp"

using namespace programs;

namespace {
std::string listing(const graph& g) {
  std::ostringstream s;
  s << g;
  return s.str();
}
/// Empty if both agree within what reordered sums may differ by.
std::string difference(const array& plan, const array& want, double off) {
  std::ostringstream s;
  if (plan.type != want.type || !(plan.shape == want.shape)) return "another type";
  for (dim i = 0; i < want.size(); ++i)
    if (double a = plan.at(i), b = want.at(i); !(std::abs(a - b) <= 4 * off)) {
      s << "element " << i << ": " << a << " for " << b << ", off by more than " << 4 * off;
      return s.str();
    }
  return {};
}
/// Empty if plans of a recipe's program, and the virtual machine, do what the oracle does.
std::string disagreement(const recipe& r, bool symbols) {
  const graph planned = passes::compact(r.build(symbols));
  if (std::string fault = describe(planned); !fault.empty()) return "malformed: " + fault;
  std::vector<array> want, all[2];
  try {
    want = run(r.build(false), r.inputs);
    all[0] = run_plan(planned, r.inputs), all[1] = run_compiled_plan(planned, r.inputs);
  } catch (const plan_fault& fault) {
    return fault.what();
  } catch (const disagree& fault) {
    return fault.what();
  }
  for (const auto& got : all)
    for (std::size_t k = 0; k < want.size(); ++k)
      if (std::string d = difference(got[k], want[k], r.values[r.outputs[k]].off); !d.empty())
        return "output " + std::to_string(k) + ", " + d;
  const bounded_run<> bounds(resolved(planned, r.inputs), r.inputs);
  for (const auto& got : all)
    if (std::string d = disagreement(bounds, got, "the plan"); !d.empty()) return d;
  return {};
}
void agree(const random_settings& s, unsigned first, unsigned count) {
  for (unsigned seed = first; seed < first + count; ++seed) {
    const recipe r = recipe_maker(seed, s).r;
    std::string bad = disagreement(r, s.symbols);
    if (bad.empty()) continue;
    INFO("seed " << seed << "\n" << listing(passes::compact(r.build(s.symbols))));
    CHECK(bad == "");
    return;
  }
  SUCCEED();
}
}  // namespace

TEST_CASE("plans of small programs agree with the oracle") {
  agree({{2, 3, 1}, false, 6, 200}, 0, 400);
  agree({{2, 3, 1, 4}, false, 14, 600}, 1000, 300);
}
TEST_CASE("plans of programs with large extents agree with the oracle") {
  agree({{9, 12}, false, 6, 2000}, 2000, 150);
  agree({{9, 12, 1, 3}, false, 14, 2500}, 3000, 150);
  agree({{40, 3, 2}, false, 16, 4000}, 4000, 100);
}
TEST_CASE("plans of programs with empty axes agree with the oracle") {
  agree({{0, 2, 9, 1}, false, 12, 800}, 5000, 300);
}
TEST_CASE("plans with extents known at run time agree with the oracle") {
  agree({{9, 4}, true, 6, 1500}, 6000, 200);
  agree({{5, 3, 1}, true, 14, 1500}, 7000, 200);
  agree({{0, 3, 2}, true, 12, 800}, 8000, 200);
}
TEST_CASE("programs of more than one block agree with the oracle") {
  agree({{300, 2, 7}, false, 10, 5000}, 9000, 60);
  agree({{300, 1, 2}, true, 8, 5000}, 10000, 60);
  agree({{300, 0, 7, 1, 2}, true, 14, 5000}, 11000, 60);
}
