// says: vmap: parameter 0 of the function takes no traced value; make it auto, or pass a number that stays a C++ number as calx::fixed<3> or calx::option(n)
#include <calx/calx.hpp>
int main() {
  double c = 3;
  auto f = [c](double k, auto x) { return k * x * c; };
  return calx::vmap(f, calx::in_axes<calx::none, 0>)(2.0, calx::array<double, 1>{1, 2}).rank();
}
