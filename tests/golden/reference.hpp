// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reference values in files of one JSON object a line: the lines, and the arrays on them.
#pragma once

#include <cstddef>
#include <fstream>

#include "json.hpp"

namespace golden {

using extents = std::vector<std::ptrdiff_t>;

/// An array of a line. Complex numbers and keys are pairs there, two elements each here.
class reference_array {
 public:
  reference_array(const json& record, const std::string& dtype_of_line)
      : record_(&record), dtype_(dtype_of_line) {
    if (const json* own = record.find("dtype")) dtype_ = own->string();
  }
  const std::string& dtype() const { return dtype_; }
  extents shape() const {
    extents s;
    for (const json& n : (*record_)["shape"].items()) s.push_back(n.as<std::ptrdiff_t>());
    return s;
  }
  /// False for a large array, of which the file holds a corner and two sums.
  bool is_whole() const { return record_->find("data") != nullptr; }
  reference_array corner() const { return {(*record_)["corner"], dtype_}; }
  double sum() const { return (*record_)["sum"].as<double>(); }
  double sum_of_squares() const { return (*record_)["sum_of_squares"].as<double>(); }

  /// The elements in row-major order.
  template <class T>
  std::vector<T> elements() const {
    std::vector<T> out;
    for (const json& x : (*record_)["data"].items()) {
      if (!x.is_list()) out.push_back(x.as<T>());
      else
        for (const json& half : x.items()) out.push_back(half.as<T>());
    }
    std::size_t wanted = 1;
    for (std::ptrdiff_t n : shape()) wanted *= static_cast<std::size_t>(n);
    if (out.size() != wanted && out.size() != 2 * wanted)
      throw json_error("reference: " + std::to_string(out.size()) + " elements for a shape of " +
                       std::to_string(wanted));
    return out;
  }
  /// The same as doubles, each rounded to its own dtype first.
  std::vector<double> as_doubles() const {
    if (dtype_ != "f32") return elements<double>();
    std::vector<float> narrow = elements<float>();
    return {narrow.begin(), narrow.end()};
  }

 private:
  const json* record_;
  std::string dtype_;
};

/// A line of a file.
class reference_line {
 public:
  explicit reference_line(std::string_view text) : record_(parse_json(text)) {}

  const std::string& id() const { return record_["id"].string(); }
  const std::string& dtype() const { return record_["dtype"].string(); }
  const json& record() const { return record_; }
  /// The arrays under a key: one, or several.
  std::vector<reference_array> arrays(std::string_view key) const {
    std::vector<reference_array> all;
    const json& value = record_[key];
    if (value.is_object()) all.emplace_back(value, dtype());
    else
      for (const json& one : value.items()) all.emplace_back(one, dtype());
    return all;
  }

 private:
  json record_;
};

/// The lines of a file; json_error if it cannot be read, or has the same id twice.
inline std::vector<reference_line> read_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw json_error("reference: cannot open " + path);
  std::vector<reference_line> lines;
  for (std::string text; std::getline(file, text);) lines.emplace_back(text);
  std::vector<std::string_view> ids;
  for (const reference_line& l : lines) ids.push_back(l.id());
  std::sort(ids.begin(), ids.end());
  auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end())
    throw json_error("reference: two lines have the id " + std::string(*twice));
  return lines;
}

}  // namespace golden
