// says: grad: argument 0 has a type of | ranges that calx does not read; | copy it to a std::vector, or to an | array
#include <list>
#include <calx/calx.hpp>
int main() { (void)calx::grad([](auto x) { return x; })(std::list<double>{1, 2}); }
