// says: calx: this assigns to a copy, as arrays and traced values do not change: write x = x.at(0).set(v) instead of x(0) = v
#include <calx/calx.hpp>
int main() {
  calx::array<double, 2> x{{1, 2}, {3, 4}};
  x[0] *= 2.0;
}
