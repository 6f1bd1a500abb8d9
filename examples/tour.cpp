// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tour of calx in five examples: derivatives, batches, structs, a model, and what is compiled.
//
//     tour [FOLDER]      writes its pictures into FOLDER, by default the working directory
#include <calx/calx.hpp>

#include <charconv>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>
#include <tuple>

#include "plot.hpp"

namespace rnd = calx::random;
using calx::in_axes, calx::none, calx::out_axes, calx::slice;

// `std::cout << array` prints as NumPy does, with eight digits. To compare results to the last
// digit, the tour prints all digits of numbers and small arrays: `show("name", x)`.

std::string digits(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}
std::string digits(const calx::array<double, 1>& x) {
  std::string text = "[";
  for (double v : x) text += digits(v) + ' ';
  text.back() = ']';
  return text;
}
std::string digits(const calx::array<double, 2>& x) {
  std::string text;
  for (int i = 0; i < x.shape(0); ++i) text += "\n    " + digits(x(i));
  return text;
}
template <class X>
void show(const std::string& name, const X& x) {
  std::string text = digits(x);
  std::cout << "  " << name << (text[0] == '\n' ? ":" : ": ") << text << '\n';
}
void show_truth(const char* claim, bool holds) {
  std::cout << "  " << claim << ": " << (holds ? "yes" : "NO") << '\n';
}
template <class A, class B>
bool same(const A& a, const B& b) {
  return calx::allclose(a, b, 1e-13, 1e-13);
}

// 1. Derivatives -----------------------------------------------------------------------------
// A function is a generic lambda. `grad` makes its derivative, which is a function again: it can
// be differentiated again, and `vmap` applies it to every number of an array.

constexpr auto cube = [](auto x) { return x * x * x; };
constexpr auto d_cube = calx::grad(cube);
constexpr auto dd_cube = calx::grad(d_cube);
constexpr auto ddd_cube = calx::grad(dd_cube);
static_assert(d_cube(2.0) == 12.0);  // the compiler itself can run it

void derivatives(const std::string& folder) {
  std::cout << "1. Derivatives of x^3\n";
  show("grad(cube)(2.0)", d_cube(2.0));

  auto x = calx::linspace(-2.0, 2.0, 41);
  auto y = calx::vmap(cube)(x);
  auto d1 = calx::vmap(d_cube)(x), d2 = calx::vmap(dd_cube)(x), d3 = calx::vmap(ddd_cube)(x);
  auto some = slice(none, none, 10);  // x[::10]
  show("x", x(some));
  show("x^3", y(some));
  show("first derivative", d1(some));
  show("second derivative", d2(some));
  show("third derivative", d3(some));

  std::string path = folder + "derivatives.svg";
  plot::figure chart("x³ and its derivatives");
  chart.line("x³", x, y).line("first", x, d1).line("second", x, d2).line("third", x, d3);
  chart.save(path);
  std::cout << "  plotted to " << path << "\n\n";
}

// 2. Batches ---------------------------------------------------------------------------------
// `vmap` turns a function of one example into a function of many. `in_axes` says along which axis
// of each argument the examples lie (`none`: the argument is shared), `out_axes` where they go.

constexpr auto apply = [](auto v, auto M) { return calx::dot(M, v); };
constexpr auto vv = [](auto a, auto b) { return calx::vdot(a, b); };  // ([a], [a]) -> []
constexpr auto mv = calx::vmap(vv, in_axes<0, none>);                 // ([b,a], [a]) -> [b]
constexpr auto mm = calx::vmap(mv, in_axes<none, 1>, out_axes<1>);    // ([b,a], [a,c]) -> [b,c]

void batches() {
  std::cout << "2. A matrix times a batch of vectors\n";
  auto key = rnd::key(0);
  auto mat = rnd::normal<double>(key, 150, 100);
  auto batch = rnd::normal<double>(key, 10, 100);
  auto batchT = calx::transpose(batch);                       // the vectors as columns
  auto product = calx::dot(batch, calx::transpose(mat));      // [10, 150]
  auto productT = calx::transpose(product);                   // [150, 10]
  std::cout << product(slice(0, 3), slice(0, 5)) << '\n';
  show("sum of all elements", calx::sum(product));

  auto rows_to_rows = calx::vmap(apply, in_axes<0, none>, out_axes<0>)(batch, mat);
  auto rows_to_columns = calx::vmap(apply, in_axes<0, none>, out_axes<1>)(batch, mat);
  auto columns_to_rows = calx::vmap(apply, in_axes<1, none>, out_axes<0>)(batchT, mat);
  auto columns_to_columns = calx::vmap(apply, in_axes<1, none>, out_axes<1>)(batchT, mat);
  show_truth("rows to rows is the product", same(rows_to_rows, product));
  show_truth("rows to columns is its transpose", same(rows_to_columns, productT));
  show_truth("columns to rows is the product", same(columns_to_rows, product));
  show_truth("columns to columns is its transpose", same(columns_to_columns, productT));
  auto shared = calx::vmap([&](auto v) { return calx::dot(mat, v); });  // captures work as well
  show_truth("a lambda that captures the matrix, too", same(shared(batch), product));

  show("first five of mv(mat, batch[0])", mv(mat, batch(0))(slice(0, 5)));
  show_truth("mv, from vdot by vmap, is a row of the product", same(mv(mat, batch(0)), product(0)));
  show_truth("mm, from mv by vmap, is the product", same(mm(mat, batchT), productT));
  std::cout << '\n';
}

// 3. Structs ---------------------------------------------------------------------------------
// The gradient with respect to a struct is such a struct.

template <class T>
struct Point {
  T x, y, z;
};
constexpr auto dist = [](auto p) { return calx::sqrt(p.x * p.x + p.y * p.y + p.z * p.z); };

void structs() {
  std::cout << "3. The gradient of a distance, as a Point\n";
  Point<double> p{1, 2, 3};
  Point<double> g = calx::grad(dist)(p);
  show("dist(p)", dist(p));
  show("grad(dist)(p)", calx::array<double, 1>{g.x, g.y, g.z});
  Point<Point<double>> H = calx::hessian(dist)(p);
  show("its derivative in p.x", calx::array<double, 1>{H.x.x, H.x.y, H.x.z});
  std::cout << '\n';
}

// 4. A model ---------------------------------------------------------------------------------
// Logistic regression: its loss, every kind of derivative, and its training.

constexpr auto predict = [](auto W, auto b, auto inputs) {
  return calx::sigmoid(calx::dot(inputs, W) + b);
};
constexpr auto loss = [](auto W, auto b, auto inputs, auto targets) {
  auto p = predict(W, b, inputs);
  return -calx::sum(calx::log(p * targets + (1 - p) * (1 - targets)));
};

struct Params {
  calx::array<double, 1> W;
  double b;
};
CALX_PYTREE(Params, W, b)  // makes any struct a tree of arrays

constexpr auto loss_of = [](auto p, auto inputs, auto targets) {
  return loss(p.W, p.b, inputs, targets);
};

struct Data {
  calx::array<double, 2> inputs{
      {0.52, 1.12, 0.77}, {0.88, -1.08, 0.15}, {0.52, 0.06, -1.39}, {0.74, -2.49, 1.39}};
  calx::array<bool, 1> targets{true, true, false, true};
};

template <class F>
void jacobians(F f, const calx::array<double, 1>& W) {
  auto [y, pullback] = calx::vjp(f, W);  // runs forward once, backward at each call
  auto I = calx::eye<double>(4);
  auto by_row = calx::zeros<double>(4, 3);
  for (int i = 0; i < 4; ++i) {
    auto [row] = pullback(I(i));
    by_row = by_row.at(i).set(row);
  }
  show("Jacobian, row by row from vjp", by_row);
  auto [at_once] = calx::vmap(pullback)(I);
  show_truth("the same by vmap(pullback)(eye)", same(at_once, by_row));
  show_truth("the same by jacrev", same(calx::jacrev(f)(W), by_row));
  show_truth("the same by jacfwd", same(calx::jacfwd(f)(W), by_row));
}

void train(Params at, const Data& data) {
  for (int step = 0; step <= 200; ++step) {
    auto [value, g] = calx::value_and_grad(loss_of)(at, data.inputs, data.targets);
    if (step == 0 || step == 1 || step == 10 || step == 100 || step == 200)
      show("loss at step " + std::to_string(step), value);
    if (step < 200) at = calx::tree::map([](auto p, auto d) { return p - 0.1 * d; }, at, g);
  }
  show("W", at.W);
  show("b", at.b);
}

void model() {
  std::cout << "4. Logistic regression\n";
  Data data;
  auto [key, W_key, b_key] = rnd::split<3>(rnd::key(0));
  auto [rest, v_key] = rnd::split(key);
  auto W = rnd::normal<double>(W_key, 3);
  auto b = rnd::normal<double>(b_key);
  auto v = rnd::normal<double>(v_key, 3);
  show("W", W);
  show("b", b);

  auto [value, g] = calx::value_and_grad<0, 1>(loss)(W, b, data.inputs, data.targets);
  auto [gW, gb] = g;
  show("loss", value);
  show("its gradient in W", gW);
  show("its gradient in b", gb);

  auto of_W = calx::partial(predict, b, data.inputs);  // predict, the other arguments bound
  auto [y, u] = calx::jvp(of_W, std::tuple{W}, std::tuple{v});
  show("predictions", y);
  show("their derivative along v", u);
  jacobians(of_W, W);
  show("Hessian of the loss", calx::hessian(loss)(W, b, data.inputs, data.targets));
  train({W, b}, data);
  std::cout << '\n';
}

// 5. What is compiled ------------------------------------------------------------------------
// Every transformed function is traced by the compiler to a small program, which it simplifies
// and turns into one loop. `jit` does only that.

constexpr auto wave = [](auto x) { return calx::sin(x) * calx::exp(-x * x); };
constexpr auto energy = [](auto x) { return calx::sum(wave(x)); };

/// The best of five runs in milliseconds.
template <class F>
double milliseconds(F run) {
  double best = 1e300;
  for (int i = 0; i < 5; ++i) {
    auto start = std::chrono::steady_clock::now();
    run();
    std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
    best = std::min(best, passed.count());
  }
  return best;
}

/// One loop and one array for each operation.
calx::array<double, 1> one_by_one(const calx::array<double, 1>& x) {
  calx::array<double, 1> squares = x * x, negated = -squares;
  calx::array<double, 1> e = calx::exp(negated), s = calx::sin(x);
  return s * e;
}

void compiled(const std::string& folder) {
  std::cout << "5. What is compiled\n";
  auto x = calx::linspace(-2.0, 2.0, 1000001);
  auto fused = calx::jit(wave);
  calx::array<double, 1> a, b;
  double slow = milliseconds([&] { a = one_by_one(x); });
  double fast = milliseconds([&] { b = fused(x); });
  show_truth("one fused loop gives what separate operations give", same(a, b));
  std::cout << "time: separate " << std::setprecision(3) << slow << " ms, fused " << fast
            << " ms\n";  // lines that begin with "time:" differ from run to run

  auto eight = calx::full<calx::tensor<double, 8>>(0.5);
  std::cout << "sum(sin(x) exp(-x^2)), traced:\n" << calx::graph_of(energy, eight);
  auto gradient = calx::graph_of(calx::grad(energy), eight);
  std::cout << "its gradient:\n" << gradient;

  std::string path = folder + "gradient.dot", dot = gradient.dot();
  std::ofstream(path) << dot;
  std::cout << "drawn to " << path << ", which begins with: " << dot.substr(0, dot.find('\n'))
            << '\n';
}

int main(int argc, char** argv) {
  std::string folder = argc > 1 ? std::string(argv[1]) + "/" : "";
  derivatives(folder);
  batches();
  structs();
  model();
  compiled(folder);
}
