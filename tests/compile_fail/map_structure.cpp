// says: calx: tree::map: the structure of the trees must be known to the compiler
#include <calx/calx.hpp>
#include <vector>
int main() { (void)calx::tree::map([](auto x) { return x; }, std::vector<calx::tensor<double, 2>>()); }
