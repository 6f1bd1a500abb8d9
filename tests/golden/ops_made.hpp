// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the functions that make arrays give for reference lines, which have no arguments.
#pragma once

#include <map>
#include <optional>

#include <calx/calx.hpp>

#include "ops_table.hpp"

namespace golden {
/// An array of the library as one of these tests.
template <class X>
array array_from(const X& x) {
  array a(dtype_of<typename X::value_type>(), x.dimensions());
  for (std::size_t i = 0; i < x.size(); ++i) a.put(static_cast<dim>(i), x.data()[i]);
  return a;
}
template <class T>
array arange_of(const json& args) {
  auto at = [&](int i) { return args[i].template as<T>(); };
  if (args.size() == 1) return array_from(calx::arange<T>(at(0)));
  if (args.size() == 2) return array_from(calx::arange<T>(at(0), at(1)));
  return array_from(calx::arange<T>(at(0), at(1), at(2)));
}
template <class T>
std::optional<array> eye_of(const json& p) {
  if (p["k"].as<int>() != 0) return {};  // another diagonal
  if (p["M"].is_null()) return array_from(calx::eye<T>(p["N"].as<dim>()));
  return array_from(calx::eye<T>(p["N"].as<dim>(), p["M"].as<dim>()));
}
template <class T>
std::optional<array> linspace_of(const json& p) {
  if (!p.find("start") || !p["endpoint"].boolean()) return {};  // traced ends, or one left out
  return array_from(calx::linspace<T>(p["start"].as<double>(), p["stop"].as<double>(),
                                      p["num"].as<dim>()));
}

inline const std::vector<std::string_view> made_ops = {"arange", "eye", "full", "linspace"};
/// What the line asks for; nothing if the library has no way to say it.
inline std::optional<array> made(const reference_line& line) {
  const std::string& op = line.record()["op"].string();
  const json& p = line.record()["params"];
  return visit_dtype(dtype_named(line.dtype()), [&]<class T>() -> std::optional<array> {
    if constexpr (!std::is_same_v<T, bool>) {
      if (op == "arange") return arange_of<T>(p["args"]);
      if (op == "eye") return eye_of<T>(p);
      if (op == "linspace") return linspace_of<T>(p);
      if (op == "full" && p["shape"].size() == 2)
        return array_from(calx::full<T>(p["value"].as<double>(), p["shape"][0].as<dim>(),
                                        p["shape"][1].as<dim>()));
    }
    return {};
  });
}
inline bool is_known_op(std::string_view op) {
  return operations.contains(op) ||
         std::find(made_ops.begin(), made_ops.end(), op) != made_ops.end();
}

/// The dtype of a number or of an array's elements.
template <class X>
dtype dtype_in(const X&) {
  if constexpr (requires { typename X::value_type; }) return dtype_of<typename X::value_type>();
  else return dtype_of<X>();
}
/// The dtypes of what C++ expressions make, by the name of the line.
inline const std::map<std::string_view, dtype> made_dtypes = {
    {"jnp.arange(3)", dtype_in(calx::arange(3))},
    {"jnp.arange(3.0)", dtype_in(calx::arange(3.0))},
    {"jnp.array(True)", dtype_in(calx::full(true))},
    {"jnp.array(1.0)", dtype_in(calx::full(1.0))},
    {"jnp.eye(2)", dtype_in(calx::eye(2))},
    {"jnp.full(2, 1)", dtype_in(calx::full(1, 2))},
    {"jnp.linspace(0, 1, 3)", dtype_in(calx::linspace(0, 1, 3))},
    {"jnp.sin(1)", dtype_in(calx::sin(1))},
    {"jnp.zeros(2)", dtype_in(calx::zeros(2))},
    {"jnp.where(True, 1, 2.0)", dtype_in(calx::where(true, 1, 2.0))},
    {"jnp.sum of weak 1.0", dtype_in(calx::sum(1.0))},
    {"random.permutation(3)", dtype_in(calx::random::permutation(calx::random::key(0), 3))}};
}  // namespace golden
