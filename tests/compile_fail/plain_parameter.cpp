// says: grad: parameter 1 of the function takes no traced value; make it auto, or pass a number that stays a C++ number as calx::fixed<3> or calx::option(n)
#include <calx/calx.hpp>
int main() { return calx::grad([](auto x, double k) { return x * k; })(1.0, 2.0) > 0; }
