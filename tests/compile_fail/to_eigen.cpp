// says: calx: to_eigen takes arrays with one or two axes; index or reshape it first
#include <calx/calx.hpp>
int main() { (void)calx::to_eigen(calx::zeros<double>(2, 2, 2)); }
