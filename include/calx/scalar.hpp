// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transforms of functions of numbers, small tensors and structs of them: quick to include. It has
// no Eigen, no SIMD and no run-time trace; programs that need those say so, and include
// calx/calx.hpp.
#pragma once

#include <calx/api/jacobian.hpp>
#include <calx/api/jit.hpp>
#include <calx/api/vjp.hpp>
#include <calx/api/vmap.hpp>
#include <calx/tree/pytree.hpp>
