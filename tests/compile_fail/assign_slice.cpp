// error: this assigns to a copy | write x = x.at(0).set(v)
#include <calx/calx.hpp>
int main() {
  calx::array<double, 1> x{1, 2, 3};
  x(calx::slice(0, 2)) = x(calx::slice(1, 3)) * 2.0;
}
