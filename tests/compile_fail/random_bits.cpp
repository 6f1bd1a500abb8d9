// says: calx: bits draws uint32 or uint64; for other integers use randint
#include <calx/calx.hpp>
int main() { (void)calx::random::bits<int>(calx::random::key(0)); }
