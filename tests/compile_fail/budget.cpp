// says: call: the compiler gives up before | the program is finished; | limit | -fconstexpr- | at_run_time(f)
// flags g++: -fconstexpr-ops-limit=33554432
// flags clang: -fconstexpr-steps=1048576
#include <calx/calx.hpp>
constexpr auto chain = [](auto x) {
  for (int i = 0; i < 2000; ++i) x = sin(x);
  return x;
};
int main() { (void)calx::grad(chain)(1.0); }
