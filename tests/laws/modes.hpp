// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What can be done with a function of arrays, as programs: value, derivatives, batches of these.
#pragma once

#include <calx/passes/compact.hpp>
#include <calx/passes/linearize.hpp>
#include <calx/passes/vmap.hpp>
#include <calx/graph/print.hpp>
#include <functional>

#include "../codegen/arrays.hpp"

namespace laws {
using namespace programs;
using passes::node_list;

/// A function of arrays: given nodes, it adds a program to a graph and returns its outputs.
using function = std::function<node_list(graph&, const node_list&)>;

/// A function and the types of its arguments.
struct callable {
  std::vector<aval> types;
  function call;
};

inline node_list floats_of(const graph& g, const node_list& nodes) {
  node_list out;
  for (int n : nodes)
    if (is_float(g.element(n))) out.push_back(n);
  return out;
}
inline node_list first(const node_list& list, std::size_t n) {
  return {list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n)};
}
inline node_list rest(const node_list& list, std::size_t n) {
  return {list.begin() + static_cast<std::ptrdiff_t>(n), list.end()};
}
/// Fresh names for nodes, so that differentiation sees them as variables of its own.
inline node_list renamed(graph& g, node_list nodes) {
  for (int& n : nodes) n = alias_t::emit(g, n);
  return nodes;
}
inline node_list with_zeros(graph& g, node_list derivatives, const node_list& like) {
  for (std::size_t i = 0; i < like.size(); ++i)
    if (derivatives[i] < 0) derivatives[i] = detail::zeros_like(g, like[i]);
  return derivatives;
}

/// The types of f's arguments that are floats.
inline std::vector<aval> float_types(const callable& f) {
  std::vector<aval> out;
  for (const aval& a : f.types)
    if (is_float(a.type)) out.push_back(a);
  return out;
}
inline std::vector<aval> joined(std::vector<aval> a, const std::vector<aval>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
/// The types of f's results.
inline std::vector<aval> result_types(const callable& f) {
  graph g;
  node_list in;
  for (const aval& a : f.types) in.push_back(input_t::emit(g, a));
  std::vector<aval> out;
  for (int n : f.call(g, in)) out.push_back(g.type(n));
  return out;
}

/// (x..., t...) -> tangents of f at x along t; t for the float arguments.
inline callable jvp_of(const callable& f) {
  std::size_t count = f.types.size();
  return {joined(f.types, float_types(f)), [=](graph& g, const node_list& args) {
            node_list x = renamed(g, first(args, count)), y = f.call(g, x);
            return with_zeros(g, passes::jvp(g, floats_of(g, x), rest(args, count), y), y);
          }};
}
/// (x..., u...) -> cotangents of the float arguments of f at x from u.
inline callable vjp_of(const callable& f) {
  std::size_t count = f.types.size();
  return {joined(f.types, result_types(f)), [=](graph& g, const node_list& args) {
            node_list x = renamed(g, first(args, count)), y = f.call(g, x);
            auto linear = passes::linearize(g, floats_of(g, x), y);
            return passes::vjp(g, linear, rest(args, count));
          }};
}
/// (x..., t...) -> the transpose of the transpose of f's derivative, at t.
inline callable twice_transposed(const callable& f) {
  std::size_t count = f.types.size();
  return {joined(f.types, float_types(f)), [=](graph& g, const node_list& args) {
            node_list x = renamed(g, first(args, count)), y = f.call(g, x), u;
            auto linear = passes::linearize(g, floats_of(g, x), y);
            for (int n : y) u.push_back(variable_t::emit(g, aval(g.type(n))));
            node_list back = passes::vjp(g, linear, u);
            return with_zeros(g, passes::transpose(g, u, back, rest(args, count)), y);
          }};
}
/// The first `count` arguments of f as arguments, and f's other arguments held fixed behind them:
/// the derivative by the former along as many tangents, which come last.
inline callable partial_jvp(const callable& f, std::size_t count) {
  std::vector<aval> moving(f.types.begin(), f.types.begin() + static_cast<std::ptrdiff_t>(count));
  std::size_t all = f.types.size();
  return {joined(f.types, float_types({moving, {}})), [=](graph& g, const node_list& args) {
            node_list x = renamed(g, first(args, count)), a = x;
            node_list fixed = rest(first(args, all), count);
            a.insert(a.end(), fixed.begin(), fixed.end());
            node_list y = f.call(g, a);
            return with_zeros(g, passes::jvp(g, floats_of(g, x), rest(args, all), y), y);
          }};
}
/// As `partial_jvp`, backwards.
inline callable partial_vjp(const callable& f, std::size_t count) {
  std::size_t all = f.types.size();
  return {joined(f.types, result_types(f)), [=](graph& g, const node_list& args) {
            node_list x = renamed(g, first(args, count)), a = x;
            node_list fixed = rest(first(args, all), count);
            a.insert(a.end(), fixed.begin(), fixed.end());
            auto linear = passes::linearize(g, floats_of(g, x), f.call(g, a));
            return passes::vjp(g, linear, rest(args, all));
          }};
}
/// f on a batch: the arguments that `batched` marks have an axis of `size` in front, all results
/// do.
inline callable vmap_of(const callable& f, const std::vector<bool>& batched, dim size) {
  std::vector<aval> types = f.types;
  for (std::size_t i = 0; i < types.size(); ++i)
    if (batched[i]) types[i].shape.insert(0, size);
  return {types, [=](graph& g, const node_list& args) {
            node_list x = args, variables, batches;
            for (std::size_t i = 0; i < args.size(); ++i) {
              if (!batched[i]) continue;
              x[i] = variable_t::emit(g, f.types[i]);
              variables.push_back(x[i]), batches.push_back(args[i]);
            }
            node_list out;
            for (auto [id, varies] : passes::vmap(g, variables, batches, size, f.call(g, x)))
              out.push_back(varies ? id : detail::repeat(g, id, size));
            return out;
          }};
}

/// The program that calls f on its inputs.
inline graph program_of(const callable& f) {
  graph g;
  node_list in;
  for (const aval& a : f.types) in.push_back(input_t::emit(g, a));
  g.outputs = f.call(g, in);
  return g;
}
}  // namespace laws
