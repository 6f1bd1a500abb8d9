// says: the function is called with traced values, which hold no numbers yet: write sin(x) for std::sin(x), auto for double, where(c, a, b) for if | pow
#include <calx/calx.hpp>
#include <cmath>
int main() {
  double k = 2;
  return calx::grad([k](auto x) { return std::pow(x, k); })(1.0) > 0;
}
