// says: into | float64 | float32
#include <calx/calx.hpp>
#include <vector>
int main() { std::vector<float> g(3); calx::grad([](auto x) { return calx::sum(x); }).into(g)(calx::tensor<double, 3>{1, 2, 3}); }
