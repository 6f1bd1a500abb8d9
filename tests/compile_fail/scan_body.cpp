// says: scan: the body must return a tuple | of two: the next carry, and what | is stacked
#include <calx/calx.hpp>
int main() {
  (void)calx::scan([](auto c, auto x) { return c + x; }, 0.0, calx::array<double, 1>{1, 2});
}
