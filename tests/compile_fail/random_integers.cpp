// says: calx: randint draws integers of 32 or 64 bits; for bool use bernoulli
#include <calx/calx.hpp>
int main() { (void)calx::random::randint<bool>(calx::random::key(0), 0, 2); }
