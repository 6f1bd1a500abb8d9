// error: calx: a struct with a C array as a member or with a base class is no tree: make the member a std::array, and the base a member
#include <calx/calx.hpp>
template <class T>
struct vec3 {
  T v[3];
};
int main() {
  auto f = [](auto p) { return p.v[0] * p.v[1] * p.v[2]; };
  (void)calx::grad(f)(vec3<double>{{1, 2, 3}});
}
