// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the lines of transforms.jsonl do, with the transforms of the library, inside a trace.
#pragma once

#include <functional>
#include <map>

#include "traced.hpp"

namespace transform_lines {
using namespace calx;
using namespace traced;
using tracers = std::vector<tracer>;
using function = std::function<tracer(const tracer&)>;
using function2 = std::function<tracer(const tracer&, const tracer&)>;
/// What a line does: its arguments to its outputs.
using action = std::function<tracers(const tracers&)>;

inline tracer squared(const tracer& x) { return x * x; }
inline tracer cubed(const tracer& x) { return x * x * x; }
inline tracer norm(const tracer& x) { return calx::sqrt(calx::sum(x * x)); }
inline tracer softmax(const tracer& x) {
  tracer e = calx::exp(x - calx::stop_gradient(calx::max(x, axis<-1>, keepdims)));
  return e / calx::sum(e, axis<-1>, keepdims);
}
inline tracer logsumexp(const tracer& x) {
  tracer m = calx::stop_gradient(calx::max(x));
  return m + calx::log(calx::sum(calx::exp(x - m)));
}

/// Functions of a number, by the name in the file.
inline const std::map<std::string, function> scalar_functions = {
    {"1/(1+exp(-3*x))", [](auto x) { return 1.0 / (1.0 + calx::exp(-3.0 * x)); }},
    {"erf(x)*logistic(x)", [](auto x) { return calx::erf(x) * calx::logistic(x); }},
    {"exp(-x*x)", [](auto x) { return calx::exp(-x * x); }},
    {"log(1+x*x)", [](auto x) { return calx::log(1.0 + x * x); }},
    {"sin(x)*x", [](auto x) { return calx::sin(x) * x; }},
    {"sqrt(x*x+1)/(2+cos(x))",
     [](auto x) { return calx::sqrt(x * x + 1.0) / (2.0 + calx::cos(x)); }},
    {"tanh(x)**3", [](auto x) { return cubed(calx::tanh(x)); }},
    {"where(x>0, x*x, sin(x))", [](auto x) { return calx::where(x > 0.0, x * x, calx::sin(x)); }},
    {"x**4 - 3*x**2 + x", [](auto x) { return calx::pow(x, 4) - 3.0 * calx::pow(x, 2) + x; }},
    {"x*exp(sin(x))", [](auto x) { return x * calx::exp(calx::sin(x)); }},
};
/// Functions of an array with a number as result.
inline const std::map<std::string, function> array_functions = {
    {"dot(x, x)*x[0]", [](auto x) { return calx::dot(x, x) * x(0); }},
    {"logsumexp(x)", logsumexp},
    {"max(x*x)", [](auto x) { return calx::max(x * x); }},
    {"norm(x)", norm},
    {"prod(1+x*x)", [](auto x) { return calx::prod(1.0 + x * x); }},
    {"sum((x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)",
     [](auto x) {
       auto low = x(slice(none, -1)), high = x(slice(1, none));
       return calx::sum(squared(high - squared(low)) + squared(1.0 - low));
     }},
    {"sum(outer(x, sin(x)))", [](auto x) { return calx::sum(calx::outer(x, calx::sin(x))); }},
    {"sum(sin(x)*x)", [](auto x) { return calx::sum(calx::sin(x) * x); }},
    {"sum(softmax(x)*x)", [](auto x) { return calx::sum(softmax(x) * x); }},
    {"sum(x)**3", [](auto x) { return cubed(calx::sum(x)); }},
    {"sum(x[::-1]*exp(x))",
     [](auto x) { return calx::sum(x(slice(none, none, -1)) * calx::exp(x)); }},
    {"var(x)", [](auto x) { return calx::mean(squared(x - calx::mean(x))); }},
};
/// Functions of an array with an array as result.
inline const std::map<std::string, function> vector_functions = {
    {"concatenate([x*x, exp(x)])",
     [](auto x) { return calx::concatenate(axis<0>, x * x, calx::exp(x)); }},
    {"outer(x, x)", [](auto x) { return calx::outer(x, x); }},
    {"reshape(x[:2], (2, 1))*x[None, :]",
     [](auto x) { return calx::reshape(x(slice(none, 2)), 2, 1) * x(newaxis, slice()); }},
    {"sin(x)*x[0]", [](auto x) { return calx::sin(x) * x(0); }},
    {"softmax(x)", softmax},
    {"x/norm(x)", [](auto x) { return x / norm(x); }},
};

/// The derivative of f along v, as a function.
inline function along(const function& f, const tracer& v) {
  return [=](const tracer& x) {
    return std::get<1>(calx::jvp(f, std::tuple{x}, std::tuple{v}));
  };
}
inline tracer ones_like(const tracer& x) { return x.like(1.0); }
/// The pullback of f at x, applied to u.
inline tracer pulled(const function& f, const tracer& x, const tracer& u) {
  return std::get<0>(std::get<1>(calx::vjp(f, x))(u));
}

/// Families of lines, by what is before the first slash of the id; the rest names the function.
using family = std::function<action(const function&)>;
inline action repeated_grad(const function& f, int order) {
  return [=](const tracers& x) {
    tracers out{f(x[0])};
    function d = f;
    for (int k = 0; k < order; ++k) d = calx::grad(d), out.push_back(d(x[0]));
    return out;
  };
}
inline const std::map<std::string, family> scalar_families = {
    {"grad^n", [](const function& f) { return repeated_grad(f, 4); }},
    {"jvp(grad)",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         const tracer one = ones_like(x[0]);
         return {along(calx::grad(f), one)(x[0]), calx::grad(along(f, one))(x[0])};
       };
     }},
    {"vmap(grad^2)",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         return {calx::vmap(calx::grad(calx::grad(f)))(x[0])};
       };
     }},
};
inline const std::map<std::string, family> array_families = {
    {"value_and_grad",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         auto [y, g] = calx::value_and_grad(f)(x[0]);
         return {y, g};
       };
     }},
    {"hessian",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers { return {calx::hessian(f)(x[0])}; };
     }},
    {"hvp",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         auto g = [&](const tracer& y) { return calx::vdot(calx::grad(f)(y), x[1]); };
         return {along(calx::grad(f), x[1])(x[0]), calx::grad(g)(x[0]),
                 pulled(calx::grad(f), x[0], x[1])};
       };
     }},
    {"jacrev(jacrev)",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers { return {calx::jacrev(calx::jacrev(f))(x[0])}; };
     }},
    {"third",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         return {along(along(along(f, x[1]), x[1]), x[1])(x[0])};
       };
     }},
};
inline const std::map<std::string, family> vector_families = {
    {"jacobians",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         return {calx::jacfwd(f)(x[0]), calx::jacrev(f)(x[0])};
       };
     }},
    {"jacfwd(jacrev)",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers { return {calx::jacfwd(calx::jacrev(f))(x[0])}; };
     }},
    {"jvp of vjp",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         auto back = [=](const tracer& y) { return pulled(f, y, ones_like(f(y))); };
         auto [y, dy] = calx::jvp(back, std::tuple{x[0]}, std::tuple{x[1]});
         return {y, dy};
       };
     }},
    {"vjp of jvp",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         return {pulled(along(f, x[1]), x[0], ones_like(f(x[0])))};
       };
     }},
    {"linearize",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         auto [y, df] = calx::linearize(f, x[0]);
         return {y, df(x[1])};
       };
     }},
    {"linear_transpose",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers {
         auto df = std::get<1>(calx::linearize(f, x[0]));
         return {pulled([=](const tracer& v) { return df(v); }, ones_like(x[0]),
                        ones_like(f(x[0])))};
       };
     }},
    {"vmap(jacrev)",
     [](const function& f) -> action {
       return [=](const tracers& x) -> tracers { return {calx::vmap(calx::jacrev(f))(x[0])}; };
     }},
};

/// Leaves of any result, in order.
template <class T>
tracers leaves_of(const T& t) {
  tracers all;
  tree::for_each(t, [&](const tracer& x) { all.push_back(x); });
  return all;
}
template <class... T>
tracers leaves_of_all(const T&... t) {
  tracers all;
  ((all = [](tracers a, const tracers& b) {
     a.insert(a.end(), b.begin(), b.end());
     return a;
   }(std::move(all), leaves_of(t))),
   ...);
  return all;
}
}  // namespace transform_lines
