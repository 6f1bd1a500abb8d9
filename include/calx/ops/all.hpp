// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registry: every op of the library.
#pragma once

#include <calx/ops/abs.hpp>
#include <calx/ops/branch.hpp>
#include <calx/ops/contract.hpp>
#include <calx/ops/pow.hpp>
#include <calx/ops/prod.hpp>
#include <calx/ops/scan.hpp>
#include <calx/ops/slice.hpp>
#include <calx/ops/special.hpp>
#include <calx/ops/stated.hpp>
#include <calx/ops/while.hpp>

namespace calx::inline CALX_ABI {

/// Every op of the library. Docs and tests are driven by this list.
using all_ops = join<core_ops, shape_ops, arith_ops, math_ops, compare_ops, bit_ops, select_ops,
                     extrema_ops, abs_ops, pow_ops, special_ops, reduce_ops, prod_ops,
                     contract_ops, stated_ops, scan_ops, while_ops, branch_ops>;

/// What a plan calls a node's op: its key, of which `op_t` is the op.
constexpr int op_id(const op_info* op) { return op->key; }

}  // namespace calx::inline CALX_ABI
