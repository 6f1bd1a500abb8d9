// says: op both: the index map of operand | 0 does not fill a box with all its | elements, once each; let an op of | its own select or repeat them | before
#include <calx/calx.hpp>
struct both_t : calx::structural<both_t> {
  static constexpr std::string_view name = "both";
  static constexpr int operand_count = 2;
  static constexpr calx::index_map map(const auto&, calx::symbol_table&, int, int) {
    calx::index_map m;
    m.add(0, 0);
    return m;
  }
  static constexpr int emit(auto& g, int x) { return g.template add<both_t>(g.type(x), {x, x}); }
};
constexpr auto f = [](auto x) { return calx::tracer(x.program, both_t::emit(*x.program, x.id)); };
int main() { calx::jit(f)(calx::tensor<double, 100>()); }
