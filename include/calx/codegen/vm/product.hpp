// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contractions of the virtual machine: loops around products of matrices.
#pragma once

#include <cstring>

#include <calx/codegen/vm/operations.hpp>

namespace calx::inline CALX_ABI::vm {

/// The axes of a contraction: the last rows, columns and contracted axis are those of one product,
/// the others are loops around it.
struct product_nest {
  product_axis rows, columns, depth;
  vec<product_axis> outer;
  vec<char> sums;  // of the outer ones: contracted
  bool is_empty = false, sums_nothing = false;
};
template <class = void>
product_nest nest_of(const plan::program& p, const plan::statement& s) {
  using axis = plan::contraction_axis;
  product_nest n;
  product_axis* inner[] = {nullptr, &n.rows, &n.columns, &n.depth};
  for (int k = s.last; k-- > s.first;) {
    const axis& x = p.axes[at(k)];
    const product_axis a{x.extent, x.left, x.right, x.result};
    (x.group == axis::contracted ? n.sums_nothing : n.is_empty) |= x.extent == 0;
    if (product_axis*& place = inner[x.group]) {
      *place = a, place = nullptr;
      continue;
    }
    n.outer.push_back(a);
    n.sums.push_back(x.group == axis::contracted);
  }
  return n;
}

/// Calls f(left, right, result) with the offsets of each position of the outer axes from `k` on;
/// of those that sum only if `sums`.
template <class F>
void for_each_product(const product_nest& n, bool sums, std::size_t k, dim l, dim r, dim o,
                      const F& f) {
  if (k == n.outer.size()) return f(l, r, o);
  const product_axis& a = n.outer[k];
  const dim extent = n.sums[k] && !sums ? 1 : a.extent;
  for (dim i = 0; i < extent; ++i)
    for_each_product(n, sums, k + 1, l + i * a.left, r + i * a.right, o + i * a.result, f);
}

/// Runs the contraction of kernel k; buffer(b) is where buffer b begins.
template <class Buffer>
void run_product(const plan::program& p, const plan::kernel& k, const Buffer& buffer) {
  const product_nest n = nest_of(p, p.statements[at(k.first)]);
  if (n.is_empty) return;
  const plan::access* x = &p.accesses[at(k.first_access)];
  const auto size = static_cast<dim>(size_of(k.type));
  auto first = [&](const plan::access& a) { return buffer(a.buffer) + a.offset * size; };
  const std::byte *left = first(x[0]), *right = first(x[1]);
  std::byte* result = first(x[2]);
  for_each_product(n, false, 0, 0, 0, 0, [&](dim, dim, dim o) {
    for (dim i = 0; i < n.rows.extent; ++i)
      for (dim j = 0; j < n.columns.extent; ++j)
        std::memset(result + (o + i * n.rows.result + j * n.columns.result) * size, 0,
                    static_cast<std::size_t>(size));
  });
  const product_loop multiply = k.info->loops().product[static_cast<int>(k.type)];
  if (!n.sums_nothing)
    for_each_product(n, true, 0, 0, 0, 0, [&](dim l, dim r, dim o) {
      multiply(n.rows, n.columns, n.depth, left + l * size, right + r * size, result + o * size);
    });
}

}  // namespace calx::inline CALX_ABI::vm
