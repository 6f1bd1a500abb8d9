// error: assign
#include <calx/calx.hpp>
int main() {
  calx::tensor<double, 2> x{1, 2};
  x(0) = 3.0;
}
