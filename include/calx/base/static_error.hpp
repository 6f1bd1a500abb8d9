// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A sentence computed by the constant evaluator, shown in the compiler's own message.
#pragma once

#include <calx/base/text.hpp>

namespace calx::inline CALX_ABI {

#if defined(__clang__)
/// A sentence in pieces, as clang shows no more than 36 characters of a text and ten of a list. Of
/// each array it shows what has been written: a piece is written from its last character on.
template <std::size_t Pieces>
struct says {
  char s[Pieces][37] = {};
};
/// False for every sentence; clang shows those that it asks for.
template <auto... Sentence>
inline constexpr bool error_ = false;
#else
/// A sentence as a template argument.
template <std::size_t Length>
struct sentence {
  char s[Length + 1] = {};
};
/// Deleted, so that the use of it is an error that has the sentence in its line.
template <auto Error>
constexpr void says() = delete;
#endif

namespace detail {
template <class>
inline constexpr bool never = false;

#if defined(__clang__)
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
/// Pieces First to First + 9 of the sentence.
template <class Holder, std::size_t First>
constexpr auto part_of_sentence() {
  constexpr text m = Holder::error();
  constexpr std::size_t count = count_pieces(m) - First < 10 ? count_pieces(m) - First : 10;
  says<count> part;
  for (std::size_t k = count; k-- > 0;) {
    const std::size_t from = piece_begin(m, First + k), length = piece_end(m, from) - from;
    const std::size_t end = length > 7 ? length : 7;  // clang makes room for eight at least
    part.s[k][end] = 0;
    for (std::size_t i = end; i-- > 0;) part.s[k][i] = i < length ? m.data[from + i] : ' ';
  }
  return part;
}
/// A sentence of up to ten pieces as a template argument that compilers show.
template <class Holder>
constexpr auto shown() { return part_of_sentence<Holder, 0>(); }
template <auto... Sentence>
constexpr void refuse() {
  static_assert(error_<Sentence...>, "calx: see the sentence in error_<...>");
}
template <class Holder>
constexpr bool show_error() {
  constexpr std::size_t pieces = count_pieces(Holder::error());
  if constexpr (pieces <= 10) refuse<part_of_sentence<Holder, 0>()>();
  else refuse<part_of_sentence<Holder, 0>(), part_of_sentence<Holder, 10>()>();
  return true;
}
#else
/// A sentence as a template argument that compilers show.
template <class Holder>
constexpr auto shown() {
  constexpr text m = Holder::error();
  sentence<m.length> all;
  for (std::size_t i = 0; i < m.length; ++i) all.s[i] = m.data[i];
  return all;
}
template <auto Error>
constexpr auto refuse() {
  says<Error>();
  return true;
}
/// Needs the type of a function that does not compile, and is valid itself, so that the error is
/// the only one. g++ shows the sentence in front of all that was being compiled, and in the error.
template <class Holder>
constexpr bool show_error() { return sizeof(decltype(refuse<shown<Holder>()>())) > 0; }
#endif
/// Checks that Holder::error() is empty, else shows it.
template <class Holder>
constexpr bool no_error() {
  if constexpr (Holder::error().length == 0) return true;
  else return show_error<Holder>();
}
}  // namespace detail

}  // namespace calx::inline CALX_ABI
