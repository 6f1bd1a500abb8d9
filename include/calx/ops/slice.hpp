// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parts of arrays and arrays from parts: slice, pad, concatenate; and iota.
#pragma once

#include <calx/ops/structural.hpp>

namespace calx::inline CALX_ABI {

struct slice_t;
struct concatenate_t;
namespace detail {
/// Cuts the part that begins at `start` with `stride` out of x; the rule of pad needs it early.
template <class Tracer>
constexpr int emit_slice(graph_for<Tracer>& g, int x, const dims& start, const dims& stride,
                         const dims& shape);
constexpr dim_list joined_params(const dims& a, const dims& b) {
  dim_list list(a.begin(), a.end());
  list.insert(list.end(), b.begin(), b.end());
  return list;
}
constexpr dims first_half(const auto& g, int n) {
  dims d;
  for (int i = 0; i < g.shape(n).rank; ++i) d.push(g.param(n, i));
  return d;
}
constexpr dims second_half(const auto& g, int n) {
  dims d;
  for (int i = 0; i < g.shape(n).rank; ++i) d.push(g.param(n, g.shape(n).rank + i));
  return d;
}
/// What is wrong with a node whose parameters are two numbers for each axis, or null.
constexpr const char* fault_of_halves(const auto& g, int n) {
  const int rank = g.shape(n).rank;
  bool fits = g.shape(g.arg(n, 0)).rank == rank && g.at(n).int_count == 2 * rank;
  for (int i = 0; fits && i < rank; ++i) {
    dim stride = g.param(n, rank + i);
    fits = is_symbol(stride) || stride >= 1;
  }
  return fits ? nullptr : misfit;
}
}  // namespace detail

/// Puts x into zeros: `low` zeros before each axis, `stride - 1` between elements.
struct pad_t : structural<pad_t> {
  static constexpr std::string_view name = "pad";
  static constexpr zero_rule zeros = zero_rule::own;
  static constexpr index_map map(const auto& g, symbol_table&, int n, int) {
    return index_map::part(detail::first_half(g, n), detail::second_half(g, n),
                           g.shape(g.arg(n, 0)));
  }
  static constexpr const char* fault(const auto& g, int n) {
    return detail::fault_of_halves(g, n);
  }
  static constexpr int emit(auto& g, int x, const dims& low, const dims& stride,
                            const dims& shape) {
    auto params = detail::joined_params(low, stride);
    return g.template add<pad_t>(g.intern({g.element(x), shape}), &x, 1, params.data(),
                 static_cast<int>(params.size()));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    if (g.at(args[0]).aval == type) return args[0];
    return detail::is_zero(g, args[0]) ? moved_constant(g, type, args[0]) : -1;
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    dims low = detail::first_half(g, n), stride = detail::second_half(g, n);
    out[0] = detail::emit_slice<Tracer>(g, ct, low, stride, dims(g.shape(g.arg(n, 0))));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim size) {
    dims low = detail::first_half(g, n), stride = detail::second_half(g, n), shape = g.shape(n);
    low.insert(0, 0), stride.insert(0, 1), shape.insert(0, size);
    return emit(g, args[0], low, stride, shape);
  }
};

/// Every `stride`-th element from `start` on, along each axis; strides are positive.
struct slice_t : structural<slice_t> {
  static constexpr std::string_view name = "slice";
  static constexpr index_map map(const auto& g, symbol_table&, int n, int) {
    index_map m;
    const int rank = g.shape(n).rank;
    for (int i = 0; i < rank; ++i) {
      m.offset[i] = g.param(n, i);
      m.add(i, i, g.param(n, rank + i));
    }
    return m;
  }
  static constexpr const char* fault(const auto& g, int n) {
    return detail::fault_of_halves(g, n);
  }
  static constexpr int emit(auto& g, int x, const dims& start, const dims& stride,
                            const dims& shape) {
    auto params = detail::joined_params(start, stride);
    return g.template add<slice_t>(g.intern({g.element(x), shape}), &x, 1, params.data(),
                 static_cast<int>(params.size()));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim* params) {
    if (g.at(args[0]).aval == type) return args[0];
    if (int c = moved_constant(g, type, args[0]); c >= 0) return c;
    const int x = args[0];
    const box part{params, g.avals[static_cast<std::size_t>(type)].shape};
    if (is<slice_t>(g, x)) return of_slice(g, x, part);
    if (is<broadcast_in_dim_t>(g, x)) return of_broadcast(g, x, part);
    if (is<concatenate_t>(g, x)) return of_parts(g, x, part);
    // What a pad put into zeros comes out as it was.
    if (is<pad_t>(g, x) && g.at(g.arg(x, 0)).aval == type &&
        part.start() == detail::first_half(g, x) && part.stride() == detail::second_half(g, x))
      return g.arg(x, 0);
    return -1;
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool*, int* out) {
    dims start = detail::first_half(g, n), stride = detail::second_half(g, n);
    out[0] = pad_t::emit(g, ct, start, stride, dims(g.shape(g.arg(n, 0))));
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool*, dim size) {
    dims start = detail::first_half(g, n), stride = detail::second_half(g, n), shape = g.shape(n);
    start.insert(0, 0), stride.insert(0, 1), shape.insert(0, size);
    return emit(g, args[0], start, stride, shape);
  }

 private:
  /// The part that a slice's parameters name.
  struct box {
    const dim* params;
    dims shape;
    constexpr dims half(int first) const {
      dims d;
      for (int i = 0; i < shape.rank; ++i) d.push(params[first + i]);
      return d;
    }
    constexpr dims start() const { return half(0); }
    constexpr dims stride() const { return half(shape.rank); }
  };
  static constexpr int of_slice(auto& g, int x, const box& part) {
    dims start = detail::first_half(g, x), stride = detail::second_half(g, x);
    const dims first = part.start(), by = part.stride();
    for (int i = 0; i < start.rank; ++i) {
      start[i] = g.symbols.add(start[i], g.symbols.mul(first[i], stride[i]));
      stride[i] = g.symbols.mul(by[i], stride[i]);
    }
    return emit(g, g.arg(x, 0), start, stride, part.shape);
  }
  /// A part of repeated elements are the same elements, repeated less.
  static constexpr int of_broadcast(auto& g, int x, const box& part) {
    const detail::dim_list axes = detail::params_of(g, x);
    const dims first = part.start(), by = part.stride();
    dims start, stride, shape;
    for (dim axis : axes) {
      int a = static_cast<int>(axis);
      start.push(first[a]), stride.push(by[a]), shape.push(part.shape[a]);
    }
    int inner = emit(g, g.arg(x, 0), start, stride, shape);
    return broadcast_in_dim_t::emit(g, inner, part.shape, axes);
  }
  /// A part that lies in one of the joined arrays; -1 if it does not, or may not.
  static constexpr int of_parts(auto& g, int x, const box& part) {
    int axis = static_cast<int>(g.param(x, 0));
    dims start = part.start();
    const dims stride = part.stride();
    dim size = part.shape[axis], first = start[axis];
    if (is_symbol(size) || is_symbol(first) || is_symbol(stride[axis]) || size < 1) return -1;
    dim last = first + (size - 1) * stride[axis], begin = 0;
    for (int i = 0; i < g.at(x).arg_count; ++i) {
      dim n = g.shape(g.arg(x, i))[axis];
      if (is_symbol(n)) return -1;
      start[axis] = first - begin;
      if (first >= begin && last < begin + n)
        return emit(g, g.arg(x, i), start, stride, part.shape);
      begin += n;
    }
    return -1;
  }
};

template <class Tracer>
constexpr int detail::emit_slice(graph_for<Tracer>& g, int x, const dims& start, const dims& stride,
                                 const dims& shape) {
  return slice_t::emit(g, x, start, stride, shape);
}

/// Arrays one after the other along an axis.
struct concatenate_t : structural<concatenate_t> {
  static constexpr std::string_view name = "concatenate";
  static constexpr int operand_count = any_number, param_count = 1;
  static constexpr param_kind parameters = param_kind::axes;
  static constexpr index_map map(const auto& g, symbol_table& t, int n, int i) {
    const int axis = static_cast<int>(g.param(n, 0));
    dims low, spacing;
    for (int k = 0; k < g.shape(n).rank; ++k) low.push(0), spacing.push(1);
    for (int k = 0; k < i; ++k) low[axis] = t.add(low[axis], g.shape(g.arg(n, k))[axis]);
    return index_map::part(low, spacing, g.shape(g.arg(n, i)));
  }
  /// A sum of extents that only run time knows can be written in several ways: it is a parameter.
  static constexpr aval type_of(const auto& g, int n) {
    const int axis = static_cast<int>(g.param(n, 0));
    aval whole = g.type(g.arg(n, 0));
    for (int i = 1; i < g.at(n).arg_count; ++i) {
      dim more = g.shape(g.arg(n, i))[axis];
      bool known = !is_symbol(more) && !is_symbol(whole.shape[axis]);
      whole.shape[axis] = known ? whole.shape[axis] + more : first_symbol;
    }
    if (is_symbol(whole.shape[axis])) whole.shape[axis] = g.shape(n)[axis];
    return whole;
  }
  static constexpr const char* fault(const auto& g, int n) {
    const aval& first = g.type(g.arg(n, 0));
    if (!detail::are_axes(g, n, 0, 1, first.shape.rank)) return detail::misfit;
    const int axis = static_cast<int>(g.param(n, 0));
    for (int i = 1; i < g.at(n).arg_count; ++i) {
      aval part = g.type(g.arg(n, i));
      if (part.type != first.type) return "has operands of different dtypes";
      if (part.shape.rank == first.shape.rank) part.shape[axis] = first.shape[axis];
      if (!detail::same_shape(g, part.shape, first.shape)) return "has operands that do not align";
    }
    return nullptr;
  }
  static constexpr int emit(auto& g, const vec<int>& all, int axis) {
    vec<int> parts;
    for (int p : all)
      if (g.shape(p)[axis] != 0) parts.push_back(p);
    if (parts.empty()) parts.push_back(all[0]);
    if (parts.size() == 1) return parts[0];
    dims shape = g.shape(parts[0]);
    for (std::size_t i = 1; i < parts.size(); ++i)
      shape[axis] = g.symbols.add(shape[axis], g.shape(parts[i])[axis]);
    dim param = axis;
    return g.template add<concatenate_t>(g.intern({g.element(parts[0]), shape}), parts.data(),
                 static_cast<int>(parts.size()), &param, 1);
  }
  template <class Tracer>
  static constexpr void transpose(graph_for<Tracer>& g, int n, int ct, const bool* linear,
                                  int* out) {
    int axis = static_cast<int>(g.param(n, 0));
    dims start, stride;
    for (int i = 0; i < g.shape(n).rank; ++i) start.push(0), stride.push(1);
    for (int i = 0; i < g.at(n).arg_count; ++i) {
      dims shape = g.shape(g.arg(n, i));
      if (linear[i]) out[i] = slice_t::emit(g, ct, start, stride, shape);
      start[axis] = g.symbols.add(start[axis], shape[axis]);
    }
  }
  template <class Tracer>
  static constexpr int batch(graph_for<Tracer>& g, int n, const int* args, const bool* batched,
                             dim size) {
    vec<int> parts;
    for (int i = 0; i < g.at(n).arg_count; ++i)
      parts.push_back(batched[i] ? args[i] : detail::repeat(g, args[i], size));
    return emit(g, parts, static_cast<int>(g.param(n, 0)) + 1);
  }
};

/// 0, 1, 2, ... along an axis.
struct iota_t : leaf {
  static constexpr std::string_view name = "iota";
  static constexpr int param_count = 1;
  static constexpr param_kind parameters = param_kind::axes;
  static constexpr const char* fault(const auto& g, int n) {
    return detail::are_axes(g, n, 0, 1, g.shape(n).rank) ? nullptr : detail::out_of_range;
  }
  static constexpr int emit(auto& g, const aval& type, int axis) {
    return g.template add<iota_t>(type, {}, {axis});
  }
  static constexpr int simplify(auto& g, int type, const int*, const dim* axis) {
    const aval a = g.avals[static_cast<std::size_t>(type)];
    return a.shape[static_cast<int>(*axis)] == 1 ? constant_t::emit(g, a.shape, a.type, 0) : -1;
  }
};

using shape_ops = type_list<broadcast_in_dim_t, reshape_t, transpose_t, rev_t, slice_t, pad_t,
                            concatenate_t, iota_t>;

}  // namespace calx::inline CALX_ABI
