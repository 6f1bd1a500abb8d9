// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs as generated code, by the virtual machine, as plans and as kernels: one meaning.
#include "frozen_programs.hpp"

#include <calx/graph/print.hpp>
#include <sstream>

#include "../catch.hpp"

using namespace frozen;

namespace {
struct extents_pair {
  dim a, b;
};
template <family Family, unsigned Seed>
void agree(const std::vector<extents_pair>& extents) {
  for (auto [a, b] : extents) {
    const std::string bad = disagreement<Family, Seed>(a, b);
    if (bad.empty()) continue;
    std::ostringstream listing;
    listing << source<Family, Seed>::build();
    INFO("seed " << Seed << ", " << a << " by " << b << "\n" << listing.str());
    CHECK(bad == "");
    return;
  }
  SUCCEED();
}
template <family Family, unsigned... Seed>
void agree_all(std::integer_sequence<unsigned, Seed...>, const std::vector<extents_pair>& extents) {
  (agree<Family, Seed>(extents), ...);
}
}  // namespace

TEST_CASE("elementwise programs are the same in loops, blocks and kernels") {
  agree_all<family::vectors>(std::make_integer_sequence<unsigned, 10>(),
                         {{0, 0}, {1, 1}, {2, 2}, {7, 7}, {256, 256}, {257, 257}, {300, 300}});
}
TEST_CASE("programs with moves, reductions and products are the same in every way") {
  agree_all<family::matrices>(std::make_integer_sequence<unsigned, 12>(),
                 {{0, 2}, {2, 0}, {1, 1}, {1, 7}, {2, 300}, {7, 2}, {300, 1}, {300, 7}});
}
TEST_CASE("reductions of more than 64 blocks are the same in every way") {
  agree_all<family::reductions>(std::make_integer_sequence<unsigned, 6>(),
                        {{0, 7}, {7, 0}, {2, 17000}, {17000, 2}});
}
