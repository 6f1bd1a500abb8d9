// says: calx: to_eigen takes arrays, tensors and expressions
#include <calx/calx.hpp>
int main() { (void)calx::to_eigen(2.0); }
