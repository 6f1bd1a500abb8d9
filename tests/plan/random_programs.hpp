// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs made at random, with bounds of the rounding errors in which two runs may differ.
#pragma once

#include <functional>
#include <random>

#include "../codegen/arrays.hpp"

namespace programs {

/// A value of a random program: its type, where extents may be symbols, the largest element in
/// size, and how far the same element may be off when sums are taken in another order.
struct random_value {
  aval type;
  double bound = 0, off = 0;
  bool exact() const { return off == 0; }
  dtype element() const { return type.type; }
};

/// How to build a program: the same for extents that are known and for symbols.
struct recipe {
  using shaper = std::function<dim(dim)>;  // an extent as the program has it
  using node_maker = std::function<int(graph&, const std::vector<int>&, const shaper&)>;

  symbol_table table;
  std::vector<array> inputs;
  std::vector<dims> input_shapes;
  std::vector<node_maker> nodes;
  std::vector<random_value> values;  // of inputs, then nodes
  std::vector<std::size_t> outputs;

  dim known(dim d) const {
    return evaluate(table.symbols.begin(), d, [this](int k, int axis) {
      return inputs[static_cast<std::size_t>(k)].shape[axis];
    });
  }
  dims known(dims s) const {
    for (int i = 0; i < s.rank; ++i) s[i] = known(s[i]);
    return s;
  }
  graph build(bool symbols) const {
    graph g;
    std::vector<int> made;
    if (symbols) g.symbols = table;
    auto extent = [&](dim d) { return symbols ? d : known(d); };
    for (std::size_t k = 0; k < inputs.size(); ++k)
      made.push_back(input_t::emit(
          g, {inputs[k].type, symbols ? input_shapes[k] : inputs[k].shape}));
    for (const node_maker& make : nodes) made.push_back(make(g, made, extent));
    for (std::size_t k : outputs) g.outputs.push_back(made[k]);
    return g;
  }
};

/// Where the elements of a random program's inputs come from, and how large it may become.
struct random_settings {
  std::vector<dim> extents = {2, 3, 1};
  bool symbols = false;  // extents that the program does not know
  int nodes = 12;
  dim largest = 600;  // elements of one value
};

/// Makes recipes; the same seed makes the same one.
class recipe_maker {
 public:
  recipe_maker(unsigned seed, const random_settings& s) : rng(seed), settings(s) {
    int count = 1 + pick(3);
    for (int k = 0; k < count; ++k) add_input();
    for (int tries = 0; tries < 20 * s.nodes && static_cast<int>(r.nodes.size()) < s.nodes; ++tries)
      add_node();
    for (int k = 1 + pick(4); k-- > 0;) r.outputs.push_back(pick_size(r.values.size()));
    r.outputs.push_back(r.values.size() - 1);
  }
  recipe r;

 private:
  using ids = std::vector<int>;
  using shaper = recipe::shaper;
  std::mt19937 rng;
  random_settings settings;
  std::vector<dim> named;  // the extents as the program writes them

  int pick(int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); }
  std::size_t pick_size(std::size_t n) { return rng() % n; }
  bool chance(int percent) { return pick(100) < percent; }
  static double eps(dtype d) {
    return d == dtype::f32 ? 0x1p-23 : is_float(d) ? 0x1p-52 : 0;
  }

  void add_input() {
    const dtype types[] = {dtype::f64, dtype::f64, dtype::f64, dtype::f32, dtype::i64,
                           dtype::i32, dtype::b1,  dtype::u32};
    dtype d = r.inputs.empty() ? dtype::f64 : types[pick(8)];
    dims known, written;
    const int k = static_cast<int>(r.inputs.size()), rank = k == 0 ? 2 : pick(4);
    for (int i = 0; i < rank; ++i) {
      std::size_t e = pick_size(settings.extents.size());
      known.push(settings.extents[e]);
      if (!settings.symbols) written.push(settings.extents[e]);
      else written.push(symbol_of(e, k, i));
    }
    r.inputs.push_back(samples(d, known, k));
    r.input_shapes.push_back(written);
    r.values.push_back({{d, written}, is_float(d) ? 4.0 : 11.0, 0});
  }
  dim symbol_of(std::size_t e, int input, int axis) {
    named.resize(settings.extents.size(), 0);
    dim s = r.table.make({symbol_kind::input, input, axis});
    if (named[e] == 0) named[e] = s;
    else r.table.assume_equal(named[e], s);
    return r.table.canonical(named[e]);
  }
  /// Any extent, as the program writes it.
  dim any_extent() {
    std::size_t e = pick_size(settings.extents.size());
    if (!settings.symbols) return settings.extents[e];
    return e < named.size() && named[e] != 0 ? r.table.canonical(named[e]) : 2;
  }
  dim known_size(const dims& s) const { return r.known(s).size(); }

  /// Any value for which `fits` holds, or -1.
  template <class Fits>
  int any(Fits fits) {
    for (int tries = 0; tries < 12; ++tries) {
      std::size_t n = r.values.size();
      std::size_t k = chance(60) && n > 4 ? n - 1 - pick_size(4) : pick_size(n);
      if (fits(r.values[k])) return static_cast<int>(k);
    }
    return -1;
  }
  const random_value& at(int k) const { return r.values[static_cast<std::size_t>(k)]; }

  void add(const random_value& v, recipe::node_maker make) {
    if (known_size(v.type.shape) > settings.largest || v.type.shape.rank > 5) return;
    if (!(v.bound < 1e6) && is_float(v.element())) return;
    if (!(v.off < 1e-3)) return;
    r.nodes.push_back(std::move(make));
    r.values.push_back(v);
  }
  /// The value of an elementwise op whose operands are `off`: rounded anew.
  static random_value rounded(const aval& t, double bound, double off) {
    return {t, bound, off == 0 ? 0 : off + 2 * eps(t.type) * bound};
  }

  void add_node() {
    switch (pick(16)) {
      case 0: case 1: return unary();
      case 2: case 3: case 4: return binary();
      case 5: return compare_or_select();
      case 6: return convert();
      case 7: return broadcast();
      case 8: return transpose_or_reverse();
      case 9: return slice();
      case 10: return pad();
      case 11: return concatenate();
      case 12: return reshape();
      case 13: return reduce();
      case 14: return contract();
      default: return leaf();
    }
  }

  void one(const op_info& op, int a, const random_value& v) {
    add(v, [=, &op](graph& g, const ids& x, const shaper&) {
      int operand = x[static_cast<std::size_t>(a)];
      return g.add(op, g.at(operand).aval, &operand, 1, nullptr, 0);
    });
  }
  void unary() {
    int k = any([](const random_value& v) { return v.element() != dtype::b1; });
    if (k < 0) return;
    const random_value v = at(k);
    const double b = v.bound, e = v.off;
    if (!is_float(v.element())) {
      if (chance(50)) return one(info_of<bit_not_t>, k, {v.type, 5e9, 0});
      return one(info_of<neg_t>, k, {v.type, is_unsigned(v.element()) ? 5e9 : b, 0});
    }
    switch (pick(v.exact() ? 10 : 8)) {
      case 0: return one(info_of<neg_t>, k, rounded(v.type, b, e));
      case 1: return one(info_of<square_t>, k, rounded(v.type, b * b, 2 * b * e + e * e));
      case 2: return one(info_of<abs_t>, k, rounded(v.type, b, e));
      case 3: return one(info_of<sin_t>, k, rounded(v.type, 1, e));
      case 4: return one(info_of<tanh_t>, k, rounded(v.type, 1, e));
      case 5: return one(info_of<logistic_t>, k, rounded(v.type, 1, e));
      case 6: return one(info_of<alias_t>, k, v);
      case 7: return exponential(k);
      case 8: return one(info_of<floor_t>, k, {v.type, b + 1, 0});
      default: return one(info_of<sign_t>, k, {v.type, 1, 0});
    }
  }
  void exponential(int k) {
    const random_value v = at(k);
    if (v.bound > 5) return;
    double b = std::exp(v.bound);
    one(info_of<exp_t>, k, rounded(v.type, b, 2 * b * v.off));
  }

  int same_type(int a) {
    const aval t = at(a).type;
    return any([&](const random_value& v) { return v.type == t; });
  }
  void two(const op_info& op, int a, int b, const random_value& v, dtype result) {
    add(v, [=, &op](graph& g, const ids& x, const shaper&) {
      int operands[] = {x[static_cast<std::size_t>(a)], x[static_cast<std::size_t>(b)]};
      aval type{result, g.shape(operands[0])};
      return g.add(op, g.intern(type), operands, 2, nullptr, 0);
    });
  }
  void binary() {
    int i = any([](const random_value&) { return true; });
    int k = i < 0 ? -1 : same_type(i);
    if (k < 0) return;
    const random_value u = at(i), v = at(k);
    const dtype d = u.element();
    const double p = u.bound, q = v.bound, e = u.off, f = v.off;
    if (d == dtype::b1) {
      const op_info* ops[] = {&info_of<bit_and_t>, &info_of<bit_or_t>, &info_of<bit_xor_t>};
      return two(*ops[pick(3)], i, k, {u.type, 1, 0}, d);
    }
    if (!is_float(d) && chance(25)) return two(info_of<rem_t>, i, k, {u.type, p, 0}, d);
    switch (pick(6)) {
      case 0: return two(info_of<add_t>, i, k, rounded(u.type, p + q, e + f), d);
      case 1: return two(info_of<sub_t>, i, k,
                         rounded(u.type, is_unsigned(d) ? 5e9 : p + q, e + f), d);
      case 2: return two(info_of<mul_t>, i, k,
                         rounded(u.type, p * q, p * f + q * e + e * f), d);
      case 3: return two(info_of<max_t>, i, k, rounded(u.type, std::max(p, q), e + f), d);
      case 4: return two(info_of<min_t>, i, k, rounded(u.type, std::max(p, q), e + f), d);
      default: return two(info_of<add_t>, k, i, rounded(u.type, p + q, e + f), d);
    }
  }
  void compare_or_select() {
    int i = any([](const random_value& v) { return v.exact(); });
    int k = i < 0 ? -1 : same_type(i);
    if (k < 0) return;
    if (at(i).element() != dtype::b1 || chance(30)) {
      if (!at(k).exact()) return;
      const op_info* ops[] = {&info_of<less_t>, &info_of<equal_to_t>, &info_of<greater_equal_t>};
      return two(*ops[pick(3)], i, k, {{dtype::b1, at(i).type.shape}, 1, 0}, dtype::b1);
    }
    const dims shape = at(i).type.shape;
    int a = any([&](const random_value& v) { return v.type.shape == shape; });
    int b = a < 0 ? -1 : same_type(a);
    if (b < 0) return;
    const random_value u = at(a), v = at(b);
    add({u.type, std::max(u.bound, v.bound), std::max(u.off, v.off)},
        [=](graph& g, const ids& x, const shaper&) {
          auto id = [&](int n) { return x[static_cast<std::size_t>(n)]; };
          int operands[] = {id(i), id(a), id(b)};
          return g.add(info_of<select_t>, g.at(operands[1]).aval, operands, 3, nullptr, 0);
        });
  }
  void convert() {
    const dtype types[] = {dtype::f64, dtype::f32, dtype::i64, dtype::i32, dtype::b1};
    dtype to = types[pick(5)];
    int k = any([&](const random_value& v) {
      return is_float(to) ? v.bound < 1e6 : v.exact() && v.bound < 1e9;
    });
    if (k < 0) return;
    const random_value v = at(k);
    random_value result{{to, v.type.shape}, to == dtype::b1 ? 1 : v.bound, 0};
    if (is_float(to)) result = rounded(result.type, v.bound, v.off);
    add(result, [=](graph& g, const ids& x, const shaper&) {
      return convert_t::emit(g, x[static_cast<std::size_t>(k)], to);
    });
  }
  void leaf() {
    dims shape;
    for (int n = pick(4); n-- > 0;) shape.push(any_extent());
    dtype d = chance(70) ? dtype::f64 : dtype::i64;
    auto as_known = [shape](const shaper& extent) {
      dims s = shape;
      for (int i = 0; i < s.rank; ++i) s[i] = extent(s[i]);
      return s;
    };
    if (shape.rank == 0 || chance(50)) {
      double v = pick(5) - 2;
      return add({{d, shape}, 2, 0}, [=](graph& g, const ids&, const shaper& extent) {
        return constant_t::emit(g, as_known(extent), d, v);
      });
    }
    if (shape.is_static() && chance(50)) {
      const unsigned first = static_cast<unsigned>(pick(100));
      return add({{d, shape}, 2, 0}, [=](graph& g, const ids&, const shaper&) {
        vec<dim> bits;
        for (unsigned i = 0; i < static_cast<unsigned>(shape.size()); ++i)
          bits.push_back(constant_t::bits_as(d, static_cast<double>((first + 7 * i) % 5) - 2));
        return table_t::emit(g, {d, shape}, bits);
      });
    }
    int axis = pick(shape.rank);
    add({{d, shape}, static_cast<double>(r.known(shape[axis])) + 1, 0},
        [=](graph& g, const ids&, const shaper& extent) {
          return iota_t::emit(g, {d, as_known(extent)}, axis);
        });
  }

  /// The value of an op that moves elements of value k to another shape.
  template <class Make>
  void moved(int k, const dims& to, Make make) {
    random_value v = at(k);
    v.type.shape = to;
    add(v, [=](graph& g, const ids& x, const shaper& extent) {
      dims shape = to;
      for (int i = 0; i < shape.rank; ++i) shape[i] = extent(shape[i]);
      return make(g, x[static_cast<std::size_t>(k)], shape, extent);
    });
  }
  int with_axes(int least) {
    return any([&](const random_value& v) { return v.type.shape.rank >= least; });
  }
  void broadcast() {
    int k = with_axes(0);
    if (k < 0) return;
    dims to = at(k).type.shape;
    if (to.rank > 3) return;
    detail::dim_list axes;
    for (int i = 0; i < to.rank; ++i) axes.push_back(i);
    if (to.rank == 2 && chance(20)) std::swap(axes[0], axes[1]), std::swap(to[0], to[1]);
    for (int n = 1 + pick(2); n-- > 0;) {
      int where = pick(to.rank + 1);
      to.insert(where, any_extent());
      for (dim& a : axes) a += a >= where ? 1 : 0;
    }
    moved(k, to, [=](graph& g, int x, const dims& shape, const shaper&) {
      return broadcast_in_dim_t::emit(g, x, shape, axes);
    });
  }
  void transpose_or_reverse() {
    int k = with_axes(1);
    if (k < 0) return;
    const dims from = at(k).type.shape;
    detail::dim_list order, some;
    for (int i = 0; i < from.rank; ++i) {
      order.insert(order.begin() + pick(i + 1), dim{i});
      if (chance(50)) some.push_back(i);
    }
    if (chance(35))
      return moved(k, from, [=](graph& g, int x, const dims&, const shaper&) {
        return rev_t::emit(g, x, some);
      });
    dims to;
    for (dim a : order) to.push(from[static_cast<int>(a)]);
    moved(k, to, [=](graph& g, int x, const dims&, const shaper&) {
      return transpose_t::emit(g, x, order);
    });
  }
  void slice() {
    int k = with_axes(1);
    if (k < 0) return;
    dims to = at(k).type.shape, start, stride;
    for (int i = 0; i < to.rank; ++i) {
      start.push(0), stride.push(1);
      const dim n = r.known(to[i]);
      if (n == 0 || chance(40)) continue;
      start[i] = pick(static_cast<int>(n));
      to[i] = r.table.add(to[i], -start[i]);
      if (chance(40) && !is_symbol(to[i])) stride[i] = 2, to[i] = (to[i] + 1) / 2;
      else if (chance(30) && r.known(to[i]) > 0) to[i] = r.table.add(to[i], -1);
    }
    moved(k, to, [=](graph& g, int x, const dims& shape, const shaper&) {
      return slice_t::emit(g, x, start, stride, shape);
    });
  }
  void pad() {
    int k = with_axes(1);
    if (k < 0) return;
    dims to = at(k).type.shape, low, stride;
    for (int i = 0; i < to.rank; ++i) {
      low.push(pick(3)), stride.push(1);
      if (chance(30) && !is_symbol(to[i]) && to[i] > 0) stride[i] = 2, to[i] = 2 * to[i] - 1;
      to[i] = r.table.add(to[i], low[i] + pick(2));
    }
    moved(k, to, [=](graph& g, int x, const dims& shape, const shaper&) {
      return pad_t::emit(g, x, low, stride, shape);
    });
  }
  void concatenate() {
    int k = with_axes(1);
    if (k < 0) return;
    random_value v = at(k);
    const int axis = pick(v.type.shape.rank);
    const dims like = v.type.shape;
    std::vector<int> parts{k};
    for (int n = 1 + pick(2); n-- > 0;) {
      int other = any([&](const random_value& u) {
        dims s = u.type.shape;
        if (s.rank != like.rank || u.element() != v.element()) return false;
        s[axis] = like[axis];
        return s == like;
      });
      if (other < 0) continue;
      parts.insert(parts.begin() + pick(static_cast<int>(parts.size()) + 1), other);
      v.bound = std::max(v.bound, at(other).bound), v.off = std::max(v.off, at(other).off);
    }
    v.type.shape[axis] = 0;
    for (int n : parts)
      v.type.shape[axis] = r.table.add(v.type.shape[axis], at(n).type.shape[axis]);
    add(v, [=](graph& g, const ids& x, const shaper&) {
      vec<int> all;
      for (int n : parts) all.push_back(x[static_cast<std::size_t>(n)]);
      return concatenate_t::emit(g, all, axis);
    });
  }
  void reshape() {
    int k = with_axes(0);
    if (k < 0) return;
    dims to = at(k).type.shape;
    for (int n = 1 + pick(3); n-- > 0;) {
      if (to.rank > 1 && chance(40)) {  // join two axes
        int i = pick(to.rank - 1);
        to[i] = r.table.mul(to[i], to[i + 1]);
        to.erase(i + 1);
      } else if (to.rank > 0 && chance(40)) {  // split an axis
        int i = pick(to.rank);
        dim d = to[i], by = !is_symbol(d) && d % 3 == 0 && d > 0 ? 3 : 1;
        if (!is_symbol(d) && d % 2 == 0 && d > 0) by = 2;
        to[i] = r.table.div(d, by);
        to.insert(i + pick(2), by);
      } else if (to.rank < 4) {
        to.insert(pick(to.rank + 1), 1);
      }
    }
    moved(k, to, [](graph& g, int x, const dims& shape, const shaper&) {
      return reshape_t::emit(g, x, shape);
    });
  }

  template <class Op>
  void reduced(int k, const random_value& v, const detail::dim_list& axes) {
    add(v, [=](graph& g, const ids& x, const shaper&) {
      return Op::emit(g, x[static_cast<std::size_t>(k)], axes);
    });
  }
  void reduce() {
    int k = with_axes(1);
    if (k < 0) return;
    random_value v = at(k);
    const dims from = v.type.shape;
    detail::dim_list axes;
    v.type.shape = dims();
    for (int i = 0; i < from.rank; ++i)
      if (chance(50)) axes.push_back(i);
      else v.type.shape.push(from[i]);
    if (axes.empty()) return;
    double n = 1;
    for (dim a : axes) n *= static_cast<double>(r.known(from[static_cast<int>(a)]));
    const dtype d = v.element();
    if (d == dtype::b1)
      return chance(50) ? reduced<reduce_or_t>(k, v, axes) : reduced<reduce_and_t>(k, v, axes);
    const double p = v.bound, e = v.off, all = std::pow(p, n);
    random_value sum{v.type, n * p, is_float(d) ? n * e + n * n * eps(d) * p : 0};
    random_value product{v.type, std::max(all, 1.0),
                         is_float(d) ? n * std::max(all, 1.0) * (e + eps(d)) : 0};
    switch (pick(n > 0 ? 5 : 3)) {
      case 0: case 1: return reduced<reduce_sum_t>(k, sum, axes);
      case 2: return p > 1 && n > 4 ? void() : reduced<reduce_prod_t>(k, product, axes);
      case 3: return reduced<reduce_max_t>(k, v, axes);
      default: return reduced<reduce_min_t>(k, v, axes);
    }
  }

  void contract() {
    int i = any([](const random_value& v) { return v.element() != dtype::b1; });
    if (i < 0) return;
    const random_value u = at(i);
    int k = any([&](const random_value& v) { return v.element() == u.element(); });
    if (k < 0) return;
    const random_value v = at(k);
    dot_axes x;
    dims to;
    double n = 1;
    bool taken[max_rank] = {};
    for (int a = 0; a < u.type.shape.rank; ++a)
      for (int b = 0; b < v.type.shape.rank; ++b) {
        if (taken[b] || !(u.type.shape[a] == v.type.shape[b]) || chance(40)) continue;
        taken[b] = true;
        bool sums = chance(65);
        (sums ? x.lhs_contract : x.lhs_batch).push_back(a);
        (sums ? x.rhs_contract : x.rhs_batch).push_back(b);
        if (sums) n *= static_cast<double>(r.known(u.type.shape[a]));
        break;
      }
    for (dim a : x.lhs_batch) to.push(u.type.shape[static_cast<int>(a)]);
    for (dim a : dot_general_t::free_axes(u.type.shape.rank, x.lhs_batch, x.lhs_contract))
      to.push(u.type.shape[static_cast<int>(a)]);
    for (dim b : dot_general_t::free_axes(v.type.shape.rank, x.rhs_batch, x.rhs_contract))
      to.push(v.type.shape[static_cast<int>(b)]);
    const double p = u.bound, q = v.bound;
    double off = n * (p * v.off + q * u.off + u.off * v.off) +
                 (n + 1) * (n + 1) * eps(u.element()) * p * q;
    add({{u.element(), to}, n * p * q, off}, [=](graph& g, const ids& ids_, const shaper&) {
      return dot_general_t::emit(g, ids_[static_cast<std::size_t>(i)],
                                 ids_[static_cast<std::size_t>(k)], x);
    });
  }
};

}  // namespace programs
