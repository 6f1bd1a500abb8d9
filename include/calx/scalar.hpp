// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transforms of functions of numbers and small structs: all but matrix products, without Eigen.
#pragma once

#include <calx/api/all.hpp>
#include <calx/tree/pytree.hpp>
