// says: jit: the function cannot be called with 2 arguments; it needs as many parameters, and they auto; a number that stays a C++ number is passed as calx::fixed<3> or calx::option(n)
#include <calx/calx.hpp>
int main() { return calx::jit([](auto x) { return x * x; })(1.0, 2.0) > 0; }
