// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CALX_PYTREE: makes any struct a tree by naming the members that are its children.
#pragma once

#include <calx/tree/tree.hpp>

// Reflection is the one thing that C++20 leaves to macros. What a macro leaves unexpanded, as a
// macro does not expand within itself, is expanded when the text is read again: here 85 times.
#define CALX_DETAIL_READ(...) CALX_DETAIL_READ3(CALX_DETAIL_READ3(CALX_DETAIL_READ3(__VA_ARGS__)))
#define CALX_DETAIL_READ3(...) CALX_DETAIL_READ2(CALX_DETAIL_READ2(CALX_DETAIL_READ2(__VA_ARGS__)))
#define CALX_DETAIL_READ2(...) CALX_DETAIL_READ1(CALX_DETAIL_READ1(CALX_DETAIL_READ1(__VA_ARGS__)))
#define CALX_DETAIL_READ1(...) CALX_DETAIL_READ0(CALX_DETAIL_READ0(CALX_DETAIL_READ0(__VA_ARGS__)))
#define CALX_DETAIL_READ0(...) __VA_ARGS__
#define CALX_DETAIL_NOTHING
/// m(a), m(b), ...
#define CALX_DETAIL_EACH(m, ...) CALX_DETAIL_READ(CALX_DETAIL_NEXT(m, __VA_ARGS__))
#define CALX_DETAIL_NEXT(m, a, ...) \
  m(a) __VA_OPT__(, CALX_DETAIL_NEXT_NAME CALX_DETAIL_NOTHING()(m, __VA_ARGS__))
#define CALX_DETAIL_NEXT_NAME() CALX_DETAIL_NEXT
/// m(a) m(b) ...
#define CALX_DETAIL_SEQ(m, ...) CALX_DETAIL_READ(CALX_DETAIL_LATER(m, __VA_ARGS__))
#define CALX_DETAIL_LATER(m, a, ...) \
  m(a) __VA_OPT__(CALX_DETAIL_LATER_NAME CALX_DETAIL_NOTHING()(m, __VA_ARGS__))
#define CALX_DETAIL_LATER_NAME() CALX_DETAIL_LATER
#define CALX_DETAIL_PARAM(x) class calx_type_of_##x
#define CALX_DETAIL_MEMBER(x) calx_type_of_##x x;
#define CALX_DETAIL_FIELD(x) calx_struct.x

#define CALX_DETAIL_FIXED(x) std::remove_cv_t<decltype(rebound_from::x)> x{};
#define CALX_DETAIL_KEEP(x) calx_to.x = calx_from.x;
#define CALX_DETAIL_OPEN(...) __VA_ARGS__
#define CALX_DETAIL_PYTREE(type, fixed, ...)                             \
  using is_pytree = void;                                                \
  template <CALX_DETAIL_EACH(CALX_DETAIL_PARAM, __VA_ARGS__)>            \
  struct rebound {                                                       \
    using rebound_from = type;                                           \
    CALX_DETAIL_SEQ(CALX_DETAIL_MEMBER, __VA_ARGS__)                     \
    fixed                                                                \
  };                                                                     \
  template <class Struct>                                                \
  static constexpr auto fields(Struct& calx_struct) {                    \
    return std::tie(CALX_DETAIL_EACH(CALX_DETAIL_FIELD, __VA_ARGS__));   \
  }

/// Makes struct `type` a tree whose children are the named members (at most 64), in that order.
/// Other members are not seen by transforms and are kept as they are in results that come back in
/// the struct. Members that are no floats have no derivative: in gradients they are 0. Inside a
/// traced function there are the named members and nothing else; a struct with methods to be traced
/// is better made a class template. Write it at global scope, after the struct.
#define CALX_PYTREE(type, ...)                \
  template <>                                 \
  struct calx::pytree<type> {                 \
    CALX_DETAIL_PYTREE(type, , __VA_ARGS__)   \
  };
/// The same with members that stay C++ values inside a traced function: sizes, flags, enums. Both
/// lists stand in parentheses: CALX_PYTREE_FIXED(model, (weights, bias), (steps, kind)). As the
/// values of the fixed members decide about the program, such arguments take the run-time trace.
#define CALX_PYTREE_FIXED(type, traced, fixed)                                                  \
  template <>                                                                                   \
  struct calx::pytree<type> {                                                                   \
    CALX_DETAIL_PYTREE(type, CALX_DETAIL_SEQ(CALX_DETAIL_FIXED, CALX_DETAIL_OPEN fixed),        \
                       CALX_DETAIL_OPEN traced)                                                 \
    using has_fixed = void;                                                                     \
    template <class To, class From>                                                             \
    static constexpr void keep(To& calx_to, const From& calx_from) {                            \
      CALX_DETAIL_SEQ(CALX_DETAIL_KEEP, CALX_DETAIL_OPEN fixed)                                 \
    }                                                                                           \
  };
