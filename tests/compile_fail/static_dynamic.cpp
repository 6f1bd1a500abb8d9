// says: require_static: argument 0 has a | dynamic_array, whose dtype | only run | array or a
#include <calx/calx.hpp>
int main() {
  calx::require_static(calx::grad([](auto x) { return calx::sum(x * x); }))(calx::dynamic_array(1.0));
}
