// says: calx: a container of traced values is no array: make one of them by stack(axis<0>, v[0], v[1])
#include <calx/calx.hpp>
auto f = [](auto x) {
  std::array<decltype(x), 2> v{x, x * x};
  return calx::sum(v);
};
int main() { return calx::grad(f)(1.0) > 0; }
