// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays and all that computes them: generated code with SIMD, and the run-time trace.
#pragma once

#include <calx/array/all.hpp>
#include <calx/codegen/cpu/vector.hpp>
#include <calx/run/execute.hpp>
#include <calx/run/run_time.hpp>
