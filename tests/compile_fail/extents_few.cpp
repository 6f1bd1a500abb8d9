// says: calx: give one extent for each axis, or none if the type has them all, as in zeros<array<double, 2>>(3, 4), zeros<tensor<double, 3, 4>>()
#include <calx/calx.hpp>
int main() { (void)calx::zeros<calx::array<double, 2>>(3); }
