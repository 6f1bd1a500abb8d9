// says: calx: this distribution is of float or double; integers come from randint
#include <calx/calx.hpp>
int main() { (void)calx::random::uniform<int>(calx::random::key(0)); }
