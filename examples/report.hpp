// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the examples share: comparing results with loops by hand, and timing both.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>

namespace example {

/// The least of several times that f() takes, in microseconds.
template <class F>
double microseconds(F f) {
  using clock = std::chrono::steady_clock;
  double best = 1e300, total = 0;
  for (int round = 0; round < 200 && total < 2e5; ++round) {
    auto start = clock::now();
    f();
    double passed = std::chrono::duration<double, std::micro>(clock::now() - start).count();
    best = std::min(best, passed), total += passed;
  }
  return best;
}
/// Keeps the compiler from leaving out what makes x.
template <class T>
void keep(const T& x) {
  asm volatile("" : : "r"(&x) : "memory");
}
/// x, of which the compiler knows nothing any more.
template <class T>
T unknown(T x) {
  asm volatile("" : : "r"(&x) : "memory");
  return x;
}

/// Counts what is wrong, for the exit status of the program.
class report {
 public:
  explicit report(const char* title) { std::printf("%s\n", title); }

  /// Says how far two numbers are apart; more than `bound`, relative to `want` or 1, is wrong.
  void same(const char* name, double got, double want, double bound) {
    largest(name, std::abs(got - want) / std::max(1.0, std::abs(want)), bound);
  }
  /// The same for all elements of two ranges, relative to the largest.
  template <class A, class B>
  void all_same(const char* name, const A& got, const B& want, double bound) {
    double apart = 0, size = 1;
    auto w = std::begin(want);
    for (double g : got) {
      const double v = *w++;
      apart = std::max(apart, g == g ? std::abs(g - v) : INFINITY);
      size = std::max(size, std::abs(v));
    }
    largest(name, apart / size, bound);
  }
  /// Says a number that must not be above `bound`.
  void below(const char* name, double got, double bound) {
    const bool ok = got <= bound;
    std::printf("  %-40s %.3g%s\n", name, got, ok ? "" : ": WRONG");
    wrong_ += !ok;
  }
  /// Times calx and the loop by hand, a hundred calls at a time where they are short.
  template <class F, class G>
  void times(const char* name, F calx, G by_hand, int calls = 1) {
    auto many = [calls](auto& f) {
      return microseconds([&] {
               for (int i = 0; i < calls; ++i) keep(f());
             }) / calls;
    };
    const double a = many(calx), b = many(by_hand);
    std::printf("time: %-28s %10.4g us, by hand %10.4g us, ratio %.2f\n", name, a, b, a / b);
  }
  int exit_status() const { return wrong_ == 0 ? 0 : 1; }

 private:
  void largest(const char* name, double apart, double bound) {
    const bool ok = apart <= bound;
    std::printf("  %-40s differs by %.1e%s\n", name, apart, ok ? "" : ": WRONG");
    wrong_ += !ok;
  }
  int wrong_ = 0;
};

/// Where pictures go: the folder named on the command line, or the working directory.
inline std::string picture(int argc, char** argv, const char* name) {
  return (argc > 1 ? std::string(argv[1]) + "/" : std::string()) + name;
}

}  // namespace example
