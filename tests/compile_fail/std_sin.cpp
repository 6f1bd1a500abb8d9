// says: the function is called with traced values, which hold no numbers yet: write sin(x) for std::sin(x), auto for double, where(c, a, b) for if | sin
#include <calx/calx.hpp>
#include <cmath>
auto f = [](auto x) { return std::sin(x) * x; };  // using std::sin; sin(x) works
int main() { return calx::grad(f)(1.0) > 0; }
