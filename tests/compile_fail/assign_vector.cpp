// error: calx: this assigns to a copy, as arrays and traced values do not change: write x = x.at(0).set(v) instead of x(0) = v
#include <calx/calx.hpp>
auto f = [](auto v) { v[0] = v[0] * 2.0; return calx::sum(v); };
int main() { (void)calx::grad(f)(std::vector<double>{5, 3}); }
