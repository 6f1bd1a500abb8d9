// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Extents that only run time knows: hash-consed expressions, and what was assumed of them.
#pragma once


#include <calx/base/vec.hpp>
#include <calx/graph/dims.hpp>

namespace calx::inline CALX_ABI {

enum class symbol_kind : unsigned char { input, add, mul, div };

/// input: axis b of input a. Otherwise an operation on two dims; div is exact or rounds down.
struct symbol {
  symbol_kind kind;
  dim a, b;
  friend constexpr bool operator==(const symbol&, const symbol&) = default;
};

/// A condition that run time must check before the program may run: a == b, a >= 0, or a divides
/// b. `message` is an index into the graph's messages.
struct assumption {
  enum kind_t : unsigned char { equal, positive, divides } kind = equal;
  dim a = 0, b = 0;
  int message = -1;
};

/// The symbols of one program.
template <class = void>
struct basic_symbol_table {
  vec<symbol> symbols;
  vec<dim> same_as;  // what each symbol was assumed equal to; itself if nothing
  vec<assumption> assumptions;

  CALX_NOINLINE constexpr dim make(symbol s) {
    for (std::size_t i = 0; i < symbols.size(); ++i)
      if (symbols[i] == s) return canonical(symbol_at(static_cast<int>(i)));
    symbols.push_back(s);
    same_as.push_back(symbol_at(static_cast<int>(symbols.size()) - 1));
    return same_as.back();
  }
  CALX_NOINLINE constexpr dim canonical(dim d) const {
    while (is_symbol(d) && same_as[static_cast<std::size_t>(symbol_index(d))] != d)
      d = same_as[static_cast<std::size_t>(symbol_index(d))];
    return d;
  }
  constexpr const symbol& at(dim d) const {
    return symbols[static_cast<std::size_t>(symbol_index(d))];
  }
  CALX_NOINLINE constexpr dim add(dim a, dim b) {
    a = canonical(a), b = canonical(b);
    if (!is_symbol(a) && !is_symbol(b)) return a + b;
    if (!is_symbol(a)) return add(b, a);
    if (!is_symbol(b)) {
      if (b == 0) return a;
      symbol s = at(a);
      if (s.kind == symbol_kind::add && !is_symbol(s.b)) return add(s.a, s.b + b);
      return make({symbol_kind::add, a, b});
    }
    // Constants float outwards, and a term meets its negative.
    symbol x = at(a), y = at(b);
    if (x.kind == symbol_kind::add && !is_symbol(x.b)) return add(add(x.a, b), x.b);
    if (y.kind == symbol_kind::add && !is_symbol(y.b)) return add(add(a, y.a), y.b);
    auto negated = [this](dim p, const symbol& q) {
      return q.kind == symbol_kind::mul && q.b == -1 && canonical(q.a) == p;
    };
    if (negated(a, y) || negated(b, x)) return 0;
    if (x.kind == symbol_kind::add && negated(b, at_or(x.b))) return x.a;
    if (x.kind == symbol_kind::add && negated(b, at_or(x.a))) return x.b;
    if (x.kind == symbol_kind::add && negated(x.a, y)) return x.b;
    if (x.kind == symbol_kind::add && negated(x.b, y)) return x.a;
    return a == b ? mul(a, 2) : make({symbol_kind::add, a < b ? a : b, a < b ? b : a});
  }
  CALX_NOINLINE constexpr dim mul(dim a, dim b) {
    a = canonical(a), b = canonical(b);
    if (!is_symbol(a) && !is_symbol(b)) return a * b;
    if (!is_symbol(a)) return mul(b, a);
    if (b == 0 || b == 1) return b == 0 ? 0 : a;
    if (!is_symbol(b)) {
      symbol s = at(a);
      if (s.kind == symbol_kind::mul && !is_symbol(s.b)) return mul(s.a, s.b * b);
      if (s.kind == symbol_kind::add && !is_symbol(s.b)) return add(mul(s.a, b), s.b * b);
      return make({symbol_kind::mul, a, b});
    }
    return make({symbol_kind::mul, a < b ? a : b, a < b ? b : a});
  }
  CALX_NOINLINE constexpr dim sub(dim a, dim b) {
    return canonical(a) == canonical(b) ? 0 : add(a, mul(b, -1));
  }
  /// How many elements a shape has.
  CALX_NOINLINE constexpr dim size_of(const dims& shape) {
    dim size = 1;
    for (dim d : shape) size = mul(size, d);
    return size;
  }
  /// The quotient, rounded down.
  CALX_NOINLINE constexpr dim div(dim a, dim b) {
    a = canonical(a), b = canonical(b);
    if (b == 1) return a;
    if (!is_symbol(a) && !is_symbol(b))
      return b == 0 ? 0 : (a >= 0 ? a / b : -((-a + b - 1) / b));
    if (a == b) return 1;
    if (is_symbol(a)) {
      symbol s = at(a);
      if (s.kind == symbol_kind::mul && canonical(s.b) == b) return s.a;
      if (s.kind == symbol_kind::mul && canonical(s.a) == b) return s.b;
    }
    return make({symbol_kind::div, a, b});
  }
  /// True if a == b is certain or can be assumed, which is then recorded.
  CALX_NOINLINE constexpr bool assume_equal(dim a, dim b) {
    a = canonical(a), b = canonical(b);
    if (a == b) return true;
    if (!is_symbol(a) && !is_symbol(b)) return false;
    if (!is_symbol(a) || (is_symbol(b) && a > b)) {
      dim t = a;
      a = b, b = t;
    }
    assumptions.push_back({assumption::equal, a, b});
    // The younger symbol becomes the older one or the number.
    int young = symbol_index(is_symbol(b) && b > a ? b : a);
    same_as[static_cast<std::size_t>(young)] = is_symbol(b) && b > a ? a : b;
    return true;
  }

 private:
  constexpr symbol at_or(dim d) const {
    return is_symbol(d) ? at(d) : symbol{symbol_kind::input, -1, -1};
  }
};

using symbol_table = basic_symbol_table<>;

/// The value of d, given a function (input, axis) -> extent.
template <class Extent>
constexpr dim evaluate(const symbol* table, dim d, const Extent& extent) {
  if (!is_symbol(d)) return d;
  symbol s = table[symbol_index(d)];
  if (s.kind == symbol_kind::input) return extent(static_cast<int>(s.a), static_cast<int>(s.b));
  dim a = evaluate(table, s.a, extent), b = evaluate(table, s.b, extent);
  if (s.kind == symbol_kind::add) return a + b;
  if (s.kind == symbol_kind::mul) return a * b;
  return b == 0 ? 0 : (a >= 0 ? a / b : -((-a + b - 1) / b));
}

}  // namespace calx::inline CALX_ABI
