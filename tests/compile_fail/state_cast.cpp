// error: calx: a traced value cannot go into a C++ number or a constant array: where that begins, write auto s = x.like(v), which is traced as x is and holds v; traced numbers a and b become an array by pack(a, b)
#include <calx/calx.hpp>
auto f = [](auto x) { return x * static_cast<double>(x); };
int main() { (void)calx::vmap(calx::grad(f))(calx::array<double, 1>{1, 2, 3}); }
