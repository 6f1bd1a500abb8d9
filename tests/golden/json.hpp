// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A small JSON reader for test data: values, the parser, and errors that name the place.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace golden {

/// What is wrong with a text or with the use of a value: a sentence.
struct json_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A JSON value. A number keeps its spelling, and is converted when its type is known: a uint64 is
/// exact, and a float32 is rounded once. The strings "nan", "inf" and "-inf" are numbers too, as
/// JSON has no others for them.
class json {
 public:
  struct number {
    std::string spelling;
  };
  using list = std::vector<json>;
  using member = std::pair<std::string, json>;
  using object = std::vector<member>;

  json() = default;
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, json>)
  explicit json(T value) : value_(std::move(value)) {}

  bool is_null() const { return holds<std::monostate>(); }
  bool is_bool() const { return holds<bool>(); }
  bool is_string() const { return holds<std::string>(); }
  bool is_list() const { return holds<list>(); }
  bool is_object() const { return holds<object>(); }

  bool boolean() const { return get<bool>("true or false"); }
  const std::string& string() const { return get<std::string>("a string"); }
  const list& items() const { return get<list>("a list"); }
  const object& members() const { return get<object>("an object"); }

  std::size_t size() const { return is_object() ? members().size() : items().size(); }
  template <std::integral I>
  const json& operator[](I i) const {
    if (std::cmp_less(i, items().size())) return items()[static_cast<std::size_t>(i)];
    throw json_error("json: item " + std::to_string(i) + " of a list of " +
                     std::to_string(size()));
  }
  /// The member of that name, or null.
  const json* find(std::string_view name) const {
    for (const member& m : members())
      if (m.first == name) return &m.second;
    return nullptr;
  }
  const json& operator[](std::string_view name) const {
    if (const json* found = find(name)) return *found;
    throw json_error("json: the object has no member \"" + std::string(name) + "\"");
  }

  /// The number, or bool, as a T: correctly rounded for floats, exact for integers. json_error if
  /// it is none, or does not fit.
  template <class T>
  T as() const {
    if constexpr (std::same_as<T, bool>) return boolean();
    else {
      if (is_bool()) return static_cast<T>(boolean());
      if constexpr (std::is_floating_point_v<T>) {
        if (is_string()) return special<T>(string());
      }
      return converted<T>(get<number>("a number").spelling);
    }
  }

 private:
  template <class T>
  bool holds() const { return std::holds_alternative<T>(value_); }
  template <class T>
  const T& get(const char* wanted) const {
    if (const T* p = std::get_if<T>(&value_)) return *p;
    static constexpr const char* kinds[] = {"null", "a bool", "a number",
                                            "a string", "a list", "an object"};
    throw json_error(std::string("json: got ") + kinds[value_.index()] + ", wanted " + wanted);
  }
  template <class T>
  static T special(const std::string& s) {
    using limits = std::numeric_limits<T>;
    if (s == "nan") return limits::quiet_NaN();
    if (s == "inf") return limits::infinity();
    if (s == "-inf") return -limits::infinity();
    throw json_error("json: got the string \"" + s + "\", wanted a number");
  }
  template <class T>
  static T converted(const std::string& s) {
    T value{};
    auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    if (error != std::errc() || end != s.data() + s.size())
      throw json_error("json: the number " + s + " does not fit the wanted type");
    return value;
  }

  std::variant<std::monostate, bool, number, std::string, list, object> value_;
};

/// Reads one JSON text. `parse_json` is the way to call it.
class json_parser {
 public:
  explicit json_parser(std::string_view text) : text_(text) {}

  json whole() {
    json value = any(0);
    skip_space();
    if (at_ != text_.size()) fail("nothing more");
    return value;
  }

 private:
  static constexpr int deepest = 100;

  [[noreturn]] void fail(const std::string& wanted) const {
    std::string got = at_ < text_.size() ? "'" + std::string(1, text_[at_]) + "'" : "the end";
    throw json_error("json: got " + got + " at position " + std::to_string(at_) + ", wanted " +
                     wanted);
  }
  void skip_space() {
    while (next_is(" \t\r\n")) ++at_;
  }
  bool accept(char c) {
    skip_space();
    bool yes = at_ < text_.size() && text_[at_] == c;
    at_ += yes;
    return yes;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "'");
  }
  void expect_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) fail("'" + std::string(word) + "'");
    at_ += word.size();
  }

  json any(int depth) {
    if (depth > deepest) fail("at most 100 levels");
    skip_space();
    char c = at_ < text_.size() ? text_[at_] : '\0';
    switch (c) {
      case '{': return object(depth);
      case '[': return list(depth);
      case '"': return json(string());
      case 't': return expect_word("true"), json(true);
      case 'f': return expect_word("false"), json(false);
      case 'n': return expect_word("null"), json();
      default: return number();
    }
  }
  json object(int depth) {
    json::object members;
    expect('{');
    if (accept('}')) return json(std::move(members));
    do {
      skip_space();
      std::string name = string();
      expect(':');
      members.emplace_back(std::move(name), any(depth + 1));
    } while (accept(','));
    expect('}');
    return json(std::move(members));
  }
  json list(int depth) {
    json::list items;
    expect('[');
    if (accept(']')) return json(std::move(items));
    do items.push_back(any(depth + 1));
    while (accept(','));
    expect(']');
    return json(std::move(items));
  }

  std::size_t digits() {
    std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    if (at_ == from) fail("a value");
    return at_ - from;
  }
  bool next_is(std::string_view any_of) const {
    return at_ < text_.size() && any_of.find(text_[at_]) != std::string_view::npos;
  }
  json number() {
    std::size_t from = at_;
    if (next_is("-")) ++at_;
    bool zero = next_is("0");
    if (digits() > 1 && zero) fail("no digit after a leading zero");
    if (next_is(".")) ++at_, digits();
    if (next_is("eE")) {
      ++at_;
      if (next_is("+-")) ++at_;
      digits();
    }
    return json(json::number{std::string(text_.substr(from, at_ - from))});
  }

  std::string string() {
    std::string out;
    if (!next_is("\"")) fail("a string");
    ++at_;
    while (!next_is("\"")) {
      if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20)
        fail("the end of a string");
      if (text_[at_++] != '\\') out += text_[at_ - 1];
      else escape(out);
    }
    ++at_;
    return out;
  }
  void escape(std::string& out) {
    static constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (next_is("u")) return ++at_, append_utf8(out, code_point());
    if (!next_is(names)) fail("an escape sequence");
    out += meanings[names.find(text_[at_++])];
  }
  std::uint32_t hexadecimal() {
    std::uint32_t value = 0;
    const char* first = text_.data() + at_;
    if (at_ + 4 > text_.size() || std::from_chars(first, first + 4, value, 16).ptr != first + 4)
      fail("four hexadecimal digits");
    at_ += 4;
    return value;
  }
  /// One escape, or two that are the halves of a code point above 0xffff.
  std::uint32_t code_point() {
    std::uint32_t high = hexadecimal();
    if (high < 0xd800 || high > 0xdfff) return high;
    expect_word("\\u");
    std::uint32_t low = hexadecimal();
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) fail("a surrogate pair");
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }
  static void append_utf8(std::string& out, std::uint32_t c) {
    auto byte = [&](std::uint32_t b) { out += static_cast<char>(b); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) byte(0xc0 | (c >> 6));
    else {
      if (c < 0x10000) byte(0xe0 | (c >> 12));
      else byte(0xf0 | (c >> 18)), byte(0x80 | ((c >> 12) & 0x3f));
      byte(0x80 | ((c >> 6) & 0x3f));
    }
    byte(0x80 | (c & 0x3f));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// The value that a JSON text spells; json_error, with the position, if it spells none.
inline json parse_json(std::string_view text) { return json_parser(text).whole(); }

}  // namespace golden
