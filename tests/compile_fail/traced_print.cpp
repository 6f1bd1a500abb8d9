// says: calx: a traced value has no number to print yet: return it from the function, and print the result
#include <calx/calx.hpp>
#include <iostream>
auto f = [](auto x) {
  std::cout << x << '\n';
  return x * x;
};
int main() { return calx::grad(f)(1.0) > 0; }
