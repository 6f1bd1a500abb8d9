// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transforms of functions of numbers and structs of them, quick to include: without Eigen, SIMD and
// the run-time trace. A program that needs one of those does not compile with it; a sentence names
// the header to include.
#pragma once

#include <calx/base/hide_macros.hpp>

#include <calx/api/hvp.hpp>
#include <calx/api/jacobian.hpp>
#include <calx/api/jit.hpp>
#include <calx/api/linearized.hpp>
#include <calx/api/partial.hpp>
#include <calx/api/stop_gradient.hpp>
#include <calx/api/vmap.hpp>
#include <calx/tree/pytree.hpp>

#include <calx/base/restore_macros.hpp>
