// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Laws that every op of the registry must obey, in every mode; an op without a case fails.
#include <algorithm>

#include "../catch.hpp"
#include "cases.hpp"

using namespace laws;

namespace {
/// The distance between neighbours of 1.
double epsilon_of(dtype d) { return d == dtype::f32 ? 0x1p-23 : 0x1p-52; }
double epsilon_of(const std::vector<array>& x) {
  double e = 0;
  for (const array& a : x) e = std::max(e, epsilon_of(a.type));
  return e;
}

/// The results of f, with and without the clean-up passes, which must agree.
std::vector<array> run_both(const callable& f, const std::vector<array>& x) {
  graph g = program_of(f);
  REQUIRE(describe(g) == "");
  for (const graph& pass : {passes::dce(g), passes::cse(g), passes::simplify(g)})
    REQUIRE(describe(pass) == "");
  graph small = passes::compact(g);
  REQUIRE(describe(small) == "");
  std::vector<array> y = programs::run(g, x), z = programs::run(small, x);
  // A sum of equal elements is simplified to a product, which rounds less often.
  for (std::size_t k = 0; k < y.size(); ++k) CHECK(close(z[k], y[k], 8 * epsilon_of(y[k].type)));
  return y;
}

/// A case with arguments, and directions for those that are floats.
struct drawn_case {
  const law_case& c;
  std::vector<array> x, t;
  std::size_t count() const { return x.size(); }
  std::vector<array> with(const std::vector<array>& more) const {
    std::vector<array> all = x;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};
array direction(const aval& type, int seed) {
  return array(type.type, type.shape,
               [&](dim i) { return (2 * fraction(i, seed) - 1) * (i % 2 == 0 ? 1 : -1); });
}
drawn_case draw(const law_case& c) {
  drawn_case d{c, {}, {}};
  for (std::size_t a = 0; a < c.f.types.size(); ++a) {
    d.x.push_back(drawn(c, a, 0));
    if (is_float(c.f.types[a].type)) d.t.push_back(direction(c.f.types[a], 40 + int(a)));
  }
  return d;
}
std::vector<array> cotangents(const callable& f, int seed) {
  std::vector<array> u;
  for (const aval& a : result_types(f)) u.push_back(direction(a, seed++));
  return u;
}
bool is_differentiable(const law_case& c) {
  bool floats = false;
  for (const aval& a : result_types(c.f)) floats = floats || is_float(a.type);
  return floats && !float_types(c.f).empty();
}

double dot(const std::vector<array>& a, const std::vector<array>& b, double& size) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    for (dim i = 0; i < a[k].size(); ++i)
      sum += a[k].at(i) * b[k].at(i), size += std::abs(a[k].at(i) * b[k].at(i));
  return sum;
}

/// x + h * t for the arguments that move.
std::vector<array> moved(const drawn_case& d, double h) {
  std::vector<array> x = d.x;
  for (std::size_t a = 0, k = 0; a < x.size(); ++a) {
    if (!is_float(x[a].type)) continue;
    for (dim i = 0; i < x[a].size(); ++i) x[a].set(i, x[a].at(i) + h * d.t[k].at(i));
    ++k;
  }
  return x;
}
/// The derivative of f's results at d along its directions, by differences of order 4 in h.
std::vector<array> by_differences(const callable& f, const drawn_case& d,
                                  const std::vector<array>& more) {
  graph g = program_of(f);
  auto at = [&](double h) {
    std::vector<array> x = moved(d, h);
    x.insert(x.end(), more.begin(), more.end());
    return programs::run(g, x);
  };
  constexpr double h = 0x1p-9;
  auto p = at(h), m = at(-h), pp = at(2 * h), mm = at(-2 * h);
  for (std::size_t k = 0; k < p.size(); ++k)
    for (dim i = 0; i < p[k].size(); ++i)
      p[k].set(i, (8 * (p[k].at(i) - m[k].at(i)) - (pp[k].at(i) - mm[k].at(i))) / (12 * h));
  return p;
}

/// What is done with a case: value, both derivatives, and their derivatives.
struct mode {
  std::string name;
  callable f;
  std::vector<array> args;
};
std::vector<mode> modes_of(const drawn_case& d) {
  std::vector<mode> modes{{"value", d.c.f, d.x}};
  if (!is_differentiable(d.c)) return modes;
  auto u = cotangents(d.c.f, 90);
  callable jvp = jvp_of(d.c.f), vjp = vjp_of(d.c.f);
  modes.push_back({"jvp", jvp, d.with(d.t)});
  modes.push_back({"vjp", vjp, d.with(u)});
  auto both = d.with(d.t);
  both.insert(both.end(), u.begin(), u.end());
  modes.push_back({"vjp of jvp", partial_vjp(jvp, d.count()), both});
  return modes;
}

array example(const array& batch, dim k) {
  dims s = batch.shape;
  s.erase(0);
  array one(batch.type, s);
  auto from = batch.bytes.begin() + k * static_cast<std::ptrdiff_t>(one.bytes.size());
  std::copy_n(from, one.bytes.size(), one.bytes.begin());
  return one;
}
/// Arguments with a batch of `size` where `mask` has a bit.
std::vector<array> batches(const std::vector<array>& x, unsigned mask, dim size) {
  std::vector<array> out = x;
  for (std::size_t a = 0; a < x.size(); ++a) {
    if ((mask >> a) % 2 == 0) continue;
    dims s = x[a].shape;
    s.insert(0, size);
    out[a] = array(x[a].type, s);
    for (dim i = 0; i < out[a].size(); ++i) {
      dim n = x[a].size(), k = i / n, e = (i % n + k) % n;
      double v = x[a].at(e);
      out[a].set(i, is_float(x[a].type) ? v * (1 + 0.0625 * static_cast<double>(k)) : v);
    }
  }
  return out;
}
void check_batch(const mode& m, unsigned mask, dim size) {
  std::vector<bool> batched;
  for (std::size_t a = 0; a < m.args.size(); ++a) batched.push_back((mask >> a) % 2 != 0);
  std::vector<array> x = batches(m.args, mask, size);
  std::vector<array> y = run_both(vmap_of(m.f, batched, size), x);
  graph one = program_of(m.f);
  for (dim k = 0; k < size; ++k) {
    std::vector<array> part = x;
    for (std::size_t a = 0; a < x.size(); ++a)
      if (batched[a]) part[a] = example(x[a], k);
    std::vector<array> z = programs::run(one, part);
    // Products of matrices may add in another order.
    for (std::size_t i = 0; i < z.size(); ++i)
      CHECK(close(example(y[i], k), z[i], 32 * epsilon_of(z[i].type)));
  }
}

bool has_op(const graph& g, const op_info* op) {
  auto wanted = passes::needed(g, g.outputs);
  for (int n = 0; n < g.size(); ++n)
    if (wanted[passes::at(n)] && g.at(n).op == op) return true;
  return false;
}
const std::vector<law_case> cases = all_cases();

template <class F>
void for_differentiable(dtype d, F f) {
  for (const law_case& c : cases) {
    if (!is_differentiable(c) || float_types(c.f)[0].type != d) continue;
    INFO(c.label << " of shape " << printing::type(c.f.types[0]));
    f(draw(c));
  }
}
/// The differences of the results that are of type f64, but of what is cut off from derivatives.
std::vector<array> wanted_tangents(const callable& f, const drawn_case& d,
                                   const std::vector<array>& more) {
  std::vector<array> y = by_differences(f, d, more);
  if (has_op(program_of(f), &info_of<stop_gradient_op>))
    for (array& a : y) a = array(a.type, a.shape, [](dim) { return 0.0; });
  return y;
}
}  // namespace

TEST_CASE("every op of the registry is in a case, or there is a reason") {
  for (const op_facts& op : every_op) {
    INFO(op.info->name);
    bool found = false;
    for (const law_case& c : cases) found = found || has_op(program_of(c.f), op.info);
    CHECK(found != (without_cases.count(op.info->name) > 0));
  }
}

TEST_CASE("the tangent is the derivative") {
  for_differentiable(dtype::f64, [](const drawn_case& d) {
    auto got = run_both(jvp_of(d.c.f), d.with(d.t)), want = wanted_tangents(d.c.f, d, {});
    for (std::size_t k = 0; k < got.size(); ++k)
      if (result_types(d.c.f)[k].type == dtype::f64) CHECK(close(got[k], want[k], 1e-7));
  });
}

TEST_CASE("the tangent of the tangent is the second derivative") {
  for_differentiable(dtype::f64, [](const drawn_case& d) {
    callable first = jvp_of(d.c.f);
    auto args = d.with(d.t);
    args.insert(args.end(), d.t.begin(), d.t.end());
    auto got = run_both(partial_jvp(first, d.count()), args);
    auto want = wanted_tangents(first, d, d.t);
    for (std::size_t k = 0; k < got.size(); ++k)
      if (result_types(d.c.f)[k].type == dtype::f64) CHECK(close(got[k], want[k], 1e-6));
  });
}

TEST_CASE("float32 derivatives are those of float64 within rounding") {
  for_differentiable(dtype::f32, [](const drawn_case& d) {
    auto wide = [](std::vector<array> x) {
      for (array& a : x)
        if (a.type == dtype::f32) a = array(dtype::f64, a.shape, [&](dim i) { return a.at(i); });
      return x;
    };
    for (const mode& m : modes_of(d)) {
      law_case c = d.c;
      bool narrow = true;
      for (aval& t : c.f.types)
        if (t.type == dtype::f32) t.type = dtype::f64;
      for (const aval& t : result_types(c.f)) narrow = narrow && t.type == dtype::f64;
      if (!narrow || c.label.starts_with("convert") || m.name == "value") continue;
      drawn_case e{c, wide(d.x), wide(d.t)};
      for (const mode& n : modes_of(e)) {
        if (n.name != m.name) continue;
        auto y = programs::run(program_of(m.f), m.args),
             z = programs::run(program_of(n.f), wide(m.args));
        for (std::size_t k = 0; k < y.size(); ++k)
          CHECK(close(wide({y[k]})[0], z[k], 200 * epsilon_of(dtype::f32)));
      }
    }
  });
}

TEST_CASE("the cotangent is the transpose of the tangent") {
  for (dtype type : {dtype::f64, dtype::f32})
    for_differentiable(type, [&](const drawn_case& d) {
      auto u = cotangents(d.c.f, 90);
      auto y = run_both(jvp_of(d.c.f), d.with(d.t)), x = run_both(vjp_of(d.c.f), d.with(u));
      double size = 0, forward = dot(u, y, size), backward = dot(x, d.t, size);
      CHECK(std::abs(forward - backward) <= 16 * std::max(epsilon_of(x), epsilon_of(y)) * size);
    });
}

TEST_CASE("transposing twice changes nothing") {
  for_differentiable(dtype::f64, [](const drawn_case& d) {
    auto once = run_both(jvp_of(d.c.f), d.with(d.t));
    auto again = run_both(twice_transposed(d.c.f), d.with(d.t));
    for (std::size_t k = 0; k < once.size(); ++k)
      CHECK(close(again[k], once[k], 32 * epsilon_of(dtype::f64)));
  });
}

TEST_CASE("forward over reverse is reverse over forward") {
  for_differentiable(dtype::f64, [](const drawn_case& d) {
    auto u = cotangents(d.c.f, 90);
    auto forward = d.with(u), backward = d.with(d.t);
    forward.insert(forward.end(), d.t.begin(), d.t.end());
    backward.insert(backward.end(), u.begin(), u.end());
    auto a = run_both(partial_jvp(vjp_of(d.c.f), d.count()), forward);
    auto b = run_both(partial_vjp(jvp_of(d.c.f), d.count()), backward);
    for (std::size_t k = 0; k < a.size(); ++k)
      CHECK(close(a[k], b[k], 1e4 * epsilon_of(dtype::f64)));
  });
}

TEST_CASE("what has a transpose is linear in each operand") {
  for (const law_case& c : cases) {
    graph g = program_of(c.f);
    bool linear = float_types(c.f).size() > 0 && c.f.types[0].type != dtype::f32;
    for (int n = 0; n < g.size(); ++n)
      linear = linear && (g.at(n).arg_count == 0 || g.at(n).op->transpose);
    if (!linear || !is_differentiable(c)) continue;
    INFO(c.label);
    drawn_case d = draw(c);
    for (std::size_t a = 0; a < d.x.size(); ++a) {
      if (!is_float(d.x[a].type)) continue;
      std::vector<array> x[4] = {d.x, d.x, d.x, d.x};  // at 0, p, q and p + q
      for (dim i = 0; i < d.x[a].size(); ++i) {
        double p = d.x[a].at(i), q = fraction(i, 5);
        x[0][a].set(i, 0), x[1][a].set(i, p), x[2][a].set(i, q), x[3][a].set(i, p + q);
      }
      array y[4] = {programs::run(g, x[0])[0], programs::run(g, x[1])[0],
                    programs::run(g, x[2])[0], programs::run(g, x[3])[0]};
      for (dim i = 0; i < y[0].size(); ++i)
        CHECK(std::abs(y[3].at(i) + y[0].at(i) - y[1].at(i) - y[2].at(i)) <=
              64 * epsilon_of(y[0].type) * (1 + std::abs(y[3].at(i))));
    }
  }
}

TEST_CASE("each operand of what has a transpose can be transposed alone") {
  for (const law_case& c : cases) {
    drawn_case d = draw(c);
    graph whole = program_of(c.f);
    for (std::size_t a = 0; a < d.x.size(); ++a) {
      graph g;
      node_list x;
      for (const aval& t : c.f.types) x.push_back(input_t::emit(g, t));
      int y = c.f.call(g, x)[0], u = input_t::emit(g, aval(g.type(y)));
      if (!is_float(d.x[a].type) || !is_float(g.element(y)) || !g.at(y).op->transpose) continue;
      INFO(c.label << ", operand " << a);
      g.outputs = passes::transpose(g, {x[a]}, {y}, {u});
      if (g.outputs[0] < 0) continue;
      REQUIRE(describe(g) == "");
      auto ct = cotangents(c.f, 90), at_zero = d.x, args = d.x;
      at_zero[a] = array(d.x[a].type, d.x[a].shape, [](dim) { return 0.0; });
      args.push_back(ct[0]);
      auto back = programs::run(g, args);
      array p = programs::run(whole, d.x)[0], q = programs::run(whole, at_zero)[0];
      double size = 0, forward = dot(ct, {p}, size) - dot(ct, {q}, size);
      double backward = dot(back, {d.x[a]}, size);
      double epsilon = std::max(epsilon_of(p.type), epsilon_of(d.x[a].type));
      CHECK(std::abs(forward - backward) <= 16 * epsilon * size);
    }
  }
}

TEST_CASE("a chain of moves does what they do one by one") {
  auto one = [](const move& m, const array& x) {
    return run_both({{{x.type, x.shape}}, [&](graph& g, const node_list& n) {
                       return node_list{m(g, n[0])};
                     }}, {x})[0];
  };
  for (const dims& s : {dims{4, 3}, dims{1, 5}, dims{7}})
    for (const move& p : moves)
      for (const move& q : moves)
        for (const move& r : moves) {
          array x = samples(dtype::f64, s);
          move all = [&](graph& g, int n) { return r(g, q(g, p(g, n))); };
          CHECK(close(one(all, x), one(r, one(q, one(p, x))), 8 * epsilon_of(dtype::f64)));
        }
}

TEST_CASE("a branch that is not taken has no derivative, to second order, at poles") {
  using unary = tracer (*)(tracer);
  struct branch {
    const char* name;
    unary f;
    double at, first, second;
  };
  const branch branches[] = {
      {"sqrt", [](tracer x) { return where(x < 1.0, x, calx::sqrt(x)); }, 0, 1, 0},
      {"log", [](tracer x) { return where(x > 0.0, calx::log(x), 3.0 * x); }, 0, 3, 0},
      {"log1p", [](tracer x) { return where(x > -1.0, calx::log1p(x), x * x); }, -1, -2, 2},
      {"1/x", [](tracer x) { return where(equal_to(x, 0.0), x, 1.0 / x); }, 0, 1, 0},
      {"1/x of x*x", [](tracer x) { return where(equal_to(x, 0.0), 0.0, 1.0 / (x * x)); }, 0, 0, 0},
      {"rsqrt", [](tracer x) { return where(x > 0.0, calx::rsqrt(x), calx::exp(x)); }, 0, 1, 1},
      {"pow", [](tracer x) { return where(x > 0.0, calx::pow(x, 0.5), x); }, 0, 1, 0},
      {"erf_inv", [](tracer x) { return where(x < 1.0, calx::erf_inv(x), x); }, 1, 1, 0},
      {"exp", [](tracer x) { return where(x < 700.0, calx::exp(x), x); }, 1000, 1, 0},
      {"expm1", [](tracer x) { return where(x < 700.0, calx::expm1(x), x); }, 1000, 1, 0},
      {"0 sqrt", [](tracer x) { return 0.0 * calx::sqrt(x); }, 0, 0, 0},
      {"sqrt of sqrt", [](tracer x) { return where(x > 0.0, calx::sqrt(calx::sqrt(x)), x); }, 0, 1,
       0}};
  for (const branch& b : branches) {
    INFO(b.name);
    law_case c{b.name, {{{dtype::f64, {}}}, [&](graph& g, const node_list& x) {
                 return node_list{b.f(tracer(&g, x[0])).id};
               }}, {}};
    array x(dtype::f64, {}, [&](dim) { return b.at; }),
        one(dtype::f64, {}, [](dim) { return 1.0; });
    callable forward = jvp_of(c.f), backward = vjp_of(c.f);
    CHECK(run_both(forward, {x, one})[0].at(0) == b.first);
    CHECK(run_both(backward, {x, one})[0].at(0) == b.first);
    CHECK(run_both(partial_jvp(forward, 1), {x, one, one})[0].at(0) == b.second);
    CHECK(run_both(partial_jvp(backward, 1), {x, one, one})[0].at(0) == b.second);
    CHECK(run_both(partial_vjp(forward, 1), {x, one, one})[0].at(0) == b.second);
    CHECK(run_both(partial_vjp(backward, 1), {x, one, one})[0].at(0) == b.second);
  }
}

TEST_CASE("a batch is its examples, in every mode") {
  for (const law_case& c : cases) {
    drawn_case d = draw(c);
    for (const mode& m : modes_of(d)) {
      INFO(c.label << " of shape " << printing::type(c.f.types[0]) << ", " << m.name);
      for (unsigned mask = 1; mask < 1u << m.args.size(); ++mask) check_batch(m, mask, 3);
      check_batch(m, (1u << m.args.size()) - 1, 0);
    }
  }
}
