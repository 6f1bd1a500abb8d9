// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NumPy's functions.
#pragma once

#include <calx/numpy/clip.hpp>
#include <calx/numpy/compare.hpp>
#include <calx/numpy/indexing.hpp>
#include <calx/numpy/pack.hpp>
#include <calx/numpy/products.hpp>
#include <calx/numpy/reductions.hpp>
#include <calx/numpy/shape.hpp>
#include <calx/numpy/statistics.hpp>
