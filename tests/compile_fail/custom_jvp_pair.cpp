// says: custom_jvp: the rule must return a | tuple of two, the value and its | tangent
#include <calx/calx.hpp>
constexpr auto f = calx::custom_jvp([](auto x) { return x; },
                                    [](auto, auto t) { return std::tuple{std::get<0>(t)}; });
int main() { return static_cast<int>(calx::grad(f)(1.0)); }
