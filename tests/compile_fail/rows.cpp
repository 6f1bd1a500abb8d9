// says: calx: an array without axes has no rows to choose
#include <calx/calx.hpp>
int main() { (void)calx::tensor<double>()(calx::array<int, 1>{0}); }
