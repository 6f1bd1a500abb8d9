// says: calx: this call takes the run-time trace, which calx/scalar.hpp leaves out; include calx/calx.hpp
#include <calx/scalar.hpp>
int main() { double a = 2; (void)calx::grad([a](auto x) { return a * x; })(1.0); }
