// says: calx: an expression inside a struct has no value yet; call .eval() on it first
#include <calx/calx.hpp>
template <class T>
struct box {
  T x;
};
int main() {
  calx::tensor<double, 2> a{1, 2};
  (void)calx::jit([](auto b) { return b.x; })(box<decltype(a + a)>{a + a});
}
