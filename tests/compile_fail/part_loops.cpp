// error: loops over arrays need the header calx/codegen/cpu/vector.hpp
#include <calx/scalar.hpp>
#include <calx/array/create.hpp>
int main() { calx::array<double, 1> x = calx::ones(4); calx::array<double, 1> y = x * x; (void)y; }
