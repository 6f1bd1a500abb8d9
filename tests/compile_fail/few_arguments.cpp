// says: grad: the function cannot be called with 1 argument; it needs as many parameters, and they auto; a number that stays a C++ number is passed as calx::fixed<3> or calx::option(n)
#include <calx/calx.hpp>
int main() { return calx::grad([](auto x, auto y) { return x * y; })(1.0) > 0; }
