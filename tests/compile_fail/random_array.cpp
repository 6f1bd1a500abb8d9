// says: calx: give the element type and the extents, as in normal<double>(key, 3)
#include <calx/calx.hpp>
int main() { (void)calx::random::normal<calx::array<double, 1>>(calx::random::key(0)); }
