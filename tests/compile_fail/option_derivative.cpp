// says: grad: argument 1 is an option, | which has no derivative; | differentiate another argument
#include <calx/calx.hpp>
auto power = [](auto x, int n) { auto s = x; for (int i = 1; i < n; ++i) s = s * x; return s; };
int main() { (void)calx::grad<1>(power)(2.0, calx::option(3)); }
