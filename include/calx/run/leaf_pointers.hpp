// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the virtual machine reads the leaves of arguments, and writes those of results.
#pragma once

#include <cstring>

#include <calx/array/dynamic_array.hpp>
#include <calx/base/convert.hpp>
#include <calx/plan/plan.hpp>
#include <calx/run/leaf_access.hpp>
#include <calx/tree/tree.hpp>

namespace calx::inline CALX_ABI::detail {

/// Where the elements of each leaf lie, of the type that the dtype has; leaves that have no such
/// elements are copied first.
struct input_pointers {
  vec<const void*> at;
  vec<vec<unsigned char>> copies;
  vec<memory_range> read;  // in place
  template <class T>
  void add(const T& t) {
    tree::for_each(t, [this](const auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      const std::size_t bytes = bytes_of_leaf(aval_of(leaf));
      if constexpr (std::is_same_v<L, dynamic_array>) {
        at.push_back(leaf.data());
      } else {
        const leaf_reader<L> reader(leaf);
        if (const memory_range own = reader.range(leaf); own.begin || bytes == 0) {
          at.push_back(own.begin);
        } else {
          copies.push_back(vec<unsigned char>(bytes + 1));
          std::memcpy(copies.back().data(), reader.data, bytes);
          at.push_back(copies.back().data());
          return;
        }
      }
      read.push_back({at.back(), bytes});
    });
  }
  static std::size_t bytes_of_leaf(const aval& a) {
    return static_cast<std::size_t>(a.shape.size()) * size_of(a.type);
  }
  /// Arrays that the program refers to are read, too.
  void add_literals(const plan::program& p) {
    for (const plan::temporary& t : p.temporaries)
      if (t.literal)
        read.push_back({t.literal, static_cast<std::size_t>(t.size) * size_of(t.type)});
  }
};
/// Where results of `types` are written. Leaves that are column-major, have another C++ type or
/// dtype, or lie where the program reads are written elsewhere first; `finish` copies them.
struct output_pointers {
  const vec<aval>& types;
  vec<void*> at;
  vec<vec<unsigned char>> copies;
  template <class T>
  output_pointers(T& result, const vec<aval>& of, const vec<memory_range>& read = {}) : types(of) {
    std::size_t k = 0;
    tree::for_each(result, [&](auto& leaf) {
      const aval& type = types[k++];
      const std::size_t bytes = input_pointers::bytes_of_leaf(type);
      void* p = place_of(leaf);
      bool apart = bytes > 0 && (!p || type.type != aval_of(leaf).type);
      for (const memory_range& r : read) apart = apart || r.overlaps({p, bytes});
      copies.push_back(vec<unsigned char>(apart ? bytes : 0));
      at.push_back(apart ? copies.back().data() : p);
    });
  }
  template <class T>
  void finish(T& result) const {
    std::size_t k = 0;
    tree::for_each(result, [&](auto& leaf) {
      using L = std::remove_cvref_t<decltype(leaf)>;
      const aval& type = types[k];
      const vec<unsigned char>& from = copies[k++];
      if (from.size() == 0) return;
      if constexpr (!std::is_same_v<L, dynamic_array>)
        if (type.type != leaf_traits<L>::type) return convert_leaf(type, from.data(), leaf);
      if constexpr (std::is_same_v<L, dynamic_array>) {
        std::memcpy(leaf.mutable_data(), from.data(), from.size());
      } else {
        leaf_writer<L> writer(leaf);
        writer.take_apart(leaf);
        std::memcpy(writer.data, from.data(), from.size());
        writer.finish(leaf);
      }
    });
  }

 private:
  template <class L>
  static void convert_leaf(const aval& type, const void* from, L& leaf) {
    leaf_writer<L> writer(leaf);
    writer.take_apart(leaf);
    visit_dtype(type.type, [&]<class T>() {
      for (std::size_t i = 0, n = static_cast<std::size_t>(type.shape.size()); i < n; ++i)
        writer.data[i] = convert<std::remove_cvref_t<decltype(*writer.data)>>(
            static_cast<const T*>(from)[i]);
    });
    writer.finish(leaf);
  }
  /// The memory of a leaf, if a program may write its results there.
  template <class L>
  static void* place_of(L& leaf) {
    if constexpr (std::is_same_v<L, dynamic_array>) return leaf.mutable_data();
    else if constexpr (is_renamed<L>) return nullptr;
    else return leaf_traits<L>::data(leaf);
  }
};

}  // namespace calx::inline CALX_ABI::detail
