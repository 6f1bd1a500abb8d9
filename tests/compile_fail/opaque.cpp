// says: grad: argument 0 is a type that | calx cannot see into; list its | members with CALX_PYTREE, or make | it a class template whose | parameters are the types of its | members
#include <calx/calx.hpp>

struct point {
  double x, y;
};

int main() {
  auto f = [](auto p) { return p.x * p.y; };
  (void)calx::grad(f)(point{2, 3});
}
