// says: calx: elements are bool, float, double or integers of 32 or 64 bits
#include <calx/calx.hpp>
calx::array<short, 1> x;
int main() {}
