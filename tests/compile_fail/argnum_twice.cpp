// says: jacfwd<1, -1>: argument 1 is named | twice; name each argument once
#include <calx/calx.hpp>
int main() { calx::jacfwd<1, -1>([](auto x, auto y) { return x * y; })(1.0, 2.0); }
