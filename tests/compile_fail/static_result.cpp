// says: require_static: the result has a | std::vector< | only run | std::array
#include <calx/calx.hpp>
#include <vector>
int main() {
  calx::require_static(calx::jacfwd([](auto x) { return std::vector{x, x * x}; }))(1.0);
}
