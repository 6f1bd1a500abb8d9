// says: behind the array a reduction takes | axis<0>, axes<0, 1> or keepdims; | of two values there are | maximum(a, b) and minimum(a, b)
#include <calx/calx.hpp>

int main() {
  calx::tensor<double, 2, 3> x;
  (void)calx::sum(x, 0);
}
