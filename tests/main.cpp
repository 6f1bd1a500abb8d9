// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The entry point of the unit tests.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
