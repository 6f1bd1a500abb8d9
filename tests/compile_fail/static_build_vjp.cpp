// says: CALX_STATIC: the function has a | capture, which the compiler cannot | see; bind data with partial. It is
// flags: -DCALX_STATIC
#include <calx/calx.hpp>
int main() { double a = 2; (void)calx::vjp([a](auto x) { return a * x; }, 1.0); }
