// says: calx: scan: behind the arrays there may be reverse and length(n)
#include <calx/calx.hpp>
int main() {
  auto body = [](auto c, auto x) { return std::tuple{c + x, x}; };
  (void)calx::scan(body, 0.0, calx::array<double, 1>{1, 2}, 10);
}
