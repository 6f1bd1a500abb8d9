// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays: the type, expressions, making and printing. They are computed by what run/all.hpp has.
#pragma once

#include <calx/array/create.hpp>
#include <calx/array/dynamic_array.hpp>
#include <calx/array/format.hpp>
#include <calx/array/std_leaf.hpp>
