// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transforms nested in any order: chains of them on functions whose derivatives are known exactly.
#include <complex>
#include <functional>
#include <random>

#include "../catch.hpp"
#include "traced.hpp"

using namespace traced;

namespace {
/// A sum of terms c x^p exp(a x) with complex a: the derivative of one is another.
class known_function {
 public:
  using number_type = std::complex<double>;
  struct term {
    number_type c;
    int p;
    number_type a;
  };
  std::vector<term> terms;

  double operator()(double x) const {
    number_type sum = 0;
    for (const term& t : terms) sum += t.c * std::pow(x, t.p) * std::exp(t.a * x);
    return sum.real();
  }
  known_function derivative() const {
    known_function d;
    for (const term& t : terms) {
      d.terms.push_back({t.c * t.a, t.p, t.a});
      if (t.p > 0) d.terms.push_back({t.c * double(t.p), t.p - 1, t.a});
    }
    return d;
  }
  known_function times_x() const {
    known_function f = *this;
    for (term& t : f.terms) ++t.p;
    return f;
  }
  known_function operator+(const known_function& g) const {
    known_function f = *this;
    f.terms.insert(f.terms.end(), g.terms.begin(), g.terms.end());
    return f;
  }
};

using function = std::function<tracer(const tracer&)>;
/// A function, traced and known.
struct subject {
  function f;
  known_function known;
};
/// sin(x) exp(-x / 2) + x^3 / 4.
subject start() {
  using c = std::complex<double>;
  const c i(0, 1);
  return {[](const tracer& x) {
            return calx::sin(x) * calx::exp(-0.5 * x) + x * x * x / 4.0;
          },
          {{{-0.5 * i, 0, -0.5 + i}, {0.5 * i, 0, -0.5 - i}, {0.25, 3, 0.0}}}};
}

/// What makes one function of another: a name, on traced functions, on known ones.
struct transform {
  std::string name;
  std::function<function(function)> traced;
  std::function<known_function(const known_function&)> known;
};
known_function same(const known_function& f) { return f; }
known_function once(const known_function& f) { return f.derivative(); }
known_function twice(const known_function& f) { return f.derivative().derivative(); }
known_function times_derivative(const known_function& f) { return f.derivative().times_x(); }

/// Derivatives of functions of a number.
const std::vector<transform> scalar_derivatives = {
    {"grad", [](function f) { return function(calx::grad(f)); }, once},
    {"value_and_grad",
     [](function f) {
       return function([=](const tracer& x) { return std::get<1>(calx::value_and_grad(f)(x)); });
     },
     once},
    {"jvp",
     [](function f) {
       return function([=](const tracer& x) {
         return std::get<1>(calx::jvp(f, std::tuple{x}, std::tuple{1.0}));
       });
     },
     once},
    {"vjp",
     [](function f) {
       return function([=](const tracer& x) {
         auto [y, pullback] = calx::vjp(f, x);
         return std::get<0>(pullback(1.0));
       });
     },
     once},
    {"linearize",
     [](function f) {
       return function([=](const tracer& x) {
         auto [y, pushforward] = calx::linearize(f, x);
         return pushforward(0.5) + pushforward(0.5);
       });
     },
     once},
    {"jacfwd", [](function f) { return function(calx::jacfwd(f)); }, once},
    {"jacrev", [](function f) { return function(calx::jacrev(f)); }, once},
    {"hessian", [](function f) { return function(calx::hessian(f)); }, twice},
    {"hvp",
     [](function f) {
       return function([=](const tracer& x) { return calx::hvp(f)(x, x.like(1.0)); });
     },
     twice},
    {"pullback of vmap",
     [](function f) {
       return function([=](const tracer& x) {
         auto [y, pullback] = calx::vjp(f, x);
         return calx::sum(std::get<0>(calx::vmap(pullback)(calx::stack(
             calx::axis<0>, x.like(0.25), x.like(0.75)))));
       });
     },
     once},
};
/// What is not a derivative, or not one alone; variables of an outer function meet an inner one.
const std::vector<transform> scalar_wrappers = {
    {"jit", [](function f) { return function(calx::jit(f)); }, same},
    {"mean of vmap",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::mean(calx::vmap(f)(calx::stack(calx::axis<0>, x, x, x)));
       });
     },
     same},
    {"partial",
     [](function f) {
       return function([=](const tracer& x) {
         auto scaled = [=](const tracer& a, const tracer& b) { return f(a) * b; };
         return calx::partial(scaled, x.like(1.0))(x);
       });
     },
     same},
    {"grad of the captured variable times f",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::grad([&](const tracer& y) { return x * f(y); })(x);
       });
     },
     times_derivative},
    {"the same by an argument",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::grad([=](const tracer& y, const tracer& z) { return z * f(y); })(x, x);
       });
     },
     times_derivative},
    {"jvp of the captured variable times f",
     [](function f) {
       return function([=](const tracer& x) {
         auto g = [&](const tracer& y) { return x * f(y); };
         return std::get<1>(calx::jvp(g, std::tuple{x}, std::tuple{x.like(1.0)}));
       });
     },
     times_derivative},
    {"vmap of grad with a captured variable",
     [](function f) {
       return function([=](const tracer& x) {
         auto d = calx::grad([&](const tracer& y) { return x * f(y); });
         return calx::mean(calx::vmap(d)(calx::stack(calx::axis<0>, x, x)));
       });
     },
     times_derivative},
    {"grad of y f(y)",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::grad([&](const tracer& y) { return y * f(y); })(x);
       });
     },
     [](const known_function& f) { return f + f.derivative().times_x(); }},
    {"second argument of grad<1, 0>",
     [](function f) {
       return function([=](const tracer& x) {
         auto g = [=](const tracer& a, const tracer& b) { return f(a) * b; };
         auto [db, da] = calx::grad<1, 0>(g)(x, x);
         return da + db * 0.0;
       });
     },
     times_derivative},
};

/// The elements at which chains are evaluated.
const std::vector<double> points = {-0.7, 0.3, 1.1};

/// CHECKs a chain of transforms on `s` as a function of arrays of this shape.
void check_chain(const subject& s, const std::string& name, const dims& shape) {
  const elements x = values(shape, points);
  auto body = [&](const std::vector<tracer>& in) { return s.f(in[0]); };
  INFO(name);
  for (const auto& results : run_all(body, {x})) {
    REQUIRE(results[0].shape == shape);
    for (dim i = 0; i < x.size(); ++i) CHECK(results[0].at(i) == Approx(s.known(x.at(i))));
  }
}
/// Each sequence of `depth` transforms from a list, or `count` of them at random.
void check_chains(const std::vector<transform>& transforms, int depth, int count,
                  const dims& shape) {
  std::mt19937 rng(static_cast<unsigned>(depth));
  int possible = 1, n = static_cast<int>(transforms.size());
  for (int i = 0; i < depth; ++i) possible *= n;
  for (int k = 0; k < (possible < count ? possible : count); ++k) {
    int code = possible <= count ? k : static_cast<int>(rng() % static_cast<unsigned>(possible));
    subject s = start();
    std::string name;
    for (int i = 0; i < depth; ++i, code /= n) {
      const transform& t = transforms[static_cast<std::size_t>(code % n)];
      s = {t.traced(s.f), t.known(s.known)};
      name = t.name + " of " + name;
    }
    check_chain(s, name + "f", shape);
  }
}

tracer ones(const tracer& x) { return x.like(1.0); }
tracer eye(const tracer& x) { return calx::jacfwd([](const tracer& y) { return y; })(x); }
/// Transforms of functions that act on the elements of an array of 3 one by one.
const std::vector<transform> array_transforms = {
    {"grad of the sum",
     [](function f) {
       return function(calx::grad([=](const tracer& x) { return calx::sum(f(x)); }));
     },
     once},
    {"jvp along ones",
     [](function f) {
       return function([=](const tracer& x) {
         return std::get<1>(calx::jvp(f, std::tuple{x}, std::tuple{ones(x)}));
       });
     },
     once},
    {"vjp of ones",
     [](function f) {
       return function([=](const tracer& x) {
         return std::get<0>(std::get<1>(calx::vjp(f, x))(ones(x)));
       });
     },
     once},
    {"linearize along ones",
     [](function f) {
       return function([=](const tracer& x) {
         return std::get<1>(calx::linearize(f, x))(ones(x));
       });
     },
     once},
    {"row sums of jacfwd",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::sum(calx::jacfwd(f)(x), calx::axis<1>);
       });
     },
     once},
    {"column sums of jacrev",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::sum(calx::jacrev(f)(x), calx::axis<0>);
       });
     },
     once},
    {"vmap of the pullback",
     [](function f) {
       return function([=](const tracer& x) {
         auto pullback = std::get<1>(calx::vjp(f, x));
         return calx::sum(std::get<0>(calx::vmap(pullback)(eye(x))), calx::axis<0>);
       });
     },
     once},
    {"vmap of the pushforward",
     [](function f) {
       return function([=](const tracer& x) {
         auto pushforward = std::get<1>(calx::linearize(f, x));
         return calx::sum(calx::vmap(pushforward, calx::in_axes<1>, calx::out_axes<-1>)(eye(x)),
                          calx::axis<1>);
       });
     },
     once},
    {"hessian of the sum",
     [](function f) {
       return function([=](const tracer& x) {
         auto total = [=](const tracer& y) { return calx::sum(f(y)); };
         return calx::sum(calx::hessian(total)(x), calx::axis<0>);
       });
     },
     twice},
    {"hvp of the sum",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::hvp([=](const tracer& y) { return calx::sum(f(y)); })(x, ones(x));
       });
     },
     twice},
    {"vmap over an axis of its own",
     [](function f) {
       return function([=](const tracer& x) {
         auto pair = calx::stack(calx::axis<1>, x, x);
         return calx::mean(calx::vmap(f, calx::in_axes<-1>, calx::out_axes<1>)(pair),
                           calx::axis<-1>);
       });
     },
     same},
    {"vmap of grad, element by element",
     [](function f) {
       return function([=](const tracer& x) {
         auto each = [=](const tracer& e) { return calx::sum(f(calx::reshape(e, 1))); };
         return calx::vmap(calx::grad(each))(x);
       });
     },
     once},
    {"vmap of linearize, element by element",
     [](function f) {
       return function([=](const tracer& x) {
         auto each = [=](const tracer& e) {
           auto [y, df] = calx::linearize(f, calx::reshape(e, 1));
           return df(calx::reshape(e.like(1.0), 1))(0);
         };
         return calx::vmap(each)(x);
       });
     },
     once},
    {"grad with the captured array",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::grad([&](const tracer& y) { return calx::vdot(x, f(y)); })(x);
       });
     },
     times_derivative},
    {"jacrev of the captured array",
     [](function f) {
       return function([=](const tracer& x) {
         return calx::sum(calx::jacrev([&](const tracer& y) { return x * f(y); })(x),
                          calx::axis<1>);
       });
     },
     times_derivative},
    {"parts put together",
     [](function f) {
       return function([=](const tracer& x) {
         using calx::slice, calx::none;
         return calx::concatenate(calx::axis<0>, f(x(slice(0, 1))), f(x)(slice(1, none)));
       });
     },
     same},
};
}  // namespace

TEST_CASE("every chain of one or two transforms of functions of a number") {
  std::vector<transform> transforms = scalar_derivatives;
  for (const transform& t : scalar_wrappers) transforms.push_back(t);
  auto each = [](const subject& s, const std::string& name) {
    for (double p : points) {
      INFO(name << " at " << p);
      auto body = [&](const std::vector<tracer>& in) { return s.f(in[0]); };
      for (const auto& r : run_all(body, {values({}, {p})}, false))
        CHECK(r[0].at(0) == Approx(s.known(p)));
    }
  };
  for (const transform& t : transforms) {
    subject s = start();
    s = {t.traced(s.f), t.known(s.known)};
    each(s, t.name);
    for (const transform& u : transforms)
      each({u.traced(s.f), u.known(s.known)}, u.name + " of " + t.name);
  }
}

TEST_CASE("longer chains of transforms of functions of a number") {
  std::vector<transform> transforms = scalar_derivatives;
  for (const transform& t : scalar_wrappers) transforms.push_back(t);
  std::mt19937 rng(3);
  for (int k = 0; k < 150; ++k) {
    subject s = start();
    std::string name = "f";
    for (int i = 0; i < 3; ++i) {
      const transform& t = transforms[rng() % transforms.size()];
      s = {t.traced(s.f), t.known(s.known)};
      name = t.name + " of " + name;
    }
    check_chain({calx::vmap(s.f), s.known}, "vmap of " + name, {3});
  }
}

TEST_CASE("chains of transforms of functions of arrays") {
  check_chains(array_transforms, 1, 100, {3});
  check_chains(array_transforms, 2, 300, {3});
  check_chains(array_transforms, 3, 60, {3});
}
