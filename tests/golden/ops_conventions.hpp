// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What to compute for each line of the conventions, by its id; and where the answer is better.
#pragma once

#include "ops_exempt.hpp"
#include "ops_made.hpp"

namespace golden::conventions {
using laws::callable;
/// A part of an answer: an array, or the name of a function that the library lacks.
struct part {
  part(array a) : value(std::move(a)) {}
  part(const char* name) : lacks(name) {}
  std::optional<array> value;
  std::string_view lacks;
};
using results = std::vector<part>;

/// The id without the dtype.
inline std::string key_of(const reference_line& line) {
  const json* d = line.record().find("dtype");
  bool has_type = d && !line.record()["out"].is_string();
  std::string id = line.id(), end = has_type ? "/" + d->string() : "";
  return id.ends_with(end) ? id.substr(0, id.size() - end.size()) : id;
}
inline std::string without_prefix(const std::string& key) { return key.substr(key.find('/') + 1); }

/// A function of tracers, of the types of x.
template <class F>
callable function_of(const std::vector<array>& x, F f) {
  callable c;
  for (const array& a : x) c.types.push_back({a.type, a.shape});
  c.call = [=](graph& g, const laws::node_list& args) {
    tracers in;
    for (int n : args) in.emplace_back(&g, n);
    return laws::node_list{f(in).id};
  };
  return c;
}
inline array one(const array& like, double v) {
  return array(like.type, like.shape, [=](dim) { return v; });
}
inline std::vector<array> run(const callable& f, const std::vector<array>& x) {
  return programs::run(passes::compact(laws::program_of(f)), x);
}
inline std::vector<array> with(std::vector<array> x, const std::vector<array>& more) {
  x.insert(x.end(), more.begin(), more.end());
  return x;
}
inline std::vector<array> ones_like(std::vector<array> x) {
  for (array& a : x) a = one(a, 1);
  return x;
}
/// The gradient of the sum of f, by each argument.
inline std::vector<array> gradient(const callable& f, const std::vector<array>& x) {
  return run(laws::vjp_of(f), with(x, ones_like(run(f, x))));
}
inline results all(const std::vector<array>& x) { return {x.begin(), x.end()}; }

/// First and second derivative of a function of one number; the first in both modes.
inline results two_derivatives(const callable& f, const std::vector<array>& x) {
  std::vector<array> t = ones_like(x);
  callable jvp = laws::jvp_of(f);
  array first = run(jvp, with(x, t))[0], back = gradient(f, x)[0];
  if (!programs::close(first, back)) throw json_error("the modes differ");
  return {first, run(laws::partial_jvp(jvp, 1), with(with(x, t), t))[0]};
}
inline results value_and_gradient(const callable& f, const std::vector<array>& x) {
  return all(with(run(f, x), gradient(f, x)));
}
/// Value, gradient, Hessian of a function of a vector: one row along each direction.
inline results with_hessian(const callable& f, const std::vector<array>& x) {
  results out = value_and_gradient(f, x);
  callable backward = laws::partial_jvp(laws::vjp_of(f), 1);
  dim n = x[0].size();
  array h(x[0].type, {n, n});
  for (dim i = 0; i < n; ++i) {
    array t(x[0].type, {n}, [=](dim k) { return k == i ? 1.0 : 0.0; });
    array row = run(backward, with(with(x, ones_like(run(f, x))), {t}))[0];
    for (dim k = 0; k < n; ++k) h.set(i * n + k, row.at(k));
  }
  out.push_back(h);
  return out;
}

using unary_function = tracer (*)(const tracer&);
inline const std::map<std::string_view, unary_function> unary_functions = {
    {"abs", [](const tracer& x) { return calx::abs(x); }},
    {"ceil", [](const tracer& x) { return calx::ceil(x); }},
    {"erf", [](const tracer& x) { return calx::erf(x); }},
    {"exp", [](const tracer& x) { return calx::exp(x); }},
    {"floor", [](const tracer& x) { return calx::floor(x); }},
    {"log", [](const tracer& x) { return calx::log(x); }},
    {"log1p", [](const tracer& x) { return calx::log1p(x); }},
    {"logistic", [](const tracer& x) { return calx::logistic(x); }},
    {"reciprocal", [](const tracer& x) { return 1.0 / x; }},
    {"rsqrt", [](const tracer& x) { return calx::rsqrt(x); }},
    {"sign", [](const tracer& x) { return calx::sign(x); }},
    {"sqrt", [](const tracer& x) { return calx::sqrt(x); }},
    {"tanh", [](const tracer& x) { return calx::tanh(x); }},
    {"trunc", [](const tracer& x) { return calx::trunc(x); }},
    {"x**int-1", [](const tracer& x) { return calx::pow(x, -1); }},
    {"x**int0", [](const tracer& x) { return calx::pow(x, 0); }},
    {"x**int1", [](const tracer& x) { return calx::pow(x, 1); }},
    {"x**int2", [](const tracer& x) { return calx::pow(x, 2); }},
    {"x**int3", [](const tracer& x) { return calx::pow(x, 3); }},
    {"power(x,int-1)", [](const tracer& x) { return calx::pow(x, -1); }},
    {"power(x,int0)", [](const tracer& x) { return calx::pow(x, 0); }},
    {"power(x,int1)", [](const tracer& x) { return calx::pow(x, 1); }},
    {"power(x,int2)", [](const tracer& x) { return calx::pow(x, 2); }},
    {"power(x,int3)", [](const tracer& x) { return calx::pow(x, 3); }},
    {"power(x,int array 2)", [](const tracer& x) {
       return calx::pow(x, tracer(x.program, constant_t::emit(*x.program, {}, dtype::i64, 2)));
     }},
    {"(-2)**2.0", [](const tracer& x) { return calx::pow(x, 2.0); }},
    {"power(-2,2.0)", [](const tracer& x) { return calx::pow(x, x.like(2.0)); }}};

inline results derivative(const std::string& name, const std::vector<array>& x) {
  if (name.starts_with("pow d/dy"))
    return all(gradient(function_of(x, [](const tracers& v) { return calx::pow(v[0], v[1]); }), x));
  std::string f = name.substr(0, name.rfind('\''));
  if (auto found = unary_functions.find(f); found != unary_functions.end())
    return two_derivatives(function_of(x, [=](const tracers& v) { return found->second(v[0]); }),
                           x);
  bool literal = f.starts_with("x**");  // else "power(x,0.5 array)"
  double p = std::stod(f.substr(literal ? 3 : 8));
  return two_derivatives(function_of(x, [=](const tracers& v) {
    return literal ? calx::pow(v[0], p) : calx::pow(v[0], v[0].like(p));
  }), x);
}
inline results two_arguments(const std::string& name, const std::vector<array>& x) {
  const operation f = operations.at(name.substr(0, name.find('(')));
  bool same = x.size() == 1;
  auto call = function_of(x, [=](const tracers& v) {
    return f(*v[0].program, same ? tracers{v[0], v[0]} : v, json())[0];
  });
  return same ? all(gradient(call, x)) : value_and_gradient(call, x);
}

inline results where_lines(const std::string& name, const std::vector<array>& x) {
  using calx::where;
  auto grad = [&](auto f) {
    return all(gradient(function_of(x, [=](const tracers& v) { return f(v[0]); }), x));
  };
  auto root = [](tracer v) { return where(v < 1.0, v, calx::sqrt(v)); };
  if (name == "sqrt branch") return grad(root);
  if (name == "jvp")
    return {two_derivatives(function_of(x, [=](const tracers& v) { return root(v[0]); }), x)[0]};
  if (name == "safe sqrt")
    return grad([](tracer v) { return where(v > 0.0, calx::sqrt(where(v > 0.0, v, 1.0)), 0.0); });
  if (name == "log branch") return grad([](tracer v) { return where(v > 0.0, calx::log(v), 0.0); });
  if (name == "inverse branch") return grad([](tracer v) { return where(v == 0.0, 0.0, 1.0 / v); });
  if (name == "zero times pole") return grad([](tracer v) { return 0.0 * calx::sqrt(v); });
  if (name == "exp branch") return grad([](tracer v) { return where(v < 1.0, v, calx::exp(v)); });
  if (name == "exp branch overflow")
    return grad([](tracer v) { return where(v > 1.0, 0.0, calx::exp(-v)); });
  return grad([](tracer v) {
    return calx::sqrt(tracer(v.program, reduce_sum_t::emit(*v.program, (v * v).id, {0})));
  });
}

/// One result of an operation of the table, with parameters as JSON text.
inline array result_of(std::string_view op, const std::vector<array>& x,
                       const char* params = "{}") {
  const operation f = operations.at(op);
  const json p = parse_json(params);
  return run(function_of(x, [&](const tracers& v) { return f(*v[0].program, v, p)[0]; }), x)[0];
}
inline const char* over_all = R"({"axis": null})";

inline results reductions(const std::string& name, const std::vector<array>& x) {
  if (name == "all empty")
    return {result_of("all", x, over_all), result_of("any", x, over_all)};
  if (name == "any nan")
    return {result_of("any", {x[0]}, over_all), result_of("all", {x[1]}, over_all)};
  if (name == "argmax signed zeros")
    return {result_of("argmax", {x[0]}, over_all), result_of("argmin", {x[1]}, over_all)};
  std::string op = name.substr(0, name.find(' '));
  if (op.starts_with("arg")) return {result_of(op, x, over_all)};
  const operation f = operations.at(op);
  const json p = parse_json(name == "max axis ties"   ? R"({"axis": 0})"
                            : name == "var ddof"      ? R"({"axis": null, "ddof": 1})"
                            : name == "var ddof over" ? R"({"axis": null, "ddof": 3})"
                                                      : over_all);
  auto call = function_of(x, [=](const tracers& v) { return f(*v[0].program, v, p)[0]; });
  const bool twice = (op == "prod" && x[0].size() > 0) || name == "var constant";
  return twice ? with_hessian(call, x) : value_and_gradient(call, x);
}
inline results casts(const std::string& name, const std::vector<array>& x, dtype to) {
  if (name == "grad through cast")
    return all(gradient(function_of(x, [](const tracers& v) {
      return converted(v[0], dtype::f32) * 2.0;
    }), x));
  if (name == "grad through int cast")
    return all(gradient(function_of(x, [](const tracers& v) {
      return v[0] * converted(v[0], dtype::i32);
    }), x));
  return all(run(function_of(x, [=](const tracers& v) { return converted(v[0], to); }), x));
}

inline results integers(const std::string& name, const std::vector<array>& x) {
  std::vector<array> a{x[0]};
  if (name == "mean") return {result_of("mean", x, over_all)};
  if (name == "sign") return {result_of("sign", x)};
  if (name == "sqrt") return {result_of("sqrt", x), result_of("exp", x), result_of("sin", x)};
  if (name == "pow negative literal") return {result_of("integer_pow", x, R"({"n": -1})")};
  if (name == "sum prod")
    return {result_of("sum", x, over_all), result_of("prod", x, over_all), "cumsum",
            result_of("max", x, over_all), result_of("argmax", x, over_all)};
  if (name == "min by -1") return {"floor_divide", "remainder", "lax_div", result_of("rem", x)};
  if (name == "overflow") {
    array least = x[1], most = x[0], unit = one(x[0], 1), two = one(x[0], 2);
    return {result_of("add", {most, unit}), result_of("sub", {least, unit}),
            result_of("mul", {most, two}), result_of("neg", {least}), result_of("abs", {least})};
  }
  static const std::map<std::string_view, std::string_view> ops = {
      {"lax.rem signs", "rem"}, {"lax.rem zero", "rem"}, {"true divide", "div"},
      {"pow negative array", "pow"}, {"pow zero", "pow"}, {"shift left", "left_shift"},
      {"shift right", "right_shift"}, {"shift right logical", "right_shift_logical"}};
  return {result_of(ops.at(name), x)};
}
inline results bools(const std::string& name, const std::vector<array>& x) {
  if (name == "abs" || name == "neg") return {result_of(name, x)};
  if (name == "invert") return {result_of("bitwise_not", x)};
  if (name == "plus int")
    return all(with(run(function_of(x, [](const tracers& v) { return v[0] + 1; }), x),
                    run(function_of(x, [](const tracers& v) { return v[0] + 1.0; }), x)));
  if (name == "sum")
    return {result_of("sum", x, over_all), result_of("prod", x, over_all),
            result_of("mean", x, over_all), "cumsum", result_of("max", x, over_all),
            result_of("argmax", x, over_all)};
  return {result_of(name, {x[0], x[0]})};  // add, div, dot, mul, sub
}
using v = tracers;
inline results specials(const std::string& key, const std::vector<array>& x) {
  auto f = [&](auto call) { return run(function_of(x, call), x)[0]; };
  if (key == "signed zero/basic")
    return {f([](v a) { return a[0] + a[1]; }), f([](v a) { return a[1] + a[1]; }),
            f([](v a) { return a[0] * -1.0; }), f([](v a) { return a[1] - a[0]; }),
            f([](v a) { return -a[0]; }), f([](v a) { return calx::sqrt(a[1]); }),
            f([](v a) { return calx::abs(a[1]); }), "round",
            f([](v a) { return calx::sign(a[1]); })};
  if (key == "signed zero/reduce") {
    array two(x[0].type, {2}, [](dim) { return -0.0; }),
        mixed(x[0].type, {2}, [](dim i) { return i == 0 ? -0.0 : 0.0; });
    return {result_of("sum", {two}, over_all),
            result_of("prod", {array(x[0].type, {1}, [](dim) { return -0.0; })}, over_all),
            result_of("max", {mixed}, over_all),
            result_of("min", {mixed}, over_all),
            "cumsum"};
  }
  if (key == "infinity/ieee")
    return {f([](v a) { return a[0] - a[0]; }), f([](v a) { return a[1] * a[0]; }),
            f([](v a) { return a[0] / a[0]; }), f([](v a) { return 1.0 / a[1]; }),
            f([](v a) { return -1.0 / a[1]; }), f([](v a) { return a[1] / a[1]; }),
            f([](v a) { return calx::log(a[1]); }), f([](v a) { return calx::log(a[1] - 1.0); }),
            f([](v a) { return calx::sqrt(a[1] - 1.0); })};
  if (key == "infinity/exp")
    return {f([](v a) { return calx::exp(a[0]); }), f([](v a) { return calx::exp(-a[0]); }),
            f([](v a) { return calx::tanh(a[0]); }), f([](v a) { return calx::logistic(-a[0]); }),
            f([](v a) { return calx::erf(-a[0]); }), f([](v a) { return calx::sin(a[0]); }),
            "atan", "lgamma", "lgamma", "digamma"};
  if (key != "nan/compare") throw json_error("no answer to " + key);
  return {f([](v a) { return a[0] == a[0]; }), f([](v a) { return a[0] != a[0]; }),
          f([](v a) { return a[0] < 1.0; }), f([](v a) { return calx::maximum(a[0], 1.0); }),
          f([](v a) { return calx::minimum(1.0, a[0]); }), f([](v a) { return calx::sign(a[0]); }),
          f([](v a) { return calx::where(a[0], calx::where(a[0] == a[0], 1.0, 1.0), 2.0); })};
}

/// Value and derivative, or the gradient in all three arguments, in the order of the line.
inline results clips(const std::string& name, const std::vector<array>& x) {
  using calx::clip;
  if (x.size() == 3) {
    auto g = gradient(function_of(x, [](v a) { return clip(a[0], a[1], a[2]); }), x);
    return name.starts_with("lax") ? results{g[1], g[0], g[2]} : all(g);
  }
  bool turned = name.find("1, -1)") != std::string::npos || name.find("(1, x") != std::string::npos;
  double lo = turned ? 1 : 0, hi = turned ? -1 : 1;
  return value_and_gradient(function_of(x, [=](v a) { return clip(a[0], lo, hi); }), x);
}
/// What functions of whole arrays answer or refuse.
inline results arrays(const std::string& key, const std::vector<array>& x) {
  auto f = [&](auto call) { return results{run(function_of(x, call), x)[0]}; };
  if (key == "message/add misaligned") return f([](v a) { return a[0] + a[1]; });
  if (key == "message/concatenate")
    return f([](v a) { return calx::concatenate(calx::axis<0>, a[0], a[1]); });
  if (key == "message/reduce axis") return f([](v a) { return calx::sum(a[0], calx::axis<1>); });
  if (key == "message/reshape") return f([](v a) { return calx::reshape(a[0], 3); });
  if (key == "message/transpose")
    return f([](v a) { return calx::transpose(a[0], calx::axes<1, 0>); });
  if (key == "reduction/argmax empty") return f([](v a) { return calx::argmax(a[0]); });
  if (key == "reduction/argmin empty") return f([](v a) { return calx::argmin(a[0]); });
  if (key == "reduction/max empty") return f([](v a) { return calx::max(a[0]); });
  if (key.starts_with("linalg/dot ")) return f([](v a) { return calx::dot(a[0], a[1]); });
  if (key == "linalg/matmul scalar") return f([](v a) { return calx::matmul(a[0], a[1]); });
  if (key == "index/slice out of bounds") return f([](v a) { return a[0](slice(2, 9)); });
  if (key == "rounding/float fmod") return f([](v a) { return calx::rem(a[0], a[1]); });
  return {};
}

/// The dtypes of values that a program makes of numbers and of an array of float32.
inline dtype dtype_made(const std::string& name) {
  if (auto found = made_dtypes.find(name); found != made_dtypes.end()) return found->second;
  graph g;
  tracer x(&g, input_t::emit(g, {dtype::f32, {2}}));
  tracer wide(&g, input_t::emit(g, {dtype::f64, {}})), c(&g, input_t::emit(g, {dtype::b1, {}}));
  if (name == "f64 scalar array + f32 array") return (wide + x).dtype();
  if (name == "jnp.sin(1.0) + f32 array") return (calx::sin(1.0) + x).dtype();
  if (name == "maximum(f32 array, 2.0)") return calx::maximum(x, 2.0).dtype();
  if (name == "sum(f32 array) * 2.0") return (calx::sum(x) * 2.0).dtype();
  if (name == "where(True, f32 array, 2.0)") return calx::where(c, x, 2.0).dtype();
  throw json_error("no answer to " + name);
}
/// The op of a line, by the name of the table.
inline std::string op_of(const json& p) {
  static const std::map<std::string_view, std::string_view> names = {
      {"sigmoid", "logistic"}, {"arctan2", "atan2"}, {"isnan", "is_nan"}, {"x//x", "floor_divide"}};
  std::string_view op = p["op"].string();
  auto found = names.find(op);
  return std::string(found == names.end() ? op : found->second);
}
/// The dtype that a line asks for.
inline dtype dtype_asked(const std::string& key, const json& p) {
  if (key.starts_with("made/")) return dtype_made(without_prefix(key));
  graph g;
  auto value = [&](const json& d) {
    return tracer(&g, input_t::emit(g, {dtype_named(d.string()), {2}}));
  };
  if (key.starts_with("promotion/")) return (value(p["lhs"]) + value(p["rhs"])).dtype();
  if (key.starts_with("weak/")) {
    tracer x = value(p["lhs"]);
    std::string op = p["operator"].string(), literal = p["literal"].string();
    auto apply = [&](auto n) {
      return op == "+" ? x + n : op == "*" ? x * n : op == "/" ? x / n : calx::pow(x, n);
    };
    return (literal == "True" ? apply(true) : literal == "2" ? apply(2) : apply(2.0)).dtype();
  }
  tracer x = value(p["x"]);
  std::string op = op_of(p);
  if (op == "x/x") return (x / x).dtype();
  const json none = parse_json(over_all);
  return operations.at(op)(g, op == "dot" ? tracers{x, x} : tracers{x}, none)[0].dtype();
}

inline const std::vector<exemption> left_for_later = {
    {{"derivative/acos", "derivative/asin", "derivative/atanh",
      "derivative/cbrt", "derivative/elu", "derivative/entr", "derivative/hard_",
      "derivative/i0", "derivative/leaky_relu", "derivative/nan_to_num", "derivative/relu",
      "derivative/round", "derivative/selu", "derivative/sinc", "derivative/softplus",
      "two arguments/atan2", "two arguments/copysign", "two arguments/floor_divide",
      "two arguments/fmax", "two arguments/heaviside", "two arguments/hypot",
      "two arguments/logaddexp", "two arguments/remainder", "two arguments/xlog"},
     "not an op of the core"},
    {{"rounding/divmod", "rounding/float floordiv", "rounding/float mod", "rounding/mod inf",
      "rounding/round"},
     "round, floor_divide and remainder are no functions of the library yet"},
    {{"reduction/argsort", "reduction/cum", "reduction/log_softmax", "reduction/logcumsumexp",
      "reduction/median", "reduction/nan", "reduction/norm", "reduction/softmax", "reduction/sort",
      "reduction/top_k"},
     "not a reduction of the core"},
    {{"message/einsum", "message/scan carry", "message/squeeze", "message/while reverse"},
     "no function of the library yet"},
    {{"message/grad of vector", "message/jvp tangent dtype", "message/traced bool",
      "message/vmap"},
     "said by transforms: tests/api/test_errors.cpp and tests/compile_fail read the sentences"},
    {{"cast/float to i8", "cast/float to u8", "cast/i32 to u8"}, "no element types"},
    {{"integers (i32)/floordiv", "integers (i64)/floordiv", "integers (i32)/mod",
      "integers (i64)/mod", "integers (i32)/lax.div", "integers (i64)/lax.div", "bool/floordiv"},
     "integer division is not an op of the core"},
    {{"integers (i32)/grad", "integers (i64)/grad"}, "a rule of grad, not of an op"},
    {{"integers (i64)/pow negative array"},
     "the reference's own notes call these values not to be relied on; the i32 line is compared"},
    {{"bool/pow"}, "a bool's power is a bool here, and int32 there"},
    {{"subnormal (f32)/", "subnormal (f64)/"},
     "the reference flushes subnormal numbers, here they count"},
    {{"index/bincount", "index/dynamic", "index/gather", "index/one_hot", "index/scatter",
      "index/searchsorted", "index/segment_sum", "index/take"},
     "integer arrays are no index yet"},
    {{"index/static out of bounds"}, "an index outside is clamped there, and an error here"},
    {{"linalg/cholesky", "linalg/det", "linalg/eigh", "linalg/inv", "linalg/vdot complex"},
     "there are no factorizations and no complex numbers yet"},
    {{"made/jnp.argsort", "made/jnp.bincount", "made/jnp.nonzero", "made/jnp.searchsorted",
      "made/lax.top_k", "made/nn.one_hot", "made/jnp.array(1j)"},
     "no function of the library yet"},
    {{"made/jnp.array(1)", "made/jnp.asarray(1.0) + f32 array", "made/np.float64(1.0)"},
     "C++ numbers have types of their own, and are weak beside arrays"},
    {{"made/random.bits", "made/random.normal", "made/random.randint"},
     "the call names the dtype"}};
/// Lines that are answered otherwise on purpose.
inline const std::vector<exemption> differences = {
    {{"clip/lax bounds 0.0", "clip/lax bounds 1.0", "clip/lax.clamp(0, x, 1) at 0.0",
      "clip/lax.clamp(0, x, 1) at 1.0"},
     "half the gradient passes at a bound, as in jnp.clip; lax.clamp stops it"},
    {{"made/jnp.sin(1)"}, "a C++ int is int32, whose sine is float32"},
    {{"reduction/var ddof/"}, "NaN is chosen behind a division by 0, whose derivative stays there"},
    {{"result/sigmoid/bool", "result/sigmoid/i32", "result/sigmoid/i64", "result/sigmoid/u32"},
     "integers become floats, as for every function of real numbers"}};

/// Of how many lines the answer is the same, differs as listed, or is not there yet, for an
/// element type or a function; and how many parts of answers are not there.
struct tally : golden::tally {
  int beyond = 0, missing = 0;
  bool operator==(const tally&) const = default;
};
inline std::ostream& operator<<(std::ostream& to, const tally& t) {
  return to << static_cast<const golden::tally&>(t) << ", " << t.beyond << " beyond, " << t.missing
            << " parts missing";
}
/// True if no test knows an operation of that name, and no op has it.
inline bool is_missing(std::string_view name) {
  return !operations.contains(name) && !is_registered(name, all_ops());
}

/// The line asks for an element type, an operator or a function that the core lacks.
inline bool is_beyond(const std::string& key, const json& p) {
  for (const char* name : {"lhs", "rhs", "x"})
    if (const json* d = p.find(name))
      if (!is_dtype(d->string())) return true;
  if (key.starts_with("weak/"))
    return p["literal"].string() == "2j" ||
           (p["operator"].string() == "//" && is_missing("floor_divide"));
  return key.starts_with("result/") && op_of(p) != "x/x" && is_missing(op_of(p));
}
/// Dtypes that differ: powers and squares of bool stay bool.
inline bool is_other_dtype(const std::string& key) {
  return key == "weak/bool**2" || key == "weak/bool**True" || key == "result/square/bool";
}

/// Values of calx where the reference has a NaN that mathematics has not.
inline const std::map<std::string_view, std::vector<std::vector<double>>> better = {
    {"derivative/x**0.0'(0.0)", {{0}, {0}}},  // constant
    {"derivative/power(x,0.0 array)'(0.0)", {{0}, {0}}},
    {"derivative/x**1.0'(0.0)", {{1}, {0}}},  // linear
    {"derivative/power(x,1.0 array)'(0.0)", {{1}, {0}}},
    {"derivative/pow d/dy (0.0,0.0)", {{0}, {0}}},
    // A branch that is not taken has no derivative, whatever its pole.
    {"where/sqrt branch", {{1, 0.5, 0.25}}},
    {"where/log branch", {{0, 0, 0.5}}},
    {"where/inverse branch", {{0, -0.25}}},
    {"where/zero times pole", {{0}}}};

inline results answer(const reference_line& line, const std::string& key, dtype wanted) {
  std::vector<array> x = arrays_of(line, "args");
  std::string group = key.substr(0, key.find('/')), name = without_prefix(key);
  if (results some = arrays(key, x); !some.empty()) return some;
  if (group == "derivative") return derivative(name, x);
  if (group == "two arguments") return two_arguments(name, x);
  if (group == "where") return where_lines(name, x);
  if (group == "reduction") return reductions(name, x);
  if (group == "cast") return casts(name, x, wanted);
  if (group == "bool") return bools(name, x);
  if (group == "clip") return clips(name, x);
  if (group.starts_with("integers")) return integers(name, x);
  return specials(key, x);
}
inline bool is_near(const array& got, const array& want, dim i, bool signs) {
  double a = got.at(i), b = want.at(i), least = got.type == dtype::f32 ? 0x1p-126 : 0x1p-1022;
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  // Subnormal numbers are zeros there. The sign of a zero counts, but not that of a derivative.
  if (b == 0 && std::abs(a) < least)
    return a != 0 || signs == false || std::signbit(a) == std::signbit(b);
  return a == b ||
         std::abs(a - b) <= 4 * (got.type == dtype::f32 ? 0x1p-23 : 0x1p-52) * std::abs(b);
}
/// What is wrong with the dtype that a line asks for, or nothing.
inline std::string compare_dtype(const std::string& key, const json* p, const std::string& want) {
  bool fails = want == "error", same = false;
  try {
    dtype d = dtype_asked(key, *p);
    same = !fails && abbreviation(d) == want;
  } catch (const dtype_error&) {
    same = fails;
  }
  return same != is_other_dtype(key) ? "" : "another dtype than " + want;
}
/// What differs between the parts of an answer and the arrays that are wanted; counts the parts
/// that the library lacks, which must be lacking.
inline std::string compare_parts(const results& got, const std::vector<array>& want, bool signs,
                                 int& missing) {
  if (got.size() != want.size()) return "wrong number of results";
  for (std::size_t k = 0; k < got.size(); ++k) {
    if (!got[k].value) {
      if (!is_missing(got[k].lacks)) return std::string(got[k].lacks) + " is there by now";
      ++missing;
      continue;
    }
    const array& a = *got[k].value;
    if (a.type != want[k].type || !(a.shape == want[k].shape)) return "wrong type";
    for (dim i = 0; i < want[k].size(); ++i)
      if (!is_near(a, want[k], i, signs))
        return "result " + std::to_string(k) + ": got " + std::to_string(a.at(i)) + ", wanted " +
               std::to_string(want[k].at(i));
  }
  return {};
}
/// What differs, or nothing.
inline std::string compare(const reference_line& line, const std::string& key, int& missing) {
  const json& out = line.record()["out"];
  if (out.is_string()) return compare_dtype(key, line.record().find("params"), out.string());
  if (out.is_object() && out.find("error")) {
    try {
      answer(line, key, dtype::f64);
    } catch (const error&) {
      return {};
    }
    return "no error";
  }
  std::vector<array> want = arrays_of(line, "out");
  if (auto found = better.find(key); found != better.end())
    for (std::size_t k = 0; k < want.size(); ++k)
      for (dim i = 0; i < want[k].size(); ++i)
        want[k].set(i, found->second[k][static_cast<std::size_t>(i)]);
  return compare_parts(answer(line, key, want[0].type), want, key.starts_with("signed zero/"),
                       missing);
}
/// The same, where a line that nothing answers throws.
inline std::string finding(const reference_line& line, const std::string& key, int& missing) try {
  return compare(line, key, missing);
} catch (const std::exception& e) {
  return std::string("thrown: ") + e.what();
}

/// Compares a line and counts it: empty, or what is wrong.
inline std::string check_line(const reference_line& line, exemptions& later, exemptions& other,
                              tally& count) {
  std::string key = key_of(line);
  const json* p = line.record().find("params");
  if (!later.reason_of(key, "", "").empty()) {
    int missing = 0;
    ++count.later;
    return finding(line, key, missing) == "" ? "need not be left for later" : "";
  }
  if (line.record()["out"].is_string() && is_beyond(key, *p)) return ++count.beyond, "";
  std::string text = finding(line, key, count.missing);
  bool differs = !other.reason_of(key + "/", "", "").empty();
  ++(differs ? count.different : count.compared);
  return differs && text == "" ? "differs no longer" : differs ? "" : text;
}
}  // namespace golden::conventions
