// says: cost_of: the compiler cannot trace | the call: the function has a | capture, which the compiler cannot
#include <calx/calx.hpp>
int main() { double a = 2; auto f = [a](auto x) { return a * x; }; (void)calx::cost_of<decltype(f), double>(); }
