// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The run-time path: a callable is traced with the extents that its arguments have, and run by the
// interpreter.
#pragma once

#include <calx/array/dynamic_array.hpp>
#include <calx/codegen/interpreter.hpp>
#include <calx/run/execute.hpp>

namespace calx::inline CALX_ABI::detail {

/// All leaves of a run-time trace are dynamic arrays.
struct dynamic_leaves {
  template <int>
  using at = dynamic_array;
};

/// A leaf for a result of type a; throws if an L cannot hold it.
template <class L>
L make_leaf(const aval& a) {
  if constexpr (std::is_same_v<L, dynamic_array>) return dynamic_array(a);
  else {
    const text wrong = leaf_error("call", "type that follows from the arguments", aval_of<L>(), a);
    if (wrong.length > 0)
      raise(a.type == leaf_traits<L>::type ? error_kind::shape : error_kind::dtype, wrong);
    return leaf_traits<L>::make(a.shape);
  }
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

/// Calls g with tracers for all leaves of itself and of a..., inputs of program p.
template <class G, class... A>
auto trace_values(graph& p, const G& g, const A&... a) {
  auto input = [&](const auto& leaf) {
    return tracer(&p, input_t::emit(p, aval_of(leaf)));
  };
  const auto callee = tree::convert<tree::traced<G>>(g, input);
  // In braces, so that the inputs are numbered from left to right.
  const typename traced_call<G, A...>::arguments args{
      tree::resolved(tree::convert<tree::traced<A>>(a, input))...};
  return traced_result(p, std::apply(callee, args));
}

/// Throws unless a result with that many leaves, or at least as many, is one of the program.
template <class = void>
void require_leaves(const graph& program, std::size_t leaves, bool more) {
  const std::size_t have = program.outputs.size();
  if (leaves > have || (leaves < have && !more))
    raise(error_kind::shape, text() << "call: the function returned " << static_cast<int>(have)
                                    << " leaves, which is not what its result is said to have");
}
/// Traces with the extents that the arguments have, then interprets.
template <class Spec, class G, class... A>
auto run_traced(const Spec& spec, const G& g, const A&... a) {
  graph p;
  auto values = trace_values(p, g, a...);
  set_outputs(p, values);
  graph program = passes::compact(p);
  using result = result_of_t<Spec, decltype(values), dynamic_leaves>;
  std::size_t k = 0;
  auto next = [&] {
    require_leaves(program, k + 1, true);
    return aval(program.type(program.outputs[k++]));
  };
  result out = make_result<result>(spec, values, next);
  require_leaves(program, k, false);
  input_pointers in;
  in.add(g);
  (in.add(a), ...);
  output_pointers to(out);
  interpret(program, in.at.data(), to.at.data());
  to.finish(out);
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
  graph program = passes::compact(p);
  require_destinations(program, out);
  tree::for_each(out, [](auto& leaf) { make_writable(leaf); });
  input_pointers in;
  in.add(g);
  (in.add(a), ...);
  output_pointers to(out);
  interpret(program, in.at.data(), to.at.data());
  to.finish(out);
}

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
};

}  // namespace calx::inline CALX_ABI::detail
