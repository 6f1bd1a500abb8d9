// says: custom_vjp: the rule is for | reverse mode, and this is forward | mode: use custom_jvp, or grad, vjp | and jacrev
#include <calx/calx.hpp>
constexpr auto f = calx::custom_vjp([](auto x) { return x; },
                                    [](auto x) { return std::tuple{x, std::tuple{}}; },
                                    [](auto, auto ct) { return std::tuple{ct}; });
int main() { return static_cast<int>(calx::jacfwd(f)(1.0)); }
