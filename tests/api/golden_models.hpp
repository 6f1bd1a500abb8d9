// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lines of transforms.jsonl about models: structs of parameters, networks, integrators, forces.
#pragma once

#include "golden_transforms.hpp"

namespace transform_lines {

/// Parameters of a layer; a tree as it stands.
template <class T>
struct layer {
  T W, b;
};
/// Parameters of a network.
template <class T>
struct network {
  layer<T> first, second;
};
using traced_layer = layer<tracer>;
using traced_network = network<tracer>;

inline tracer applied(const traced_layer& p, const tracer& x) { return calx::dot(x, p.W) + p.b; }
inline tracer tanh_squares(const traced_layer& p, const tracer& x) {
  return calx::sum(squared(calx::tanh(applied(p, x))));
}
inline tracer predicted(const traced_network& p, const tracer& x) {
  return applied(p.second, calx::tanh(applied(p.first, x)));
}
inline tracer squared_error(const traced_network& p, const tracer& x, const tracer& y) {
  return calx::mean(squared(predicted(p, x) - y));
}
inline traced_network network_of(const tracers& x) { return {{x[0], x[1]}, {x[2], x[3]}}; }

inline const std::map<std::string, action> tree_lines = {
    {"tree/grad",
     [](const tracers& x) {
       return leaves_of(calx::value_and_grad(tanh_squares)(traced_layer{x[0], x[1]}, x[2]));
     }},
    {"tree/hessian",
     [](const tracers& x) {
       return leaves_of(calx::hessian(tanh_squares)(traced_layer{x[0], x[1]}, x[2]));
     }},
    {"tree/jacrev",
     [](const tracers& x) {
       const traced_layer p{x[0], x[1]};
       return leaves_of_all(calx::jacrev(applied)(p, x[2]), calx::jacfwd(applied)(p, x[2]));
     }},
    {"tree/jvp",
     [](const tracers& x) {
       const traced_layer p{x[0], x[1]};
       auto f = [&](const traced_layer& q) { return tanh_squares(q, x[2]); };
       return leaves_of(calx::jvp(f, std::tuple{p}, std::tuple{p}));
     }},
    {"tree/per example",
     [](const tracers& x) {
       auto each = calx::vmap(calx::grad(tanh_squares), in_axes<none, 0>);
       return leaves_of(each(traced_layer{x[0], x[1]}, x[2]));
     }},
    {"tree/vmap out tree",
     [](const tracers& x) {
       auto f = [](const traced_layer& p) { return traced_layer{calx::sum(p.W), p.b * 2.0}; };
       return leaves_of(
           calx::vmap(f, in_axes<leaf_axes<1, 0>>)(traced_layer{x[0], x[1]}));
     }},
};

inline const std::map<std::string, action> network_lines = {
    {"mlp/value_and_grad",
     [](const tracers& x) {
       return leaves_of(calx::value_and_grad(squared_error)(network_of(x), x[4], x[5]));
     }},
    {"mlp/per example",
     [](const tracers& x) {
       auto each = calx::vmap(calx::grad(squared_error), in_axes<none, 0, 0>);
       return leaves_of(each(network_of(x), x[4], x[5]));
     }},
    {"mlp/hvp",
     [](const tracers& x) {
       auto f = [&](const traced_network& p) { return squared_error(p, x[4], x[5]); };
       return leaves_of(calx::hvp(f)(network_of(x), network_of(x)));
     }},
    {"mlp/input jacobian",
     [](const tracers& x) -> tracers {
       const auto p = network_of(x);
       return {calx::vmap(calx::jacrev([&](const tracer& row) { return predicted(p, row); }))(
           x[4])};
     }},
    {"mlp/laplacian",
     [](const tracers& x) -> tracers {
       const auto p = network_of(x);
       auto f = [&](const tracer& row) { return predicted(p, row)(0); };
       auto trace = [&](const tracer& row) {
         const tracer eye = calx::jacfwd([](const tracer& r) { return r; })(row);
         return calx::sum(calx::hessian(f)(row) * eye);
       };
       return {calx::vmap(trace)(x[4])};
     }},
    {"mlp/gradient penalty",
     [](const tracers& x) {
       auto penalty = [&](const traced_network& p) {
         auto f = [&](const tracer& row) { return predicted(p, row)(0); };
         auto norms = calx::vmap([&](const tracer& row) {
           return calx::sum(squared(calx::grad(f)(row)));
         });
         return calx::mean(norms(x[4]));
       };
       return leaves_of(calx::grad(penalty)(network_of(x)));
     }},
};

inline tracer attention(const tracer& q, const tracer& k, const tracer& v) {
  return calx::dot(softmax(calx::dot(q, calx::transpose(k)) / std::sqrt(2.0)), v);
}
inline tracer layer_norm(const tracer& x, const tracer& g, const tracer& b) {
  tracer centred = x - calx::mean(x, axis<-1>, keepdims);
  tracer variance = calx::mean(squared(centred), axis<-1>, keepdims);
  return centred / calx::sqrt(variance + 1e-5) * g + b;
}
/// y' = -k y + sin(t) from 0 to 1 in ten steps of the fourth order.
inline tracer integrated(tracer y, const tracer& k) {
  auto slope = [&](double t, const tracer& at) { return -k * at + std::sin(t); };
  const double dt = 0.1;
  for (int n = 0; n < 10; ++n) {
    double t = n * dt;
    tracer a = slope(t, y), b = slope(t + dt / 2, y + dt / 2 * a);
    tracer c = slope(t + dt / 2, y + dt / 2 * b), d = slope(t + dt, y + dt * c);
    y = y + dt / 6 * (a + 2.0 * b + 2.0 * c + d);
  }
  return y;
}
/// The price of a call option by Black and Scholes: spot, strike, years, volatility.
inline tracer call_price(const tracer& x) {
  const tracer s = x(0), k = x(1), t = x(2), sigma = x(3);
  auto cdf = [](const tracer& z) { return 0.5 * (1.0 + calx::erf(z / std::sqrt(2.0))); };
  const tracer width = sigma * calx::sqrt(t);
  const tracer d = (calx::log(s / k) + (0.02 + 0.5 * sigma * sigma) * t) / width;
  return s * cdf(d) - k * calx::exp(-0.02 * t) * cdf(d - width);
}
inline tracer pair_energy(const tracer& x) {
  tracer e = 0.0;
  for (int i = 0; i < 3; ++i)
    for (int j = i + 1; j < 3; ++j) {
      tracer r2 = calx::sum(squared(x(i) - x(j))), s = 1.0 / cubed(r2);
      e += 4.0 * (s * s - s);
    }
  return e;
}

inline const std::map<std::string, action> model_lines = {
    {"attention",
     [](const tracers& x) {
       auto squares = [](auto q, auto k, auto v) { return calx::sum(squared(attention(q, k, v))); };
       return leaves_of_all(attention(x[0], x[1], x[2]),
                            calx::grad<0, 1, 2>(squares)(x[0], x[1], x[2]));
     }},
    {"layer norm",
     [](const tracers& x) {
       auto cubes = [](auto a, auto g, auto b) { return calx::sum(cubed(layer_norm(a, g, b))); };
       return leaves_of_all(layer_norm(x[0], x[1], x[2]),
                            calx::grad<0, 1, 2>(cubes)(x[0], x[1], x[2]));
     }},
    {"ode/rk4",
     [](const tracers& x) {
       return leaves_of(calx::value_and_grad<0, 1>(integrated)(x[0], x[1]));
     }},
    {"lennard jones",
     [](const tracers& x) { return leaves_of(calx::value_and_grad(pair_energy)(x[0])); }},
    {"black scholes",
     [](const tracers& x) {
       return leaves_of_all(calx::value_and_grad(call_price)(x[0]),
                            calx::hessian(call_price)(x[0]));
     }},
};
}  // namespace transform_lines
