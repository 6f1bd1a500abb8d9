// says: calx: into: the destination has another number of leaves than the result
#include <calx/calx.hpp>
#include <tuple>
int main() { calx::tensor<double, 3> y; calx::jit([](auto x) { return std::tuple{x, 2.0 * x}; }).into(y)(calx::tensor<double, 3>{1, 2, 3}); }
