// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why a type is no tree: elements that have no dtype, ranges that calx does not read.
#pragma once

#include <calx/tree/build.hpp>

namespace calx::inline CALX_ABI::tree {

namespace detail {
template <class T>
concept complex_number = requires(const T& x) {
  typename T::value_type;
  x.real();
  x.imag();
};
template <class T>
concept some_range = requires(const T& x) {
  typename T::value_type;
  x.begin() != x.end();
};
template <class T>
constexpr text no_dtype() {
  text t("elements of ");
  if constexpr (std::is_same_v<T, long double>) t << "long double";
  else if constexpr (complex_number<T>) t << "a complex type";
  else t << "an integer type of " << static_cast<int>(8 * sizeof(T)) << " bits";
  return t << ", but calx computes with bool, float, double and integers of 32 or 64 bits; "
           << "convert them";
}
}  // namespace detail

/// What in a T calx cannot read, and what to do: the end of a sentence that begins "argument 0 has
/// "; empty if nothing is known of it.
template <class T>
constexpr text unreadable() {
  if constexpr (leaf<T>) return text();
  else if constexpr (requires { typename T::PlainObject; typename T::Scalar; })
    return unreadable<typename T::Scalar>();  // a matrix of Eigen
  else if constexpr (number<T> || detail::complex_number<T>) return detail::no_dtype<T>();
  else if constexpr (kind<T> == shape_of::array || kind<T> == shape_of::sequence) {
    return unreadable<detail::entry_t<T>>();
  } else if constexpr (kind<T> == shape_of::tuple || kind<T> == shape_of::fields) {
    return []<class... E>(std::type_identity<std::tuple<E&...>>) {
      text t;
      ((t = t.length > 0 ? t : unreadable<std::remove_const_t<E>>()), ...);
      return t;
    }(detail::children_of<T>());
  } else if constexpr (detail::some_range<T>) {
    const text t = unreadable<typename T::value_type>();
    if (t.length > 0) return t;
    return text("a type of ranges that calx does not read; copy it to a std::vector, or to "
                "an array");
  } else {
    return text();
  }
}

}  // namespace calx::inline CALX_ABI::tree
