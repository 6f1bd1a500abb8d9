// says: grad: argument 0 has elements of | an integer type of 16 bits, but
#include <Eigen/Core>
#include <calx/calx.hpp>
int main() {
  using matrix = Eigen::Matrix<short, 2, 2>;
  (void)calx::grad([](auto x) { return calx::sum(x); })(matrix(matrix::Ones()));
}
