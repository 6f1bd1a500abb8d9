// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers from keys: the same key gives the same numbers as JAX's default generator.
#pragma once

#include <calx/random/distributions.hpp>
#include <calx/random/integers.hpp>
