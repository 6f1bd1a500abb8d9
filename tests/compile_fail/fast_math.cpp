// says: -ffast-math | infinities, NaN and signed zero
// flags: -ffast-math
#include <calx/calx.hpp>
int main() {}
