// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tests of several folders share: the text of an exception, the elements of an array.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace support {
/// What f says when it throws, which must be an E: another exception is named as such.
template <class E, class F>
std::string thrown(const F& f) {
  try {
    f();
  } catch (const std::exception& e) {
    const bool right = dynamic_cast<const E*>(&e) != nullptr;
    return (right ? "" : "another type of exception: ") + std::string(e.what());
  }
  return "nothing thrown";
}
/// True if array x has that shape and those elements, in row-major order.
template <class A,
          class Shape = std::remove_cvref_t<decltype(std::declval<const A&>().dimensions())>>
bool is(const A& x, const Shape& shape, const std::vector<typename A::value_type>& elements) {
  if (!(x.dimensions() == shape) || x.size() != elements.size()) return false;
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (x.data()[i] != elements[i]) return false;
  return true;
}
}  // namespace support
