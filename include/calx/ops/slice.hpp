// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parts of arrays and arrays from parts: slice, pad, concatenate; and iota.
#pragma once

#include <calx/ops/structural.hpp>

namespace calx::inline CALX_ABI {

struct slice_t;
struct pad_t;
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
}  // namespace detail

/// Puts x into zeros: `low` zeros before each axis, `stride - 1` between elements.
struct pad_t : structural<pad_t> {
  static constexpr std::string_view name = "pad";
  static constexpr int emit(auto& g, int x, const dims& low, const dims& stride,
                            const dims& shape) {
    if (g.shape(x) == shape) return x;
    auto params = detail::joined_params(low, stride);
    return g.template add<pad_t>(g.intern({g.element(x), shape}), &x, 1, params.data(),
                 static_cast<int>(params.size()));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
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
  static constexpr int emit(auto& g, int x, const dims& start, const dims& stride,
                            const dims& shape) {
    if (g.shape(x) == shape) return x;
    auto params = detail::joined_params(start, stride);
    return g.template add<slice_t>(g.intern({g.element(x), shape}), &x, 1, params.data(),
                 static_cast<int>(params.size()));
  }
  static constexpr int simplify(auto& g, int type, const int* args, const dim*) {
    return moved_constant(g, type, args[0]);
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
};

template <class Tracer>
constexpr int detail::emit_slice(graph_for<Tracer>& g, int x, const dims& start, const dims& stride,
                                 const dims& shape) {
  return slice_t::emit(g, x, start, stride, shape);
}

/// Arrays one after the other along an axis.
struct concatenate_t : structural<concatenate_t> {
  static constexpr std::string_view name = "concatenate";
  static constexpr int emit(auto& g, const std::vector<int>& parts, int axis) {
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
    std::vector<int> parts;
    for (int i = 0; i < g.at(n).arg_count; ++i)
      parts.push_back(batched[i] ? args[i] : detail::repeat(g, args[i], size));
    return emit(g, parts, static_cast<int>(g.param(n, 0)) + 1);
  }
};

/// 0, 1, 2, ... along an axis.
struct iota_t : leaf {
  static constexpr std::string_view name = "iota";
  static constexpr int emit(auto& g, const aval& type, int axis) {
    return g.template add<iota_t>(type, {}, {axis});
  }
};

using shape_ops = type_list<broadcast_in_dim_t, reshape_t, transpose_t, rev_t, slice_t, pad_t,
                            concatenate_t, iota_t>;

}  // namespace calx::inline CALX_ABI
