// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cases of tour.jsonl: logistic regression, first and second derivatives in every mode, descent.
#include "tour_logistic.hpp"

namespace golden::tour {
namespace {

/// The same case for parameters drawn as float32 and float64, in both dtypes.
template <class F>
void add(cases& all, const std::string& name, F f) {
  auto run = [f](const reference_line& line, auto t) {
    return results(f(line, logistic<decltype(t)>(line)));
  };
  add_both(all, "logistic/" + name + "/drawn_f32", run);
  all["logistic/" + name + "/drawn_f64/f64"] = [run](const reference_line& line) {
    return run(line, double());
  };
}

template <class T>
results pushed_forward(const logistic<T>& d, const calx::array<T, 1>& v,
                       const calx::array<T, 1>& y, const calx::array<T, 1>& u) {
  return {d.probabilities(y), d.rounded(u, [&](std::size_t i) {
    double sum = 0;
    for (std::size_t j = 0; j < features; ++j) sum += d.size.x(i, j) * std::abs(double{v(j)}) / 4;
    return sum;
  })};
}

template <class T>
results vjp(const reference_line& line, const logistic<T>& d) {
  auto cotangent = vector_of<T>(line.arrays("cotangent")[0]);
  auto [y, pullback] = calx::vjp(d.of_W(), d.W);
  auto [row] = pullback(cotangent);
  return {d.probabilities(y), d.rounded(row, [&](std::size_t j) {
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i)
      sum += std::abs(double{cotangent(i)}) * d.size.x(i, j) / 4;
    return sum;
  })};
}

template <class T>
results hvp(const reference_line& line, const logistic<T>& d) {
  auto v = vector_of<T>(line.arrays("tangents")[0]);
  auto f = calx::partial(loss, d.b, d.inputs, d.targets);
  return {d.rounded(calx::hvp(f)(d.W, v), [&](std::size_t j) {
    double sum = 0;
    for (std::size_t k = 0; k < features; ++k)
      sum += 2 * d.size.column(j, k) * std::abs(double{v(k)});
    return sum;
  })};
}

template <class T>
results hessian_blocks(const logistic<T>& d) {
  auto [of_W, of_b] = calx::hessian<0, 1>(loss)(d.W, d.b, d.inputs, d.targets);
  auto [WW, Wb] = of_W;
  auto [bW, bb] = of_b;
  return {d.hessian_WW(WW), d.hessian_Wb(Wb), d.hessian_Wb(bW), d.hessian_bb(bb)};
}

template <class T>
results per_example(const logistic<T>& d) {
  using calx::none;
  auto each = calx::vmap(calx::grad<0, 1>(loss), calx::in_axes<none, none, 0, 0>);
  auto [gW, gb] = each(d.W, d.b, d.inputs, d.targets);
  auto bound = [&](std::size_t i) { return epsilon<T> * d.size.of_residual(i); };
  return {within(gW, [&](std::size_t k) {
            std::size_t i = k / features;
            return d.size.x(i, k % features) * bound(i);
          }),
          within(gb, bound)};
}

/// Gradient descent, and what rounding adds up to. A step x - 0.1 grad(x) never moves two points
/// apart, as the loss is convex and its curvature is at most `steepest` < 2 / 0.1. So the distance
/// of two computations grows by at most the rounding of each step, and the loss by distance times
/// slope plus half of distance^2 times curvature.
template <class T>
struct descent {
  logistic<T> d;
  params<T> at = {d.W, d.b};
  double distance = 0;
  std::vector<T> losses = {};
  std::vector<double> loss_bounds = {};

  double steepest() const {
    double sum = examples;
    for (std::size_t j = 0; j < features; ++j) sum += d.size.column(j, j);
    return sum / 4;
  }
  void step(bool keep) {
    auto of_params = [](auto p, auto inputs, auto targets) {
      return loss(p.W, p.b, inputs, targets);
    };
    auto [value, g] = calx::value_and_grad(of_params)(at, d.inputs, d.targets);
    d.size.W = values_of(at.W).values, d.size.b = double{at.b};
    if (keep) remember(value, g);
    at = calx::tree::map([](auto p, auto dp) { return p - static_cast<T>(0.1) * dp; }, at, g);
    distance += epsilon<T> * (length(at) + 0.1 * gradient_rounding());
  }
  void remember(T value, const params<T>& g) {
    losses.push_back(value);
    loss_bounds.push_back(epsilon<T> * d.size.rounding() * d.size.loss_terms() +
                          distance * length(g) + distance * distance * steepest() / 2);
  }
  static double length(const params<T>& p) {
    double squares = double{p.b} * double{p.b};
    for (double w : values_of(p.W).values) squares += w * w;
    return std::sqrt(squares);
  }
  double gradient_rounding() const {
    double squares = d.size.of_grad_b() * d.size.of_grad_b();
    for (std::size_t j = 0; j < features; ++j)
      squares += d.size.of_grad_W(j) * d.size.of_grad_W(j);
    return std::sqrt(squares);
  }
  results run() {
    if (0.1 * steepest() >= 2) throw json_error("tour: the steps are too long for the bound");
    for (int k = 0; k <= 200; ++k) {
      params<T> before = at;
      double distance_before = distance;
      step(k == 0 || k == 1 || k == 10 || k == 100 || k == 200);
      if (k == 200) at = before, distance = distance_before;
    }
    auto far = [&](std::size_t) { return distance; };
    result loss_values{{5}, {losses.begin(), losses.end()}, loss_bounds};
    return {loss_values, within(at.W, far), within(at.b, far)};
  }
};

template <class T>
descent<T> descent_of(const logistic<T>& d) {
  return {d};
}

void add_values(cases& all) {
  add(all, "predict", [](const auto&, const auto& d) {
    return results{d.probabilities(predict(d.W, d.b, d.inputs))};
  });
  add(all, "loss", [](const auto&, const auto& d) {
    return results{d.loss_value(loss(d.W, d.b, d.inputs, d.targets))};
  });
  add(all, "descent", [](const auto&, const auto& d) { return descent_of(d).run(); });
}

void add_gradients(cases& all) {
  add(all, "grad_W", [](const auto&, const auto& d) {
    return results{d.grad_W(calx::grad(loss)(d.W, d.b, d.inputs, d.targets))};
  });
  add(all, "grad_b", [](const auto&, const auto& d) {
    return results{d.grad_b(calx::grad<1>(loss)(d.W, d.b, d.inputs, d.targets))};
  });
  add(all, "grad_both", [](const auto&, const auto& d) {
    auto [gW, gb] = calx::grad<0, 1>(loss)(d.W, d.b, d.inputs, d.targets);
    return results{d.grad_W(gW), d.grad_b(gb)};
  });
  add(all, "value_and_grad", [](const auto&, const auto& d) {
    auto [value, g] = calx::value_and_grad<0, 1>(loss)(d.W, d.b, d.inputs, d.targets);
    auto [gW, gb] = g;
    return results{d.loss_value(value), d.grad_W(gW), d.grad_b(gb)};
  });
  add(all, "grad_dict", [](const auto&, const auto& d) {
    auto of_params = [](auto p, auto x, auto t) { return loss(p.W, p.b, x, t); };
    auto g = calx::grad(of_params)(params<decltype(d.b)>{d.W, d.b}, d.inputs, d.targets);
    return results{d.grad_W(g.W), d.grad_b(g.b)};
  });
  add(all, "per_example", [](const auto&, const auto& d) { return per_example(d); });
}

void add_directions(cases& all) {
  add(all, "jvp", [](const reference_line& line, const auto& d) {
    auto v = vector_of<decltype(d.b)>(line.arrays("tangents")[0]);
    auto [y, u] = calx::jvp(d.of_W(), std::tuple{d.W}, std::tuple{v});
    return pushed_forward(d, v, y, u);
  });
  add(all, "linearize", [](const reference_line& line, const auto& d) {
    auto v = vector_of<decltype(d.b)>(line.arrays("tangents")[0]);
    auto [y, pushforward] = calx::linearize(d.of_W(), d.W);
    return pushed_forward(d, v, y, pushforward(v));
  });
  add(all, "vjp", [](const reference_line& line, const auto& d) { return vjp(line, d); });
}

void add_matrices(cases& all) {
  add(all, "jacobian_rows", [](const auto&, const auto& d) {
    auto [y, pullback] = calx::vjp(d.of_W(), d.W);
    auto [rows] = calx::vmap(pullback)(calx::eye<decltype(d.b)>(examples));
    return results{d.jacobian(rows)};
  });
  add(all, "jacobian_columns", [](const auto&, const auto& d) {
    auto [y, pushforward] = calx::linearize(d.of_W(), d.W);
    auto columns = calx::vmap(pushforward, calx::in_axes<0>, calx::out_axes<1>);
    return results{d.jacobian(columns(calx::eye<decltype(d.b)>(features)))};
  });
  add(all, "jacrev", [](const auto&, const auto& d) {
    return results{d.jacobian(calx::jacrev(d.of_W())(d.W))};
  });
  add(all, "jacfwd", [](const auto&, const auto& d) {
    return results{d.jacobian(calx::jacfwd(d.of_W())(d.W))};
  });
  add(all, "hessian_predict", [](const auto&, const auto& d) {
    auto H = calx::jacfwd(calx::jacrev(d.of_W()))(d.W);
    return results{d.rounded(H, [&](std::size_t k) {
      std::size_t i = k / features / features;
      return d.size.x(i, k / features % features) * d.size.x(i, k % features) / 4;
    })};
  });
  add(all, "hessian_loss", [](const auto&, const auto& d) {
    return results{d.hessian_WW(calx::hessian(loss)(d.W, d.b, d.inputs, d.targets))};
  });
  add(all, "hessian_blocks", [](const auto&, const auto& d) { return hessian_blocks(d); });
  add(all, "hvp", [](const reference_line& line, const auto& d) { return hvp(line, d); });
}

}  // namespace

void add_logistic_cases(cases& all) {
  add_values(all);
  add_gradients(all);
  add_directions(all);
  add_matrices(all);
}

}  // namespace golden::tour
