// says: calx: a traced value cannot go into a C++ number or a constant array: where that begins, write auto s = x.like(v), which is traced as x is and holds v; traced numbers a and b become an array by pack(a, b)
#include <calx/calx.hpp>
auto f = [](auto x) { double s = 0; for (int i = 0; i < 3; ++i) s += x(i); return s; };
int main() { (void)calx::grad(f)(calx::tensor<double, 3>{1, 2, 3}); }
