// says: calx: the type of the result already has extents; drop those of the call
#include <calx/calx.hpp>
int main() { (void)calx::random::normal<calx::tensor<double, 3>>(calx::random::key(0), 3); }
