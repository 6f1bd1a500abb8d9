// says: grad: argument 0 has elements of | long double, but calx computes | with bool, float, double and
#include <calx/calx.hpp>
int main() { (void)calx::grad([](auto x) { return x * x; })(2.0L); }
