// says: the result gives one type to a | float64 of rank 1 and to a float64 | of rank 0: return a std::tuple, or | a struct with a template parameter | each
#include <calx/calx.hpp>
constexpr auto f = [](auto x) { return std::array{x, calx::sum(x)}; };
int main() { (void)calx::jit(f)(calx::array<double, 1>{1, 2}); }
