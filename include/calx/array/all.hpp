// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrays: the type, expressions, making, printing, and how they are run.
#pragma once

#include <calx/array/create.hpp>
#include <calx/array/dynamic_array.hpp>
#include <calx/array/execute.hpp>
#include <calx/array/format.hpp>
#include <calx/array/interpret.hpp>
#include <calx/array/std_leaf.hpp>
#include <calx/codegen/cpu/vector.hpp>
