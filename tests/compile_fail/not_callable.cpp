// says: grad: parameter 1 of the function takes no traced value; make it auto, or pass a number that stays a C++ number as calx::fixed<3> or calx::option(n)
#include <calx/calx.hpp>
auto power = [](auto x, int n) { auto s = x; for (int i = 1; i < n; ++i) s = s * x; return s; };
int main() { (void)calx::grad(power)(2.0, 3); }
