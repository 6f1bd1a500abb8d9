// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything but CUDA and MPI.
#pragma once

#include <calx/api/all.hpp>
#include <calx/array/eigen.hpp>
#include <calx/codegen/cpu/contraction.hpp>
#include <calx/numpy/all.hpp>
#include <calx/random/random.hpp>
#include <calx/testing/check_grads.hpp>
#include <calx/tree/map.hpp>
#include <calx/tree/pytree.hpp>
