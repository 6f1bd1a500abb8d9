// says: calx: tree::map: a struct with a vector of trees as a member cannot give its leaves other types: return values of the types that they have
#include <calx/calx.hpp>
#include <vector>
template <class T>
struct model {
  T scale;
  std::vector<std::pair<T, T>> pairs;
};
int main() { (void)calx::tree::map([](auto a) { return a * 2.5; }, model<int>{1, {{2, 3}}}); }
