// says: calx: a struct with more than 16 members needs CALX_PYTREE to be a tree
#include <calx/calx.hpp>
template <class T>
struct many {
  T a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
int main() { many<double> x{}; calx::tree::for_each(x, [](auto&) {}); }
