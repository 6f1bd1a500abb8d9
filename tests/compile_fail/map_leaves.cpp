// says: calx: tree::map: the trees have different numbers of leaves
#include <calx/calx.hpp>
#include <tuple>
int main() { (void)calx::tree::map([](auto x, auto) { return x; }, std::tuple{1.0, 2.0}, 3.0); }
