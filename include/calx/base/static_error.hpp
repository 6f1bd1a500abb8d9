// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A sentence computed by the constant evaluator, shown in the compiler's own message.
#pragma once

#include <utility>

#include <calx/base/text.hpp>

namespace calx::inline CALX_ABI {

/// A piece of a sentence, short enough that no compiler cuts it, and of exactly its length, as
/// clang shows an array as text only if it ends with its first zero.
template <std::size_t N>
struct words {
  char s[N + 1] = {};
};

/// A sentence as a type.
template <auto... Words>
struct error_ {};

namespace detail {
/// The end of the piece of m that begins at `from`: at a space outside parentheses.
constexpr std::size_t piece_end(const text& m, std::size_t from) {
  std::size_t best = from;
  int depth = 0;
  for (std::size_t i = from; i < m.length && i - from < 35; ++i) {
    depth += m.data[i] == '(' ? 1 : m.data[i] == ')' ? -1 : 0;
    if (depth <= 0 && (m.data[i] == ' ' || i + 1 == m.length)) best = i + 1;
  }
  return best > from ? best : (m.length - from < 35 ? m.length : from + 35);
}
constexpr std::size_t count_pieces(const text& m) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < m.length; i = piece_end(m, i)) ++n;
  return n;
}
constexpr std::size_t piece_begin(const text& m, std::size_t k) {
  std::size_t i = 0;
  for (; k > 0; --k) i = piece_end(m, i);
  return i;
}
template <class Holder, std::size_t K>
constexpr auto piece() {
  constexpr text message = Holder::error();
  constexpr std::size_t from = piece_begin(message, K), to = piece_end(message, from);
  words<to - from> w;
  for (std::size_t i = from; i < to; ++i) w.s[i - from] = message.data[i];
  w.s[to - from] = 0;  // written, not left: clang looks at what was written
  return w;
}
template <class Holder, class Sequence>
struct sentence;
template <class Holder, std::size_t... I>
struct sentence<Holder, std::index_sequence<I...>> {
  using type = error_<piece<Holder, I>()...>;
};
/// The sentence Holder::error() as a type; named by a type, as g++ 12 fails on dependent texts.
template <class Holder>
struct error_of {
  using type =
      typename sentence<Holder, std::make_index_sequence<count_pieces(Holder::error())>>::type;
};
/// Does not compile unless the sentence is empty: the message shows the words.
template <auto... Words>
constexpr bool refuse(error_<Words...>) {
  static_assert(sizeof...(Words) == 0, "calx: see the sentence in error_<...>");
  return true;
}
/// Checks that Holder::error() is empty, else shows it.
template <class Holder>
constexpr bool no_error() {
  if constexpr (Holder::error().length == 0) return true;
  else return refuse(typename error_of<Holder>::type());
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
