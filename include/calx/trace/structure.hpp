// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes of traced values: reshape, transpose, indexing, reductions, dot. Checks, then emits.
#pragma once

#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI {

/// One axis as a compile-time number; negatives count from the end.
template <int A>
struct axis_t {};
template <int A>
inline constexpr axis_t<A> axis{};
/// Several axes; without any: all of them.
template <int... A>
struct axes_t {};
template <int... A>
inline constexpr axes_t<A...> axes{};
/// Reductions keep the axes they reduce, with extent 1.
struct keepdims_t {};
inline constexpr keepdims_t keepdims{};

namespace detail {
using traced = tracer;

/// Fails with what say(text&) writes.
template <class Say>
constexpr void fail_with(graph& g, error_kind kind, const Say& say) {
  text t;
  say(t);
  g.fail(kind, t);
}
template <class = void>
constexpr bool broken(const tracer& x) {
  return x.program && x.program->failed != error_kind::none;
}
/// A node for x: a number that has met no program becomes a constant of `g`.
template <class = void>
constexpr tracer strong(graph& g, const tracer& x) {
  if (!x.is_weak()) return x;
  return visit_dtype(x.weak_type, [&]<class T>() {
    return tracer(&g, constant_t::emit(g, {}, x.weak_type, from_bits<T>(x.weak_bits)));
  });
}

template <class = void>
constexpr tracer broadcast_to(const tracer& x, const dims& shape) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  dims from = x.dimensions();
  auto say = [&](text& t) {
    t << "broadcast_to: shape " << from << " does not broadcast to " << shape
      << "; axes must be equal, or 1 where the type says so";
  };
  bool fits = from.rank <= shape.rank;
  if (!fits) fail_with(g, error_kind::shape, say);
  for (int i = 0; fits && i < from.rank; ++i) {
    dim to = shape[shape.rank - from.rank + i];
    fits = from[i] == 1 || g.require_equal(from[i], to, error_kind::shape, say);
  }
  if (!fits) return x;
  return {&g, broadcast_in_dim_t::emit_numpy(g, x.id, shape)};
}

/// Fills in a -1 and checks the size; the extents may be symbols.
template <class = void>
constexpr dims reshaped(graph& g, const dims& from, dims to) {
  auto& t = g.symbols;
  dim have = 1, want = 1;
  int open = -1;
  for (dim d : from) have = t.mul(have, d);
  for (int i = 0; i < to.rank; ++i)
    if (to[i] == -1) open = i;
    else want = t.mul(want, to[i]);
  const dims asked = to;
  auto say = [&](text& m) {
    m << "reshape: shape " << from << " has not as many elements as " << asked
      << "; one extent may be -1 to be filled in";
  };
  if (open < 0) g.require_equal(have, want, error_kind::shape, say);
  else if (g.require_divides(want, have, error_kind::shape, say)) to[open] = t.div(have, want);
  return to;
}
template <class = void>
constexpr tracer reshape(const tracer& x, const dims& to) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  dims shape = reshaped(g, x.dimensions(), to);
  return broken(x) ? x : tracer(&g, reshape_t::emit(g, x.id, shape));
}

template <class = void>
constexpr tracer permute(const tracer& x, dim_list order) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  bool seen[max_rank] = {}, fits = static_cast<int>(order.size()) == x.rank();
  for (dim& a : order) {
    int n = normal_axis(a, x.rank());
    fits = fits && n >= 0 && !seen[n];
    if (fits) seen[n] = true, a = n;
  }
  if (!fits) {
    g.fail(error_kind::shape, text() << "transpose: the axes must name each axis of shape "
                                     << x.dimensions() << " once");
    return x;
  }
  return {&g, transpose_t::emit(g, x.id, order)};
}
template <class = void>
constexpr tracer reversed_axes(const tracer& x) {
  dim_list order;
  for (int i = x.rank(); i-- > 0;) order.push_back(i);
  return permute(x, order);
}

/// The axes of a reduction, sorted; empty list given: all.
template <class = void>
constexpr dim_list reduced_axes(graph& g, std::string_view op, const dims& shape,
                                const dim_list& given) {
  bool goes[max_rank] = {};
  for (dim a : given) {
    int n = normal_axis(a, shape.rank);
    if (n < 0 || goes[n]) {
      g.fail(error_kind::index, text() << op << ": axis " << a << " is outside shape " << shape
                                       << ", or named twice");
      return {};
    }
    goes[n] = true;
  }
  dim_list sorted;
  for (int i = 0; i < shape.rank; ++i)
    if (goes[i] || given.empty()) sorted.push_back(i);
  return sorted;
}
template <class = void>
constexpr dims kept_shape(dims shape, const dim_list& axes) {
  for (dim a : axes) shape[static_cast<int>(a)] = 1;
  return shape;
}
/// A reduction of x, which is first converted to `type`.
template <class Op>
constexpr tracer reduce(std::string_view name, const tracer& x, calx::dtype type,
                        const dim_list& given, bool keep) {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  dims shape = x.dimensions();
  auto list = reduced_axes(g, name, shape, given);
  if (broken(x)) return x;
  int n = Op::emit(g, convert_t::emit(g, x.id, type), list);
  return {&g, keep ? reshape_t::emit(g, n, kept_shape(shape, list)) : n};
}
/// Extrema of nothing do not exist.
template <class = void>
constexpr void require_elements(std::string_view name, const tracer& x, const dim_list& given) {
  if (broken(x) || x.is_weak()) return;
  graph& g = *x.program;
  for (dim a : reduced_axes(g, name, x.dimensions(), given)) {
    dim n = x.dimensions()[static_cast<int>(a)];
    g.require_non_negative(g.symbols.add(n, -1), error_kind::shape, [&](text& t) {
      t << name << ": shape " << x.dimensions() << " is empty along axis " << a
        << "; there is no element to choose";
    });
  }
}

/// The part of x that an index selects.
template <class = void>
constexpr tracer take(const tracer& x, const selection& s) {
  graph& g = *x.program;
  int n = slice_t::emit(g, x.id, s.start, s.stride, s.box);
  if (!s.reversed.empty()) n = rev_t::emit(g, n, s.reversed);
  return {&g, reshape_t::emit(g, n, s.result)};
}
/// v, shaped as the part that an index selects, back in its place among zeros.
template <class = void>
constexpr tracer put(const tracer& v, const selection& s, const dims& shape) {
  graph& g = *v.program;
  int n = reshape_t::emit(g, v.id, s.box);
  if (!s.reversed.empty()) n = rev_t::emit(g, n, s.reversed);
  return {&g, pad_t::emit(g, n, s.start, s.stride, shape)};
}

template <class = void>
constexpr tracer concatenate(int axis, const tracer* parts, int count) {
  graph* g = nullptr;
  for (int i = 0; i < count; ++i) g = g ? g : parts[i].program;
  if (!g || g->failed != error_kind::none) return parts[0];
  calx::dtype d = parts[0].dtype();
  for (int i = 1; i < count; ++i) d = promote(d, parts[i].dtype());
  vec<int> ids;
  dims first = strong(*g, parts[0]).dimensions();
  int a = normal_axis(axis, first.rank);
  for (int i = 0; i < count; ++i) {
    tracer x = strong(*g, parts[i]);
    dims s = x.dimensions();
    auto say = [&](text& t) {
      t << "concatenate: shapes " << first << " and " << s << " must agree but along axis " << axis;
    };
    bool fits = s.rank == first.rank && a >= 0;
    if (!fits) fail_with(*g, error_kind::shape, say);
    for (int k = 0; fits && k < s.rank; ++k)
      fits = k == a || g->require_equal(s[k], first[k], error_kind::shape, say);
    if (!fits) return parts[0];
    ids.push_back(convert_t::emit(*g, x.id, d));
  }
  return {g, concatenate_t::emit(*g, ids, a)};
}

/// NumPy's dot: the last axis of a against the second-to-last of b, or its only one.
template <class = void>
constexpr tracer dot(const tracer& a, const tracer& b) {
  graph* g = program_of(a, b);
  if (!g || a.is_weak() || b.is_weak() || a.rank() == 0 || b.rank() == 0) return a * b;
  if (g->failed != error_kind::none) return a;
  int ca = a.rank() - 1, cb = b.rank() == 1 ? 0 : b.rank() - 2;
  auto say = [&](text& t) {
    t << "dot: shapes " << a.dimensions() << " and " << b.dimensions() << " do not align: axis "
      << ca << " of the first must match axis " << cb << " of the second";
  };
  if (!g->require_equal(a.dimensions()[ca], b.dimensions()[cb], error_kind::shape, say)) return a;
  calx::dtype d = promote(a.dtype(), b.dtype());
  dot_axes axes{{}, {}, {ca}, {cb}};
  return {g, dot_general_t::emit(*g, convert_t::emit(*g, a.id, d), convert_t::emit(*g, b.id, d),
                                 axes)};
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
