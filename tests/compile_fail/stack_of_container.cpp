// says: calx: a container of traced values is no array: make one of them by stack(axis<0>, v[0], v[1])
#include <calx/calx.hpp>
#include <vector>
auto f = [](auto x) {
  std::vector<decltype(x)> v{x, x * x};
  return calx::sum(calx::stack(calx::axis<0>, v));
};
int main() { return calx::grad(f)(1.0) > 0; }
