// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who traces a call, and why: explain, at_run_time, and what jit keeps.
#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <calx/calx.hpp>

#include "../catch.hpp"

using calx::array;
using calx::obstacle;

namespace {
double half() { return 0.5; }
template <class T>
struct layer {
  T w, b;
};
struct opaque {
  const int* p;
};
constexpr auto squares = [](auto x) { return calx::sum(x * x); };
constexpr auto cube_of = [](auto x) { return x * x * x; };
constexpr auto not_constexpr = [](auto x) { return half() * calx::sum(x * x); };
constexpr auto extent = [](auto x) { return calx::sum(x) * static_cast<double>(x.shape(0)); };
constexpr auto chain = [](auto x) {
  for (int i = 0; i < 20000; ++i) x = sin(x);
  return x;
};
const calx::array<double, 1> point{1, 2};

template <class... A>
std::string explained(const A&... a) {
  std::ostringstream out;
  out << calx::explain(a...);
  return out.str();
}
bool begins(const std::string& s, const std::string& with) { return s.rfind(with, 0) == 0; }
bool has(const std::string& s, const std::string& part) {
  return s.find(part) != std::string::npos;
}
/// A compiler that builds no program at all, as if its limits were too low.
struct never {
  template <class>
  [[maybe_unused]] static constexpr bool is_transform = false;
  template <class, class...>
  static constexpr bool possible = false;
};
const std::string anew = "run time traces it at every call; the virtual machine runs it, because ";
const std::string keeps = "run time traces it at the first call with arguments of these types and "
                          "shapes, and keeps the program; the virtual machine runs it, because ";
const std::string later = "; jit keeps the program for the next call";
}  // namespace

TEST_CASE("explain: the compiler traces the call") {
  const std::string fast = "the compiler traces it; generated code runs it";
  CHECK(explained(calx::grad(squares), point) == fast);
  CHECK(explained(squares, point) == fast);
  CHECK(explained(calx::jit(squares), point + point) == fast);
  CHECK(explained(calx::grad(calx::partial([](auto x, auto c) { return calx::vdot(x, c); }, point)),
                  point) == fast);
  const auto way = calx::explain(calx::grad(squares), point);
  CHECK((way.why == obstacle::nothing && !way.kept && !way.refused && way.reason.length == 0));
}

TEST_CASE("explain: the function captures") {
  const double k = 3;
  auto f = [k](auto x) { return k * calx::sum(x * x); };
  const std::string because = "the function has a capture, which the compiler cannot see; bind "
                              "data with partial. It is ";
  const std::string called = explained(calx::grad(f), point);
  CHECK(begins(called, anew + because));
  CHECK(has(called, "lambda"));
  CHECK(has(called, "; jit keeps the program for the next call"));
  CHECK(begins(explained(calx::jit(calx::grad(f)), point), keeps + because));
  // A function that is no transform, as jit would run it.
  CHECK(begins(explained(f, point), keeps + because));
  CHECK(calx::explain(calx::grad(f), point).why == obstacle::captures);
}

TEST_CASE("explain: only run time knows the structure") {
  auto first = [](auto v) { return v[0].w * v[0].b; };
  const std::vector<layer<double>> net{{1, 2}};
  const std::string in_vector = explained(calx::grad(first), net);
  CHECK(begins(in_vector, anew + "argument 0 has a std::vector<"));
  CHECK(has(in_vector, "layer<double>"));
  CHECK(has(in_vector, ", whose length only run time knows; use a std::array or a tuple" + later));
  auto second = [](auto x, auto v) { return x * v[0].w; };
  CHECK(begins(explained(calx::grad(second), 2.0, net), anew + "argument 1 has a std::vector<"));
  CHECK(begins(explained(calx::grad(calx::partial(second, net)), 2.0),
               anew + "the function holds a std::vector<"));
  CHECK(explained(calx::grad(squares), calx::dynamic_array(point)) ==
        anew + "argument 0 has a dynamic_array, whose dtype and rank only run time knows; give an "
               "array or a tensor" + later);
  const auto list = [](auto x) { return std::vector{x, x}; };
  CHECK(begins(explained(calx::jacfwd(list), 2.0), anew + "the result has a std::vector<"));
  const std::string hidden = explained([](auto x, auto) { return x; }, 2.0, opaque{nullptr});
  CHECK(begins(hidden, anew + "argument 1 has a "));
  CHECK(has(hidden, "opaque, which calx cannot see into; list its members with CALX_PYTREE"));
  auto power = [](auto x, int n) { return n > 1 ? x * x : x; };
  const std::string optional = explained(calx::grad(power), 2.0, calx::option(2));
  CHECK(begins(optional, anew + "argument 1 has a "));
  CHECK(has(optional, "option_t<int>, whose value only run time knows; fixed<3> is one that the "
                      "compiler knows" + later));
  CHECK(calx::explain(calx::grad(power), 2.0, calx::fixed<2>).why == obstacle::nothing);
  CHECK(calx::explain(calx::jacfwd(list), 2.0).why == obstacle::result);
  CHECK(calx::explain(calx::grad(first), net).why == obstacle::argument);
}

TEST_CASE("explain: something is not constexpr") {
  const std::string because =
      "something that the function calls is not constexpr, or an extent that only run time knows "
      "is taken as a C++ number";
  CHECK(explained(calx::grad(not_constexpr), point) == anew + because + later);
  CHECK(explained(calx::grad(extent), point) == anew + because + later);
  CHECK(calx::explain(calx::grad(extent), calx::tensor<double, 2>{1, 2}).why == obstacle::nothing);
}

namespace {
constexpr calx::tensor<double, 2, 2> matrix{{1, 2}, {3, 4}};
double variable = 3;
struct scaled {
  double k;
  template <class T>
  constexpr T operator()(T x) const { return k * x; }
};
template <class K>
struct scaled_by {
  K k;
  template <class T>
  constexpr auto operator()(T x) const { return k * x; }
};
template <class T>
T flux(T u) { return u * u; }
template <class F, class X>
obstacle why(const F& f, const X& x) { return calx::explain(calx::grad(f), x).why; }
}  // namespace

TEST_CASE("which spelling takes which way") {
  constexpr auto nothing = obstacle::nothing, not_constexpr_ = obstacle::not_constexpr;
  CHECK(why([](auto x) { return calx::sum(calx::tensor<double, 2>{1, 2} * x); }, point) == nothing);
  CHECK(why([](auto x) { return calx::sum(array<double, 1>{1, 2} * x); }, point) == nothing);
  CHECK(why([](auto x) { return calx::dot(calx::ones<calx::tensor<double, 2>>(), x); }, point) ==
        nothing);
  CHECK(why([](auto x) { return calx::sum(calx::dot(matrix, x)); }, point) == nothing);
  CHECK(why([](auto x) { return calx::sum(x * x) / x.size(); }, point) == nothing);
  CHECK(why(scaled_by<double>{2}, 1.0) == nothing);
  CHECK(why(scaled{2}, 1.0) == obstacle::captures);
  CHECK(why([](auto x) { return flux(calx::sum(x)); }, point) == not_constexpr_);
  CHECK(why([](auto x) { return variable * calx::sum(x); }, point) == not_constexpr_);
  auto loop = [](auto x) {
    auto s = x(0);
    for (int i = 1; i < x.shape(0); ++i) s = s + x(i);
    return s;
  };
  CHECK(why(loop, point) == not_constexpr_);
  CHECK(why(loop, calx::tensor<double, 2>{1, 2}) == nothing);
}

TEST_CASE("explain: the limits of the compiler") {
  using F = std::remove_const_t<decltype(chain)>;
  STATIC_REQUIRE(calx::detail::obstacle_of<never, F, double> == obstacle::budget);
  using G = std::remove_const_t<decltype(not_constexpr)>;
  STATIC_REQUIRE(calx::detail::obstacle_of<never, G, double> == obstacle::not_constexpr);
  using refused = calx::detail::refusal<never, false, F, double>;
#if defined(__clang__)
  const char* said = "call: the compiler gives up before the program is finished; raise its limit, "
                     "-fconstexpr-steps=100000000 -fbracket-depth=4096; or have it traced at run "
                     "time, by at_run_time(f)";
#else
  const char* said = "call: the compiler gives up before the program is finished; raise its limit, "
                     "-fconstexpr-ops-limit=2000000000; or have it traced at run time, by "
                     "at_run_time(f)";
#endif
  CHECK(refused::error().view() == said);
}

TEST_CASE("what CALX_STATIC refuses, and what at_run_time allows") {
  const auto list = [](auto x) { return std::vector{x, x}; };
  using F = decltype(calx::jit(list));
  using refused = calx::detail::refusal<calx::detail::whole_program, true, F, double>;
  CHECK(begins(std::string(refused::error().view()), "CALX_STATIC: the result has a std::vector<"));
  CHECK(has(std::string(refused::error().view()), "; at_run_time(f) allows it"));
  using D = calx::dynamic_array;
  CHECK(calx::detail::refusal<calx::detail::whole_program, true, decltype(calx::jit(squares)),
                              D>::error().view() ==
        "CALX_STATIC: argument 0 has a dynamic_array, whose dtype and rank only run time knows; "
        "give an array or a tensor; at_run_time(f) allows it");
  using allowed = decltype(calx::at_run_time(calx::jit(squares)));
  CHECK(calx::detail::refusal<calx::detail::whole_program, true, allowed, D>::error().length == 0);
}

namespace {
/// A known extent, as a number.
template <class Y>
constexpr double at(const Y& y, int axis) { return static_cast<double>(y.shape(axis)); }
template <class F, class... A>
constexpr bool rehearsed(const F&, const A&...) {
  return calx::detail::obstacle_of<never, F, A...> == obstacle::budget;
}
}  // namespace

TEST_CASE("what is constexpr is so in a rehearsal, which knows all shapes") {
  const calx::tensor<double, 2, 3> m{{1, 2, 3}, {4, 5, 6}};
  // Each of these asks for a known extent of something computed.
  auto rows = [](auto x) { return x * static_cast<double>(calx::sum(x, calx::axis<0>).shape(0)); };
  CHECK(rehearsed(rows, m));
  CHECK(rehearsed([](auto x) {
    return x * at(calx::grad([](auto y) { return calx::sum(y * y); })(x), 1);
  }, m));
  CHECK(rehearsed([](auto x) {
    return x * at(calx::jacfwd([](auto y) { return calx::sum(y * y, calx::axis<0>); })(x), 2);
  }, m));
  CHECK(rehearsed([](auto x) {
    return x * at(calx::jacrev([](auto y) { return calx::sum(y * y, calx::axis<0>); })(x), 2);
  }, m));
  CHECK(rehearsed([](auto x) {
    return x * at(calx::vmap([](auto y) { return calx::sum(y) * y; })(x), 1);
  }, m));
  CHECK(rehearsed([](auto x) {
    auto [y, pullback] = calx::vjp([](auto v) { return calx::sin(v); }, x);
    return x * at(std::get<0>(pullback(y)), 1);
  }, m));
  CHECK(rehearsed([](auto x) {
    auto [y, dy] = calx::jvp([](auto v) { return calx::sum(v, calx::axis<1>); }, std::tuple{x},
                             std::tuple{x});
    return x * at(dy, 0);
  }, m));
  CHECK(rehearsed([](auto x) {
    return x * at(calx::hessian([](auto v) { return calx::sum(v * v * v); })(x), 3);
  }, m));
  // An extent that only run time knows is as unknown as in the program.
  CHECK_FALSE(rehearsed(extent, point));
}

TEST_CASE("at_run_time gives what generated code gives") {
  auto g = calx::at_run_time(calx::grad(squares));
  STATIC_REQUIRE(std::is_same_v<decltype(g(point)), decltype(calx::grad(squares)(point))>);
  CHECK(calx::equal(g(point), calx::array<double, 1>{2, 4}));
  CHECK(explained(g, point) == anew + "at_run_time asks for it" + later);
  auto kept = calx::jit(g);
  CHECK(explained(kept, point) == keeps + "at_run_time asks for it");
  CHECK(calx::equal(kept(point), calx::array<double, 1>{2, 4}));
  calx::array<double, 1> out{0, 0};
  g.into(out)(point);
  CHECK(calx::equal(out, calx::array<double, 1>{2, 4}));
  const double k = 3;
  auto h = calx::at_run_time(calx::jit(calx::grad([k](auto x) { return k * calx::sum(x * x); })));
  CHECK(explained(h, point) == keeps + "at_run_time asks for it");
  CHECK(calx::equal(h(point), calx::array<double, 1>{6, 12}));
  auto [y, pullback] = calx::vjp([k](auto x) { return k * calx::sum(x * x); }, point);
  CHECK(static_cast<double>(y) == 15);
  CHECK(explained(pullback, 1.0) ==
        anew + "it is the derivative of a function that run time traced" + later);
  // Inside of another trace it is the function itself.
  auto twice = [](auto x) { return calx::at_run_time(squares)(x) * 2.0; };
  CHECK(calx::equal(calx::grad(twice)(point), calx::array<double, 1>{4, 8}));
}

namespace {
/// How often a function was traced.
struct counted {
  std::atomic<int>* traces;
  template <class X>
  auto operator()(const X& x) const {
    ++*traces;
    return calx::sum(x * x * x);
  }
};
}  // namespace

TEST_CASE("jit keeps what it traced, for each list of types and shapes") {
  std::atomic<int> traces = 0;
  auto g = calx::jit(calx::grad(counted{&traces}));
  const calx::array<double, 1> two{1, 2}, three{1, 2, 3};
  for (int i = 0; i < 3; ++i) CHECK(calx::equal(g(two), calx::array<double, 1>{3, 12}));
  CHECK(traces == 1);
  const auto copy = g;
  CHECK(calx::equal(copy(three), calx::array<double, 1>{3, 12, 27}));
  CHECK(calx::equal(g(three), calx::array<double, 1>{3, 12, 27}));
  CHECK(traces == 2);
  CHECK(calx::equal(g(calx::array<float, 1>{1, 2}), calx::array<float, 1>{3, 12}));
  CHECK(traces == 3);
  calx::array<double, 1> out{0, 0};
  g.into(out)(two);
  CHECK(traces == 3);
  auto again = calx::grad(counted{&traces});
  CHECK(calx::equal(again(two), again(two)));
  CHECK(traces == 5);
}

namespace {
/// Of no data, so that the compiler might trace it; but it counts.
std::atomic<int> calls = 0;
constexpr auto counting = [](auto x) {
  ++calls;
  return calx::sum(x * x * x);
};
constexpr auto constant = calx::jit(squares);
}  // namespace

TEST_CASE("jit keeps what run time traces of functions without data, too") {
  const array<double, 1> two{1, 2}, three{1, 2, 3};
  auto g = calx::jit(calx::grad(counting));
  CHECK(calx::equal(g(two), array<double, 1>{3, 12}));
  const auto copy = g;
  CHECK(calx::equal(copy(two), array<double, 1>{3, 12}));
  CHECK(calls == 1);
  CHECK(calx::equal(copy(three), array<double, 1>{3, 12, 27}));
  CHECK(calx::equal(g(three), array<double, 1>{3, 12, 27}));
  CHECK(calls == 2);
  auto fresh = calx::jit(calx::grad(counting));
  fresh = g;
  CHECK(calx::equal(fresh(two), array<double, 1>{3, 12}));
  CHECK(calls == 2);
  const std::vector<layer<double>> net{{1, 2}};
  auto h = calx::jit(calx::grad([](auto v) {
    ++calls;
    return v[0].w * v[0].b;
  }));
  for (int i = 0; i < 3; ++i) CHECK(static_cast<double>(h(net)[0].w) == 2);
  CHECK(calls == 3);
  CHECK(begins(explained(g, two), keeps + "something that the function calls is not constexpr"));
  // What the compiler traces is as constant as before.
  STATIC_REQUIRE(calx::jit(cube_of)(2.0) == 8);
  STATIC_REQUIRE(calx::static_traceable<std::remove_const_t<decltype(constant)>,
                                        array<double, 1>>);
  CHECK(constant(two) == 5);
  CHECK(calx::grad(constant)(two)(1) == 4);
  CHECK(calx::equal(calx::vmap(calx::jit(squares))(array<double, 2>{{1, 2}, {3, 4}}),
                    array<double, 1>{5, 25}));
}

TEST_CASE("threads share what jit keeps") {
  std::atomic<int> traces = 0;
  auto g = calx::jit(calx::grad(counted{&traces}));
  (void)g(calx::array<double, 1>{1, 2});
  const auto h = calx::jit(calx::grad(not_constexpr));  // all begin with the first call
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const double a = t + 1;
        const auto d = g(calx::array<double, 1>{a, 2});
        wrong += d(0) != 3 * a * a || d(1) != 12;
        wrong += h(calx::array<double, 1>{a, 2})(0) != a;
      }
    });
  for (std::thread& t : threads) t.join();
  CHECK((wrong == 0 && traces == 1));
}
