// says: calx: tree::unflatten: give one leaf for each of the tree
#include <calx/calx.hpp>
#include <tuple>
int main() { (void)calx::tree::unflatten(std::tuple{1.0, 2.0}, std::tuple{3.0}); }
