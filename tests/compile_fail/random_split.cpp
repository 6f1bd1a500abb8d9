// says: calx: split needs a positive number of keys
#include <calx/calx.hpp>
int main() { (void)calx::random::split<0>(calx::random::key(0)); }
