// says: calx: an expression, not computed yet, takes no other value: name the type where it begins, as in calx::array<double, 1> c = a * b, or write .eval()
#include <calx/calx.hpp>
int main() {
  calx::array<double, 1> a{1, 2}, b{3, 4};
  auto c = a * b;
  c += a;
}
