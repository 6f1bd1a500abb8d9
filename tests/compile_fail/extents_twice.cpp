// says: calx: give the extents in the type of a tensor, or as arguments
#include <calx/calx.hpp>
int main() { (void)calx::zeros<calx::tensor<double, 3>>(3); }
