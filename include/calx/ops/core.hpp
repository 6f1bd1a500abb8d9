// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ops that every other op stands on: leaves, conversion, broadcasting.
#pragma once

#include <calx/base/convert.hpp>
#include <calx/ops/info.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// True if each value of `from` is one of `to`.
constexpr bool holds(dtype to, dtype from) {
  if (from == to || from == dtype::b1) return true;
  if (to == dtype::f64) return from != dtype::i64 && from != dtype::u64;
  if (from == dtype::u32) return to == dtype::i64 || to == dtype::u64;
  return from == dtype::i32 && to == dtype::i64;
}
}  // namespace detail

// The interface of an op, whatever its kind:
//   name                                    as programs print it
//   kind                                    an op_kind, from its base
//   emit(g, ...)                            the node of the op in g
//   simplify(g, aval, args, params)         optional: the id of an equal, cheaper node, or -1
//   jvp<Tracer>(g, n, tangents)             optional: the tangent of node n, or -1 if it is zero
//   transpose<Tracer>(g, n, ct, linear, out)  if it is linear in an operand
//   batch<Tracer>(g, n, args, batched, size)  node n with a batch axis in front
// What a kind adds to that is told where its base is.

/// Base of nodes without operands; what each needs at run time is known to codegen by name.
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
    dim bits = visit_dtype(type, [&]<class U>() { return to_bits(detail::convert<U>(value)); });
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
    // Of bits, as signed zeros differ: x + (-0.0) is x, x + 0.0 is not for x = -0.0.
    return to_bits(v) == to_bits(convert<T>(value));
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
  // Behind the rules: clang compiles them where it reads `info_of<alias_t>`.
  static constexpr int emit(auto& g, int x) {
    return g.append(info_of<alias_t>, g.at(x).aval, &x, 1, nullptr, 0);
  }
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

/// Another element type, by `detail::convert`; the identity if it is the same.
struct convert_t {
  static constexpr std::string_view name = "convert";
  static constexpr op_kind kind = op_kind::elementwise;
  static constexpr int emit(auto& g, int x, dtype to) {
    return g.template add<convert_t>(aval{to, g.shape(x)}, {x});
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    dtype to = g.avals[static_cast<std::size_t>(type)].type, from = g.element(args[0]);
    if (to == from) return args[0];
    if (is<constant_t>(g, args[0]))
      return visit_dtype(from, [&]<class T>() {
        return constant_t::emit(g, g.shape(args[0]), to, from_bits<T>(g.param(args[0], 0)));
      });
    if (!is<convert_t>(g, args[0])) return -1;
    // By way of a type that holds all values; integers wrap where floats stop, so not by way of
    // floats to other integers.
    int x = g.arg(args[0], 0);
    dtype first = g.element(x);
    bool same_way = is_float(first) == is_float(from) || first == dtype::b1 || is_float(to) ||
                    to == dtype::b1 || to == first;
    return detail::holds(from, first) && same_way ? emit(g, x, to) : -1;
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

using core_ops = type_list<input_t, literal_t, constant_t, extent_t, variable_t, alias_t,
                           stop_gradient_op, convert_t>;

}  // namespace calx::inline CALX_ABI
