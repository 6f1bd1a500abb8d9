// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers and shapes of traced values: to a node, to another shape. Checks, then emits.
#pragma once

#include <calx/trace/operators.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
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

/// A constant of the dtype of x: a number in the shape of x, an array in its own.
template <class V>
constexpr tracer constant_like(const tracer& x, const V& v) {
  if constexpr (number<V>) {
    if (x.is_weak()) return is_float(x.weak_type) ? tracer(static_cast<double>(v)) : tracer(v);
    return visit_dtype(tracer(v).weak_type, [&]<class T>() {
      return tracer(x.program, constant_t::emit(*x.program, x.dimensions(), x.dtype(),
                                                static_cast<T>(v)));
    });
  } else {
    if (x.is_weak())
      raise(error_kind::generic, "like: the number belongs to no program yet, which an array "
                                 "needs; call it of a traced argument");
    graph& g = *x.program;
    const tracer t = [&] {
      if constexpr (std::is_same_v<V, tracer>) return strong(g, v);
      else return lift(g, v);
    }();
    return {&g, convert_t::emit(g, t.id, x.dtype())};
  }
}

/// True if shape `from` broadcasts to shape `to`; else `who` fails.
template <class = void>
constexpr bool require_broadcast(graph& g, std::string_view who, const dims& from,
                                 const dims& to) {
  auto say = [&](text& t) {
    t << who << ": shape " << from << " does not broadcast to " << to
      << "; axes must be equal, or 1 where the type says so";
  };
  bool fits = from.rank <= to.rank;
  if (!fits) fail_with(g, error_kind::shape, say);
  for (int i = 0; fits && i < from.rank; ++i)
    fits = from[i] == 1 ||
           g.require_equal(from[i], to[to.rank - from.rank + i], error_kind::shape, say);
  return fits;
}
template <class = void>
constexpr tracer broadcast_to(const tracer& x, const dims& shape,
                              std::string_view who = "broadcast_to") {
  if (broken(x) || x.is_weak()) return x;
  graph& g = *x.program;
  if (!require_broadcast(g, who, x.dimensions(), shape)) return x;
  return {&g, broadcast_in_dim_t::emit_numpy(g, x.id, shape)};
}

/// True if an array may be asked to have the extents `to`, of which one may be -1.
template <class = void>
constexpr bool require_extents(graph& g, const dims& from, const dims& to) {
  int open = 0;
  bool valid = true;
  for (dim d : to) {
    open += d == -1;
    valid = valid && (d >= -1 || is_symbol(d));
  }
  if (valid && open <= 1) return true;
  g.fail(error_kind::shape, text() << "reshape: shape " << from << " to " << to
                                   << "; one extent may be -1, the others are not negative");
  return false;
}
/// Fills in a -1 and checks the size; the extents may be symbols.
template <class = void>
constexpr dims reshaped(graph& g, const dims& from, dims to) {
  if (!require_extents(g, from, to)) return from;
  auto& t = g.symbols;
  const dim have = t.size_of(from);
  dim want = 1;
  int open = -1;
  for (int i = 0; i < to.rank; ++i)
    if (to[i] == -1) open = i;
    else want = t.mul(want, to[i]);
  const dims asked = to;
  auto say = [&](text& m) {
    m << "reshape: shape " << from << " has not as many elements as " << asked
      << "; one extent may be -1 to be filled in";
  };
  if (open >= 0 && want == 0)
    fail_with(g, error_kind::shape, [&](text& m) {
      m << "reshape: shape " << from << " to " << asked << ": any extent fits in the place of -1, "
        << "as another one is 0; name it";
    });
  else if (open < 0) g.require_equal(have, want, error_kind::shape, say);
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
}  // namespace detail

namespace value {
template <class V>
constexpr tracer tracer::like(const V& v) const { return detail::constant_like(*this, v); }
}  // namespace value

}  // namespace calx::inline CALX_ABI
