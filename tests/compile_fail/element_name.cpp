// error: calx: the elements of a dynamic_array are std::int64_t and its kin, which have other names in C++, too: name those
#include <calx/calx.hpp>
// One of these is not std::int64_t, whatever that is here.
int main() {
  calx::dynamic_array x = calx::array<double, 1>{1, 2};
  (void)x.elements<long>(), (void)x.elements<long long>();
}
