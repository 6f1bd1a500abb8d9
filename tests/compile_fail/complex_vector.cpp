// says: jacfwd: argument 0 has elements of | a complex type, but calx computes
#include <complex>
#include <vector>
#include <calx/calx.hpp>
int main() { (void)calx::jacfwd([](auto x) { return x; })(std::vector<std::complex<double>>(2)); }
