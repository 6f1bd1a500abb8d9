// says: a value of one traced function is | used in another: pass it as an | argument of the inner function | instead of capturing it, or call | that with a traced argument, | x.like(1.0) instead of 1.0
#include <calx/calx.hpp>
auto f = [](auto x) { return x * calx::grad([=](auto y) { return x + y; })(1.0); };
int main() { (void)calx::grad(f)(2.0); }
