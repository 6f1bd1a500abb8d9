// says: members of a class template are | traced if their types follow its | arguments, but one is int32 | always: make its type a parameter, | or list the other members with | CALX_PYTREE
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
