// says: custom_vjp: backward must return a | tuple of one cotangent for each | argument, and none for one | without; here of 1
#include <calx/calx.hpp>
constexpr auto f = calx::custom_vjp([](auto x) { return x; },
                                    [](auto x) { return std::tuple{x, std::tuple{}}; },
                                    [](auto, auto ct) { return ct; });
int main() { return static_cast<int>(calx::grad(f)(1.0)); }
