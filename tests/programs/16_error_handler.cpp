// Without exceptions, a program may define what becomes of an error.
#include <cstdio>
#include <cstdlib>

#include <calx/calx.hpp>

void calx::error_handler(calx::error_kind kind, std::string_view sentence) {
  std::printf("%.*s\n", int(sentence.size()), sentence.data());
  std::exit(kind == calx::error_kind::index && sentence.starts_with("index 7 is outside") ? 0 : 1);
}

int main() {
  calx::array<double, 1> x{1, 2, 3};
  auto y = x(7);
  std::printf("%g was read\n", double(y));
  return 1;
}
