// says: CALX_STATIC: the function has a | capture, which the compiler cannot | with partial. It | at_run_time(f)
// flags: -DCALX_STATIC
#include <calx/calx.hpp>
int main() { double a = 2; (void)calx::grad([a](auto x) { return a * x; })(1.0); }
