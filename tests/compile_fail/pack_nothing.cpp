// says: calx: pack takes at least one value
#include <calx/calx.hpp>
int main() { (void)calx::pack(); }
