// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kind of ops that only move elements: linear, and their own derivative.
#pragma once

#include <calx/ops/core.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
using dim_list = vec<dim>;
constexpr bool contains(const dim_list& list, dim d) {
  for (dim x : list)
    if (x == d) return true;
  return false;
}

/// The parameters of node n, by value: adding a node moves the pool they lie in.
constexpr dim_list params_of(const auto& g, int n) {
  const node& d = g.at(n);
  auto first = g.ints.begin() + d.first_int;
  return dim_list(first, first + d.int_count);
}
/// Operands [first, first + count) of node n, by value likewise.
constexpr vec<int> operands_of(const auto& g, int n, int first, int count) {
  const int* from = g.args.begin() + g.at(n).first_arg + first;
  return vec<int>(from, from + count);
}
/// Node n with other operands of the same types.
constexpr int emit_like(auto& g, int n, const int* operands) {
  node d = g.at(n);
  dim_list params = params_of(g, n);
  return g.add(*d.op, d.aval, operands, d.arg_count, params.data(), d.int_count);
}
constexpr int zeros_like(auto& g, int n) {
  return constant_t::emit(g, g.shape(n), g.element(n), 0.0);
}
/// What is said of an op that moves elements and does not say where they go.
constexpr text without_map(const op_info& op) {
  return text() << "op " << op.name << " says no index map; give it a function `map`, or "
                   "`row_major = true` if it keeps the order of the elements";
}
template <class Tracer>
constexpr int sum_over(graph_for<Tracer>& g, int x, const dim_list& axes);  // in reduce.hpp
constexpr int permuted(auto& g, int x, const dim_list& order);  // axis i is axis order[i] of x
constexpr int moved_support(auto& g, int n, const int* masks);  // in zeros.hpp
}  // namespace detail

/// Base of ops that move elements: the tangent moves as the value does. Op supplies `transpose`,
/// `batch` and where elements go, from which everything follows that computes its result:
///
///     static constexpr index_map map(const auto& g, symbol_table& t, int n, int i);
///
/// for operand i of node n, where t computes with extents that only run time knows; or, in place of
/// that, `row_major = true`: the elements in the order in which they are. The shape of the result
/// is a parameter unless Op says `type_of`. Any element type is fine.
template <class Op>
struct structural {
  static constexpr op_kind kind = op_kind::structural;
  static constexpr zero_rule zeros = zero_rule::any;
  static constexpr int support(auto& g, int n, const int* masks) {
    return detail::moved_support(g, n, masks);
  }
  static constexpr aval type_of(const auto& g, int n) {
    return {g.element(g.arg(n, 0)), g.shape(n)};
  }
  template <class Tracer>
  static constexpr int jvp(graph_for<Tracer>& g, int n, const int* tangents) {
    vec<int> operands;
    for (int i = 0; i < g.at(n).arg_count; ++i)
      operands.push_back(tangents[i] < 0 ? detail::zeros_like(g, g.arg(n, i)) : tangents[i]);
    return detail::emit_like(g, n, operands.data());
  }

 protected:
  /// A splat constant moved is a splat constant.
  static constexpr int moved_constant(auto& g, int type, int x) {
    if (!is<constant_t>(g, x)) return -1;
    dim bits = g.param(x, 0);
    return g.template add<constant_t>(type, nullptr, 0, &bits, 1);
  }
};

/// Adds axes along which the value repeats; parameter i is where operand axis i goes.
struct broadcast_in_dim_t : structural<broadcast_in_dim_t> {
  static constexpr std::string_view name = "broadcast_in_dim";
  static constexpr param_kind parameters = param_kind::axes;
  static constexpr index_map map(const auto& g, symbol_table&, int n, int) {
    index_map m;
    for (int i = 0; i < g.at(n).int_count; ++i) m.add(i, static_cast<int>(g.param(n, i)));
    return m;
  }
  static constexpr const char* fault(const auto& g, int n) {
    const dims from = g.shape(g.arg(n, 0));
    if (g.at(n).int_count != from.rank || !detail::are_axes(g, n, 0, from.rank, g.shape(n).rank))
      return detail::misfit;
    dims there;
    for (int i = 0; i < from.rank; ++i) there.push(g.shape(n)[static_cast<int>(g.param(n, i))]);
    return detail::same_shape(g, from, there) ? nullptr : detail::misfit;
  }
  static constexpr int emit(auto& g, int x, const dims& shape, const detail::dim_list& axes) {
    return g.template add<broadcast_in_dim_t>(g.intern({g.element(x), shape}), &x, 1, axes.data(),
                 static_cast<int>(axes.size()));
  }
  /// To `shape` by NumPy's rule: missing axes in front, extents of 1 repeat.
  static constexpr int emit_numpy(auto& g, int x, const dims& shape);
  static constexpr int simplify(auto& g, int type, const int* args, const dim* axes) {
    if (g.at(args[0]).aval == type && is_sorted(axes, g.shape(args[0]).rank)) return args[0];
    if (int c = moved_constant(g, type, args[0]); c >= 0) return c;
    if (!is<broadcast_in_dim_t>(g, args[0])) return -1;
    detail::dim_list composed;
    for (dim a : detail::params_of(g, args[0])) composed.push_back(axes[a]);
    dims shape = g.avals[static_cast<std::size_t>(type)].shape;
    return emit(g, g.arg(args[0], 0), shape, composed);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    detail::dim_list kept = detail::params_of(g, n), gone, order;
    for (int a = 0; a < g.shape(n).rank; ++a)
      if (!detail::contains(kept, a)) gone.push_back(a);
    for (dim a : kept) {  // the place of each among those that are left
      dim place = 0;
      for (dim b : kept) place += b < a ? 1 : 0;
      order.push_back(place);
    }
    out[0] = detail::permuted(g, detail::sum_over<Tracer>(g, ct, gone), order);
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim size) {
    detail::dim_list axes{0};
    for (dim a : detail::params_of(g, n)) axes.push_back(a + 1);
    dims shape = g.shape(n);
    shape.insert(0, size);
    return emit(g, args[0], shape, axes);
  }
  /// Whether the operand's axes keep their order.
  static constexpr bool is_sorted(const dim* axes, int count) {
    for (int i = 1; i < count; ++i)
      if (axes[i] < axes[i - 1]) return false;
    return true;
  }
};

/// The same elements in row-major order, another shape of the same size.
struct reshape_t : structural<reshape_t> {
  static constexpr std::string_view name = "reshape";
  static constexpr int param_count = 0;
  static constexpr bool row_major = true;
  static constexpr int emit(auto& g, int x, const dims& shape) {
    return g.template add<reshape_t>({g.element(x), shape}, {x});
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (g.at(args[0]).aval == type) return args[0];
    if (int c = moved_constant(g, type, args[0]); c >= 0) return c;
    if (!is<reshape_t>(g, args[0]) && !adds_ones(g, args[0])) return -1;
    return emit(g, g.arg(args[0], 0), dims(g.avals[static_cast<std::size_t>(type)].shape));
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    out[0] = emit(g, ct, dims(g.shape(g.arg(n, 0))));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim size) {
    dims shape = g.shape(n);
    shape.insert(0, size);
    return emit(g, args[0], shape);
  }

 private:
  /// Whether n is a broadcast that repeats nothing, and so another reshape.
  static constexpr bool adds_ones(const auto& g, int n) {
    if (!is<broadcast_in_dim_t>(g, n)) return false;
    const detail::dim_list axes = detail::params_of(g, n);
    for (int a = 0; a < g.shape(n).rank; ++a)
      if (g.shape(n)[a] != 1 && !detail::contains(axes, a)) return false;
    return broadcast_in_dim_t::is_sorted(axes.data(), static_cast<int>(axes.size()));
  }
};

constexpr int broadcast_in_dim_t::emit_numpy(auto& g, int x, const dims& shape) {
  dims from = g.shape(x), squeezed;
  detail::dim_list axes;
  for (int i = 0; i < from.rank; ++i) {
    dim to = shape[shape.rank - from.rank + i];
    if (from[i] == 1 && to != 1) continue;
    squeezed.push(to);
    axes.push_back(shape.rank - from.rank + i);
  }
  if (squeezed.rank != from.rank) x = reshape_t::emit(g, x, squeezed);
  return emit(g, x, shape, axes);
}

namespace detail {
/// x with a batch axis in front, along which it repeats.
constexpr int repeat(auto& g, int x, dim size) {
  dims shape = g.shape(x);
  dim_list axes;
  for (int i = 0; i < shape.rank; ++i) axes.push_back(i + 1);
  shape.insert(0, size);
  return broadcast_in_dim_t::emit(g, x, shape, axes);
}
}  // namespace detail

/// Axes in another order: axis i of the result is axis `order[i]` of the operand.
struct transpose_t : structural<transpose_t> {
  static constexpr std::string_view name = "transpose";
  static constexpr param_kind parameters = param_kind::axes;
  static constexpr index_map map(const auto& g, symbol_table&, int n, int) {
    index_map m;
    for (int i = 0; i < g.at(n).int_count; ++i) m.add(static_cast<int>(g.param(n, i)), i);
    return m;
  }
  static constexpr aval type_of(const auto& g, int n) {
    const aval& from = g.type(g.arg(n, 0));
    aval to{from.type, {}};
    for (int i = 0; i < from.shape.rank; ++i)
      to.shape.push(from.shape[static_cast<int>(g.param(n, i))]);
    return to;
  }
  static constexpr const char* fault(const auto& g, int n) {
    const int rank = g.shape(g.arg(n, 0)).rank;
    bool fits = g.at(n).int_count == rank && detail::are_axes(g, n, 0, rank, rank);
    return fits ? nullptr : detail::misfit;
  }
  static constexpr int emit(auto& g, int x, const detail::dim_list& order) {
    dims shape;
    for (dim a : order) shape.push(g.shape(x)[static_cast<int>(a)]);
    return g.template add<transpose_t>(g.intern({g.element(x), shape}), &x, 1, order.data(),
                 static_cast<int>(order.size()));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim* order) {
    if (int c = moved_constant(g, type, args[0]); c >= 0) return c;
    int rank = g.shape(args[0]).rank;
    bool identity = true;
    for (int i = 0; i < rank; ++i) identity = identity && order[i] == i;
    if (identity) return args[0];
    const detail::dim_list inner = detail::params_of(g, args[0]);
    detail::dim_list composed(inner.size(), 0);
    if (is<transpose_t>(g, args[0])) {
      for (int i = 0; i < rank; ++i)
        composed[static_cast<std::size_t>(i)] = inner[static_cast<std::size_t>(order[i])];
      return emit(g, g.arg(args[0], 0), composed);
    }
    if (!is<broadcast_in_dim_t>(g, args[0])) return -1;
    for (std::size_t k = 0; k < inner.size(); ++k)
      for (int i = 0; i < rank; ++i)
        if (order[i] == inner[k]) composed[k] = i;
    dims shape = g.avals[static_cast<std::size_t>(type)].shape;
    return broadcast_in_dim_t::emit(g, g.arg(args[0], 0), shape, composed);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    detail::dim_list inverse(static_cast<std::size_t>(g.shape(n).rank), 0);
    for (int i = 0; i < g.shape(n).rank; ++i)
      inverse[static_cast<std::size_t>(g.param(n, i))] = i;
    out[0] = emit(g, ct, inverse);
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim) {
    detail::dim_list order{0};
    for (dim a : detail::params_of(g, n)) order.push_back(a + 1);
    return emit(g, args[0], order);
  }
};

namespace detail {
constexpr int permuted(auto& g, int x, const dim_list& order) {
  return transpose_t::emit(g, x, order);
}
/// x with one axis moved to the front.
constexpr int to_front(auto& g, int x, int axis) {
  dim_list order{axis};
  for (int i = 0; i < g.shape(x).rank; ++i)
    if (i != axis) order.push_back(i);
  return transpose_t::emit(g, x, order);
}
/// x with its first axis moved to `axis`.
constexpr int from_front(auto& g, int x, int axis) {
  dim_list order;
  for (int i = 1; i < g.shape(x).rank; ++i) order.push_back(i);
  order.insert(order.begin() + axis, 0);
  return transpose_t::emit(g, x, order);
}
}  // namespace detail

/// Reverses the order along some axes.
struct rev_t : structural<rev_t> {
  static constexpr std::string_view name = "rev";
  static constexpr param_kind parameters = param_kind::axes;
  static constexpr index_map map(const auto& g, symbol_table& t, int n, int) {
    index_map m;
    const dims& shape = g.shape(n);
    dim stride[max_rank];
    for (dim& s : stride) s = 1;
    for (int i = 0; i < g.at(n).int_count; ++i) {
      dim a = g.param(n, i);
      m.offset[a] = t.add(shape.extent[a], -1), stride[a] = -1;
    }
    for (int i = 0; i < shape.rank; ++i) m.add(i, i, stride[i]);
    return m;
  }
  static constexpr aval type_of(const auto& g, int n) { return g.type(g.arg(n, 0)); }
  static constexpr const char* fault(const auto& g, int n) {
    return detail::are_axes(g, n, 0, g.at(n).int_count, g.shape(n).rank) ? nullptr
                                                                          : detail::misfit;
  }
  static constexpr int emit(auto& g, int x, const detail::dim_list& axes) {
    // Elements that are alone or equal have no order, and twice reversed is as it was. Done here,
    // as `simplify` does not know the number of the axes.
    const bool again = is<rev_t>(g, x), repeats = is<broadcast_in_dim_t>(g, x);
    detail::dim_list inner, rest;
    if (again || repeats) inner = detail::params_of(g, x);
    for (dim a = 0; a < g.shape(x).rank; ++a) {
      bool here = detail::contains(axes, a), there = detail::contains(inner, a);
      bool ordered = g.shape(x)[static_cast<int>(a)] != 1 && (!repeats || there);
      if (ordered && here != (again && there)) rest.push_back(a);
    }
    if (again) x = g.arg(x, 0);
    if (rest.empty()) return x;
    return g.template add<rev_t>(g.at(x).aval, &x, 1, rest.data(), static_cast<int>(rest.size()));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return moved_constant(g, type, args[0]);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    out[0] = emit(g, ct, detail::params_of(g, n));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim) {
    detail::dim_list axes;
    for (dim a : detail::params_of(g, n)) axes.push_back(a + 1);
    return emit(g, args[0], axes);
  }
};

}  // namespace calx::inline CALX_ABI
