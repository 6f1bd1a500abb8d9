// says: calx: arrays are made of an element type, or as an array, a tensor, or a container that owns its elements
#include <string>
#include <calx/calx.hpp>
int main() { (void)calx::random::normal<std::string>(calx::random::key(0), 3); }
