// says: calx: vmap: in_axes must have one entry per argument, or one for all
#include <calx/calx.hpp>
int main() { calx::tracer x; calx::vmap([](auto a, auto b, auto c) { return a + b + c; }, calx::in_axes<0, 0>)(x, x, x); }
