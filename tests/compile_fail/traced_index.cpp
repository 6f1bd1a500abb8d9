// says: calx: an index of a traced value consists of integers, slice, newaxis, ellipsis
#include <calx/calx.hpp>
int main() { (void)calx::tracer()(1.5); }
