// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of an array with a part replaced: `x.at(index...).set(v)` and its kin.
#pragma once

#include <tuple>

#include <calx/array/containers.hpp>
#include <calx/array/indexing.hpp>

namespace calx::inline CALX_ABI {

namespace value {
/// A part of an array, of which new arrays are made: what `x.at(index...)` returns. `v` is a
/// number, array or expression that broadcasts to the part; x itself stays as it is. Throws
/// shape_error if v does not fit, index_error if the index is outside.
template <class A, class... E>
class update : public part_by_name {
 public:
  constexpr update(const A& x, E... e) : source_(x), index_(e...) {}
  template <class V>
  constexpr auto operator=(const V&) && { return detail::refuse_assignment<V>(); }

  /// The part itself, as `x(index...)`.
  [[nodiscard]] constexpr auto get() const {
    return std::apply([&](const E&... e) { return source_(e...); }, index_);
  }
  /// The part becomes v.
  template <class V>
  [[nodiscard]] constexpr A set(const V& v) const {
    return with("at(...).set", v, [](auto, auto b) { return b; });
  }
  /// v is added to the part.
  template <class V>
  [[nodiscard]] constexpr A add(const V& v) const {
    return with("at(...).add", v, [](auto a, auto b) { return add_t::eval(a, b); });
  }
  /// The part is multiplied by v.
  template <class V>
  [[nodiscard]] constexpr A mul(const V& v) const {
    return with("at(...).mul", v, [](auto a, auto b) { return mul_t::eval(a, b); });
  }
  /// The smaller of the part and v.
  template <class V>
  [[nodiscard]] constexpr A min(const V& v) const {
    return with("at(...).min", v, [](auto a, auto b) { return min_t::eval(a, b); });
  }
  /// The larger of the part and v.
  template <class V>
  [[nodiscard]] constexpr A max(const V& v) const {
    return with("at(...).max", v, [](auto a, auto b) { return max_t::eval(a, b); });
  }

 private:
  using T = typename A::value_type;

  /// The part becomes f(part, v), element by element.
  template <class V, class F>
  constexpr A with(std::string_view name, const V& v, F f) const {
    if constexpr (number<V>) {
      return replaced<true>(name, {}, &v, f);
    } else if constexpr (std::is_same_v<V, dynamic_array>) {
      return visit_dtype(v.dtype(), [&]<class U>() {
        return replaced<false>(name, v.dimensions(), v.template elements<U>(), f);
      });
    } else if constexpr (is_container<V>) {
      return with(name, detail::container_array_t<V>(v), f);
    } else if constexpr (detail::is_array<V>) {
      return replaced<false>(name, v.dimensions(), v.data(), f);
    } else {
      return with(name, v.eval(), f);
    }
  }
  template <bool Weak, class V, class F>
  constexpr A replaced(std::string_view name, const dims& from, const V* v, F f) const {
    dims shape = source_.dimensions();
    selection chosen = std::apply(
        [&](const E&... e) { return detail::resolve_now(shape, e...); }, index_);
    detail::checked_now(
        [&](graph& g) { return detail::require_broadcast(g, name, from, chosen.result); });
    A out(shape);
    T* to = out.mutable_data();
    for (std::size_t i = 0; i < source_.size(); ++i) to[i] = source_.data()[i];
    detail::offset_walker next(detail::broadcast(from, chosen.result));
    // Computed in the dtype in which both meet, as in a trace: 3 times 2.5 is 7, not 6.
    constexpr dtype mine = dtype_of<T>(), other = dtype_of<detail::element_for<V>>();
    using C = element_t<Weak ? promote_weak(mine, other) : promote(mine, other)>;
    detail::for_each_offset(detail::part(chosen, shape), [&](dim at) {
      const C result = f(detail::convert<C>(to[at]), detail::convert<C>(v[next.at()]));
      to[at] = detail::convert<T>(result);
      next.next();
    });
    return out;
  }

  A source_;
  std::tuple<E...> index_;
};
}  // namespace value

}  // namespace calx::inline CALX_ABI
