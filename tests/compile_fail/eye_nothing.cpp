// says: calx: eye takes the number of rows
#include <calx/calx.hpp>
int main() { (void)calx::eye(); }
