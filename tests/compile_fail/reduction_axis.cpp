// says: behind the array a reduction takes | axis<0>, axes<0, 1> or keepdims;
#include <calx/calx.hpp>

int main() {
  calx::tensor<double, 2, 3> x;
  (void)calx::sum(x, 0);
}
