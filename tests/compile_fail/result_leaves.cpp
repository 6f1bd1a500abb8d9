// says: the program has 2 results, but | their type has 1 leaves
#include <calx/calx.hpp>
#include <tuple>
struct twice {
  constexpr auto operator()(auto x) const { return std::tuple{x, 2.0 * x}; }
  static constexpr auto result_spec(auto) { return calx::of_type<calx::tensor<double, 3>>(); }
};
int main() { calx::execute(twice(), calx::tensor<double, 3>{1, 2, 3}); }
