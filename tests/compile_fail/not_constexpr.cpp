// says: require_static: the compiler | cannot trace the call: something | in it is not constexpr, or an | argument's structure is known only | at run time
#include <calx/calx.hpp>
double half() { return 0.5; }
int main() { calx::require_static(calx::jit([](auto x) { return half() * x; }))(1.0); }
