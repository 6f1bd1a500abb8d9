// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The second half of a program, kept with the residuals that the first half left.
#pragma once

#include <cstring>
#include <memory>
#include <vector>

#include <calx/api/call.hpp>
#include <calx/array/interpret.hpp>
#include <calx/passes/partition.hpp>

namespace calx::inline CALX_ABI::detail {

/// One value in memory of its own.
struct kept_value {
  aval type;
  std::shared_ptr<unsigned char[]> bytes;
  explicit kept_value(const aval& t)
      : type(t),
        bytes(new unsigned char[static_cast<std::size_t>(t.shape.size()) * size_of(t.type) + 1]) {}
};

/// The late half of a program and its residuals.
struct kept_program {
  graph program;
  std::vector<kept_value> residuals;
};
struct kept_values {
  std::shared_ptr<const std::vector<kept_value>> values;  // the outputs of the early half
  std::shared_ptr<const kept_program> rest;
};

/// Runs the part of p that does not depend on inputs from `early` on; the first `values` outputs
/// are results, the others belong to the late half.
template <class F, class... A>
kept_values run_early(const graph& p, int early, std::size_t values, const F& f, const A&... a) {
  auto cut = passes::partition(p, early, values);
  std::vector<kept_value> out;
  std::vector<void*> to;
  for (int n : cut.early.outputs) {
    out.emplace_back(cut.early.type(n));
    to.push_back(out.back().bytes.get());
  }
  input_pointers in;
  in.add(f);
  (in.add(a), ...);
  for (std::size_t i = in.at.size(); i < p.inputs.size(); ++i) in.at.push_back(nullptr);
  interpret(cut.early, in.at.data(), to.data());
  auto split = out.begin() + static_cast<std::ptrdiff_t>(values);
  auto rest = std::make_shared<kept_program>();
  rest->program = std::move(cut.late);
  rest->residuals.assign(split, out.end());
  out.erase(split, out.end());
  return {std::make_shared<const std::vector<kept_value>>(std::move(out)), std::move(rest)};
}

/// Values as the result that a function returns: y says the structure, Leaves the types.
template <class Leaves, class Y>
auto values_as(const Y& y, const std::vector<kept_value>& values) {
  using result = result_of_t<automatic, Y, Leaves>;
  std::size_t k = 0;
  result out = make_result<result>(automatic(), y, [&] { return values[k++].type; });
  output_pointers to(out);
  for (std::size_t i = 0; i < to.at.size(); ++i)
    std::memcpy(
        to.at[i], values[i].bytes.get(),
        static_cast<std::size_t>(values[i].type.shape.size()) * size_of(values[i].type.type));
  return out;
}

/// A linear function whose residuals are kept, callable inside a run-time trace: In is the traced
/// tree of its arguments, Out that of its results.
template <class In, class Out>
class kept_function {
 public:
  kept_function(std::string_view name, std::shared_ptr<const kept_program> kept, Out out)
      : name_(name), kept_(std::move(kept)), out_(std::move(out)) {}

  template <class V>
  Out operator()(graph& g, const V& v) const {
    passes::node_list args;
    const graph& p = kept_->program;
    for (std::size_t i = 0; i < kept_->residuals.size(); ++i)
      args.push_back(literal_t::emit(g, kept_->residuals[i].type,
                                     literal(kept_->residuals[i].bytes.get(), kept_)));
    for (int n : ids_of(lifted(g, v))) args.push_back(n);
    check(g, args);
    return with_ids(g, out_, passes::inlined(g, p, args));
  }

 private:
  void check(graph& g, const passes::node_list& args) const {
    const graph& p = kept_->program;
    int have = static_cast<int>(args.size()), want = static_cast<int>(p.inputs.size());
    int own = static_cast<int>(kept_->residuals.size());
    if (have != want)
      g.fail(error_kind::shape, text() << name_ << ": got " << have - own
                                       << " leaves, but the function has " << want - own);
    for (std::size_t i = kept_->residuals.size(); i < args.size(); ++i)
      if (!(g.type(args[i]) == p.type(p.inputs[i])))
        g.fail(error_kind::shape,
               text() << name_ << ": got " << g.element(args[i]) << " of shape "
                      << g.shape(args[i]) << ", but the function has "
                      << p.element(p.inputs[i]) << " of shape " << p.shape(p.inputs[i])
                      << "; they must be equal");
  }

  std::string_view name_;
  std::shared_ptr<const kept_program> kept_;
  Out out_;
};

}  // namespace calx::inline CALX_ABI::detail
