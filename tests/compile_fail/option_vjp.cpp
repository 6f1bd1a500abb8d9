// says: calx: vjp and linearize take no option: bind it, as in vjp(partial(f, calx::option(n)), x)
#include <calx/calx.hpp>
auto power = [](auto x, int n) { auto s = x; for (int i = 1; i < n; ++i) s = s * x; return s; };
int main() { (void)calx::vjp(power, 2.0, calx::option(3)); }
