// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Python's indexing of traced values: parts, and copies with a part replaced.
#pragma once

#include <iterator>

#include <calx/numpy/function.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
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

/// A part of a tracer that is replaced in a new one.
template <class... E>
struct traced_update : value::part_by_name {
  tracer x;
  selection chosen;

  template <class V>
  constexpr auto operator=(const V&) && { return refuse_assignment<V>(); }

  [[nodiscard]] constexpr tracer get() const { return take(x, chosen); }
  template <class V>
  [[nodiscard]] constexpr tracer set(const V& v) const {
    return replaced(part_of("at(...).set", v));
  }
  template <class V>
  [[nodiscard]] constexpr tracer add(const V& v) const {
    constexpr std::string_view who = "at(...).add";
    if (is_float(x.dtype())) return x + put(part_of(who, v), chosen, x.dimensions());
    // v may be a float, beside integers.
    return combined(who, v, [](const auto& a, const auto& b) { return a + b; });
  }
  template <class V>
  [[nodiscard]] constexpr tracer mul(const V& v) const {
    return combined("at(...).mul", v, [](const auto& a, const auto& b) { return a * b; });
  }
  template <class V>
  [[nodiscard]] constexpr tracer min(const V& v) const {
    return combined("at(...).min", v, minimum);
  }
  template <class V>
  [[nodiscard]] constexpr tracer max(const V& v) const {
    return combined("at(...).max", v, maximum);
  }

 private:
  /// x with its part replaced by `part`, of the same shape and dtype.
  template <class = void>
  constexpr tracer replaced(const tracer& part) const {
    graph& g = *x.program;
    tracer yes(&g, constant_t::emit(g, chosen.result, calx::dtype::b1, true));
    tracer inside = put(yes, chosen, x.dimensions());
    return where(inside, put(part, chosen, x.dimensions()), x);
  }
  /// The part becomes f(part, v), computed in the dtype in which both meet.
  template <class V, class F>
  constexpr tracer combined(std::string_view who, const V& v, const F& f) const {
    const tracer part = get();
    if constexpr (number<V>) return replaced(part_of(who, f(part, tracer(v))));
    else {
      graph& g = *x.program;
      if constexpr (std::is_same_v<V, tracer>)
        if (v.is_weak()) return replaced(part_of(who, f(part, v)));
      const tracer t = lifted_value(g, v);
      if (!require_broadcast(g, who, t.dimensions(), chosen.result)) return x;
      return replaced(part_of(who, f(part, t)));
    }
  }
  /// v in the dtype of x and the shape of the part.
  template <class V>
  constexpr tracer part_of(std::string_view who, const V& v) const {
    graph& g = *x.program;
    tracer t = lifted_value(g, v);
    return broadcast_to(tracer(&g, convert_t::emit(g, t.id, x.dtype())), chosen.result, who);
  }
};
/// Goes through the entries of a traced value along axis 0.
class entry_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = tracer;
  using difference_type = dim;
  using reference = tracer;
  using pointer = void;

  constexpr entry_iterator() = default;
  constexpr entry_iterator(const tracer& x, dim at) : of_(x), at_(at) {}
  constexpr tracer operator*() const { return of_(at_); }
  constexpr entry_iterator& operator++() {
    ++at_;
    return *this;
  }
  constexpr entry_iterator operator++(int) { return {of_, at_++}; }
  friend constexpr bool operator==(const entry_iterator& a, const entry_iterator& b) {
    return a.at_ == b.at_;
  }

 private:
  tracer of_;
  dim at_ = 0;
};
/// How many entries x has along axis 0.
template <class = void>
constexpr dim entry_count(const tracer& x) {
  if (broken(x)) return 0;
  if (x.rank() > 0) return x.shape(0);
  const text why("a traced number has no entries to go through; a for loop takes an array");
  if (!x.program) raise(error_kind::index, why);
  x.program->fail(error_kind::index, why);
  return 0;
}
template <class... E>
constexpr selection selected(const tracer& x, E... e) {
  const index_entry entries[] = {index_entry(e)..., index_entry(none)};
  return resolve(*x.program, x.dimensions(), entries, static_cast<int>(sizeof...(E)));
}
}  // namespace detail

namespace value {
template <class... E>
constexpr tracer tracer::operator()(E... e) const {
  static_assert((std::constructible_from<index_entry, E> && ...),
                "calx: an index of a traced value consists of integers, slice, newaxis, ellipsis");
  if (detail::broken(*this) || is_weak()) return *this;
  auto chosen = detail::selected(*this, e...);
  return detail::broken(*this) ? *this : detail::take(*this, chosen);
}
template <class>
constexpr tracer tracer::operator[](dim i) const { return (*this)(i); }
template <class>
constexpr auto tracer::begin() const { return detail::entry_iterator(*this, 0); }
template <class>
constexpr auto tracer::end() const {
  return detail::entry_iterator(*this, detail::entry_count(*this));
}
template <class... E>
constexpr auto tracer::at(E... e) const {
  return detail::traced_update<E...>{{}, *this, detail::selected(*this, e...)};
}
}  // namespace value

}  // namespace calx::inline CALX_ABI
