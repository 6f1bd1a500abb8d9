// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For each op of the registry: calls of it, whose laws are then checked.
#pragma once

#include <map>

#include "modes.hpp"

namespace laws {

/// What is to be known of an op at run time. Ops on elements tell it themselves.
struct op_facts {
  const op_info* info = nullptr;
  int arity = 0, conditions = 0, ulp = 0;
  double lo = 0, hi = 0;
  bool pole = false;
  bool (*takes)(dtype) = nullptr;
  dtype (*result)(dtype) = nullptr;
};
template <class Op>
op_facts facts_of() {
  op_facts f;
  f.info = &info_of<Op>;
  if constexpr (requires { Op::arity; }) {
    f.arity = Op::arity, f.conditions = Op::conditions, f.ulp = Op::ulp;
    f.lo = Op::lo, f.hi = Op::hi, f.pole = Op::pole;
  }
  if constexpr (requires { Op::takes(dtype::f64); }) f.takes = &Op::takes;
  if constexpr (requires { Op::result(dtype::f64); }) f.result = &Op::result;
  return f;
}
template <class... Op>
std::vector<op_facts> facts_of_all(type_list<Op...>) {
  return {facts_of<Op>()...};
}
inline const std::vector<op_facts> every_op = facts_of_all(all_ops());

/// Where arguments are drawn from.
struct range {
  double lo, hi;
  bool both_signs = false;
};
/// One call of an op.
struct law_case {
  std::string label;
  callable f;
  std::vector<range> ranges;  // by argument
};

/// A fraction that jumps about in (0, 1) as i and seed count up.
inline double fraction(dim i, int seed) {
  double x = static_cast<double>(i + 1) * 0.6180339887498949 + seed * 0.7548776662466927 + 0.31;
  return x - std::floor(x);
}
/// Elements for argument `a` of a case.
inline array drawn(const law_case& c, std::size_t a, int seed) {
  const aval& t = c.f.types[a];
  int s = seed + 7 * static_cast<int>(a);
  if (!is_float(t.type)) return samples(t.type, t.shape, s);
  range r = c.ranges[a];
  return array(t.type, t.shape, [&](dim i) {
    double v = r.lo + (r.hi - r.lo) * fraction(i, s);
    return r.both_signs && i % 2 != 0 ? -v : v;
  });
}

/// Where the laws of op draw argument i from: in its domain, away from its poles.
inline range range_of(const op_facts& op, int i) {
  std::string_view name = op.info->name;
  if (name == "pow") return {0.4, 2.2};
  if (name == "tan") return {-1.2, 1.2};
  if (name == "rem" && i == 1) return {0.9, 1.7};
  bool open = std::isinf(op.lo);
  if (op.pole && open) return {0.4, 2.3, true};
  double lo = open ? -2.3 : op.lo + 0.2, hi = std::isinf(op.hi) ? 2.3 : op.hi - 0.2;
  return {lo, hi};
}

inline const std::vector<dims> law_shapes = {{}, {1}, {3}, {2, 3}, {2, 1, 3}, {0}, {2, 0, 1}};

/// Calls of an elementwise op on all element types and shapes.
inline std::vector<law_case> elementwise_cases(const op_facts& op) {
  std::vector<law_case> cases;
  for (dtype d : all_dtypes)
    for (const dims& s : law_shapes) {
      if (!op.takes(d)) continue;
      law_case c;
      c.label = std::string(op.info->name) + " of " + std::string(name_of(d));
      for (int i = 0; i < op.arity; ++i) {
        c.f.types.push_back({i < op.conditions ? dtype::b1 : d, s});
        c.ranges.push_back(range_of(op, i));
      }
      aval type{op.result(d), s};
      const bool masked = is<masked_mul_t>(*op.info);
      c.f.call = [=](graph& g, node_list x) {
        // Of this op the second operand vanishes but where the first is true.
        if (masked) x[1] = detail::kept(g, x[0], x[1]);
        return node_list{g.add(*op.info, g.intern(type), x.data(), op.arity, nullptr, 0)};
      };
      cases.push_back(c);
    }
  return cases;
}

/// Calls of another op: `types` are given for f64 and used for the others too.
struct case_writer {
  std::vector<law_case> cases;
  void add(std::string label, std::vector<aval> types, function call,
           std::vector<dtype> dtypes = {std::begin(all_dtypes), std::end(all_dtypes)}) {
    for (dtype d : dtypes) {
      law_case c{label + " of " + std::string(name_of(d)), {types, call}, {}};
      for (aval& t : c.f.types) t.type = d;
      c.ranges.assign(types.size(), {-2.3, 2.3});
      cases.push_back(c);
    }
  }
  /// A function of one array of a shape.
  void one(std::string label, dims shape, std::function<int(graph&, int)> call,
           std::vector<dtype> dtypes = {std::begin(all_dtypes), std::end(all_dtypes)}) {
    add(label, {{dtype::f64, shape}},
        [=](graph& g, const node_list& x) { return node_list{call(g, x[0])}; }, dtypes);
  }
};

inline void broadcast_cases(case_writer& w) {
  auto to = [&](dims from, dims shape, detail::dim_list axes) {
    w.one("broadcast_in_dim", from, [=](graph& g, int x) {
      return broadcast_in_dim_t::emit(g, x, shape, axes);
    });
  };
  to({}, {3}, {}), to({}, {2, 0}, {}), to({3}, {2, 3}, {1}), to({3}, {3, 2}, {0});
  to({2, 3}, {2, 1, 3}, {0, 2}), to({2, 3}, {3, 4, 2}, {2, 0}), to({0}, {2, 0}, {1});
  to({1}, {1, 3}, {0}), to({2, 3, 2}, {2, 3, 2, 2}, {0, 1, 3});
}
inline void reshape_cases(case_writer& w) {
  auto to = [&](dims from, dims shape) {
    w.one("reshape", from, [=](graph& g, int x) { return reshape_t::emit(g, x, shape); });
  };
  to({}, {1}), to({1, 1}, {}), to({2, 3}, {3, 2}), to({2, 3, 2}, {12}), to({0, 3}, {2, 0});
  to({6}, {1, 6, 1}), to({4}, {2, 2});
}
inline void transpose_cases(case_writer& w) {
  auto by = [&](dims from, detail::dim_list order) {
    w.one("transpose", from, [=](graph& g, int x) { return transpose_t::emit(g, x, order); });
  };
  by({2, 3}, {1, 0}), by({2, 3, 4}, {2, 0, 1}), by({2, 1, 3}, {1, 2, 0}), by({0, 2}, {1, 0});
  by({1, 3, 2}, {0, 2, 1});
}
inline void rev_cases(case_writer& w) {
  auto by = [&](dims from, detail::dim_list axes) {
    w.one("rev", from, [=](graph& g, int x) { return rev_t::emit(g, x, axes); });
  };
  by({3}, {0}), by({2, 3}, {1}), by({2, 3, 2}, {0, 2}), by({2, 0}, {0});
}
inline void slice_cases(case_writer& w) {
  auto of = [&](dims from, dims start, dims stride, dims shape) {
    w.one("slice", from,
          [=](graph& g, int x) { return slice_t::emit(g, x, start, stride, shape); });
  };
  of({5}, {1}, {2}, {2}), of({5}, {2}, {1}, {0}), of({3, 4}, {0, 1}, {1, 3}, {3, 1});
  of({2, 1, 5}, {1, 0, 0}, {1, 1, 4}, {1, 1, 2}), of({0, 3}, {0, 1}, {1, 1}, {0, 2});
}
inline void pad_cases(case_writer& w) {
  auto of = [&](dims from, dims low, dims stride, dims shape) {
    w.one("pad", from, [=](graph& g, int x) { return pad_t::emit(g, x, low, stride, shape); });
  };
  of({2}, {1}, {2}, {5}), of({}, {}, {}, {}), of({2, 1}, {0, 2}, {3, 1}, {4, 3});
  of({0}, {1}, {1}, {3}), of({1, 2, 1}, {1, 0, 0}, {1, 2, 1}, {2, 3, 1});
}
inline void concatenate_cases(case_writer& w) {
  auto of = [&](std::vector<dims> parts, int axis) {
    std::vector<aval> types;
    for (const dims& s : parts) types.push_back({dtype::f64, s});
    w.add("concatenate", types, [=](graph& g, const node_list& x) {
      return node_list{concatenate_t::emit(g, x, axis)};
    });
  };
  of({{2}, {1}, {3}}, 0), of({{2, 1}, {2, 3}}, 1), of({{0, 2}, {1, 2}, {2, 2}}, 0);
  of({{1, 2, 1}, {1, 1, 1}}, 1);
}
template <class Op>
void reduction_cases(case_writer& w, bool empty) {
  auto over = [&](dims from, detail::dim_list axes) {
    std::vector<dtype> dtypes;
    for (dtype d : all_dtypes)
      if (Op::takes(d)) dtypes.push_back(d);
    w.one(std::string(Op::name), from,
          [=](graph& g, int x) { return Op::emit(g, x, axes); }, dtypes);
  };
  over({3}, {0}), over({2, 3}, {0}), over({2, 3}, {1}), over({2, 3}, {0, 1});
  over({2, 1, 3}, {1, 2}), over({4, 3, 2}, {0, 2}), over({5}, {0}), over({7, 2}, {0});
  over({1}, {0}), over({3, 1}, {1}), over({2, 0}, {0});
  if (empty) over({0}, {0}), over({2, 0}, {1}), over({2, 0, 3}, {0, 1});
}
inline void dot_cases(case_writer& w) {
  auto of = [&](dims a, dims b, dot_axes x) {
    w.add("dot_general", {{dtype::f64, a}, {dtype::f64, b}}, [=](graph& g, const node_list& n) {
      return node_list{dot_general_t::emit(g, n[0], n[1], x)};
    });
  };
  of({3}, {3}, {{}, {}, {0}, {0}}), of({2, 3}, {3}, {{}, {}, {1}, {0}});
  of({2, 3}, {3, 4}, {{}, {}, {1}, {0}}), of({2}, {3}, {{}, {}, {}, {}});
  of({2, 3, 2}, {2, 2, 4}, {{0}, {0}, {2}, {1}}), of({3, 2, 4}, {4, 2, 5}, {{1}, {1}, {2}, {0}});
  of({2, 3, 4}, {4, 3, 2}, {{}, {}, {2, 1}, {0, 1}}),
      of({3, 2, 2}, {2, 5, 3}, {{2}, {0}, {0}, {2}});
  of({2, 0}, {0, 3}, {{}, {}, {1}, {0}}), of({0, 2}, {2}, {{}, {}, {1}, {0}});
  of({}, {2}, {{}, {}, {}, {}}), of({2, 3}, {2, 3}, {{0, 1}, {0, 1}, {}, {}});
}
inline void core_cases(case_writer& w) {
  for (dtype to : all_dtypes)
    for (const dims& s : {dims{}, dims{3}, dims{2, 0}})
      w.one("convert to " + std::string(name_of(to)), s,
            [=](graph& g, int x) { return convert_t::emit(g, x, to); });
  w.one("alias", {2, 3}, [](graph& g, int x) { return alias_t::emit(g, x); });
  w.one("given", {2, 3}, [](graph& g, int x) { return given_t::emit(g, x); });
  w.one("stop_gradient", {2, 3}, [](graph& g, int x) { return stop_gradient_op::emit(g, x); });
  w.one("again", {2, 3}, [](graph& g, int x) { return again_t::emit(g, x); });
  // The square of a value, with the derivative that it has.
  w.one("custom_jvp", {2, 3}, [](graph& g, int x) {
    const int open = open_t::emit(g, x), t = open_t::emit(g, x);
    const int y = detail::emit<mul_t>(g, open, open), twice = detail::emit<add_t>(g, open, open);
    return custom_jvp_op::emit(g, {y, detail::emit<mul_t>(g, twice, t), x, open, t}, 1, 0);
  }, {dtype::f32, dtype::f64});
  // Leaves beside an argument, whose batches they must join.
  for (dtype d : {dtype::f32, dtype::f64, dtype::i64}) {
    w.one("constant", {3}, [](graph& g, int x) {
      return detail::emit<add_t>(g, x, constant_t::emit(g, {3}, g.element(x), 2.5));
    }, {d});
    w.one("iota", {2, 3}, [](graph& g, int x) {
      return detail::emit<mul_t>(g, x, iota_t::emit(g, {g.element(x), {2, 3}}, 1));
    }, {d});
    w.one("table", {2}, [](graph& g, int x) {
      const vec<dim> bits{constant_t::bits_as(g.element(x), 2.5),
                          constant_t::bits_as(g.element(x), -1.5)};
      return detail::emit<mul_t>(g, x, table_t::emit(g, {g.element(x), {2}}, bits));
    }, {d});
    w.one("literal", {2}, [](graph& g, int x) {
      auto held = std::make_shared<array>(samples(g.element(x), {2}));
      return detail::emit<mul_t>(
          g, x, literal_t::emit(g, {g.element(x), {2}}, literal(held->bytes.data(), held)));
    }, {d});
  }
}

/// A move or reduction of any array with at least one axis.
using move = std::function<int(graph&, int)>;
inline dims filled(int rank, dim d) {
  dims s;
  for (int i = 0; i < rank; ++i) s.push(d);
  return s;
}
/// The elements 0, 2, ... or 1, 3, ... of an axis, or all of an axis that is too short.
inline int every_other(graph& g, int x, int axis, dim first) {
  dims shape = g.shape(x), start = filled(shape.rank, 0), stride = filled(shape.rank, 1);
  if (shape[axis] <= first) return x;
  start[axis] = first, stride[axis] = 2, shape[axis] = (shape[axis] - first + 1) / 2;
  return slice_t::emit(g, x, start, stride, shape);
}
/// Without two elements of each axis, the first of which `start` are at its beginning.
inline int trimmed(graph& g, int x, dim start) {
  dims shape = g.shape(x);
  for (int i = 0; i < shape.rank; ++i)
    if ((shape[i] -= 2) < 0) return x;
  return slice_t::emit(g, x, filled(shape.rank, start), filled(shape.rank, 1), shape);
}
inline const std::vector<move> moves = {
    [](graph& g, int x) { return trimmed(g, x, 0); },
    [](graph& g, int x) { return trimmed(g, x, 1); },
    [](graph& g, int x) {
      dims shape = g.shape(x), one = filled(shape.rank, 1);
      for (int i = 0; i < shape.rank; ++i) shape[i] += 2;
      return pad_t::emit(g, x, one, one, shape);
    },
    [](graph& g, int x) {  // axes in reverse order, and one more of extent 1
      dims shape{1};
      detail::dim_list axes;
      for (int i = g.shape(x).rank; i > 0; --i) shape.push(g.shape(x)[i - 1]), axes.push_back(i);
      return broadcast_in_dim_t::emit(g, x, shape, axes);
    },
    [](graph& g, int x) {
      detail::dim_list all;
      for (int i = 0; i < g.shape(x).rank; ++i) all.push_back(i);
      return reshape_t::emit(g, reduce_sum_t::emit(g, x, all), {1});
    },
    [](graph& g, int x) { return every_other(g, x, 0, 1); },
    [](graph& g, int x) { return every_other(g, x, g.shape(x).rank - 1, 0); },
    [](graph& g, int x) { return rev_t::emit(g, x, {0}); },
    [](graph& g, int x) { return rev_t::emit(g, x, {g.shape(x).rank - 1}); },
    [](graph& g, int x) { return detail::to_front(g, x, g.shape(x).rank - 1); },
    [](graph& g, int x) { return detail::repeat(g, x, 2); },
    [](graph& g, int x) {
      dims shape = g.shape(x);
      detail::dim_list axes;
      for (dim i = 0; i < shape.rank; ++i) axes.push_back(i);
      shape.push(3);
      return broadcast_in_dim_t::emit(g, x, shape, axes);
    },
    [](graph& g, int x) { return reshape_t::emit(g, x, {g.shape(x).size()}); },
    [](graph& g, int x) { return reshape_t::emit(g, x, {1, g.shape(x).size()}); },
    [](graph& g, int x) {
      dims low = filled(g.shape(x).rank, 1), shape = g.shape(x);
      for (dim& d : shape.extent) d = 2 * d + 1;
      return pad_t::emit(g, x, low, filled(shape.rank, 2), shape);
    },
    [](graph& g, int x) {
      dims low = filled(g.shape(x).rank, 0), shape = g.shape(x);
      shape[0] += 1;
      return pad_t::emit(g, x, low, filled(shape.rank, 1), shape);
    },
    [](graph& g, int x) { return concatenate_t::emit(g, {x, rev_t::emit(g, x, {0})}, 0); },
    [](graph& g, int x) {
      return g.shape(x).rank > 1 ? reduce_sum_t::emit(g, x, {0}) : detail::emit<neg_t>(g, x);
    },
    [](graph& g, int x) {
      int last = g.shape(x).rank - 1;
      return last > 0 ? reduce_max_t::emit(g, x, {last}) : x;
    }};

/// Ops that no case is for, and why.
inline const std::map<std::string_view, std::string_view> without_cases = {
    {"variable", "stands for a value that a pass puts in its place; every law uses some"},
    {"custom_vjp", "has a derivative in reverse mode only; see tests/api/test_rules.cpp"},
    {"custom_pullback", "is the tangent of custom_vjp, which is never computed"},
    {"scan", "has bodies, which are compared with their steps in tests/api/test_control.cpp"},
    {"while_loop", "like scan"},
    {"switch_", "like scan"},
    {"result", "of what has bodies"},
    {"bundle", "stands for results of what has bodies, within passes"},
    {"extent", "is a constant for known extents, and the interpreter runs no others"}};

/// All calls whose laws are checked.
inline std::vector<law_case> all_cases() {
  std::vector<law_case> cases;
  for (const op_facts& op : every_op)
    if (op.arity > 0)
      for (law_case& c : elementwise_cases(op)) cases.push_back(std::move(c));
  case_writer w;
  for (auto* write : {broadcast_cases, reshape_cases, transpose_cases, rev_cases, slice_cases,
                      pad_cases, concatenate_cases, dot_cases, core_cases})
    write(w);
  reduction_cases<reduce_sum_t>(w, true), reduction_cases<reduce_prod_t>(w, true);
  reduction_cases<reduce_or_t>(w, true), reduction_cases<reduce_and_t>(w, true);
  reduction_cases<reduce_max_t>(w, false), reduction_cases<reduce_min_t>(w, false);
  for (law_case& c : w.cases) cases.push_back(std::move(c));
  return cases;
}
}  // namespace laws
