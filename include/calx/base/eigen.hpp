// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Eigen as a system header, so that a user's warnings do not speak of its code.
#pragma once

// Users find Eigen by pkg-config as an ordinary include folder. What is included from here on is a
// system header, too.
#pragma GCC system_header
// Warnings of the optimiser come all the same: g++ 12 takes the registers that intrinsics leave
// undefined on purpose, as Eigen's products on AVX-512 use them, for mistakes.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
