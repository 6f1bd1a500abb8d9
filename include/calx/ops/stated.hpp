// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values whose derivatives the user states: custom_jvp, custom_vjp, checkpoint.
#pragma once

#include <calx/graph/substitute.hpp>
#include <calx/ops/reduce.hpp>

namespace calx::inline CALX_ABI {

// The rule of the user is traced once, where the function is called: at `open` nodes, which stand
// for the arguments, for their tangents or for cotangents of the results. A node of a stated op is
// the value, and holds the rule's outputs as further operands; its derivative is those again, with
// what is known by then in the place of the open nodes. An open node is batched like what it stands
// for, and with it the rule. The function is traced at open nodes as well, so that it is not
// differentiated itself.

/// Stands for its operand, or for a tangent or cotangent of it, in the rule of a stated op.
struct open_t : detail::renaming {
  static constexpr std::string_view name = "open";
  static constexpr op_kind kind = op_kind::structural;
  static constexpr bool is_unique = true, row_major = true;
  static constexpr int emit(auto& g, int x) {
    return g.append(info_of<open_t>, g.at(x).aval, &x, 1, nullptr, 0);
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int, const int* args, const bool*, dim) {
    return emit(g, args[0]);
  }
};

/// The same value, computed again where derivatives need it; see `checkpoint`.
struct again_t : detail::transparent {
  static constexpr std::string_view name = "again";
  static constexpr op_kind kind = op_kind::structural;
  static constexpr bool is_renaming = false, is_late = true, row_major = true;
  static constexpr int emit(auto& g, int x) {
    return g.template add<again_t>(g.type(x), {x});
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int, const int* args, const bool*, dim) {
    return emit(g, args[0]);
  }
};

namespace detail {
/// Base of ops whose derivative is stated: the first operand, by another rule.
struct stated : renaming {
  static constexpr op_kind kind = op_kind::structural;
  static constexpr int operand_count = any_number;
  static constexpr zero_rule zeros = zero_rule::none;
  static constexpr bool row_major = true;  // of the first operand
  static constexpr param_kind parameters = param_kind::numbers;
};
/// Fails if what a function with a stated derivative captured is differentiated, too.
constexpr void refuse_captured(auto& g, std::string_view who, bool moves) {
  if (moves)
    g.fail(error_kind::generic, text() << who << ": the function captures a traced value that is "
                                       << "differentiated; pass it as an argument");
}
}  // namespace detail

/// A result of a function with a stated tangent. Operands: the value, its tangent, then the m
/// arguments, the open nodes for them, and those for their tangents. Parameters: m, and whether the
/// tangent leaves out what is captured, which then adds to it.
struct custom_jvp_op : detail::stated {
  static constexpr std::string_view name = "custom_jvp";
  static constexpr int param_count = 2;
  static constexpr int emit(auto& g, const vec<int>& operands, dim m, dim adds_captured) {
    const dim params[] = {m, adds_captured};
    return g.template add<custom_jvp_op>(g.at(operands[0]).aval, operands.data(),
                                         static_cast<int>(operands.size()), params, 2);
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const int m = static_cast<int>(g.param(n, 0));
    const bool adds = g.param(n, 1) != 0;
    if (!adds) detail::refuse_captured(g, name, tangents[0] >= 0 || tangents[1] >= 0);
    vec<int> to = detail::operands_of(g, n, 2, m);
    bool moves = false;
    for (int i = 0; i < m; ++i) moves = moves || tangents[2 + i] >= 0;
    if (!moves) return tangents[0];
    for (int i = 0; i < m; ++i)
      to.push_back(tangents[2 + i] >= 0 ? tangents[2 + i] : detail::zeros_like(g, to[at(i)]));
    const int t = detail::substituted(g, detail::operands_of(g, n, 2 + m, 2 * m), to,
                                      {g.arg(n, 1)})[0];
    return tangents[0] < 0 ? t : (Tracer{&g, t} + Tracer{&g, tangents[0]}).id;
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim size) {
    vec<int> operands(args, args + g.at(n).arg_count);
    if (batched[1] && !batched[0]) operands[0] = detail::repeat(g, operands[0], size);
    if (batched[0] && !batched[1]) operands[1] = detail::repeat(g, operands[1], size);
    const int y = emit(g, operands, g.param(n, 0), g.param(n, 1));
    return batched[0] || batched[1] ? y : detail::repeat(g, y, size);
  }

 private:
  static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }
};

/// The tangent of all results of a function with stated cotangents, from the tangents of its
/// arguments: it can be transposed only. Operands: m cotangents of arguments, the m arguments, the
/// open nodes for them, the open nodes for the p results' cotangents, and m tangents. Parameters:
/// m, p. With one result it has its type; else it is a vector of all elements of the results.
struct custom_pullback_op : detail::stated {
  static constexpr std::string_view name = "custom_pullback";
  static constexpr bool is_renaming = false, row_major = false;
  static constexpr int param_count = 2;
  static constexpr aval type_of(const auto& g, int n) { return g.type(n); }
  /// A finished program has none of them.
  static constexpr int simplify(auto& g, int, const int* args, const dim*) {
    if (!g.values_only) return -1;
    refuse(g);
    return args[0];
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    const int m = static_cast<int>(g.param(n, 0)), p = static_cast<int>(g.param(n, 1));
    vec<int> to = detail::operands_of(g, n, m, m);
    const vec<int> open_results = detail::operands_of(g, n, 3 * m, p);
    to.append(results_of<Tracer>(g, ct, open_results));
    const vec<int> cotangents = detail::substituted(
        g, detail::operands_of(g, n, 2 * m, m + p), to, detail::operands_of(g, n, 0, m));
    for (int i = 0; i < m; ++i)
      if (linear[3 * m + p + i]) out[3 * m + p + i] = cotangents[static_cast<std::size_t>(i)];
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int*, const bool*, dim) {
    refuse(g);
    return n;
  }

  /// The parts of x that belong to results like nodes `like`: floats, or zeros of other types.
  template <class Tracer>
  static constexpr vec<int> results_of(graph_for<Tracer>& g, int x, const vec<int>& like) {
    vec<int> out;
    dim begin = 0;
    for (int y : like) {
      if (!is_float(g.element(y))) out.push_back(detail::zeros_like(g, y));
      else if (like.size() == 1) out.push_back(x);
      else out.push_back(part(g, x, begin, y));
    }
    return out;
  }

 private:
  static constexpr void refuse(auto& g) {
    g.fail(error_kind::generic,
           text("custom_vjp: the rule is for reverse mode, and this is forward mode: use "
                "custom_jvp, or grad, vjp and jacrev"));
  }
  static constexpr int part(auto& g, int x, dim& begin, int y) {
    const aval type = g.type(y);
    const dim size = g.symbols.size_of(type.shape);
    const int flat = slice_t::emit(g, x, {begin}, {1}, {size});
    begin = g.symbols.add(begin, size);
    return convert_t::emit(g, reshape_t::emit(g, flat, type.shape), type.type);
  }
};

/// Result k of a function with stated cotangents. Operands: the value, m cotangents of arguments,
/// the m arguments, the open nodes for them, and those for the cotangents of the p results.
/// Parameters: m, p, k.
struct custom_vjp_op : detail::stated {
  static constexpr std::string_view name = "custom_vjp";
  static constexpr int param_count = 3;
  static constexpr int emit(auto& g, const vec<int>& operands, dim m, dim p, dim k) {
    const dim params[] = {m, p, k};
    return g.template add<custom_vjp_op>(g.at(operands[0]).aval, operands.data(),
                                         static_cast<int>(operands.size()), params, 3);
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    const int m = static_cast<int>(g.param(n, 0)), p = static_cast<int>(g.param(n, 1));
    bool captured = false, moves = false;
    for (int i = 0; i <= m; ++i) captured = captured || tangents[i] >= 0;
    detail::refuse_captured(g, name, captured);
    vec<int> operands = detail::operands_of(g, n, 1, 3 * m + p);
    for (int i = 0; i < m; ++i) {
      const int t = tangents[1 + m + i];
      moves = moves || t >= 0;
      operands.push_back(t >= 0 ? t : detail::zeros_like(g, g.arg(n, 1 + m + i)));
    }
    if (!moves) return -1;
    const vec<int> results = detail::operands_of(g, n, 1 + 3 * m, p);
    const dim params[] = {m, p};
    const int all = g.template add<custom_pullback_op>(
        g.intern(type_of_all(g, results)), operands.data(), static_cast<int>(operands.size()),
        params, 2);
    return custom_pullback_op::results_of<Tracer>(g, all,
                                                  results)[static_cast<std::size_t>(g.param(n, 2))];
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim size) {
    const int m = static_cast<int>(g.param(n, 0));
    vec<int> operands(args, args + g.at(n).arg_count);
    // A cotangent has the type of its argument: examples that share one add up.
    for (int i = 1; i <= m; ++i) {
      int& ct = operands[static_cast<std::size_t>(i)];
      if (batched[i] && !batched[m + i]) ct = detail::sum_over<Tracer>(g, ct, {0});
      if (!batched[i] && batched[m + i]) ct = detail::repeat(g, ct, size);
    }
    const int y = emit(g, operands, g.param(n, 0), g.param(n, 1), g.param(n, 2));
    return batched[0] ? y : detail::repeat(g, y, size);
  }

 private:
  /// The type of the tangent of all results.
  static constexpr aval type_of_all(auto& g, const vec<int>& results) {
    if (results.size() == 1) return g.type(results[0]);
    aval all{dtype::f32, {}};
    dim size = 0;
    for (int y : results) {
      if (!is_float(g.element(y))) continue;
      all.type = promote(all.type, g.element(y));
      size = g.symbols.add(size, g.symbols.size_of(g.shape(y)));
    }
    all.shape.push(size);
    return all;
  }
};

using stated_ops =
    type_list<open_t, again_t, custom_jvp_op, custom_pullback_op, custom_vjp_op>;

}  // namespace calx::inline CALX_ABI
