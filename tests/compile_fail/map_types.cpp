// says: calx: tree::map: leaves that have one type in the tree get different types from the function
#include <calx/calx.hpp>
#include <array>
#include <tuple>
int main() {
  (void)calx::tree::map([](auto a, auto b) { return a * b; }, std::array{1, 2}, std::tuple{1, 2.5});
}
