// error: nodiscard
// flags: -Werror
#include <calx/calx.hpp>
auto f = [](auto x) { x.at(0).set(2.0); return calx::sum(x); };
int main() { (void)calx::grad(f)(calx::array<double, 1>{5, 3}); }
