// says: calx: arrays are made of an element type, or as an array, a tensor, or a container that owns its elements
#include <span>
#include <calx/calx.hpp>
int main() { (void)calx::zeros<std::span<double>>(3); }
