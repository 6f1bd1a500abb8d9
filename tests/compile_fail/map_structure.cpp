// says: calx: tree::map: the trees have different structures
#include <calx/calx.hpp>
#include <vector>
using x = calx::tensor<double, 2>;
int main() {
  (void)calx::tree::map([](auto a, auto) { return a; }, std::tuple{x(), x()}, std::vector<x>(2));
}
