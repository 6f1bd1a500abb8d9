# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs whose compilation is measured, and those that tell how large they are."""

FLOOR = """\
#include <Eigen/Dense>
#include <xsimd/xsimd.hpp>
int main() {}
"""
UMBRELLA = """\
#include <calx/calx.hpp>
int main() {}
"""
SCALAR = """\
#include <calx/scalar.hpp>
constexpr auto wave = [](auto x) { return calx::sin(x) * calx::exp(-x * x) / (1.0 + x * x); };
int main(int argc, char**) { return calx::grad(wave)(static_cast<double>(argc)) > 0 ? 0 : 1; }
"""
# One step of a chain of scalar operations. The constant differs in every step, so that no two
# steps share a node.
STEP = """\
  a = calx::sin(a * {c}) + b / ({c} + a * a);
  b = calx::exp(-b) * a - {c} * b;
"""
CHAIN = """\
#include <calx/calx.hpp>
constexpr auto chain = [](auto x) {{
  auto a = x, b = 0.5 * x;
{steps}  return a * b;
}};
int main(int argc, char**) {{ return calx::grad(chain)(static_cast<double>(argc)) > 0 ? 0 : 1; }}
"""
# A function and its data: a coefficient and weights. The gradient by x of Rosenbrock's function.
ROSENBROCK = """\
#include <calx/calx.hpp>
constexpr auto rosenbrock = [](auto x, auto a, auto w) {
  auto head = x(calx::slice(calx::none, -1)), tail = x(calx::slice(1, calx::none));
  return calx::sum(w * (a * calx::square(tail - calx::square(head)) + calx::square(1.0 - head)));
};
int main(int argc, char**) {
  double a = 100.0 * argc;
  calx::array<double, 1> x = calx::linspace(-1.0, 1.0, 1000), w = calx::linspace(0.5, 1.5, 999);
"""
PASSED = ROSENBROCK + """\
  calx::array<double, 1> g = calx::grad(rosenbrock)(x, a, w);
  return g(0) > 0 ? 0 : 1;
}
"""
CAPTURED = ROSENBROCK + """\
  calx::array<double, 1> g = calx::grad([&](auto t) { return rosenbrock(t, a, w); })(x);
  return g(0) > 0 ? 0 : 1;
}
"""
# Different gradients of the kinds that one file may hold: numbers, arrays, tensors, a structure.
TEN_GRADIENTS = """\
#include <calx/calx.hpp>
#include <vector>
template <class T>
struct oscillator {
  T mass, stiffness;
};
constexpr auto wave = [](auto x) { return calx::sin(x) * calx::exp(-x * x); };
constexpr auto cubic = [](auto x) { return (x * x - 2) * x - 5; };
constexpr auto distance = [](auto a, auto b) { return calx::sqrt(calx::sum(calx::square(a - b))); };
constexpr auto energy = [](auto o) { return 0.5 * o.stiffness * calx::square(1.0 / o.mass); };
constexpr auto norm = [](auto x) { return calx::sqrt(calx::vdot(x, x)); };
constexpr auto bell = [](auto x, auto m) { return calx::sum(calx::exp(-calx::square(x - m))); };
constexpr auto fit = [](auto w, auto X, auto y) {
  return calx::mean(calx::square(calx::dot(X, w) - y));
};
constexpr auto steps = [](auto x) {
  return calx::sum(calx::square(x(calx::slice(1, calx::none)) - x(calx::slice(calx::none, -1))));
};
constexpr auto huber = [](auto x) {
  return calx::sum(calx::where(calx::abs(x) < 1.0, 0.5 * x * x, calx::abs(x) - 0.5));
};
constexpr auto entropy = [](auto p) { return -calx::sum(p * calx::log(p)); };
int main(int argc, char**) {
  double t = argc;
  calx::array<double, 1> x = calx::linspace(0.1, t, 50), y = calx::linspace(1.0, 2.0, 50);
  calx::array<double, 2> X = x.reshape(50, 1) + calx::zeros<double>(50, 50);
  calx::tensor<double, 3> a{t, 2.0, 3.0}, b{0.5, 1.0, t};
  double all = calx::grad(wave)(t) + calx::grad(cubic)(t) + calx::grad(distance)(a, b)(0) +
               calx::grad(energy)(oscillator<double>{t, 2.0}).mass + calx::grad(norm)(b)(1) +
               calx::grad<1>(bell)(x, t) + calx::grad(fit)(x, X, y)(0) +
               calx::grad(steps)(x)(0) + calx::grad(huber)(y)(0) + calx::grad(entropy)(x)(0);
  return all > 0 ? 0 : 1;
}
"""
COUNT = """\
#include <calx/calx.hpp>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
template <class F>
int gradient_size(F f) {
  std::ostringstream text;
  text << calx::graph_of(calx::grad(f), 1.0);
  std::istringstream lines(text.str());
  int nodes = 0;
  for (std::string line; std::getline(lines, line);) nodes += line.find(" = ") != line.npos;
  return nodes;
}
"""
# The chain traced at run time, for each number of steps on the command line.
TRIAL = COUNT + """\
int main(int argc, char** argv) {{
  for (int i = 1; i < argc; ++i) {{
    int steps = std::atoi(argv[i]);
    auto chain = [steps](auto x) {{
      auto a = x, b = 0.5 * x;
      for (int k = 1; k <= steps; ++k) {{
        double c = 1 + k / 1024.0;
{step}      }}
      return a * b;
    }};
    std::printf("%d\\n", gradient_size(chain));
  }}
}}
""".replace("{{", "{").replace("}}", "}").replace("{step}", STEP.format(c="c"))


def chain(steps):
    """The gradient of a chain of so many steps, as straight code."""
    text = "".join(STEP.format(c=repr(1 + k / 1024)) for k in range(1, steps + 1))
    return CHAIN.format(steps=text)


def count(steps):
    """A program that prints the size of the very gradient that chain(steps) computes."""
    body = chain(steps).split("int main")[0].replace("#include <calx/calx.hpp>\n", "")
    return COUNT + body + 'int main() { std::printf("%d\\n", gradient_size(chain)); }\n'
