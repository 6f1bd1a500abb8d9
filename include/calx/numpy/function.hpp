// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the functions on whole arrays share: traced they add to the program, else they run at once.
#pragma once

#include <calx/api/transform.hpp>

namespace calx::inline CALX_ABI {

/// One axis as a compile-time number; negatives count from the end.
template <int A>
struct axis_t {};
template <int A>
inline constexpr axis_t<A> axis{};
/// Several axes; without any: all of them.
template <int... A>
struct axes_t {};
template <int... A>
inline constexpr axes_t<A...> axes{};
/// Reductions keep the axes they reduce, with extent 1.
struct keepdims_t {};
/// sum(x, axis<0>, keepdims): reduced axes stay, with extent 1.
inline constexpr keepdims_t keepdims{};

namespace detail {

/// True for what says how a function works, such as axes, not on what.
template <class A>
inline constexpr bool is_option = std::is_empty_v<A>;

/// True for a tree of several values, of which one is traced.
template <class A>
inline constexpr bool holds_tracers = tree::kind<A> != tree::shape_of::leaf && tree::is_traced<A>;

/// Base of function objects: Fn::trace(options_and_tracers...) adds to the program. Options are
/// empty types.
template <class Fn>
struct array_function {
  template <class... A>
  constexpr auto operator()(const A&... a) const {
    if constexpr ((holds_tracers<A> || ...)) {
      static_assert(!(holds_tracers<A> || ...),
                    "calx: a container of traced values is no array: make one of them by "
                    "stack(axis<0>, v[0], v[1])");
      return tracer();
    } else if constexpr (inside_trace<A...>) {
      constexpr bool bare =
          ((is_option<A> || std::is_same_v<A, tracer> || extent_operand<A>) && ...);
      graph* g = program_of(a...);
      if constexpr (bare)
        if (!g) return Fn::trace(unlifted(a)...);
      return Fn::trace(argument(program_for_array(g), a)...);
    } else {
      return execute(static_cast<const Fn&>(*this), a...);
    }
  }

 private:
  template <class A>
  static constexpr auto unlifted(const A& a) {
    if constexpr (extent_operand<A>) return tracer(a);
    else return a;
  }
  template <class A>
  static constexpr auto argument(graph& g, const A& a) {
    if constexpr (is_option<A>) return a;
    else return lifted_value(g, a);
  }
};

/// Why a reduction takes no number behind the array.
template <class Option>
struct option_problem {
  static constexpr text error() {
    return text("behind the array a reduction takes axis<0>, axes<0, 1> or keepdims; of two values "
                "there are maximum(a, b) and minimum(a, b)");
  }
};
/// The axes and flags among the options of a reduction.
struct reduction_options {
  dim_list axes;
  bool all = true, keep = false;

  template <int A>
  constexpr void read(axis_t<A>) { axes.push_back(A), all = false; }
  template <int... A>
  constexpr void read(axes_t<A...>) { (axes.push_back(A), ...), all = sizeof...(A) == 0; }
  constexpr void read(keepdims_t) { keep = true; }
  template <class O>
  constexpr void read(const O&) {
    static_assert(no_error<option_problem<O>>());
  }
  template <class... O>
  static constexpr reduction_options of(O... o) {
    reduction_options r;
    (r.read(o), ...);
    return r;
  }
};
}  // namespace detail
}  // namespace calx::inline CALX_ABI
