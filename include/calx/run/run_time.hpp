// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The run-time path: a callable is traced with the extents that its arguments have, and run by the
// virtual machine.
#pragma once

#include <memory>
#include <vector>

#include <calx/array/dynamic_array.hpp>
#include <calx/codegen/vm/machine.hpp>
#include <calx/run/execute.hpp>
#include <calx/tree/sequences.hpp>

namespace calx::inline CALX_ABI::detail {

/// All leaves of a run-time trace are dynamic arrays.
struct dynamic_leaves {
  template <int>
  using at = dynamic_array;
};

template <class L>
L make_leaf(const aval& a) {
  if constexpr (std::is_same_v<L, dynamic_array>) return dynamic_array(a);
  else return leaf_traits<L>::make(a.shape);
}
/// The same where run time knows the structure: that of `like_this`. next() tells types.
template <class Result, class Spec, class R, class Next>
Result make_result(const Spec& spec, const R& like_this, Next&& next) {
  auto leaf = [&]<class L>(std::type_identity<L>) { return make_leaf<L>(next()); };
  if constexpr (tree::detail::is_tuple<Spec>) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Result{make_result<std::tuple_element_t<I, Result>>(std::get<I>(spec),
                                                                 std::get<I>(like_this), next)...};
    }(std::make_index_sequence<std::tuple_size_v<Spec>>());
  } else if constexpr (requires { spec.original; }) {
    return make_like<Result>(*spec.original, leaf);
  } else if constexpr (tree::kind<R> == tree::shape_of::leaf) {
    return leaf(std::type_identity<Result>());
  } else if constexpr (tree::detail::declared<Result>) {
    return make_declared<Result>(leaf);
  } else if constexpr (tree::is_static<R>()) {
    return tree::build<Result, Result>(leaf);
  } else {
    return tree::convert<Result>(like_this,
                                 [&](const tracer&) { return make_leaf<dynamic_array>(next()); });
  }
}

/// Where the elements of each leaf lie; leaves that are not row-major are copied first.
struct input_pointers {
  vec<const void*> at;
  vec<vec<unsigned char>> copies;
  template <class T>
  void add(const T& t) {
    tree::for_each(t, [this](const auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      const void* p = leaf_traits<L>::data(leaf);
      if constexpr (requires { leaf_traits<L>::copy; } || requires { &leaf_traits<L>::copy; })
        if (!p) {
          using T_ = element_t<leaf_traits<L>::type>;
          aval a = aval_of(leaf);
          copies.push_back(
              vec<unsigned char>(static_cast<std::size_t>(a.shape.size()) * sizeof(T_) + 1));
          leaf_traits<L>::copy(leaf, reinterpret_cast<T_*>(copies.back().data()));
          p = copies.back().data();
        }
      at.push_back(p);
    });
  }
};
/// Where results are written; `finish` puts those of column-major leaves in their order.
struct output_pointers {
  vec<void*> at;
  vec<vec<unsigned char>> copies;
  template <class T>
  explicit output_pointers(T& result) {
    tree::for_each(result, [this](auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      void* p = leaf_traits<L>::data(leaf);
      if constexpr (requires { &leaf_traits<L>::assign; })
        if (!p) {
          aval a = aval_of(leaf);
          copies.push_back(
              vec<unsigned char>(static_cast<std::size_t>(a.shape.size()) * size_of(a.type) + 1));
          p = copies.back().data();
        }
      at.push_back(p);
    });
  }
  template <class T>
  void finish(T& result) const {
    std::size_t k = 0;
    tree::for_each(result, [&](auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      if constexpr (requires { &leaf_traits<L>::assign; }) {
        using E = element_t<leaf_traits<L>::type>;
        if (!leaf_traits<L>::data(leaf))
          leaf_traits<L>::assign(leaf, reinterpret_cast<const E*>(copies[k++].data()));
      }
    });
  }
};

/// Runs a program whose extents are known on the leaves of `in`, one for each of its inputs, of
/// which the last may be missing if nothing reads them. The results go to the leaves of `out`.
template <class Out, class... In>
void run_program(const graph& program, Out& out, const In&... in) {
  input_pointers from;
  (from.add(in), ...);
  while (from.at.size() < program.inputs.size()) from.at.push_back(nullptr);
  output_pointers to(out);
  vm::run(vm::compile(program), from.at.data(), to.at.data());
  to.finish(out);
}

/// g and a... with tracers for all leaves, inputs of program p.
template <class G, class... A>
auto enter_now(graph& p, const G& g, const A&... a) {
  auto input = [&](const auto& leaf) {
    return tracer(&p, input_t::emit(p, aval_of(leaf)));
  };
  // In braces, so that the inputs are numbered from left to right.
  using call = traced_call<G, A...>;
  return typename call::entered{
      tree::convert<tree::traced<G>>(g, input),
      typename call::arguments{tree::resolved(tree::convert<tree::traced<A>>(a, input))...}};
}
template <class G, class... A>
auto trace_values(graph& p, const G& g, const A&... a) {
  const auto call = enter_now(p, g, a...);
  return traced_result(p, std::apply(call.callee, call.args));
}

/// Traces with the extents that the arguments have, then runs.
template <class Spec, class G, class... A>
auto run_traced(const Spec& spec, const G& g, const A&... a) {
  graph p;
  auto values = trace_values(p, g, a...);
  set_outputs(p, values);
  p.values_only = true;
  graph program = passes::compact(p);
  using result = result_of_t<Spec, decltype(values), dynamic_leaves>;
  std::size_t k = 0;
  result out = make_result<result>(
      spec, values, [&] { return aval(program.type(program.outputs[k++])); });
  run_program(program, out, g, a...);
  return out;
}

/// Throws unless the leaves of `out` have the types of a program's results. Its elements are not
/// read, hence no const reference: compilers take one for a promise that they are.
template <class Out>
void require_destinations(const graph& program, Out& out) {
  std::size_t leaves = 0, k = 0;
  tree::for_each(out, [&](auto&) { ++leaves; });
  if (leaves != program.outputs.size())
    raise(error_kind::shape, text() << "into: the result has "
                                    << static_cast<int>(program.outputs.size())
                                    << " leaves, but the destination has "
                                    << static_cast<int>(leaves) << "; give one for each");
  tree::for_each(out, [&](auto& leaf) {
    require_destination(leaf, program.type(program.outputs[k++]));
  });
}
/// The same with the result written to `out`, whose leaves must have the types of the result.
template <class Out, class G, class... A>
void run_traced_into(Out& out, const G& g, const A&... a) {
  graph p;
  set_outputs(p, trace_values(p, g, a...));
  p.values_only = true;
  graph program = passes::compact(p);
  require_destinations(program, out);
  tree::for_each(out, [](auto& leaf) { make_writable(leaf); });
  run_program(program, out, g, a...);
}

/// A program that a callable keeps, and the traced tree that its results are, of which only the
/// structure counts.
template <class Result>
class stored_program {
 public:
  stored_program(graph program, const Result& like)
      : kept_(std::make_shared<const kept>(kept{std::move(program), like})) {}
  const graph& late() const { return kept_->program; }
  /// The traced result with nodes `ids` as leaves.
  auto result(graph& g, const passes::node_list& ids) const {
    std::size_t k = 0;
    return tree::convert<Result>(kept_->like,
                                 [&](const tracer&) { return tracer(&g, ids[k++]); });
  }

 private:
  struct kept {
    graph program;
    Result like;
  };
  std::shared_ptr<const kept> kept_;
};

template <class G>
struct run_time_trace {
  template <class Spec, class... A>
  static auto run(const Spec& spec, const G& g, const A&... a) {
    return run_traced(spec, g, a...);
  }
  template <class Out, class... A>
  static void run_into(Out& out, const G& g, const A&... a) {
    run_traced_into(out, g, a...);
  }

  // What linearizing at run time needs.
  template <class... A>
  static auto enter(graph& p, const G& g, const A&... a) { return enter_now(p, g, a...); }
  /// The outputs of a program: the value, whose traced tree is `y`, and the residuals behind it.
  template <class Y, class... A>
  static auto run_early(const graph& program, const Y& y, const G& g, const A&... a) {
    using result = result_of_t<automatic, Y, dynamic_leaves>;
    std::size_t k = 0;
    auto next = [&] { return aval(program.type(program.outputs[k++])); };
    auto all = std::make_tuple(make_result<result>(automatic(), y, next),
                               std::vector<dynamic_array>());
    while (k < program.outputs.size()) std::get<1>(all).push_back(dynamic_array(next()));
    run_program(program, all, g, a...);
    return all;
  }
  template <class Result>
  static auto stored(graph program, const Result& like) {
    return stored_program<Result>(std::move(program), like);
  }
};

}  // namespace calx::inline CALX_ABI::detail
