// says: call: the result has shape (3,), | but the type of the result has | shape (2,); they must be equal
#include <calx/calx.hpp>
struct twice {
  constexpr auto operator()(auto x) const { return 2.0 * x; }
  static constexpr auto result_spec(auto) { return calx::of_type<calx::tensor<double, 2>>(); }
};
int main() { calx::execute(twice(), calx::tensor<double, 3>{1, 2, 3}); }
