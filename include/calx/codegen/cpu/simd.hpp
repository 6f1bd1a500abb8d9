// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The values with which generated CPU loops compute: lanes<T, W>, and everything to be done to it.
#pragma once

#include <calx/codegen/cpu/simd_math.hpp>
#include <calx/codegen/cpu/simd_memory.hpp>
