// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All transforms.
#pragma once

#include <calx/api/checkpoint.hpp>
#include <calx/api/cond.hpp>
#include <calx/api/custom.hpp>
#include <calx/api/hvp.hpp>
#include <calx/api/inspect.hpp>
#include <calx/api/jacobian.hpp>
#include <calx/api/jit.hpp>
#include <calx/api/linear_transpose.hpp>
#include <calx/api/linearized.hpp>
#include <calx/api/partial.hpp>
#include <calx/api/scan.hpp>
#include <calx/api/stop_gradient.hpp>
#include <calx/api/vmap.hpp>
