// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The cases of a function that captures its data, beside the same function with the data passed.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <calx/calx.hpp>

#include "measure.hpp"

namespace bench {

// A problem P has the members
//   name, unit, items     as its benchmarks need them
//   f                     the function, its data as its last parameters
//   by_value(), by_reference(), by_this()   f as lambdas that capture the data
//   data()                a std::tuple of references to the data
//   change()              gives the data other values
//   transform(f)          the derivative that is timed
//   into(g, data...)      writes g's result at the problem's arguments, and data, to `out`
//   returned(g, data...)  returns that result
//   numbers()             the elements of `out`
//   numbers_of(result)    the elements of a returned result

/// What problems share that are gradients by one array of `Count` numbers.
template <std::size_t Count>
class gradient_by_array {
 public:
  static constexpr std::size_t items = Count;

  explicit gradient_by_array(std::vector<double>&& x) : x_(calx::asarray(std::move(x))) {}
  template <class F>
  static auto transform(F function) { return calx::grad(function); }
  template <class G, class... Data>
  void into(const G& g, const Data&... data) {
    g.into(out_)(x_, data...);
    benchmark::DoNotOptimize(out_.mutable_data());
  }
  template <class G, class... Data>
  auto returned(const G& g, const Data&... data) const { return g(x_, data...); }
  std::vector<double> numbers() const { return numbers_of(out_); }
  static std::vector<double> numbers_of(const calx::array<double, 1>& result) {
    return {result.begin(), result.end()};
  }

 private:
  calx::array<double, 1> x_;
  calx::array<double, 1> out_ = calx::zeros<double>(Count);
};

template <class P, class Body>
void add_case(const std::string& variant, Body body, long allowed = unlimited) {
  std::string name = std::string("captures/") + P::name + '/' + variant;
  auto timed = [body, allowed](benchmark::State& state) {
    auto p = std::make_unique<P>();
    body(*p, [&](auto run) { measure(state, P::items, allowed, run); });
  };
  benchmark::RegisterBenchmark(name.c_str(), timed)->Unit(P::unit);
}

/// A callable that is written anew at each call, one that is kept over the calls, and one that is
/// also jitted. `make` gives the function of a problem.
template <class P, class Make>
void add_captured(const std::string& how, Make make) {
  add_case<P>(how + "/anew", [make](P& p, auto time) {
    auto f = make(p);
    time([&] { p.into(P::transform(f)); });
  });
  add_case<P>(how + "/kept", [make](P& p, auto time) {
    auto g = P::transform(make(p));
    time([&] { p.into(g); });
  });
  add_case<P>(how + "/jit", [make](P& p, auto time) {
    auto g = calx::jit(P::transform(make(p)));
    time([&] { p.into(g); });
  });
}
/// Results that are returned: the passed data may allocate `allowed` times.
template <class P>
void add_returned(long allowed) {
  auto passed = [](P& p, auto time) {
    auto g = P::transform(P::f);
    auto call = [&](const auto&... data) {
      auto result = p.returned(g, data...);
      benchmark::DoNotOptimize(result);
    };
    time([&] { std::apply(call, p.data()); });
  };
  auto captured = [](P& p, auto time) {
    auto g = calx::jit(P::transform(p.by_value()));
    time([&] {
      auto result = p.returned(g);
      benchmark::DoNotOptimize(result);
    });
  };
  add_case<P>("passed/returned", passed, allowed);
  add_case<P>("value/returned", captured);
}
inline constexpr auto with_partial = [](auto& p) {
  auto bound = [&](const auto&... data) { return calx::partial(p.f, data...); };
  return std::apply(bound, p.data());
};
inline constexpr auto with_value = [](auto& p) { return p.by_value(); };
inline constexpr auto with_reference = [](auto& p) { return p.by_reference(); };
inline constexpr auto with_this = [](auto& p) { return p.by_this(); };

/// All cases of P. With the data passed, a call may allocate `allowed` times when its result is
/// written to `out`, and `returned` times when it is returned: dynamic extents may cost one block
/// for intermediate values, and the results.
template <class P>
bool add_captures(long allowed, long returned) {
  auto passed = [](P& p, auto time) {
    auto g = P::transform(P::f);
    time([&] { std::apply([&](const auto&... data) { p.into(g, data...); }, p.data()); });
  };
  add_case<P>("passed/into", passed, allowed);
  add_case<P>(
      "partial/jit",
      [](P& p, auto time) {
        auto g = calx::jit(P::transform(with_partial(p)));
        time([&] { p.into(g); });
      },
      allowed);
  add_captured<P>("value", with_value);
  add_captured<P>("reference", with_reference);
  add_captured<P>("this", with_this);
  add_returned<P>(returned);
  return true;
}

template <class P>
std::vector<double> passed_result(P& p) {
  auto g = P::transform(P::f);
  std::apply([&](const auto&... data) { p.into(g, data...); }, p.data());
  return p.numbers();
}
/// Whether g, kept over the calls, gives what the passed data gives: at first and, if it captures
/// by reference, when the data have changed; a jitted one goes on with those that it met.
template <class P, class G>
bool kept_agrees(const char* what, P& p, const G& g, bool by_reference, bool jitted,
                 double tolerance) {
  bool right = true;
  std::vector<double> want;
  for (int round = 0; round < (by_reference ? 2 : 1) && right; ++round) {
    if (round == 0 || !jitted) want = passed_result(p);
    for (int call = 0; call < 2 && right; ++call) {
      p.into(g);
      std::vector<double> got = p.numbers();
      right = agree(what, got.data(), want.data(), want.size(), tolerance);
    }
    std::vector<double> got = p.numbers_of(p.returned(g));
    right = agree(what, got.data(), want.data(), want.size(), tolerance) && right;
    p.change();
  }
  return right;
}
template <class P, class Make>
bool captured_agrees(const char* how, Make make, bool by_reference, double tolerance) {
  std::string what = std::string(P::name) + ", " + how;
  auto p = std::make_unique<P>(), q = std::make_unique<P>();
  bool right = kept_agrees(what.c_str(), *p, P::transform(make(*p)), by_reference, false,
                           tolerance);
  what += ", jit";
  auto jitted = calx::jit(P::transform(make(*q)));
  return kept_agrees(what.c_str(), *q, jitted, by_reference, true, tolerance) && right;
}
/// Whether every way to give the data gives the result `want`.
template <class P>
bool captures_of_agree(const std::vector<double>& want, double tolerance) {
  auto p = std::make_unique<P>();
  std::vector<double> got = passed_result(*p);
  if (got.size() != want.size()) return agree(P::name, double(got.size()), double(want.size()), 0);
  bool right = agree(P::name, got.data(), want.data(), want.size(), tolerance);
  right = captured_agrees<P>("partial", with_partial, false, tolerance) && right;
  right = captured_agrees<P>("by value", with_value, false, tolerance) && right;
  right = captured_agrees<P>("by reference", with_reference, true, tolerance) && right;
  return captured_agrees<P>("through this", with_this, true, tolerance) && right;
}

bool captured_rosenbrock_agrees();
bool captured_logistic_agrees();
bool captured_sin_exp_agrees();

}  // namespace bench
