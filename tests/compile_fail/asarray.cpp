// says: calx: asarray takes arrays, ranges of numbers, Eigen
#include <calx/calx.hpp>
int main() { (void)calx::asarray("text"); }
