// error: this assigns to a copy | write x = x.at(0).set(v)
#include <calx/calx.hpp>
int main() {
  calx::array<double, 1> x{1, 2, 3};
  x.at(0) = 2.0;
}
