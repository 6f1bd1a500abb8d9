// says: a pullback that a traced function | makes stays in it: call it there | and return what it gives; it is no | result, and no argument of a | transform
#include <calx/calx.hpp>
constexpr auto pullback_of = [](auto x) {
  auto [y, pullback] = calx::vjp([](auto a) { return a * a; }, x);
  return pullback;
};
int main() { (void)calx::vmap(pullback_of)(calx::array<double, 1>{1, 2}); }
