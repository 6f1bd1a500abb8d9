// says: calx: switch_: there may be at most 16 functions
#include <calx/calx.hpp>
int main() {
  auto f = [](auto x) { return x; };
  (void)calx::switch_(1, std::tuple{f, f, f, f, f, f, f, f, f, f, f, f, f, f, f, f, f}, 2.0);
}
