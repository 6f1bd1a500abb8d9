// says: the function is called with traced values, which hold no numbers yet: write sin(x) for std::sin(x), auto for double, where(c, a, b) for if | double
#include <calx/calx.hpp>
auto f = [](auto x) {
  double y = x;
  return y * x;
};
int main() { return calx::vmap(f)(calx::array<double, 1>{1, 2}).rank(); }
