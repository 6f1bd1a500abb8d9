// says: calx: tree::map: the function gives one number or array for each leaf
#include <calx/calx.hpp>
#include <tuple>
int main() { (void)calx::tree::map([](auto x) { return std::tuple{x, x}; }, std::tuple{1.0}); }
