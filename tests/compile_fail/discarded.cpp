// error: nodiscard
// flags: -Werror
#include <calx/calx.hpp>
int main() {
  calx::array<double, 1> x{1, 2, 3};
  x.at(0).set(2.0);
}
