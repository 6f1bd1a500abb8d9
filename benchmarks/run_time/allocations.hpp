// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How often this program has asked for memory; allocations.cpp replaces operator new.
#pragma once

namespace bench {

/// The number of calls of operator new, in any of its forms, since the program started.
long allocations();

}  // namespace bench
