// says: calx: cost_of: extents of run time have no cost yet; give tensors
#include <calx/calx.hpp>
int main() { auto f = [](auto x) { return calx::sum(x); }; (void)calx::cost_of<decltype(f), calx::array<double, 1>>(); }
