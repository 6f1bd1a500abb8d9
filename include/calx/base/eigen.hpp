// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Eigen as a system header, so that a user's warnings do not speak of its code.
#pragma once

// Users find Eigen by pkg-config as an ordinary include folder. What is included from here on is a
// system header, too.
#pragma GCC system_header
#include <Eigen/Core>
