// says: CALX_STATIC: something that the | function calls is not constexpr
// flags: -DCALX_STATIC
#include <calx/calx.hpp>
double half() { return 0.5; }
int main() {
  double out = 0;
  calx::grad([](auto x) { return half() * x; }).into(out)(1.0);
}
