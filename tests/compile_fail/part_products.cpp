// error: matrix products need the header calx/codegen/cpu/contraction.hpp
#include <calx/api/jit.hpp>
#include <calx/array/create.hpp>
#include <calx/codegen/cpu/vector.hpp>
#include <calx/numpy/products.hpp>
int main() { calx::array<double, 2> A = calx::ones(3, 3); calx::jit(calx::dot)(A, A); }
