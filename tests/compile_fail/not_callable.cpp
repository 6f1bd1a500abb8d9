// says: the function cannot be called with | 2 traced values: it needs as many | parameters, and they auto; a | number that stays a C++ number is | passed as calx::fixed<3> or | calx::option(n)
#include <calx/calx.hpp>
auto power = [](auto x, int n) { auto s = x; for (int i = 1; i < n; ++i) s = s * x; return s; };
int main() { (void)calx::grad(power)(2.0, 3); }
