// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transforms inside a trace made by hand: one program, run in every way that a program can be run.
#pragma once

#include <calx/calx.hpp>
#include <calx/passes/verify.hpp>

#include "../plan/run_plan.hpp"

namespace traced {
using namespace calx;
using elements = programs::array;

/// f64 elements in a shape.
inline elements values(const dims& shape, const std::vector<double>& v) {
  return elements(dtype::f64, shape, [&](dim i) { return v[static_cast<std::size_t>(i)]; });
}

/// The program that `body` makes of inputs of these types, given as a vector of tracers; it returns
/// any tree of tracers. With `symbols`, every extent of an input is one that run time knows.
template <class Body>
graph program_of(const Body& body, const std::vector<elements>& inputs, bool symbols = false) {
  graph g;
  std::vector<tracer> x;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    aval t{inputs[k].type, inputs[k].shape};
    for (int i = 0; symbols && i < t.shape.rank; ++i)
      t.shape[i] = g.symbols.make({symbol_kind::input, static_cast<dim>(k), i});
    x.push_back(tracer(&g, input_t::emit(g, t)));
  }
  detail::set_outputs(g, detail::traced_result(g, body(x)));
  return passes::compact(g);
}

/// The results of `body` by the oracle, by plans of known extents, and, where `symbols`, by
/// one of extents that only run time knows.
template <class Body>
std::vector<std::vector<elements>> run_all(const Body& body, const std::vector<elements>& inputs,
                                           bool symbols = true) {
  const graph g = program_of(body, inputs);
  if (text fault = passes::verify(g); fault.length > 0)
    throw programs::plan_fault(std::string(fault.view()));
  std::vector<std::vector<elements>> all{programs::run(g, inputs), programs::run_plan(g, inputs),
                                          programs::run_compiled_plan(g, inputs)};
  if (symbols) all.push_back(programs::run_compiled_plan(program_of(body, inputs, true), inputs));
  return all;
}
}  // namespace traced
