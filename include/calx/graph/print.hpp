// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as text, one node a line, and as a drawing for Graphviz.
#pragma once

#include <charconv>
#include <ostream>
#include <string>

#include <calx/graph/graph.hpp>

namespace calx::inline CALX_ABI {

namespace printing {
template <class = void>
std::string extent(dim d) {
  text t;
  return std::string(append_dim(t, d).view());
}
/// "f64[2,3]"; a scalar is "f64[]".
template <class = void>
std::string type(const aval& a) {
  std::string out(abbreviation(a.type));
  out += '[';
  for (int i = 0; i < a.shape.rank; ++i) (out += i > 0 ? "," : "") += extent(a.shape[i]);
  return out + ']';
}
/// The shortest digits that read back as the same number.
template <class = void>
std::string number(dtype d, dim bits) {
  return visit_dtype(d, [&]<class T>() -> std::string {
    if constexpr (std::is_same_v<T, bool>) return from_bits<T>(bits) ? "true" : "false";
    else {
      char digits[40];
      return {digits, std::to_chars(digits, digits + sizeof digits, from_bits<T>(bits)).ptr};
    }
  });
}
/// "mul %2 %3", "constant {1.5}", "transpose %4 {1, 0}".
template <class = void>
std::string expression(const graph& g, int n) {
  const node& d = g.at(n);
  std::string out(d.op->name);
  for (int i = 0; i < d.arg_count; ++i) (out += " %") += std::to_string(g.arg(n, i));
  bool bits = d.op->parameters == param_kind::bits;
  for (int i = 0; i < d.int_count; ++i) {
    out += i == 0 ? " {" : ", ";
    out += bits ? number(g.element(n), g.param(n, i)) : extent(g.param(n, i));
  }
  return out + (d.int_count > 0 ? "}" : "");
}
}  // namespace printing

/// Writes the program, one node a line, then the nodes it returns.
template <class = void>
std::ostream& operator<<(std::ostream& out, const graph& g) {
  for (int n = 0; n < g.size(); ++n)
    out << '%' << n << ':' << printing::type(g.type(n)) << " = " << printing::expression(g, n)
        << '\n';
  out << "return";
  for (int n : g.outputs) out << " %" << n;
  return out << '\n';
}

/// A type as `f64[3,4]`.
template <std::same_as<aval> A>
std::ostream& operator<<(std::ostream& out, const A& a) {
  return out << printing::type(a);
}

/// The program as a directed graph in the language of Graphviz, one node a line.
template <class = void>
std::string to_dot(const graph& g) {
  std::string out = "digraph program {\n";
  for (int n = 0; n < g.size(); ++n) {
    std::string id = std::to_string(n);
    out += "  n" + id + " [label=\"%" + id + " = " + printing::expression(g, n) + "\\n" +
           printing::type(g.type(n)) + "\"];";
    for (int i = 0; i < g.at(n).arg_count; ++i)
      (out += " n") += std::to_string(g.arg(n, i)) + " -> n" + id + ";";
    out += '\n';
  }
  for (std::size_t k = 0; k < g.outputs.size(); ++k) {
    std::string id = std::to_string(k);
    out += "  out" + id + " [shape=box, label=\"output " + id + "\"]; n" +
           std::to_string(g.outputs[k]) + " -> out" + id + ";\n";
  }
  return out + "}\n";
}

}  // namespace calx::inline CALX_ABI
