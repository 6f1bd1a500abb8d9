// says: op lost says no index map | row_major
#include <calx/calx.hpp>
struct lost_t : calx::structural<lost_t> {
  static constexpr std::string_view name = "lost";
  static constexpr int emit(auto& g, int x) { return g.template add<lost_t>(g.type(x), {x}); }
};
constexpr auto f = [](auto x) { return calx::tracer(x.program, lost_t::emit(*x.program, x.id)); };
int main() { calx::jit(f)(calx::tensor<double, 3>{1, 2, 3}); }
