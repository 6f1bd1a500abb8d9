// says: calx: permutation has no traced form, as there is no sort; draw it outside and pass it as an argument
#include <calx/calx.hpp>
int main() { (void)calx::random::permutation(calx::random::basic_key<calx::tracer>(), 3); }
