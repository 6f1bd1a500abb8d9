// error: this assigns to a copy | write x = x.at(0).set(v)
#include <calx/calx.hpp>
int main() {
  calx::array<double, 2> x{{1, 2}, {3, 4}};
  x(0) = calx::array<double, 1>{5, 6};
}
