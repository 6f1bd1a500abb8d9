// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ops that every other op stands on: leaves, conversion, broadcasting.
#pragma once

#include <calx/ops/info.hpp>

namespace calx::inline CALX_ABI {

/// Base of nodes without operands.
struct leaf {
  static constexpr op_kind kind = op_kind::leaf;
};

/// An argument of the program.
struct input_t : leaf {
  static constexpr std::string_view name = "input";
  static constexpr int emit(auto& g, const aval& type) {
    dim index = static_cast<dim>(g.inputs.size());
    int n = g.append(info_of<input_t>, g.intern(type), nullptr, 0, &index, 1);
    g.inputs.push_back(n);
    return n;
  }
};

/// A run-time array that the traced function captured.
struct literal_t : leaf {
  static constexpr std::string_view name = "literal";
  static int emit(auto& g, const aval& type, literal value) {
    dim index = static_cast<dim>(g.literals.size());
    g.literals.push_back(std::move(value));
    return g.append(info_of<literal_t>, g.intern(type), nullptr, 0, &index, 1);
  }
};

/// One number, in every element of its shape.
struct constant_t : leaf {
  static constexpr std::string_view name = "constant";
  template <element T>
  static constexpr int emit(auto& g, const dims& shape, dtype type, T value) {
    dim bits = visit_dtype(type, [&]<class U>() { return to_bits(static_cast<U>(value)); });
    return g.template add<constant_t>(aval{type, shape}, {}, {bits});
  }
};

/// An extent as an int64 scalar: a constant, or what run time knows of a symbol.
struct extent_t : leaf {
  static constexpr std::string_view name = "extent";
  static constexpr int emit(auto& g, dim d) {
    if (!is_symbol(d)) return constant_t::emit(g, {}, dtype::i64, d);
    return g.template add<extent_t>(aval{dtype::i64, {}}, {}, {d});
  }
};

namespace detail {
/// True if node n is a constant equal to `value`.
constexpr bool has_value(const auto& g, int n, double value) {
  if (!is<constant_t>(g, n)) return false;
  return visit_dtype(g.element(n), [&]<class T>() {
    T v = from_bits<T>(g.param(n, 0));
    // Signed zeros differ: x + (-0.0) is x, x + 0.0 is not for x = -0.0.
    return v == static_cast<T>(value) && to_bits(v) == to_bits(static_cast<T>(value));
  });
}
constexpr bool is_zero(const auto& g, int n) {
  return is<constant_t>(g, n) && (has_value(g, n, 0.0) || has_value(g, n, -0.0));
}
}  // namespace detail

/// A variable that a pass will replace: a tangent still open, an element of a batch.
struct variable_t : leaf {
  static constexpr std::string_view name = "variable";
  static constexpr int emit(auto& g, const aval& type) {
    return g.append(info_of<variable_t>, g.intern(type), nullptr, 0, nullptr, 0);
  }
};

/// A fresh name for a value: the variable of an inner transform. Its own derivative is 1.
struct alias_t {
  static constexpr std::string_view name = "alias";
  static constexpr op_kind kind = op_kind::elementwise;
  static constexpr int emit(auto& g, int x) {
    return g.append(info_of<alias_t>, g.at(x).aval, &x, 1, nullptr, 0);
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>&, int, const int* tangents) { return tangents[0]; }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>&, int, int ct, const bool*,
                                  int* out) { out[0] = ct; }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>&, int, const int* args, const bool*,
                             dim) { return args[0]; }
  template <class T>
  CALX_HD static constexpr T eval(T x) { return x; }
};

/// The same value, cut off from differentiation.
struct stop_gradient_op {
  static constexpr std::string_view name = "stop_gradient";
  static constexpr op_kind kind = op_kind::elementwise;
  static constexpr int emit(auto& g, int x) {
    return g.template add<stop_gradient_op>(g.type(x), {x});
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int, const int* args, const bool*, dim) {
    return emit(g, args[0]);
  }
  template <class T>
  CALX_HD static constexpr T eval(T x) { return x; }
};

/// Another element type; the identity if it is the same.
struct convert_t {
  static constexpr std::string_view name = "convert";
  static constexpr op_kind kind = op_kind::elementwise;
  static constexpr int emit(auto& g, int x, dtype to) {
    if (g.element(x) == to) return x;
    if (is<constant_t>(g, x))
      return visit_dtype(g.element(x), [&]<class T>() {
        return constant_t::emit(g, g.shape(x), to, from_bits<T>(g.param(x, 0)));
      });
    return g.template add<convert_t>(aval{to, g.shape(x)}, {x});
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    return emit(g, tangents[0], g.element(n));
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    out[0] = emit(g, ct, g.element(g.arg(n, 0)));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim) {
    return emit(g, args[0], g.element(n));
  }
};

using core_ops = type_list<input_t, literal_t, constant_t, extent_t, variable_t, alias_t, stop_gradient_op, convert_t>;

}  // namespace calx::inline CALX_ABI
