// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compositions of transforms against the lines of a reference, by interpreter and by plans.
#include "../catch.hpp"
#include "../golden/reference.hpp"
#include "golden_lines.hpp"
#include "golden_models.hpp"

#ifndef CALX_GOLDEN_DATA
#error "tests/api: define CALX_GOLDEN_DATA as the folder of the reference files"
#endif

using namespace transform_lines;
using golden::reference_line;

namespace {
/// Lines whose id or function begins so, and what they need that is not there.
struct missing {
  std::vector<std::string_view> which;
  std::string_view reason;
};
const std::vector<missing> left_for_later = {
    {{"associative_scan", "scan/", "map", "fori_loop/", "while_loop/"}, "loops as ops"},
    {{"cond/", "switch"}, "branches"},
    {{"custom_jvp/", "custom_vjp/", "checkpoint"}, "rules of the user"},
    {{"complex/"}, "complex numbers"},
    {{"cumprod(x)", "cumsum(x)*x", "sum(cumsum(x)**2)", "sum(sort(x)*arange(n))",
      "vmap/reduce and index", "vmap/gather", "vmap/dynamic_slice", "vmap/scatter",
      "cross entropy"},
     "cumulative sums, sorting, indices that are traced"},
    {{"vmap/solve", "newton step"}, "solving linear systems"},
    {{"arctan2(x, 1+x*x)", "lgamma(2+x*x)", "stop_gradient/straight through"},
     "arctan2, lgamma, round"},
    {{"has_aux/"}, "has_aux of jvp, vjp, jacfwd and jacrev"},
};

elements array_of(const golden::reference_array& r) {
  const std::string& d = r.dtype();
  dims shape;
  for (auto n : r.shape()) shape.push(static_cast<dim>(n));
  const auto v = r.as_doubles();
  dtype type = d == "f32" ? dtype::f32 : d == "i32" ? dtype::i32 : dtype::f64;
  return elements(type, shape, [&](dim i) { return v[static_cast<std::size_t>(i)]; });
}
std::vector<elements> arrays_of(const reference_line& line, std::string_view key) {
  std::vector<elements> all;
  for (const auto& r : line.arrays(key)) all.push_back(array_of(r));
  return all;
}

/// What a line does; empty if that is not known here.
action action_of(const std::string& key) {
  for (auto* lines :
       {&argument_lines, &axis_lines, &variable_lines, &tree_lines, &network_lines, &model_lines})
    if (auto found = lines->find(key); found != lines->end()) return found->second;
  const auto slash = key.find('/');
  if (slash == std::string::npos) return {};
  const std::string before = key.substr(0, slash), after = key.substr(slash + 1);
  auto look = [&](const auto& families, const auto& functions) -> action {
    auto f = families.find(before);
    auto g = functions.find(after);
    return f == families.end() || g == functions.end() ? action() : f->second(g->second);
  };
  if (action a = look(scalar_families, scalar_functions)) return a;
  if (action a = look(array_families, array_functions)) return a;
  return look(vector_families, vector_functions);
}
/// True if the line is of an entry of `left_for_later`; marks it as used.
bool is_later(const std::string& key, std::vector<bool>& used) {
  const std::string after = key.substr(key.find('/') + 1);
  bool found = false;
  std::size_t k = 0;
  for (const missing& m : left_for_later)
    for (std::string_view w : m.which) {
      if (key.starts_with(w) || after == w) used[k] = found = true;
      ++k;
    }
  return found;
}
/// What is different between results and a line's; empty if nothing. The reference rounds as often
/// as the library does, in another order: derivatives are sums of terms of the size of the largest.
std::string difference(const std::vector<elements>& got, const std::vector<elements>& want) {
  if (got.size() != want.size()) return "another number of results";
  for (std::size_t k = 0; k < got.size(); ++k) {
    if (got[k].type != want[k].type) return "another dtype";
    if (!(got[k].shape == want[k].shape)) return "another shape";
    double largest = 1, eps = got[k].type == dtype::f32 ? 0x1p-23 : 0x1p-52;
    for (dim i = 0; i < want[k].size(); ++i) largest = std::max(largest, std::abs(want[k].at(i)));
    for (dim i = 0; i < want[k].size(); ++i)
      if (double a = got[k].at(i), b = want[k].at(i); !(std::abs(a - b) <= 512 * eps * largest))
        return "result " + std::to_string(k) + ", element " + std::to_string(i) + ": got " +
               std::to_string(a) + ", wanted " + std::to_string(b);
  }
  return {};
}
}  // namespace

TEST_CASE("compositions of transforms are the reference's") {
  std::size_t entries = 0, compared = 0, later = 0;
  for (const missing& m : left_for_later) entries += m.which.size();
  std::vector<bool> used(entries, false);
  for (const reference_line& line : golden::read_lines(CALX_GOLDEN_DATA "/transforms.jsonl")) {
    const std::string key = line.id().substr(0, line.id().rfind('/'));
    INFO(line.id());
    const action run = action_of(key);
    if (is_later(key, used)) {
      CHECK(!run);
      ++later;
      continue;
    }
    REQUIRE(run);
    const auto args = arrays_of(line, "args"), want = arrays_of(line, "out");
    for (const auto& got : run_all(run, args)) CHECK(difference(got, want) == "");
    ++compared;
  }
  CHECK(compared == 444);
  CHECK(later == 166);
  for (bool b : used) CHECK(b);
}
