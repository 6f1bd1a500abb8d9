// says: calx: give one extent for each axis, or none if the type has them all
#include <calx/calx.hpp>
int main() { (void)calx::random::normal<calx::array<double, 1>>(calx::random::key(0)); }
