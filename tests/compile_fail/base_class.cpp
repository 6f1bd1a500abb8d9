// error: calx: a struct with a C array as a member or with a base class is no tree: make the member a std::array, and the base a member
#include <calx/calx.hpp>
template <class T>
struct position {
  T x, y;
};
template <class T>
struct particle : position<T> {
  T mass;
};
int main() {
  auto f = [](auto p) { return p.x * p.y * p.mass; };
  (void)calx::grad(f)(particle<double>{{1, 2}, 3});
}
