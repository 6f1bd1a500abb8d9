// says: calx: this assigns to a copy, as arrays and traced values do not change: write x = x.at(0).set(v) instead of x(0) = v
#include <calx/calx.hpp>
int main() {
  calx::dynamic_array x(calx::array<double, 1>{1, 2});
  x[0] -= 1.0;
}
