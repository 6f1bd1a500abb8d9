// says: calx: arrays have at most 8 axes
#include <calx/calx.hpp>
int main() { double a = 2; auto y = calx::jit([a](auto x) { return a * x; })(calx::zeros(1)); (void)y.reshape(1, 1, 1, 1, 1, 1, 1, 1, 1); }
