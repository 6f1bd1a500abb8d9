// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Printing of arrays, character by character as NumPy 2 does.
#pragma once

#include <ostream>

#include <calx/array/extents.hpp>
#include <calx/array/format_words.hpp>

namespace calx::inline CALX_ABI {

namespace detail {
/// Lines hold so many columns; arrays of more than so many elements are printed as their edges,
/// so many entries at each end of an axis.
inline constexpr std::size_t print_columns = 75;
inline constexpr dim print_threshold = 1000, print_edge = 3;

/// The elements of an array that are printed, and their words in brackets.
template <class = void>
class array_text {
 public:
  explicit array_text(const dims& shape)
      : shape_(shape), rank_(static_cast<std::size_t>(shape.rank)),
        edges_only_(shape.size() > print_threshold) {}

  /// The positions of the elements that are printed, in order.
  std::vector<std::size_t> positions() const {
    std::vector<std::size_t> at;
    if (shape_.size() > 0) collect(0, 0, at);
    return at;
  }
  /// The text of those elements' words; `words` are there if an axis is.
  std::string text_of(const std::vector<std::string>& words) {
    words_ = words.data();
    out_.clear();
    write(0);
    return std::move(out_);
  }

 private:
  /// Calls entry(i) for the printed entries of an axis, and gap() in place of the others.
  template <class Entry, class Gap>
  void for_printed(int axis, Entry entry, Gap gap) const {
    dim n = shape_[axis];
    bool cut = edges_only_ && n > 2 * print_edge;
    for (dim i = 0; i < n; ++i) {
      if (cut && i == print_edge) {
        gap();
        i = n - print_edge;
      }
      entry(i);
    }
  }
  void collect(int axis, std::size_t from, std::vector<std::size_t>& at) const {
    if (axis == shape_.rank) return at.push_back(from);
    auto n = static_cast<std::size_t>(shape_[axis]);
    for_printed(
        axis, [&](dim i) { collect(axis + 1, from * n + static_cast<std::size_t>(i), at); },
        [] {});
  }
  void write(int axis) {
    out_ += '[';
    if (axis + 1 == shape_.rank) {
      write_row();
    } else {
      auto left = static_cast<std::size_t>(shape_.rank - axis - 1);
      bool first = true;
      auto next = [&] {
        if (!first) out_.append(left, '\n').append(static_cast<std::size_t>(axis) + 1, ' ');
        first = false;
      };
      for_printed(axis, [&](dim) { next(), write(axis + 1); }, [&] { next(), out_ += "..."; });
    }
    out_ += ']';
  }
  void write_row() {
    std::size_t column = rank_;  // brackets, or blanks in their place, are before the first word
    bool first = true;
    auto add = [&](std::string_view word) {
      if (!first) out_ += ' ', ++column;
      if (column > rank_ && column + word.size() > print_columns - rank_) {
        out_.erase(out_.find_last_not_of(' ') + 1);
        out_.append(1, '\n').append(rank_, ' ');
        column = rank_;
      }
      out_ += word;
      column += word.size();
      first = false;
    };
    for_printed(shape_.rank - 1, [&](dim) { add(*words_++); }, [&] { add("..."); });
  }

  dims shape_;
  std::size_t rank_;
  bool edges_only_;
  const std::string* words_ = nullptr;
  std::string out_;
};

/// The row-major elements of an array as text.
template <class = void>  // compiled only where something is printed
std::string format_array(const aval& type, const void* elements) {
  return visit_dtype(type.type, [&]<class T>() -> std::string {
    const T* x = static_cast<const T*>(elements);
    if (type.shape.rank == 0) return number_word<T>(*x);
    if (type.shape.size() == 0) return "[]";
    array_text<> layout(type.shape);
    std::vector<T> printed;
    for (std::size_t i : layout.positions()) printed.push_back(x[i]);
    return layout.text_of(words_of<T>(printed));
  });
}
}  // namespace detail

namespace value {
/// Prints an array as NumPy's `print` does: aligned columns with the fewest digits that tell the
/// elements apart, at most 8 behind the point; with exponents from 1e8 on (float32: 1e6), below
/// 1e-4, and where the largest element is over 1000 times the smallest that is not 0; lines of 75
/// columns; the edges only, if there are more than 1000 elements. Without axes: the number, in
/// full. Without elements: `[]`.
///
///     std::cout << calx::array<double, 2>{{1, 2}, {3, 4.5}};   // [[1.  2. ]
///                                                              //  [3.  4.5]]
template <class T, class X>
std::ostream& operator<<(std::ostream& out, const basic_array<T, X, host>& x) {
  if constexpr (!detail::is_named<T>)
    return out << basic_array<element_t<dtype_of<T>()>, X, host>(x);
  else return out << detail::format_array({dtype_of<T>(), x.dimensions()}, x.data());
}
/// Prints the value of an expression, as an array.
template <class Op, class... A>
std::ostream& operator<<(std::ostream& out, const expr<Op, A...>& e) {
  auto x = e.eval();
  if constexpr (number<decltype(x)>) return out << detail::number_word(x);
  else return out << x;
}
}  // namespace value

}  // namespace calx::inline CALX_ABI
