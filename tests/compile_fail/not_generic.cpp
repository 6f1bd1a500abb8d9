// says: grad: the function takes C++ | numbers only; make its parameters | auto, so that calx can call it | with traced values
#include <calx/calx.hpp>

int main() {
  auto f = [](double x) { return x * x; };
  (void)calx::grad(f)(2.0);
}
