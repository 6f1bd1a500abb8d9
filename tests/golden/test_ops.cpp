// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ops of the core against reference lines: value, both derivatives, the second derivative.
#include "../catch.hpp"
#include "ops_conventions.hpp"
#include "ops_exempt.hpp"

#ifndef CALX_GOLDEN_DATA
#error "tests/golden: define CALX_GOLDEN_DATA as the folder of the reference files"
#endif

namespace golden {
namespace {
double epsilon_of(dtype d) { return d == dtype::f32 ? 0x1p-23 : 0x1p-52; }
double least_normal(dtype d) { return d == dtype::f32 ? 0x1p-126 : 0x1p-1022; }
bool is_subnormal(dtype d, double v) { return v != 0 && std::abs(v) < least_normal(d); }

/// A line as a function of its arguments.
struct example {
  const reference_line& line;
  std::vector<array> x;
  laws::callable f;
  bool may_be_zero = false;         // where a derivative is NaN in the reference
  mutable bool found_zero = false;  // and one is

  explicit example(const reference_line& l) : line(l), x(arrays_of(l, "args")) {
    for (const array& a : x) f.types.push_back({a.type, a.shape});
    f.call = [this](graph& g, const laws::node_list& args) {
      tracers in;
      for (int n : args) in.emplace_back(&g, n);
      laws::node_list out;
      for (const tracer& t : operations.at(op())(g, in, line.record()["params"]))
        out.push_back(t.id);
      return out;
    };
  }
  const std::string& op() const { return line.record()["op"].string(); }
  bool has(std::string_view key) const { return line.record().find(key) != nullptr; }
  /// The reference has no subnormal numbers: it reads and writes zeros for them.
  bool flushed(dim i, const array& got, const array& want) const {
    for (const array& a : x)
      if (is_float(a.type) && a.size() == got.size() && is_subnormal(a.type, a.at(i))) return true;
    return want.at(i) == 0 && is_subnormal(got.type, got.at(i));
  }
  /// Of two arrays; as below.
  static std::string differing(const std::string& what, const array& got, const array& want,
                               double units, double floor) {
    if (got.type != want.type || !(got.shape == want.shape)) return what + ": wrong type";
    for (dim i = 0; i < got.size(); ++i) {
      double a = got.at(i), b = want.at(i);
      double bound = is_float(got.type) ? units * epsilon_of(got.type) * floor : 0;
      if (!(std::abs(a - b) <= bound))
        return what + " " + std::to_string(i) + ": got " + std::to_string(a) + ", wanted " +
               std::to_string(b);
    }
    return {};
  }
  /// Empty, or what is further apart than `units` neighbours of max(|want|, floor).
  std::string differs(const std::string& what, const std::vector<array>& got,
                      const std::vector<array>& want, double units, double floor) const {
    if (got.size() != want.size()) return what + ": wrong number of results";
    for (std::size_t k = 0; k < got.size(); ++k) {
      if (got[k].type != want[k].type) return what + ": wrong dtype";
      if (!(got[k].shape == want[k].shape)) return what + ": wrong shape";
      if (is_integer(got[k].type) && got[k].bytes != want[k].bytes)
        return what + ": other integers";
      for (dim i = 0; i < got[k].size(); ++i) {
        double a = got[k].at(i), b = want[k].at(i), size = std::max(std::abs(b), floor);
        bool exact = a == b || (std::isnan(a) && std::isnan(b));
        // The sign of a zero is part of a value, and an accident of a derivative.
        if (what == "value" && a == 0) exact = exact && std::signbit(a) == std::signbit(b);
        if (exact || flushed(i, got[k], want[k])) continue;
        bool number = what == "d2" ? !std::isnan(a) : !what.ends_with("value") && a == 0;
        if (may_be_zero && number && std::isnan(b)) {
          found_zero = true;
          continue;
        }
        double bound =
            is_float(got[k].type) && !std::isinf(b) ? units * epsilon_of(got[k].type) * size : 0;
        if (!(std::abs(a - b) <= bound) || a == b)
          return what + " " + std::to_string(i) + ": got " + std::to_string(a) + ", wanted " +
                 std::to_string(b);
      }
    }
    return {};
  }
  std::vector<array> run(const laws::callable& f_, const std::vector<std::string>& keys) const {
    std::vector<array> in = x;
    for (const std::string& key : keys)
      for (array& a : arrays_of(line, key)) in.push_back(std::move(a));
    graph g = passes::compact(laws::program_of(f_));
    if (std::string fault = programs::describe(g); !fault.empty()) throw json_error(fault);
    return programs::run(g, in);
  }
  /// All that the line tells, compared; empty if it holds. The reference itself rounds: its last
  /// bits are off by up to a hundred units in places, its derivatives by as much of what is added
  /// up in them, which is of the order of 1 for these arguments.
  std::string compare() const {
    bool exact = has("mp");
    std::string text =
        exact ? differs("true value", run(f, {}), arrays_of(line, "mp"),
                        declared_error(op(), line.record()["params"]), 0)
              : differs("value", run(f, {}), arrays_of(line, "out"), 32, 1);
    if (!text.empty() || !has("jvp")) return text;
    auto jvp = laws::jvp_of(f);
    text = differs("jvp", run(jvp, {"tangents"}), arrays_of(line, "jvp"), 128, 1);
    if (!text.empty()) return text;
    text = differs("vjp", run(laws::vjp_of(f), {"cotangent"}), arrays_of(line, "vjp"), 128, 1);
    if (!text.empty() || !has("d2")) return text;
    return differs("d2", run(laws::partial_jvp(jvp, x.size()), {"tangents", "tangents"}),
                   arrays_of(line, "d2"), 512, 1);
  }

 private:
  /// In units of the last place, of which a neighbour of 1 is one or half.
  static double declared_error(std::string_view op, const json& params) {
    if (op == "integer_pow") return 2 * std::abs(params["n"].as<double>()) + 1;
    return std::max(1, ulp_of(op, all_ops()));
  }
  template <class... Op>
  static int ulp_of(std::string_view op, type_list<Op...>) {
    int most = op == "scalar_pow" || op == "pow_operator" ? pow_t::ulp : 0;
    auto look = [&]<class O>() {
      if constexpr (requires { O::ulp; })
        if (O::name == op) most = O::ulp;
    };
    (look.template operator()<Op>(), ...);
    return most;
  }
};

bool has_dtypes(const reference_line& line) {
  for (const char* key : {"args", "out"})
    for (const reference_array& a : line.arrays(key))
      if (!is_dtype(a.dtype())) return false;
  return is_dtype(line.dtype());
}
/// What differs for a line whose op and dtypes are known, or why there is nothing to compare.
std::string finding(const reference_line& line, bool may_be_zero = false) try {
  if (operations.contains(line.record()["op"].string())) {
    example e(line);
    e.may_be_zero = may_be_zero;
    std::string text = e.compare();
    // A difference that is listed must be there.
    return e.found_zero == may_be_zero ? text : "no derivative is NaN: " + text;
  }
  std::optional<array> got = made(line);
  array want = arrays_of(line, "out")[0];
  // Where the reference rounds each step to float32, a unit or two of the largest element are lost.
  double largest = 0;
  for (dim i = 0; i < want.size(); ++i) largest = std::max(largest, std::abs(want.at(i)));
  return got ? example::differing("made", *got, want, 2, largest) : "cannot be said";
} catch (const std::exception& e) {
  return std::string("thrown: ") + e.what();
}

struct op_exemptions {
  exemptions later{left_for_later}, zeros{zero_for_nan}, other{differences};
};
/// Compares a line and counts it; one that is left for later must still have a reason to be.
void check_line(const reference_line& line, op_exemptions& exempt, tally& count) {
  const std::string& op = line.record()["op"].string();
  auto listed = [&](exemptions& e) { return !e.reason_of(line.id(), op, line.dtype()).empty(); };
  if (listed(exempt.later)) {
    bool known = is_known_op(op) && has_dtypes(line);
    CHECK((!known || finding(line) != ""));
    CHECK((is_known_op(op) || !is_registered(op, all_ops())));
    ++count.later;
    return;
  }
  REQUIRE(is_known_op(op));
  std::string text = finding(line, listed(exempt.zeros));
  bool differs = listed(exempt.other);
  if (differs) CHECK(text != "");
  else CHECK(text == "");
  ++(differs ? count.different : count.compared);
}
tally check_file(const std::string& name) {
  tally count;
  op_exemptions exempt;
  for (const reference_line& line : read_lines(CALX_GOLDEN_DATA "/" + name)) {
    INFO(line.id());
    check_line(line, exempt, count);
  }
  return count;
}
}  // namespace

TEST_CASE("elementwise ops are the reference's") {
  CHECK(check_file("elementwise.jsonl") == tally{322, 5, 367});
}
TEST_CASE("reductions are the reference's") {
  CHECK(check_file("reduce.jsonl") == tally{958, 0, 395});
}
TEST_CASE("shapes are the reference's") {
  CHECK(check_file("shape.jsonl") == tally{228, 0, 270});
}
TEST_CASE("contractions are the reference's") {
  CHECK(check_file("contract.jsonl") == tally{126, 0, 148});
}
TEST_CASE("every exemption of an op is of some line") {
  op_exemptions exempt;
  for (const char* file : {"elementwise", "reduce", "shape", "contract"})
    for (const reference_line& l :
         read_lines(CALX_GOLDEN_DATA "/" + std::string(file) + ".jsonl"))
      for (exemptions* e : {&exempt.later, &exempt.zeros, &exempt.other})
        e->reason_of(l.id(), l.record()["op"].string(), l.dtype());
  CHECK(exempt.later.unmet() == "");
  CHECK(exempt.zeros.unmet() == "");
  CHECK(exempt.other.unmet() == "");
}

TEST_CASE("conventions are the reference's, or better") {
  conventions::tally count;
  exemptions later(conventions::left_for_later), other(conventions::differences);
  for (const reference_line& line : read_lines(CALX_GOLDEN_DATA "/conventions.jsonl")) {
    INFO(line.id());
    CHECK(conventions::check_line(line, later, other, count) == "");
  }
  CHECK(count == conventions::tally{{611, 15, 254}, 412, 21});
  CHECK(later.unmet() == "");
  CHECK(other.unmet() == "");
}
}  // namespace golden
