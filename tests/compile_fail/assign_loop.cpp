// says: calx: this assigns to a copy, as arrays and traced values do not change: write x = x.at(0).set(v) instead of x(0) = v
#include <calx/calx.hpp>
auto f = [](auto x) { *x.begin() = 1.0; return calx::sum(x); };
int main() { (void)calx::grad(f)(calx::array<double, 1>{5, 3}); }
