// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Extents of traced values as numbers: known ones, and ones that only run time knows.
#pragma once

#include <concepts>
#include <type_traits>

#include <calx/ops/all.hpp>

namespace calx::inline CALX_ABI {
template <class A>
concept number = std::is_arithmetic_v<A>;

namespace detail {
/// Called where the constant evaluator must stop: what follows needs the run-time trace.
inline void needs_run_time() {}
}  // namespace detail

// A namespace of its own, so that its operators are looked up for its numbers only.
namespace extent_numbers {

/// A number that follows from the extents of traced values: `x.size()`, `x.shape(0) - 1`,
/// `1.0 / x.size()`. T is dim or double. A known one is a C++ number where such is asked for. One
/// that only run time knows is a node where it meets traced values, and an extent where an extent
/// is asked for (`x.reshape(x.size())`, slices); where a C++ number is asked for, as in
/// double(x.size()) or by a loop, the call takes the run-time trace.
template <class T>
class extent_number {
 public:
  using value_type = T;
  constexpr extent_number(graph* program, T known) : program_(program), known_(known) {}
  /// A node of a program, which is no array.
  static constexpr extent_number of_node(graph* program, int id) {
    extent_number n(program, T(0));
    n.id_ = id;
    return n;
  }
  static constexpr extent_number of_extent(graph* program, dim d) {
    extent_number n(program, is_symbol(d) ? T(0) : T(d));
    n.symbol_ = is_symbol(d) ? d : 0;
    return n;
  }

  constexpr graph* program() const { return program_; }
  constexpr bool is_known() const { return id_ < 0 && symbol_ == 0; }
  /// The number, if the compiler knows it or run time traces.
  constexpr T number() const {
    if (!is_known()) detail::needs_run_time();
    return known_;
  }
  constexpr const T* data() const {
    number();
    return &known_;
  }
  /// True for what can be an extent: a known one, or what was added and multiplied of others.
  constexpr bool is_extent() const { return id_ < 0; }
  /// The extent, or a symbol.
  constexpr dim extent() const {
    if (!is_extent()) detail::needs_run_time();
    return symbol_ != 0 ? symbol_ : static_cast<dim>(known_);
  }
  /// The node of what is not known.
  constexpr int node() const { return id_ >= 0 ? id_ : extent_t::emit(*program_, symbol_); }

  template <class N>
    requires(std::integral<N> || std::same_as<N, double>)
  constexpr operator N() const { return static_cast<N>(number()); }
  // Not implicit, so that std::sqrt(x.size()) is that of a double.
  template <std::floating_point N>
    requires(!std::same_as<N, double>)
  explicit constexpr operator N() const { return static_cast<N>(number()); }

  constexpr extent_number& operator++() { return *this = *this + 1; }
  constexpr extent_number& operator--() { return *this = *this - 1; }
  constexpr extent_number operator++(int) {
    const extent_number before = *this;
    ++*this;
    return before;
  }
  constexpr extent_number operator--(int) {
    const extent_number before = *this;
    --*this;
    return before;
  }

 private:
  graph* program_ = nullptr;
  T known_{};
  dim symbol_ = 0;
  int id_ = -1;
};
}  // namespace extent_numbers

namespace detail {
using extent_numbers::extent_number;
template <class A>
inline constexpr bool is_extent_number = false;
template <class T>
inline constexpr bool is_extent_number<extent_number<T>> = true;
/// What may be said of an extent: an integer, also one that follows from extents.
template <class A>
concept extent_like = std::integral<A> || is_extent_number<A>;
template <extent_like A>
constexpr dim extent_of(const A& a) {
  if constexpr (std::integral<A>) return static_cast<dim>(a);
  else return a.extent();
}
template <class A>
concept extent_operand = number<A> || is_extent_number<A>;
template <class... A>
concept extent_operands = (extent_operand<A> && ...) && (is_extent_number<A> || ...);

template <extent_operand A>
struct plain_number {
  using type = A;
};
template <class T>
struct plain_number<extent_number<T>> {
  using type = T;
};
/// The C++ number that an operand is.
template <class A>
using plain_number_t = typename plain_number<A>::type;
template <class A>
constexpr plain_number_t<A> plain(const A& a) {
  if constexpr (number<A>) return a;
  else return a.number();
}
template <class A>
constexpr bool is_known(const A& a) {
  if constexpr (number<A>) return true;
  else return a.is_known();
}
template <class A>
constexpr graph* program_of_extent(const A& a) {
  if constexpr (is_extent_number<A>) return a.program();
  else return nullptr;
}
/// What a T is as a number of extents.
template <class T>
using extent_result = extent_number<std::conditional_t<std::is_floating_point_v<T>, double, dim>>;

/// The operand of a number that has no dtype of its own: of bits, or of a node.
template <class A>
constexpr operand weak_operand(const A& a) {
  using N = plain_number_t<A>;
  if (!is_known(a)) {
    if constexpr (is_extent_number<A>) {
      const int id = a.node();
      return {id, a.program()->element(id), 0};
    }
  }
  if constexpr (std::is_same_v<N, bool>) return {-1, dtype::b1, a};
  else if constexpr (std::is_floating_point_v<N>)
    return {-1, dtype::f64, to_bits(static_cast<double>(plain(a)))};
  else return {-1, dtype::i64, static_cast<dim>(plain(a))};
}
/// Op on numbers of which some follow from extents.
template <class Op, class... A>
constexpr auto on_extents(const A&... a) {
  using R = decltype(Op()(plain(a)...));
  if constexpr (std::is_same_v<R, bool>) return Op()(plain(a)...);
  else {
    graph* g = nullptr;
    ((g = g ? g : program_of_extent(a)), ...);
    if ((is_known(a) && ...)) return extent_result<R>(g, Op()(plain(a)...));
    const operand x[] = {weak_operand(a)...};
    return extent_result<R>::of_node(g, Op::emit(*g, x));
  }
}
/// True if d is certainly not negative.
template <class = void>
constexpr bool is_natural(const symbol_table& t, dim d) {
  if (!is_symbol(d)) return d >= 0;
  const symbol& s = t.at(d);
  return s.kind == symbol_kind::input || (is_natural(t, s.a) && is_natural(t, s.b));
}
/// An integer as a number of extents.
template <class A>
constexpr extent_number<dim> as_extent(const A& a) {
  if constexpr (number<A>) return {nullptr, static_cast<dim>(a)};
  else return a;
}
/// a + b, a - b, a * b: of extents an extent.
template <class Op, class A, class B, class Symbols>
constexpr auto arithmetic(const A& a, const B& b, const Symbols& on_symbols) {
  if constexpr (std::is_floating_point_v<decltype(plain(a) * plain(b))>) {
    return on_extents<Op>(a, b);
  } else {
    const extent_number<dim> x = as_extent(a), y = as_extent(b);
    graph* g = x.program() ? x.program() : y.program();
    if (!x.is_extent() || !y.is_extent()) return on_extents<Op>(x, y);
    symbol_table none;  // for numbers
    const bool known = x.is_known() && y.is_known();
    return extent_number<dim>::of_extent(
        g, on_symbols(known ? none : g->symbols, x.extent(), y.extent()));
  }
}
}  // namespace detail

template <class Op, class... A>
  requires(detail::extent_operands<A...>)
struct op_result<Op, A...> {
  using type = decltype(detail::on_extents<Op>(std::declval<const A&>()...));
};
template <class Op, class... A>
  requires(detail::extent_operands<A...>)
constexpr auto apply_op(const Op&, const A&... a) {
  return detail::on_extents<Op>(a...);
}

namespace extent_numbers {
using detail::extent_operands, detail::is_extent_number, detail::plain;

template <class A, class B> requires extent_operands<A, B>
constexpr auto operator+(const A& a, const B& b) {
  return detail::arithmetic<add_t>(a, b, [](auto& t, dim p, dim q) { return t.add(p, q); });
}
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator-(const A& a, const B& b) {
  return detail::arithmetic<sub_t>(a, b, [](auto& t, dim p, dim q) { return t.sub(p, q); });
}
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator*(const A& a, const B& b) {
  return detail::arithmetic<mul_t>(a, b, [](auto& t, dim p, dim q) { return t.mul(p, q); });
}
/// As in C++: of integers without a fraction.
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator/(const A& a, const B& b) {
  if constexpr (std::is_floating_point_v<decltype(plain(a) * plain(b))>)
    return detail::on_extents<div_t>(a, b);
  else {
    using result = extent_number<dim>;
    if constexpr (number<B>)  // of what may be negative, symbols round to the other side
      if (!a.is_known() && a.is_extent() && b > 0 &&
          detail::is_natural(a.program()->symbols, a.extent()))
        return result::of_extent(a.program(),
                                 a.program()->symbols.div(a.extent(), static_cast<dim>(b)));
    const auto q = plain(a) / plain(b);
    return result(detail::program_of_extent(a), static_cast<dim>(q));
  }
}
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator%(const A& a, const B& b) { return a - a / b * b; }
template <class T>
constexpr auto operator-(const extent_number<T>& a) { return a * -1; }
template <class T>
constexpr auto operator+(const extent_number<T>& a) { return a; }

// Extents that are written alike are equal; else comparing them takes run time.
template <class A, class B> requires extent_operands<A, B>
constexpr bool operator==(const A& a, const B& b) {
  if constexpr (std::is_same_v<A, B>)
    if (!a.is_known() && a.is_extent() && b.is_extent() && a.extent() == b.extent()) return true;
  return plain(a) == plain(b);
}
template <class A, class B> requires extent_operands<A, B>
constexpr bool operator<(const A& a, const B& b) { return plain(a) < plain(b); }
template <class A, class B> requires extent_operands<A, B>
constexpr bool operator>(const A& a, const B& b) { return plain(a) > plain(b); }
template <class A, class B> requires extent_operands<A, B>
constexpr bool operator<=(const A& a, const B& b) { return plain(a) <= plain(b); }
template <class A, class B> requires extent_operands<A, B>
constexpr bool operator>=(const A& a, const B& b) { return plain(a) >= plain(b); }

template <class A, class B> requires extent_operands<A, B>
constexpr auto operator&(const A& a, const B& b) { return plain(a) & plain(b); }
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator|(const A& a, const B& b) { return plain(a) | plain(b); }
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator>>(const A& a, const B& b) { return plain(a) >> plain(b); }
template <class A, class B> requires extent_operands<A, B>
constexpr auto operator<<(const A& a, const B& b) { return plain(a) << plain(b); }

template <class A, class B> requires extent_operands<A, B>
constexpr A& operator+=(A& a, const B& b) { return a = static_cast<A>(a + b); }
template <class A, class B> requires extent_operands<A, B>
constexpr A& operator-=(A& a, const B& b) { return a = static_cast<A>(a - b); }
template <class A, class B> requires extent_operands<A, B>
constexpr A& operator*=(A& a, const B& b) { return a = static_cast<A>(a * b); }
template <class A, class B> requires extent_operands<A, B>
constexpr A& operator/=(A& a, const B& b) { return a = static_cast<A>(a / b); }

/// Prints the number.
template <class Stream, class T>
  requires requires(Stream& s) { s.rdbuf(); }
Stream& operator<<(Stream& out, const extent_number<T>& n) { return out << n.number(); }
}  // namespace extent_numbers

}  // namespace calx::inline CALX_ABI
