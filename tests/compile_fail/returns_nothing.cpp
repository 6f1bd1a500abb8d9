// says: value_and_grad: the function returns nothing; return what it computes
#include <calx/calx.hpp>
int main() {
  auto [v, g] = calx::value_and_grad([](auto x) { x *= x; })(1.0);
  (void)v, (void)g;
}
