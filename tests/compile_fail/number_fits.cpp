// says: add: the number 3000000000 is no | int32, the dtype of what it meets; | convert that to a wider dtype
#include <calx/calx.hpp>
int main() { calx::jit([](auto x) { return x + 3000000000; })(calx::tensor<int, 2>{1, 2}); }
