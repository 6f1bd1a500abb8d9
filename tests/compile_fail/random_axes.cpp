// says: calx: an array has at most 8 axes
#include <calx/calx.hpp>
int main() { (void)calx::random::uniform<double>(calx::random::basic_key<calx::tracer>(), 1, 1, 1, 1, 1, 1, 1, 1, 1); }
