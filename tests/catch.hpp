// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one place that knows which major version of Catch2 is installed.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
