// says: jacfwd: argument 0 has elements of a complex type, but calx computes with bool, float, double and integers of 32 or 64 bits; convert them
#include <calx/calx.hpp>
#include <complex>
int main() { calx::jacfwd([](auto x) { return x * x; })(std::complex<double>(1, 2)); }
