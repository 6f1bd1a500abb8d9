// says: grad: argument 1 is a pointer, which does not tell its size; pass a std::span
#include <calx/calx.hpp>
int main() {
  double a[3] = {1, 2, 3};
  const double* p = a;
  calx::grad<1>([](auto x, auto y) { return x * calx::sum(y); })(1.0, p);
}
