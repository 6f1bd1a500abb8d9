// says: require_static: the function has a
#include <calx/calx.hpp>
double f(double k) {
  return calx::grad(calx::require_static([k](auto x) { return k * x * x; }))(3.0);
}
