// says: require_static: the compiler gives | up before the program is finished; | limit | -fconstexpr-
// flags g++: -fconstexpr-ops-limit=5000000
// flags clang: -fconstexpr-steps=1048576
#include <calx/calx.hpp>
constexpr auto field = [](auto u, auto v) { return std::pair{u * (1.5 - v), v * (u - 3.0)}; };
constexpr auto steps = [](auto u, auto v) {
  const double h = 0.01;
  for (int i = 0; i < 100; ++i) {
    auto [a, b] = field(u, v);
    auto [c, d] = field(u + 0.5 * h * a, v + 0.5 * h * b);
    auto [e, f] = field(u + 0.5 * h * c, v + 0.5 * h * d);
    auto [p, q] = field(u + h * e, v + h * f);
    u = u + h / 6 * (a + 2 * c + 2 * e + p);
    v = v + h / 6 * (b + 2 * d + 2 * f + q);
  }
  return u * v;
};
int main() { calx::require_static(calx::grad(steps))(1.0, 2.0); }
