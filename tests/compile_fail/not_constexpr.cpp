// says: require_static: something that the | function calls is not constexpr
#include <calx/calx.hpp>
double half() { return 0.5; }
int main() { calx::require_static(calx::jit([](auto x) { return half() * x; }))(1.0); }
