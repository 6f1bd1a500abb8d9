// says: has_aux: the function must return | a pair or a tuple of two, the | value and the rest
#include <calx/calx.hpp>
int main() { (void)calx::grad([](auto x) { return x * x; }, calx::has_aux)(1.0); }
