// says: calx: an index has at most one integer or slice per axis of the array
#include <calx/calx.hpp>
int main() { (void)calx::zeros(2)(0, calx::slice()); }
