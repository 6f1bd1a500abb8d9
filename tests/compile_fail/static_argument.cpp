// says: require_static: argument 1 has a | std::vector< | only run | std::array
#include <calx/calx.hpp>
#include <vector>
template <class T>
struct layer { T w, b; };
int main() {
  std::vector<layer<double>> net{{1, 2}};
  auto f = [](auto x, auto v) { return x * v[0].w + v[0].b; };
  calx::require_static(calx::grad(f))(1.0, net);
}
