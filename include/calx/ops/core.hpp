// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ops that every other op stands on: leaves, conversion, broadcasting.
#pragma once

#include <calx/base/convert.hpp>
#include <calx/ops/info.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// True if each value of `from` is one of `to`.
constexpr bool is_exact(dtype to, dtype from) {
  if (from == to || from == dtype::b1) return true;
  if (to == dtype::f64) return from != dtype::i64 && from != dtype::u64;
  if (from == dtype::u32) return to == dtype::i64 || to == dtype::u64;
  return from == dtype::i32 && to == dtype::i64;
}
/// True if two shapes are equal by what is known, or was assumed, of their extents.
constexpr bool same_shape(const auto& g, const dims& a, const dims& b) {
  if (a.rank != b.rank) return false;
  for (int i = 0; i < a.rank; ++i)
    if (a[i] != b[i] && g.symbols.canonical(a[i]) != g.symbols.canonical(b[i])) return false;
  return true;
}
/// True if parameters [first, first + count) of node n are different axes of a rank.
constexpr bool are_axes(const auto& g, int n, int first, int count, int rank) {
  bool seen[max_rank] = {};
  for (int i = first; i < first + count; ++i) {
    dim a = g.param(n, i);
    if (a < 0 || a >= rank || seen[a]) return false;
    seen[a] = true;
  }
  return true;
}
/// The end of a sentence about a node, in the words that most ops need.
inline constexpr const char* misfit =
    "has a shape or parameters that do not fit its operand";
}  // namespace detail

// The interface of an op, whatever its kind:
//   name                                    as programs print it
//   kind                                    an op_kind, from its base
//   emit(g, ...)                            the node of the op in g
//   type_of(g, n)                           the type of node n by its operands and parameters; its
//                                           own where the shape is a parameter
//   fault(g, n)                             optional: what is wrong with those, or null
//   operand_count, param_count              optional: how many; `any_number` is allowed
//   parameters                              what those are, if not extents: a param_kind
//   is_renaming, is_late, is_unique,
//   has_bodies, is_result                   optional: see op_info
//   simplify(g, aval, args, params)         optional: the id of an equal, cheaper node, or -1
//   jvp<Tracer>(g, n, tangents)             optional: the tangent of node n, or -1 if it is zero
//   transpose<Tracer>(g, n, ct, linear, out)  if it is linear in an operand
//   batch<Tracer>(g, n, args, batched, size)  node n with a batch axis in front
// What a kind adds to that is told where its base is.

/// Base of nodes without operands; what each needs at run time is known to codegen by name.
struct leaf {
  static constexpr op_kind kind = op_kind::leaf;
  static constexpr aval type_of(const auto& g, int n) { return g.type(n); }
};
namespace detail {
inline constexpr const char* out_of_range = "has a number that is out of range";
}

/// An argument of the program.
struct input_t : leaf {
  static constexpr std::string_view name = "input";
  static constexpr bool is_unique = true;
  static constexpr int param_count = 1;
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr const char* fault(const auto& g, int n) {
    dim k = g.param(n, 0);
    bool known = k >= 0 && k < static_cast<dim>(g.inputs.size()) && g.inputs.items[k] == n;
    return known ? nullptr : detail::out_of_range;
  }
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
  static constexpr int param_count = 1;
  static constexpr param_kind parameters = param_kind::numbers;
  static constexpr const char* fault(const auto& g, int n) {
    bool known = g.param(n, 0) >= 0 && g.param(n, 0) < static_cast<dim>(g.literals.size());
    return known ? nullptr : detail::out_of_range;
  }
  static int emit(auto& g, const aval& type, literal value) {
    dim index = static_cast<dim>(g.literals.size());
    g.literals.push_back(std::move(value));
    return g.append(info_of<literal_t>, g.intern(type), nullptr, 0, &index, 1);
  }
};

/// One number, in every element of its shape.
struct constant_t : leaf {
  static constexpr std::string_view name = "constant";
  static constexpr int param_count = 1;
  static constexpr param_kind parameters = param_kind::bits;
  static constexpr zero_rule zeros = zero_rule::own;
  static constexpr int support(auto& g, int n, const int*);
  template <element T>
  static constexpr int emit(auto& g, const dims& shape, dtype type, T value) {
    return g.template add<constant_t>(aval{type, shape}, {}, {bits_as(type, value)});
  }
  /// The bits of a number as an element of another dtype.
  template <element T>
  static constexpr dim bits_as(dtype type, T value) {
    return visit_dtype(type, [&]<class U>() { return to_bits(detail::convert<U>(value)); });
  }
};

/// Elements that are known where a program is made, in row-major order: the bits of each are a
/// parameter, so that tables can leave the constant evaluator and equal ones are one.
struct table_t : leaf {
  static constexpr std::string_view name = "table";
  static constexpr param_kind parameters = param_kind::bits;
  static constexpr const char* fault(const auto& g, int n) {
    const dims& shape = g.shape(n);
    const bool fits = shape.is_static() && shape.size() == g.at(n).int_count;
    return fits ? nullptr : detail::misfit;
  }
  /// The node for elements with these bits: a constant if all are alike.
  static constexpr int emit(auto& g, const aval& type, const vec<dim>& bits) {
    const dim first = bits.empty() ? 0 : bits.items[0];
    bool alike = true;
    for (std::size_t i = 1; alike && i < bits.size(); ++i) alike = bits.items[i] == first;
    if (alike) return g.template add<constant_t>(type, {}, {first});
    return g.template add<table_t>(g.intern(type), nullptr, 0, bits.data(),
                                   static_cast<int>(bits.size()));
  }
  /// Table n with its elements converted.
  static constexpr int converted(auto& g, int n, dtype to) {
    vec<dim> bits;
    const int count = g.at(n).int_count;
    bits.reserve(static_cast<std::size_t>(count));
    visit_dtype(g.element(n), [&]<class T>() {
      for (int i = 0; i < count; ++i)
        bits.push_back(constant_t::bits_as(to, from_bits<T>(g.param(n, i))));
    });
    return emit(g, {to, g.shape(n)}, bits);
  }
};

/// An extent as an int64 scalar: a constant, or what run time knows of a symbol.
struct extent_t : leaf {
  static constexpr std::string_view name = "extent";
  static constexpr int param_count = 1;
  static constexpr aval type_of(const auto&, int) { return {dtype::i64, {}}; }
  static constexpr int emit(auto& g, dim d) {
    if (!is_symbol(d)) return constant_t::emit(g, {}, dtype::i64, d);
    return g.template add<extent_t>(aval{dtype::i64, {}}, {}, {d});
  }
};

namespace detail {
/// True if node n is a constant equal to `value`.
constexpr bool has_value(const auto& g, int n, double value) {
  const auto& d = g.nodes.items[n];
  if (d.op->key != op_key<constant_t>) return false;
  const dtype type = g.avals.items[d.aval].type;
  if (type == dtype::f64) return g.ints.items[d.first_int] == to_bits(value);
  return visit_dtype(type, [&]<class T>() {
    T v = from_bits<T>(g.param(n, 0));
    // Of bits, as signed zeros differ: x + (-0.0) is x, x + 0.0 is not for x = -0.0.
    return to_bits(v) == to_bits(convert<T>(value));
  });
}
constexpr bool is_zero(const auto& g, int n) {
  return is<constant_t>(g, n) && (has_value(g, n, 0.0) || has_value(g, n, -0.0));
}
}  // namespace detail

constexpr int constant_t::support(auto& g, int n, const int*) {
  return detail::is_zero(g, n) ? emit(g, dims(g.shape(n)), dtype::b1, false) : -1;
}

/// A variable that a pass will replace: a tangent still open, an element of a batch.
struct variable_t : leaf {
  static constexpr std::string_view name = "variable";
  static constexpr bool is_unique = true;
  static constexpr int param_count = 0;
  static constexpr int emit(auto& g, const aval& type) {
    return g.append(info_of<variable_t>, g.intern(type), nullptr, 0, nullptr, 0);
  }
};

namespace detail {
/// Base of ops that are their operand under another name.
struct renaming {
  static constexpr op_kind kind = op_kind::elementwise;
  static constexpr bool is_renaming = true;
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto&, int, const int* masks) { return masks[0]; }
  static constexpr aval type_of(const auto& g, int n) { return g.type(g.arg(n, 0)); }
};
/// Base of those whose derivative is 1.
struct transparent : renaming {
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>&, int, const int* tangents) { return tangents[0]; }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>&, int, int ct, const bool*,
                                  int* out) { out[0] = ct; }
};
}  // namespace detail

/// A fresh name for a value: the variable of an inner transform. Its own derivative is 1.
struct alias_t : detail::transparent {
  static constexpr std::string_view name = "alias";
  static constexpr bool is_unique = true;
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
struct stop_gradient_op : detail::renaming {
  static constexpr std::string_view name = "stop_gradient";
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

/// A tangent or cotangent as it was given: where it is 0, nothing moves.
struct given_t : detail::transparent {
  static constexpr std::string_view name = "given";
  static constexpr zero_rule zeros = zero_rule::given;
  static constexpr int support(auto& g, int n, const int*);  // in select.hpp
  static constexpr int emit(auto& g, int x) {
    return is<constant_t>(g, x) ? x : g.template add<given_t>(aval(g.type(x)), {x});
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
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto&, int, const int* masks) { return masks[0]; }
  static constexpr aval type_of(const auto& g, int n) {
    return {g.element(n), g.shape(g.arg(n, 0))};
  }
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
    if (is<table_t>(g, args[0])) return table_t::converted(g, args[0], to);
    if (!is<convert_t>(g, args[0])) return -1;
    // By way of a type that holds all values; integers wrap where floats stop, so not by way of
    // floats to other integers.
    int x = g.arg(args[0], 0);
    dtype first = g.element(x);
    bool same_way = is_float(first) == is_float(from) || first == dtype::b1 || is_float(to) ||
                    to == dtype::b1 || to == first;
    return detail::is_exact(from, first) && same_way ? emit(g, x, to) : -1;
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

using core_ops = type_list<input_t, literal_t, constant_t, table_t, extent_t, variable_t, alias_t,
                           stop_gradient_op, given_t, convert_t>;

}  // namespace calx::inline CALX_ABI
