// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operations of reference lines, by name, written with the ops of the core.
#pragma once

#include <map>

#include "../laws/modes.hpp"
#include "reference.hpp"

namespace golden {
using namespace calx;
using programs::array;
inline dtype dtype_named(std::string_view name) {
  for (dtype d : programs::all_dtypes)
    if (abbreviation(d) == name) return d;
  throw json_error("no dtype " + std::string(name));
}
inline array array_of(const reference_array& r) {
  dims s;
  for (auto n : r.shape()) s.push(n);
  array a(dtype_named(r.dtype()), s);
  visit_dtype(a.type, [&]<class T>() {
    if constexpr (std::is_same_v<T, bool>) {
      auto v = r.elements<int>();
      for (std::size_t i = 0; i < v.size(); ++i) a.put(static_cast<dim>(i), v[i] != 0);
    } else {
      auto v = r.elements<T>();
      for (std::size_t i = 0; i < v.size(); ++i) a.put(static_cast<dim>(i), v[i]);
    }
  });
  return a;
}
inline std::vector<array> arrays_of(const reference_line& line, std::string_view key) {
  std::vector<array> out;
  for (const reference_array& r : line.arrays(key)) out.push_back(array_of(r));
  return out;
}
/// True if the library and these tests have an element type of that name.
inline bool is_dtype(std::string_view name) {
  return std::any_of(std::begin(programs::all_dtypes), std::end(programs::all_dtypes),
                     [&](dtype d) { return abbreviation(d) == name; });
}
/// True if the registry of ops has that name.
template <class... Op>
bool is_registered(std::string_view name, type_list<Op...>) {
  return ((Op::name == name) || ...);
}
using tracers = std::vector<tracer>;
/// An operation: results from arguments and the line's parameters.
using operation = std::function<tracers(graph&, const tracers&, const json& params)>;

inline detail::dim_list list_of(const json& value) {
  detail::dim_list out;
  if (value.is_list())
    for (const json& n : value.items()) out.push_back(n.as<dim>());
  else if (!value.is_null()) out.push_back(value.as<dim>());
  return out;
}
inline dims shape_of(const json& value) {
  dims s;
  for (dim d : list_of(value)) s.push(d);
  return s;
}
inline bool flag(const json& params, std::string_view name) {
  const json* v = params.find(name);
  return v && v->boolean();
}
inline tracer converted(const tracer& x, dtype d) {
  return {x.program, convert_t::emit(*x.program, x.id, d)};
}
/// The axes that a line names, counted from the front; all of them if it names none.
inline detail::dim_list axes_of(const json& params, int rank) {
  detail::dim_list axes = list_of(params["axis"]);
  for (dim& a : axes) a = normal_axis(a, rank);
  if (params["axis"].is_null())
    for (int i = 0; i < rank; ++i) axes.push_back(i);
  std::sort(axes.begin(), axes.end());
  return axes;
}

template <class F>
operation unary(F f) {
  return [=](graph&, const tracers& x, const json&) { return tracers{f(x[0])}; };
}
template <class F>
operation binary(F f) {
  return [=](graph&, const tracers& x, const json&) { return tracers{f(x[0], x[1])}; };
}

/// The elements that count: those a mask keeps, the others replaced by `neutral`.
inline tracer masked(const tracers& x, double neutral) {
  return x.size() > 1 ? where(x[1], x[0], x[0].like(neutral)) : x[0];
}
inline tracer keep(graph& g, const tracer& y, dims shape, const detail::dim_list& axes,
                   const json& params) {
  if (!flag(params, "keepdims")) return y;
  for (dim a : axes) shape[static_cast<int>(a)] = 1;
  return {&g, reshape_t::emit(g, y.id, shape)};
}
template <class Op>
operation reduction_of(double neutral, dtype (*type)(dtype)) {
  return [=](graph& g, const tracers& args, const json& params) {
    tracer x = masked(args, neutral);
    auto axes = axes_of(params, x.rank());
    tracer y(&g, Op::emit(g, converted(x, type(x.dtype())).id, axes));
    return tracers{keep(g, y, x.dimensions(), axes, params)};
  };
}
inline dtype same_type(dtype d) { return d; }
inline dtype to_bool(dtype) { return dtype::b1; }

/// Of axes that may be empty, where NumPy's answer is NaN.
inline tracers mean_of(graph& g, const tracers& args, const json& params) {
  tracer x = converted(masked(args, 0), to_float(args[0].dtype()));
  auto axes = axes_of(params, x.rank());
  tracer count = x.like(1.0);
  if (args.size() > 1) count = converted(args[1], x.dtype());
  count = detail::broadcast_to(count, x.dimensions());
  tracer n(&g, reduce_sum_t::emit(g, count.id, axes)), sum(&g, reduce_sum_t::emit(g, x.id, axes));
  return {keep(g, sum / n, x.dimensions(), axes, params)};
}
inline tracer variance_of(const tracer& x, const json& params) {
  const json* less = params.find("ddof");
  return detail::variance("var", x, axes_of(params, x.rank()), flag(params, "keepdims"),
                          less ? less->as<int>() : 0);
}
template <class Op>
operation first_index_of() {
  return [](graph& g, const tracers& args, const json& params) {
    tracer x = args[0];
    auto axes = axes_of(params, x.rank());
    int axis = axes.size() == 1 ? static_cast<int>(axes[0]) : 0;
    if (params["axis"].is_null())
      x = {&g, reshape_t::emit(g, x.id, {x.dimensions().size()})}, axis = 0;
    tracer y(&g, detail::first_index<Op, tracer>(g, x.id, axis));
    return tracers{keep(g, y, args[0].dimensions(), axes, params)};
  };
}

inline tracer reshaped(graph& g, const tracer& x, const dims& s) {
  return detail::reshape(tracer(&g, x.id), s);
}
inline tracers index_of(graph& g, const tracers& x, const json& params) {
  std::vector<index_entry> entries;
  auto bound = [](const json& v) {
    return v.is_null() ? slice::bound(none) : slice::bound(v.as<dim>());
  };
  for (const json& e : params["index"].items()) {
    if (e.is_string())
      entries.push_back(e.string() == "..." ? index_entry(ellipsis) : index_entry(newaxis));
    else if (e.is_object())
      entries.push_back(slice(bound(e["start"]), bound(e["stop"]), bound(e["step"])));
    else entries.push_back(e.as<dim>());
  }
  return {detail::take(x[0], resolve(g, x[0].dimensions(), entries.data(), int(entries.size())))};
}
inline tracers pad_of(graph& g, const tracers& x, const json& params) {
  dims low, stride, shape = x[0].dimensions();
  for (int i = 0; i < shape.rank; ++i) {
    auto pair = list_of(params["pad_width"][params["pad_width"].size() > 1 ? i : 0]);
    low.push(pair[0]), stride.push(1), shape[i] += pair[0] + pair[1];
  }
  return {{&g, pad_t::emit(g, x[0].id, low, stride, shape)}};
}
inline tracers permuted(graph&, const tracers& x, const json& params) {
  return {params["axes"].is_null() ? detail::reversed_axes(x[0])
                                   : detail::permute(x[0], list_of(params["axes"]))};
}
inline tracers swapped(graph&, const tracers& x, const json& params) {
  detail::dim_list order;
  for (dim i = 0; i < x[0].rank(); ++i) order.push_back(i);
  auto at = [&](const char* name) {
    return static_cast<std::size_t>(normal_axis(params[name].as<dim>(), x[0].rank()));
  };
  std::swap(order[at("axis1")], order[at("axis2")]);
  return {detail::permute(x[0], order)};
}
inline tracers moved(graph&, const tracers& x, const json& params) {
  auto from = list_of(params["source"]), to = list_of(params["destination"]);
  detail::dim_list order(static_cast<std::size_t>(x[0].rank()), -1);
  for (std::size_t i = 0; i < from.size(); ++i)
    order[static_cast<std::size_t>(normal_axis(to[i], x[0].rank()))] =
        normal_axis(from[i], x[0].rank());
  dim next = 0;
  for (dim& a : order) {
    if (a >= 0) continue;
    while (std::count(order.begin(), order.end(), next) > 0) ++next;
    a = next;
  }
  return {detail::permute(x[0], order)};
}
inline tracers squeezed(graph& g, const tracers& x, const json& params) {
  dims s;
  auto axes = axes_of(params, x[0].rank());
  for (int i = 0; i < x[0].rank(); ++i)
    if (!detail::contains(axes, i) || x[0].shape(i) != 1) s.push(x[0].shape(i));
  return {reshaped(g, x[0], s)};
}
inline dims with_ones(const dims& s, detail::dim_list axes) {
  int rank = s.rank + static_cast<int>(axes.size());
  for (dim& a : axes) a = normal_axis(a, rank);
  dims out;
  for (int i = 0, k = 0; i < rank; ++i) out.push(detail::contains(axes, i) ? 1 : s[k++]);
  return out;
}
inline tracers joined(graph&, const tracers& x, const json& params) {
  return {detail::concatenate(params["axis"].as<int>(), x.data(), int(x.size()))};
}
inline tracers stacked(graph& g, tracers x, const json& params) {
  for (tracer& t : x) t = reshaped(g, t, with_ones(t.dimensions(), list_of(params["axis"])));
  return joined(g, x, params);
}

/// The first choice whose condition holds: conditions, then as many choices.
inline tracers selected(graph&, const tracers& x, const json& params) {
  std::size_t n = x.size() / 2;
  tracer y = x[n].like(params["default"].as<double>());
  for (std::size_t i = n; i-- > 0;) y = where(x[i], x[n + i], y);
  return {y};
}

/// A contraction of axes of both sides; `batch` axes go along.
inline tracer contracted(graph& g, const tracers& x, const dot_axes& axes) {
  dtype d = promote(x[0].dtype(), x[1].dtype());
  return {&g, dot_general_t::emit(g, converted(x[0], d).id, converted(x[1], d).id, axes)};
}
inline tracers dot_general_of(graph& g, const tracers& x, const json& params) {
  const json &b = params["batch"], &c = params["contracting"];
  return {contracted(g, x, {list_of(b[0]), list_of(b[1]), list_of(c[0]), list_of(c[1])})};
}
inline tracers inner_of(graph& g, const tracers& x, const json&) {
  if (x[0].rank() == 0 || x[1].rank() == 0) return {x[0] * x[1]};
  return {contracted(g, x, {{}, {}, {x[0].rank() - 1}, {x[1].rank() - 1}})};
}
inline tracers outer_of(graph& g, const tracers& x, const json&) {
  tracers flat;
  for (const tracer& t : x) flat.push_back(reshaped(g, t, {t.dimensions().size()}));
  return {contracted(g, flat, {})};
}
inline tracers vdot_of(graph& g, const tracers& x, const json&) {
  tracers flat;
  for (const tracer& t : x) flat.push_back(reshaped(g, t, {t.dimensions().size()}));
  return {contracted(g, flat, {{}, {}, {0}, {0}})};
}
inline tracers tensordot_of(graph& g, const tracers& x, const json& params) {
  const json& axes = params["axes"];
  dot_axes a;
  if (axes.is_list()) a.lhs_contract = list_of(axes[0]), a.rhs_contract = list_of(axes[1]);
  else
    for (dim i = 0, n = axes.as<dim>(); i < n; ++i)
      a.lhs_contract.push_back(x[0].rank() - n + i), a.rhs_contract.push_back(i);
  for (dim& i : a.lhs_contract) i = normal_axis(i, x[0].rank());
  for (dim& i : a.rhs_contract) i = normal_axis(i, x[1].rank());
  return {contracted(g, x, a)};
}
/// Stacks of matrices, whose leading axes broadcast.
inline tracers matmul_of(graph& g, const tracers& x, const json&) {
  tracer a = x[0], b = x[1];
  if (a.rank() == 1 || b.rank() <= 2) return {detail::dot(a, b)};
  if (a.rank() < 2) return {};
  auto lead = [](const tracer& t) {
    dims s = t.dimensions();
    s.erase(s.rank - 1), s.erase(s.rank - 1);
    return s;
  };
  dims batch = detail::broadcast_shapes(g, "matmul", lead(a), lead(b));
  auto spread = [&](const tracer& t) {
    dims s = batch;
    s.push(t.shape(-2)), s.push(t.shape(-1));
    return detail::broadcast_to(t, s);
  };
  dot_axes axes;
  for (dim i = 0; i < batch.rank; ++i) axes.lhs_batch.push_back(i), axes.rhs_batch.push_back(i);
  axes.lhs_contract = {batch.rank + 1}, axes.rhs_contract = {batch.rank};
  return {contracted(g, {spread(a), spread(b)}, axes)};
}

inline const std::map<std::string_view, operation> operations = {
    {"abs", unary(calx::abs)}, {"ceil", unary(calx::ceil)}, {"cos", unary(calx::cos)},
    {"erf", unary(calx::erf)}, {"erfc", unary(calx::erfc)}, {"erf_inv", unary(calx::erf_inv)},
    {"exp", unary(calx::exp)}, {"expm1", unary(calx::expm1)},
    {"floor", unary(calx::floor)}, {"log", unary(calx::log)}, {"log1p", unary(calx::log1p)},
    {"logistic", unary(calx::logistic)}, {"neg", unary(calx::neg)}, {"rsqrt", unary(calx::rsqrt)},
    {"sign", unary(calx::sign)}, {"sin", unary(calx::sin)}, {"sqrt", unary(calx::sqrt)},
    {"square", unary(calx::square)}, {"tan", unary(calx::tan)}, {"tanh", unary(calx::tanh)},
    {"trunc", unary(calx::trunc)}, {"bitwise_not", unary(calx::bit_not)},
    {"logical_not", unary(calx::logical_not)},
    {"reciprocal", unary([](tracer x) { return 1.0 / x; })},
    {"add", binary(calx::add)}, {"sub", binary(calx::sub)}, {"mul", binary(calx::mul)},
    {"div", binary(calx::div)}, {"rem", binary(calx::rem)}, {"fmod", binary(calx::rem)},
    {"maximum", binary(calx::maximum)}, {"minimum", binary(calx::minimum)},
    {"pow", binary([](tracer a, tracer b) { return calx::pow(a, b); })},
    {"pow_operator", binary([](tracer a, tracer b) { return calx::pow(a, b); })},
    {"equal", binary(calx::equal_to)}, {"not_equal", binary(calx::not_equal)},
    {"less", binary(calx::less)}, {"less_equal", binary(calx::less_equal)},
    {"greater", binary(calx::greater)}, {"greater_equal", binary(calx::greater_equal)},
    {"bitwise_and", binary(calx::bit_and)}, {"bitwise_or", binary(calx::bit_or)},
    {"bitwise_xor", binary(calx::bit_xor)}, {"logical_and", binary(calx::logical_and)},
    {"logical_or", binary(calx::logical_or)}, {"logical_xor", binary(calx::logical_xor)},
    {"left_shift", binary(calx::shift_left)}, {"right_shift", binary(calx::shift_right)},
    {"right_shift_arithmetic", binary(calx::shift_right)},
    {"right_shift_logical", binary(calx::shift_right_logical)},
    {"integer_pow", [](graph&, const tracers& x, const json& p) {
       return tracers{calx::pow(x[0], p["n"].as<int>())};
     }},
    {"scalar_pow", [](graph&, const tracers& x, const json& p) {
       return tracers{calx::pow(x[0], p["p"].as<double>())};
     }},
    {"clip", [](graph&, const tracers& x, const json& p) {
       auto bound = [&](const char* name) { return p[name].as<double>(); };
       tracer y = p["min"].is_null() ? x[0] : calx::maximum(x[0], bound("min"));
       return tracers{p["max"].is_null() ? y : calx::minimum(y, bound("max"))};
     }},
    {"sum", reduction_of<reduce_sum_t>(0, sum_dtype)},
    {"prod", reduction_of<reduce_prod_t>(1, sum_dtype)},
    {"max", reduction_of<reduce_max_t>(-100, same_type)},  // the `initial` of lines with masks
    {"min", reduction_of<reduce_min_t>(100, same_type)},
    {"any", reduction_of<reduce_or_t>(0, to_bool)}, {"all", reduction_of<reduce_and_t>(1, to_bool)},
    {"argmax", first_index_of<reduce_max_t>()}, {"argmin", first_index_of<reduce_min_t>()},
    {"mean", mean_of},
    {"var", [](graph&, const tracers& x, const json& p) { return tracers{variance_of(x[0], p)}; }},
    {"std", [](graph&, const tracers& x, const json& p) {
       return tracers{calx::sqrt(variance_of(x[0], p))};
     }},
    {"logsumexp", [](graph&, const tracers& x, const json& p) {
       return tracers{detail::log_sum_exp("logsumexp", x[0], axes_of(p, x[0].rank()),
                                          flag(p, "keepdims"))};
     }},
    {"broadcast_to", [](graph&, const tracers& x, const json& p) {
       return tracers{detail::broadcast_to(x[0], shape_of(p["shape"]))};
     }},
    {"reshape", [](graph& g, const tracers& x, const json& p) {
       return tracers{reshaped(g, x[0], shape_of(p["shape"]))};
     }},
    {"ravel", [](graph& g, const tracers& x, const json&) {
       return tracers{reshaped(g, x[0], {-1})};
     }},
    {"expand_dims", [](graph& g, const tracers& x, const json& p) {
       return tracers{reshaped(g, x[0], with_ones(x[0].dimensions(), list_of(p["axis"])))};
     }},
    {"flip", [](graph& g, const tracers& x, const json& p) {
       return tracers{{&g, rev_t::emit(g, x[0].id, axes_of(p, x[0].rank()))}};
     }},
    {"where", [](graph&, const tracers& x, const json&) {
       return tracers{calx::where(x[0], x[1], x[2])};
     }},
    {"outer_add", [](graph& g, const tracers& x, const json&) {
       return tracers{reshaped(g, x[0], with_ones(x[0].dimensions(), {-1})) + x[1]};
     }},
    {"squeeze", squeezed}, {"transpose", permuted}, {"swapaxes", swapped}, {"moveaxis", moved},
    {"slice", index_of}, {"select", selected}, {"pad", pad_of},
    {"concatenate", joined}, {"stack", stacked},
    {"dot", binary([](tracer a, tracer b) { return detail::dot(a, b); })},
    {"dot_general", dot_general_of}, {"inner", inner_of}, {"outer", outer_of}, {"vdot", vdot_of},
    {"tensordot", tensordot_of}, {"matmul", matmul_of}};
}  // namespace golden
