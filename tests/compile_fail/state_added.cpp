// says: calx: a traced value cannot go into a C++ number or a constant array: where that begins, write auto s = x.like(v), which is traced as x is and holds v; traced numbers a and b become an array by pack(a, b)
#include <calx/calx.hpp>
auto f = [](auto x) { calx::array<double, 1> v{1, 2, 3}; v += x; return calx::sum(v); };
int main() { (void)calx::value_and_grad(f)(calx::array<double, 1>{1, 2, 3}); }
