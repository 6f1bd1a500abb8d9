// says: calx: cost_of: dynamic extents have no cost yet; give tensors
#include <calx/calx.hpp>
int main() { auto f = [](auto x) { return calx::sum(x); }; (void)calx::cost_of<decltype(f), calx::array<double, 1>>(); }
