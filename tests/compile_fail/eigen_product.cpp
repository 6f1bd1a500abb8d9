// error: calx: * of an Eigen matrix and an array: write dot(A, x) for the product of matrices, asarray(A) * x for that of elements
#include <Eigen/Core>
#include <calx/calx.hpp>
int main() {
  Eigen::MatrixXd A(2, 2);
  (void)calx::grad([&](auto x) { return calx::sum(A * x); })(calx::array<double, 1>{1, 2});
}
