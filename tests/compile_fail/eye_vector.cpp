// says: calx: eye makes matrices
#include <calx/calx.hpp>
int main() { (void)calx::eye<calx::tensor<double, 3>>(); }
