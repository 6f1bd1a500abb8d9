// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CALX_PYTREE: makes any struct a tree by naming the members that are its children.
#pragma once

#include <calx/tree/tree.hpp>

// Reflection is the one thing that C++20 leaves to macros. Each helper handles one more member.
#define CALX_DETAIL_EACH1(m, a) m(a)
#define CALX_DETAIL_EACH2(m, a, ...) m(a), CALX_DETAIL_EACH1(m, __VA_ARGS__)
#define CALX_DETAIL_EACH3(m, a, ...) m(a), CALX_DETAIL_EACH2(m, __VA_ARGS__)
#define CALX_DETAIL_EACH4(m, a, ...) m(a), CALX_DETAIL_EACH3(m, __VA_ARGS__)
#define CALX_DETAIL_EACH5(m, a, ...) m(a), CALX_DETAIL_EACH4(m, __VA_ARGS__)
#define CALX_DETAIL_EACH6(m, a, ...) m(a), CALX_DETAIL_EACH5(m, __VA_ARGS__)
#define CALX_DETAIL_EACH7(m, a, ...) m(a), CALX_DETAIL_EACH6(m, __VA_ARGS__)
#define CALX_DETAIL_EACH8(m, a, ...) m(a), CALX_DETAIL_EACH7(m, __VA_ARGS__)
#define CALX_DETAIL_EACH9(m, a, ...) m(a), CALX_DETAIL_EACH8(m, __VA_ARGS__)
#define CALX_DETAIL_EACH10(m, a, ...) m(a), CALX_DETAIL_EACH9(m, __VA_ARGS__)
#define CALX_DETAIL_EACH11(m, a, ...) m(a), CALX_DETAIL_EACH10(m, __VA_ARGS__)
#define CALX_DETAIL_EACH12(m, a, ...) m(a), CALX_DETAIL_EACH11(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ1(m, a) m(a)
#define CALX_DETAIL_SEQ2(m, a, ...) m(a) CALX_DETAIL_SEQ1(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ3(m, a, ...) m(a) CALX_DETAIL_SEQ2(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ4(m, a, ...) m(a) CALX_DETAIL_SEQ3(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ5(m, a, ...) m(a) CALX_DETAIL_SEQ4(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ6(m, a, ...) m(a) CALX_DETAIL_SEQ5(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ7(m, a, ...) m(a) CALX_DETAIL_SEQ6(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ8(m, a, ...) m(a) CALX_DETAIL_SEQ7(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ9(m, a, ...) m(a) CALX_DETAIL_SEQ8(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ10(m, a, ...) m(a) CALX_DETAIL_SEQ9(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ11(m, a, ...) m(a) CALX_DETAIL_SEQ10(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ12(m, a, ...) m(a) CALX_DETAIL_SEQ11(m, __VA_ARGS__)
#define CALX_DETAIL_COUNT(...) \
  CALX_DETAIL_PICK(__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define CALX_DETAIL_PICK(a, b, c, d, e, f, g, h, i, j, k, l, n, ...) n
#define CALX_DETAIL_JOIN(a, b) CALX_DETAIL_JOIN_(a, b)
#define CALX_DETAIL_JOIN_(a, b) a##b
#define CALX_DETAIL_EACH(m, ...) \
  CALX_DETAIL_JOIN(CALX_DETAIL_EACH, CALX_DETAIL_COUNT(__VA_ARGS__))(m, __VA_ARGS__)
#define CALX_DETAIL_SEQ(m, ...) \
  CALX_DETAIL_JOIN(CALX_DETAIL_SEQ, CALX_DETAIL_COUNT(__VA_ARGS__))(m, __VA_ARGS__)
#define CALX_DETAIL_PARAM(x) class calx_type_of_##x
#define CALX_DETAIL_MEMBER(x) calx_type_of_##x x;
#define CALX_DETAIL_FIELD(x) calx_struct.x

/// Makes struct `type` a tree whose children are the named members (at most 12), in that order.
/// Other members are not seen by transforms and are kept as they are in results that come back in
/// the struct. Inside a traced function there are the named members and nothing else; a struct
/// with methods to be traced is better made a class template. Write it at global scope, after the
/// struct.
#define CALX_PYTREE(type, ...)                                          \
  template <>                                                           \
  struct calx::pytree<type> {                                           \
    using is_pytree = void;                                             \
    template <CALX_DETAIL_EACH(CALX_DETAIL_PARAM, __VA_ARGS__)>         \
    struct rebound {                                                    \
      using rebound_from = type;                                        \
      CALX_DETAIL_SEQ(CALX_DETAIL_MEMBER, __VA_ARGS__)                  \
    };                                                                  \
    template <class Struct>                                             \
    static constexpr auto fields(Struct& calx_struct) {                 \
      return std::tie(CALX_DETAIL_EACH(CALX_DETAIL_FIELD, __VA_ARGS__)); \
    }                                                                   \
  };
