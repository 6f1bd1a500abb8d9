// error: calx: this call takes the run-time trace, which needs the header calx/run/run_time.hpp; include it, or calx/calx.hpp
#include <calx/scalar.hpp>
int main() { double a = 2; (void)calx::grad([a](auto x) { return a * x; })(1.0); }
