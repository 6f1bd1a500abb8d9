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
