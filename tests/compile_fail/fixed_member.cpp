// says: members of a class template are | but one is int32 | CALX_PYTREE
#include <calx/calx.hpp>

template <class T>
struct model {
  T weight;
  int steps;
};

int main() {
  auto f = [](auto x, auto m) { return x * m.weight; };
  (void)calx::grad(f)(2.0, model<double>{3.0, 2});
}
