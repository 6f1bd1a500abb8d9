// says: calx: a traced value cannot go into a C++ number or a constant array: where that begins, write auto s = x.like(v), which is traced as x is and holds v; traced numbers a and b become an array by pack(a, b)
#include <calx/calx.hpp>
auto f = [](auto x) { calx::tensor<double, 2> v = x * 2.0; return v; };
int main() { (void)calx::jit(f)(calx::tensor<double, 2>{1, 2}); }
