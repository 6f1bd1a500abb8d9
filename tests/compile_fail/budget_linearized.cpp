// says: call: the compiler gives up before | the program is finished; | limit | -fconstexpr- | at_run_time(f)
// flags g++: -fconstexpr-ops-limit=5000000
// flags clang: -fconstexpr-steps=200000
#include <calx/calx.hpp>
constexpr auto chain = [](auto x) {
  for (int i = 0; i < 1000; ++i) x = sin(x);
  return x;
};
int main() { (void)calx::vjp(chain, 1.0); }
