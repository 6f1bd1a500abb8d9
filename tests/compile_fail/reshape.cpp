// says: calx: reshape takes the new extents
#include <calx/calx.hpp>
int main() { (void)calx::reshape(calx::zeros(2)); }
