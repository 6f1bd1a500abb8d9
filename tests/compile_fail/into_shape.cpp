// says: into | (3,) | (2,)
#include <calx/calx.hpp>
int main() { calx::tensor<double, 2> g; calx::grad([](auto x) { return calx::sum(x); }).into(g)(calx::tensor<double, 3>{1, 2, 3}); }
