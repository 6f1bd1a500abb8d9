// says: calx: arrays have at most 8 axes
#include <calx/calx.hpp>
calx::tensor<double, 1, 1, 1, 1, 1, 1, 1, 1, 1> x;
int main() {}
